"""The other side of `ui.asking`: answers one question in a process of its own.

Run as a program. Standard input brings the question as JSON; its end asks to stop at once. Standard
output carries the page as JSON and nothing else.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeAlias

from optimiser.ahead import look_ahead
from optimiser.errors import MaillageError
from optimiser.impact.cases import finance_cases
from optimiser.labels import Labels, describe_error
from optimiser.questions.axes import AXES
from optimiser.questions.pareto import Front, pareto
from optimiser.questions.poles import poles
from optimiser.questions.portfolio import Portfolio, portfolio
from optimiser.questions.prices import prices
from optimiser.questions.relaxations import ways
from optimiser.questions.why import contrary, why_all
from optimiser.questions.workbench import Change, Workbench
from optimiser.report import kept as kept_plans
from optimiser.report import kept_sharing
from optimiser.report.answers import page as answers
from optimiser.report.answers.alternatives import alternatives_page
from optimiser.report.answers.finances import finances_page
from optimiser.report.answers.front_chart import front_chart
from optimiser.report.answers.pareto import pareto_page
from optimiser.report.answers.poles import poles_page
from optimiser.report.answers.prices import prices_page
from optimiser.report.answers.relaxations import relaxations_page
from optimiser.report.answers.schedule import schedule_page
from optimiser.report.answers.why import why_page
from optimiser.report.maps import to_svg
from optimiser.report.sharing_answer import gather
from optimiser.report.sharing_curves import curve_chart, curve_table
from optimiser.report.sharing_maps import groups_map
from optimiser.report.sharing_tables import sharing_tables
from optimiser.report.sharing_words import SharingWords
from optimiser.report.words import Words, case_labels
from optimiser.report.years_charts import debt_chart, gantt, spending_chart
from optimiser.scenario import Scenario
from optimiser.schedule_solution import ScheduleSolution
from optimiser.sharing import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Infeasible, Status
from optimiser.solvers import Limits
from optimiser.sources import load_polygons, open_case
from optimiser.sources.functions_file import load_functions
from optimiser.sources.open_sharing import open_sharing
from ui.settings import without_files

_WORKERS = 1

Page: TypeAlias = dict[str, Any]


def page_of(asked: dict[str, Any]) -> Page:
    """Answer, and write the page.

    Parameters
    ----------
    asked
        ``question``, ``scenario`` (JSON text), ``language``, ``detail`` and ``seconds``; perhaps
        ``kept``: decisions of an earlier answer in another language, which are only worded anew.

    Returns
    -------
    dict
        Fields of `ui.store.pages.AskedPage`.
    """
    labels = Labels(asked["language"])
    try:
        return QUESTIONS[asked["question"]](asked, labels)
    except MaillageError as error:
        return _failed(describe_error(error, labels))


def _failed(lines: list[str]) -> Page:
    return _page(failure=lines)


def _page(**parts: Any) -> Page:
    empty: Page = {"failure": [], "sentences": [], "tables": [], "maps": {}, "curves": {}}
    return {**empty, "charts": {}, "plans": [], "chart": None, "decisions": "", "kept": "", **parts}


def _sharing(asked: dict[str, Any], labels: Labels) -> Page:
    case = open_sharing(without_files(Scenario.model_validate_json(asked["scenario"])))
    words = SharingWords(case, labels)
    limits = Limits(seconds=asked["seconds"], gap=1e-3)
    kept = asked.get("kept")
    answer = kept_sharing.load(kept, case) if kept else share(case, limits)
    if isinstance(answer, Infeasible):
        lines = [labels("status.infeasible"), labels("sharing.conflict")]
        lines += [words.asks(rule, subject) for rule, subject in answer.conflict]
        lines.append(labels("sharing.change"))
        return _failed(lines + [words.relaxed(relaxation) for relaxation in answer.relaxation])
    if not isinstance(answer, SharingSolution):
        return _failed([labels("status.no_answer")])
    report = gather(case, answer, limits=limits, sensitivity=asked["detail"] == "sensitivity")
    polygons = load_polygons({commune.code for commune in case.members})
    functions = dict.fromkeys(group.function for group in answer.decisions.groups)
    drawn = functions if len(polygons) else {}
    tables = [*sharing_tables(report, labels)]
    tables += [curve_table(report, name, labels) for name in functions]
    return _page(
        tables=[asdict(table) for table in tables],
        maps={
            words.function(name): to_svg(groups_map(report, name, polygons, labels))
            for name in drawn
        },
        curves={
            words.function(name): to_svg(curve_chart(report, name, labels)) for name in functions
        },
        decisions=kept_sharing.dump(answer),
    )


def _planned(
    answer: Callable[[Workbench, Words, str], answers.Page],
) -> Callable[[dict[str, Any], Labels], Page]:
    """Make a question about the plan of a scenario."""

    def ask(asked: dict[str, Any], labels: Labels) -> Page:
        case = open_case(without_files(Scenario.model_validate_json(asked["scenario"])))
        words = Words(case, case_labels(case.catalogue, labels.language))
        bench = Workbench(case, Limits(seconds=asked["seconds"], gap=1e-4))
        found = answer(bench, words, asked["detail"])
        tables = [asdict(sheet.table) for sheet in found.tables]
        return _page(sentences=list(found.sentences), tables=tables, **_plans(bench, found, words))

    return ask


def _why(bench: Workbench, words: Words, detail: str) -> answers.Page:
    service, commune = detail.split(":")
    wish = contrary(bench, (service, commune))
    return why_page(why_all(bench, [wish], workers=_WORKERS), words)


def _prices(bench: Workbench, words: Words, _: str) -> answers.Page:
    found = prices(bench, each=False, workers=_WORKERS)
    return prices_page(found, (), (), words)


def _relax(bench: Workbench, words: Words, _: str) -> answers.Page:
    return relaxations_page(ways(bench, Change(), most_rules=3, most_ways=5), words)


def _plans(bench: Workbench, found: answers.Page, words: Words) -> dict[str, Any]:
    """Plans of an answer, each as the store keeps it."""
    labels, answer = words.labels, found.data
    if isinstance(answer, Mapping):
        answer = answer.get("portfolio")
    if isinstance(answer, Front):
        keys = ("knee" if point.knee else "point" for point in answer.points)
        names = [labels(f"ask.pareto.{k}", n=labels.number(n)) for n, k in enumerate(keys, start=1)]
        plans = [point.plan for point in answer.points]
        chart: dict[str, Any] | None = front_chart(answer, names, labels)
    elif isinstance(answer, Portfolio):
        plans = [answer.best, *(each.plan for each in answer.alternatives)]
        names = [labels("ui.questions.plan", n=labels.number(n + 1)) for n in range(len(plans))]
        chart = None
    else:
        return {}
    bound = bench.best.bound
    kept = [
        kept_plans.dump(replace(p, status=Status.FEASIBLE, bound=max(bound, p.score)))
        for p in plans
    ]
    listed = [{"name": n, "answer": k} for n, k in zip(names, kept, strict=True)]
    return {"plans": listed, "chart": chart}


def _alternatives(bench: Workbench, words: Words, _: str) -> answers.Page:
    return alternatives_page(portfolio(bench, within=0.01, apart=3, most=5), None, words)


def _poles(bench: Workbench, words: Words, _: str) -> answers.Page:
    return poles_page(poles(bench), words)


def _pareto(bench: Workbench, words: Words, detail: str) -> answers.Page:
    first, second = (axis for name in detail.split(":") for axis in AXES if axis == name)
    return pareto_page(pareto(bench, first, second, points=8), words)


def _years(asked: dict[str, Any], labels: Labels) -> Page:
    case = open_case(without_files(Scenario.model_validate_json(asked["scenario"])))
    words = Words(case, case_labels(case.catalogue, labels.language))
    sharing = None
    if asked["detail"] == "functions":
        sharing = SharingCase(case.territory, load_functions(), case.travel, case.scenario)
    found = look_ahead(case, sharing, Limits(seconds=asked["seconds"], gap=1e-4))
    page, answer = schedule_page(found, words), found.answer
    if not isinstance(answer, ScheduleSolution):
        return _failed(list(page.sentences))
    finances = finances_page(found, words)
    return _page(
        sentences=[*page.sentences, *finances.sentences[2:-1]],
        tables=[asdict(sheet.table) for sheet in (*page.tables, *finances.tables)],
        charts={
            "gantt": gantt(found, answer, words),
            "debt": debt_chart(found, finance_cases(found.plan, answer), words),
            "spending": spending_chart(found, answer, words),
        },
        kept=json.dumps(
            {
                "plan": json.loads(kept_plans.dump(found.solution)),
                "years": [
                    [action.kind, action.what, action.where, action.number, year]
                    for action, year in answer.years.items()
                ],
            }
        ),
    )


QUESTIONS: Mapping[str, Callable[[dict[str, Any], Labels], Page]] = {
    "sharing": _sharing,
    "years": _years,
    "why": _planned(_why),
    "prices": _planned(_prices),
    "relax": _planned(_relax),
    "alternatives": _planned(_alternatives),
    "pareto": _planned(_pareto),
    "poles": _planned(_poles),
}
"""What can be asked."""


def main() -> None:
    """Answer one question."""
    # Compiled code may print: what it prints must not mix with the page.
    page = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    asked = json.loads(sys.stdin.readline())

    def listen() -> None:
        # Also ends when the server does, so that no search outlives it.
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    json.dump(page_of(asked), page, allow_nan=False, default=str)
    page.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
