"""The judge refuses what breaks a rule, whoever proposes it."""

import pytest

from optimiser import check_sharing
from optimiser.errors import VerificationError
from optimiser.scenario import Scenario
from optimiser.sharing import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group, SharingDecisions, SharingSolution
from tests.sharing.small_sharing import small_sharing

BASE = small_sharing(1)
CODES = [commune.code for commune in BASE.members]
FREE = {
    "opt_outs": (),
    "joins": (),
    "vetoes": (),
    "already": (),
    "hosts": "any",
    "host_communes": (),
    "same_basin": False,
    "minutes_most": None,
    "members_most": None,
    "groups_per_commune": None,
    "functions_per_host": None,
    "staff_moved_per_year": None,
    "transition_budget_eur": None,
    "minimum_saving_eur_per_year": None,
}


def asked(**changes: object) -> SharingCase:
    content = {**BASE.asked.model_dump(), **FREE, **changes}
    scenario = Scenario.model_validate({"epci": "E", "sharing": content})
    function = BASE.functions["f0"].model_copy(update={"minimum_volume": 0, "minimum_host": 0})
    functions = BASE.functions.model_copy(update={"functions": {"f0": function}})
    return SharingCase(BASE.territory, functions, BASE.travel, scenario)


def broken(case: SharingCase, *groups: Group) -> set[str]:
    found = check_sharing.evaluate(case, SharingDecisions(groups))
    return {violation.rule for violation in found.violations}


ALL = Group("f0", CODES[0], tuple(CODES))


def test_a_sound_group_breaks_nothing() -> None:
    assert broken(asked(), ALL) == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"opt_outs": [{"commune": CODES[1]}]}, "opt_out"),
        ({"vetoes": [{"commune": CODES[1], "against": CODES[2]}]}, "veto"),
        ({"hosts": "epci"}, "host"),
        ({"host_communes": [CODES[3]]}, "host"),
        ({"minutes_most": 0.5}, "minutes"),
        ({"members_most": 2}, "members"),
        ({"functions_per_host": 0}, "functions_per_host"),
        ({"groups_per_commune": 0}, "groups_per_commune"),
        ({"staff_moved_per_year": 0.0}, "staff_moved"),
        ({"transition_budget_eur": 0.0}, "transition_budget"),
        ({"minimum_saving_eur_per_year": 1e9}, "minimum_saving"),
        ({"already": [{"function": "f0", "host": "x", "communes": [CODES[1]]}]}, "already"),
    ],
)
def test_each_rule_is_noticed(changes: dict[str, object], rule: str) -> None:
    assert rule in broken(asked(**changes), ALL)


def test_a_commune_that_must_join_and_stays_alone_is_noticed() -> None:
    assert broken(asked(joins=[{"commune": CODES[1]}])) == {"join"}


@pytest.mark.parametrize(
    "group",
    [
        Group("f9", CODES[0], tuple(CODES)),
        Group("f0", "75056", ("75056", CODES[0])),
        Group("f0", CODES[0], tuple(CODES[1:])),
        Group("f0", CODES[0], (CODES[0],)),
        Group("f0", CODES[0], (CODES[0], CODES[0])),
    ],
)
def test_a_group_that_cannot_be_is_noticed(group: Group) -> None:
    assert "known_groups" in broken(asked(), group)


def test_a_commune_in_two_groups_is_noticed() -> None:
    first, second = (
        Group("f0", CODES[0], tuple(CODES[:2])),
        Group("f0", CODES[2], tuple(CODES[1:3])),
    )
    assert "one_group" in broken(asked(), first, second)


def test_a_false_claim_is_refused() -> None:
    case = asked()
    saving = check_sharing.evaluate(case, SharingDecisions((ALL,))).saving_eur
    check_sharing.verify(case, SharingDecisions((ALL,)), claimed_eur=saving)
    with pytest.raises(VerificationError, match="claimed"):
        check_sharing.verify(case, SharingDecisions((ALL,)), claimed_eur=saving + 1_000)


def test_alone_and_together_are_read_from_one_curve() -> None:
    """A group of one commune's volume costs what the commune costs alone."""
    case = asked()
    curve = case.curves[0]
    for volume in case.volumes[0]:
        assert float(curve.alone(volume)) <= float(curve.cost(volume)) + 1e-9
    whole = float(case.volumes[0].sum())
    found = check_sharing.evaluate(case, SharingDecisions((ALL,))).groups[0]
    assert found.production_eur == pytest.approx(float(curve.cost(whole)))


def test_lifting_a_rule_never_saves_less() -> None:
    answers = [share(asked(members_most=most)) for most in (2, 3, None)]
    savings = [a.saving_eur for a in answers if isinstance(a, SharingSolution)]
    assert savings == sorted(savings)
