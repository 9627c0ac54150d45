import io

import pytest
from rich.console import Console, RenderableType

from optimiser import check
from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.prose import Prose
from optimiser.report.terminal import answer_summary
from optimiser.report.terminal_territory import territory_summary
from optimiser.solution import (
    Decisions,
    Infeasible,
    NoAnswer,
    Relaxation,
    Solution,
    Status,
    StopReason,
)
from optimiser.sources.notes import note
from tests.report.conftest import solve, without_locks


def printed(renderable: RenderableType, width: int = 100) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(renderable)
    return stream.getvalue()


def joined(renderable: RenderableType, width: int = 100) -> str:
    """Text with every run of spaces and line ends as one space."""
    return " ".join(printed(renderable, width).replace("\u202f", "~").replace("\xa0", "~").split())


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal(
    case: Case, solution: Solution, labels: Labels, width: int
) -> None:
    text = printed(answer_summary(solution, case, labels), width)
    text += printed(territory_summary(case.territory, case, labels), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text


def test_a_plan_shows_status_access_money_and_actions(case: Case, solution: Solution) -> None:
    labels = Labels("fr")
    text = joined(answer_summary(solution, case, labels))
    for expected in (
        "Plan vérifié, sans preuve",
        "Piscine",
        "57~% → 62~%",
        "Bassin 1",
        "Fermer~: Piscine, Bellaing",
        "Transférer~: Bibliothèque, =Cateau → Bellaing",
        "demandé par le scénario",
        "Paires de sites en double~: 1 aujourd'hui, 0 après le plan",
        "Aucun doublon ne reste.",
        "Cas haut",
        "INSEE BPE 2013 (Piscine)",
        "HiGHS 1.14.0",
        "60,5~s",
    ):
        assert expected in text


def test_figures_are_never_torn_from_their_unit(case: Case, solution: Solution) -> None:
    for width in (80, 90, 100):
        for line in printed(answer_summary(solution, case, Labels("fr")), width).splitlines():
            inner = line.strip(" │╭╮╰╯─")
            assert not inner.endswith(("\u202f", "\xa0"))
            assert not inner.startswith(("\u202f", "\xa0", "€", "%", "k€", "M€", "min ", ";", ":"))


def test_a_plan_that_saves_nothing_says_zero(case: Case, unchanged: Solution) -> None:
    text = joined(answer_summary(unchanged, without_locks(case), Labels("fr")))
    assert "soit 0~€ par an" in text
    assert "Investissement~: 0~€, une fois" in text
    assert "Le plan ne change rien d'autre." in text


def test_a_plan_that_costs_more_shows_it(case: Case, solution: Solution) -> None:
    text = joined(answer_summary(solution, case, Labels("en")))
    assert "+€194k a year" in text


def test_a_plan_that_saves_shows_it_with_its_sign(case: Case) -> None:
    plan = without_locks(case)
    sites = {**check.today(plan).sites, ("swimming_pool", "59002"): 0}
    text = joined(answer_summary(solve(plan, Decisions(sites)), plan, Labels("en")))
    assert "-€200k a year" in text


def test_the_proof_of_an_optimum_is_told(case: Case, solution: Solution) -> None:
    fields = {"status": Status.OPTIMAL, "stop": StopReason.PROOF, "bound": solution.score}
    text = joined(answer_summary(solve(case, solution.decisions, **fields), case, Labels("en")))
    assert "Best possible plan, proven" in text
    assert "gap 0.000%" in text


def test_an_unanswerable_question_is_told_in_sentences(case: Case, labels: Labels) -> None:
    answer = Infeasible(
        conflict=(
            ("capital_budget", ()),
            ("basin_floor", ("library", "1")),
            ("themes", ("59001",)),
        ),
        relaxation=(
            Relaxation("capital_budget", (), 1_000_000.0, 2_345_678.0, "eur"),
            Relaxation("basin_floor", ("library", "1"), 0.9, 0.8, "share"),
            Relaxation("forced", ("library", "59001"), 1.0, 0.0, "lock"),
        ),
        proven=True,
        seconds={"explain": 2.0},
    )
    text = printed(answer_summary(answer, case, labels), 300)
    assert labels.euros_full(2_345_678) in text
    assert labels.percent(0.8, 2) in text
    assert "Bassin 1" in text
    assert "Aubry" in text
    assert labels("infeasible.smallest") in text
    assert labels("words.whole_territory") in text


def test_an_unproven_relaxation_says_so(case: Case, labels: Labels) -> None:
    answer = Infeasible((), (), proven=False, seconds={})
    assert labels("infeasible.not_proven") in printed(answer_summary(answer, case, labels), 300)


@pytest.mark.parametrize("stop", list(StopReason))
def test_a_solve_without_answer_says_why(case: Case, labels: Labels, stop: StopReason) -> None:
    text = printed(answer_summary(NoAnswer(stop, {"solve": 1.0}), case, labels), 300)
    assert labels(f"stop.{stop.value}") in text
    assert labels("no_answer.nothing_proven") in text


def test_a_territory_shows_people_facilities_money_and_neighbours(case: Case) -> None:
    text = joined(territory_summary(case.territory, case, Labels("fr")))
    for expected in (
        "5 communes, 10~500 habitants",
        "Bassin 2",
        "INSEE BPE 2013",
        "Accès aujourd'hui",
        "57,1~%",
        "comptes connus pour 4 communes sur 5",
        "Communes voisines à portée~: 1~; habitants~: 9~000",
    ):
        assert expected in text


def test_a_territory_without_a_case_leaves_access_out(case: Case, labels: Labels) -> None:
    text = printed(territory_summary(case.territory, None, labels))
    assert labels("part.facilities.title") in text
    assert labels("part.today.title") not in text


def test_remarks_name_types_instead_of_codes(case: Case) -> None:
    remark = note("places_without_site", service="nursery", count=2, communes="Aubry, Denain")
    noted = type(case.territory)(
        case.territory.code,
        case.territory.name,
        case.territory.communes,
        case.territory.facilities,
        (remark,),
    )
    text = joined(territory_summary(noted, None, Labels("fr")))
    assert "Crèche~: places" in text
    assert "Aubry, Denain" in text


def test_prose_keeps_no_break_spaces_together() -> None:
    lines = printed(Prose("dépense de 1\u202f234\u202f567\xa0€ par an"), 20).splitlines()
    assert lines == ["dépense de", "1\u202f234\u202f567\xa0€ par an"]


def test_prose_breaks_a_long_word_after_a_hyphen() -> None:
    assert printed(Prose("à Saint-Amand-les-Eaux"), 15).splitlines() == [
        "à Saint-Amand-",
        "les-Eaux",
    ]


def test_prose_that_is_empty_is_one_empty_line() -> None:
    assert printed(Prose(""), 10) == "\n"
