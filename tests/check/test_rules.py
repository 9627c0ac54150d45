"""Each rule of the judge, broken alone."""

from dataclasses import replace

import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.check.rules import RULES
from optimiser.planning.families import FAMILIES
from optimiser.scenario import Scenario
from optimiser.solution import Decisions, Transfer
from optimiser.sources import open_case

ESCAUDAIN, DENAIN, SAINT_AMAND, BOUCHAIN, OISY = "59205", "59172", "59526", "59092", "59446"


@pytest.fixture(scope="module")
def case() -> Case:
    """Reference territory under rules that today's network keeps."""
    return open_case(Scenario())


def asked(case: Case, section: str, **changes: object) -> Case:
    old = getattr(case.scenario, section)
    new = old.model_copy(update=changes) if hasattr(old, "model_copy") else changes[section]
    return replace(case, scenario=case.scenario.model_copy(update={section: new}))


def rules_broken(case: Case, decisions: Decisions) -> set[str]:
    return {violation.rule for violation in check.evaluate(case, decisions).violations}


def changed(case: Case, **sites: int) -> Decisions:
    """Today's network with numbers of sites put otherwise, as ``service__commune=number``."""
    places = dict(check.today(case).sites)
    for key, number in sites.items():
        service, _, commune = key.partition("__")
        places[service, commune] = number
    return Decisions({place: number for place, number in places.items() if number})


def test_every_family_of_constraints_has_its_twin_in_the_judge() -> None:
    families = {family.__name__ for family in FAMILIES}
    judged = {rule.__name__.removeprefix("_") for rule in RULES}
    assert families <= judged
    # What the model keeps by its columns alone, the judge checks as well.
    assert judged - families == {"levers", "transfers"}


def test_todays_network_breaks_no_default_rule(case: Case) -> None:
    assert rules_broken(case, check.today(case)) == set()


@pytest.mark.parametrize(
    ("section", "changes", "decisions", "rule"),
    [
        ("budget", {"capital_eur": 1.0}, {"cinema__59491": 1}, "capital_budget"),
        ("budget", {}, {"library__59361": 9}, "levers"),
        ("budget", {}, {"library__59588": 1}, "known_places"),
        ("budget", {"running_increase_eur_per_year": -1000.0}, {}, "running_budget"),
        ("coverage", {"guarantee": {"swimming_pool": 0.99}}, {}, "guarantee"),
        ("coverage", {}, {"swimming_pool__59526": 0}, "basin_floor"),
        ("coverage", {"basin_floor": None}, {"swimming_pool__59172": 0}, "commune_capacity"),
        ("coverage", {"basin_floor": None}, {"swimming_pool__59205": 0}, "basin_capacity"),
        ("polycentrality", {}, {"cinema__59491": 1}, "themes"),
        ("polycentrality", {"structuring_per_commune": 0}, {"cinema__59491": 1}, "concentration"),
        ("coverage", {}, {"lower_secondary_public__59172": 0}, "levers"),
        ("coverage", {}, {"library__59446": 1}, "minimum_host"),
    ],
)
def test_a_broken_rule_is_named(
    case: Case, section: str, changes: dict[str, object], decisions: dict[str, int], rule: str
) -> None:
    under = asked(case, section, **changes)
    assert rule in rules_broken(under, changed(under, **decisions))


def test_a_new_site_beside_another_is_a_new_duplicate(case: Case) -> None:
    n = len(case.members)
    k, j = next(
        (k, j)
        for k in range(len(case.services))
        for j in range(n)
        if case.can_open[k, j] and (case.exclusive[k][j] & (case.existing_members(k) > 0)).any()
    )
    place = f"{case.services[k].code}__{case.members[j].code}"
    beside = changed(case, **{place: 1})
    assert "new_duplicate" in rules_broken(case, beside)


def test_locks_agreements_and_transfers_are_judged(case: Case) -> None:
    today = check.today(case)
    forced = replace(
        case,
        scenario=Scenario.model_validate({"forced": [{"service": "cinema", "commune": "Raismes"}]}),
    )
    assert rules_broken(forced, today) == {"forced"}
    forbidden = replace(
        case,
        scenario=Scenario.model_validate(
            {"forbidden": [{"service": "library", "commune": "Denain"}]}
        ),
    )
    assert rules_broken(forbidden, today) == {"forbidden"}
    k, j = (
        int(case.can_share.nonzero()[0][0]),
        int(case.can_share.nonzero()[1][0]),
    )
    shared = frozenset({(case.services[k].code, case.territory.communes[j].code)})
    none = asked(case, "neighbours", agreements=0)
    assert "agreements" in rules_broken(none, replace(today, agreements=shared))
    move = Transfer("library", DENAIN, SAINT_AMAND)
    assert "transfers" in rules_broken(case, replace(today, transfers=(move,)))
    nowhere = Transfer("library", "00000", SAINT_AMAND)
    assert rules_broken(case, replace(today, transfers=(nowhere,))) == {"known_places"}


def test_half_a_site_and_a_theme_that_does_not_exist_are_refused(case: Case) -> None:
    today = check.today(case)
    half = {**today.sites, ("library", DENAIN): 0.5}
    assert rules_broken(case, replace(today, sites=half)) == {"known_places"}
    invented = replace(today, themes={DENAIN: ("mushrooms",)})
    assert rules_broken(case, invented) == {"known_places"}


def test_a_claim_that_is_no_number_is_refused(case: Case) -> None:
    with pytest.raises(check.VerificationError):
        check.verify(case, check.today(case), claimed_score=float("nan"))
