"""The years ahead on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli_questions.shared import LABELS, opened, printed, question, questions

if TYPE_CHECKING:
    from optimiser.ahead import Ahead
    from optimiser.case import Case
    from optimiser.questions.workbench import Workbench
    from optimiser.report.answers.page import Page
    from optimiser.report.words import Words
    from optimiser.schedule_scenario import MeasureName
    from optimiser.sharing_case import SharingCase

Functions = Annotated[
    bool | None, typer.Option("--functions/--no-functions", help=LABELS("cli.schedule.functions"))
]


@question("schedule")
def schedule(
    bench: "Workbench",
    words: "Words",
    *,
    functions: Functions = None,
    joint: Annotated[bool, typer.Option("--joint", help=LABELS("cli.schedule.joint"))] = False,
) -> "Page":
    """Spread the plan over years."""
    from optimiser.ahead import look_ahead_jointly  # noqa: PLC0415
    from optimiser.report.answers.schedule import joint_page, schedule_page  # noqa: PLC0415

    if joint:
        return joint_page(*look_ahead_jointly(bench.case, bench.limits), words)
    return schedule_page(_ahead(bench, functions=functions), words)


@question("finances")
def finances(bench: "Workbench", words: "Words", *, functions: Functions = None) -> "Page":
    """Say what pays for the years ahead."""
    from optimiser.report.answers.finances import finances_page  # noqa: PLC0415

    found = _ahead(bench, functions=functions)
    return finances_page(found, words)


@question("poles")
def poles(bench: "Workbench", words: "Words", *, functions: Functions = None) -> "Page":
    """Name the poles, and price their themes."""
    from optimiser.questions.poles import poles as radiating  # noqa: PLC0415
    from optimiser.report.answers.poles import poles_page  # noqa: PLC0415
    from optimiser.sharing import share  # noqa: PLC0415
    from optimiser.sharing_solution import SharingSolution  # noqa: PLC0415

    sharing = _sharing(bench.case, functions=functions)
    shared = share(sharing) if sharing is not None else None
    groups = shared.decisions.groups if isinstance(shared, SharingSolution) else ()
    return poles_page(radiating(bench, sharing, groups), words)


@questions.command("score", help=LABELS("cli.score.help"))
def score(
    scenario: Annotated[list[Path], typer.Argument(help=LABELS("cli.score.scenarios"))],
    *,
    weight: Annotated[list[str] | None, typer.Option(help=LABELS("cli.score.weight"))] = None,
    functions: Functions = None,
    epci: Annotated[str | None, typer.Option(help=LABELS("cli.ask.epci"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=LABELS("cli.lang"))] = LABELS.language,
    out: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.out"))] = None,
    time_limit: Annotated[float, typer.Option(min=0.001, help=LABELS("cli.ask.time_limit"))] = 60.0,
    catalogue: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.catalogue"))] = None,
) -> None:
    """Score scenarios."""
    from optimiser.ahead import measured  # noqa: PLC0415
    from optimiser.impact.score import score as scored  # noqa: PLC0415
    from optimiser.report.answers.score import score_page  # noqa: PLC0415
    from optimiser.sources.land_file import load_land  # noqa: PLC0415
    from optimiser.sources.mobility_file import load_mobility  # noqa: PLC0415

    shared = {"epci": epci, "lang": lang, "time_limit": time_limit, "catalogue": catalogue}
    plans, impacts, titles, first = [], [], [], None
    own = _weights(weight or [])
    for path in scenario:
        bench, words = opened({**shared, "scenario": path})
        first = first or words
        sharing = _sharing(bench.case, functions=functions)
        found = measured(bench.case, sharing, load_mobility(), load_land(), bench.limits)
        plans.append(found[0])
        impacts.append(found[1])
        titles.append(bench.case.scenario.title or path.stem)
    if first is None:
        return
    weights = {**first.case.scenario.score.by_part, **own}
    if not any(weights.values()):
        raise typer.BadParameter(LABELS("cli.score.bad_weight", text="0"), param_hint="--weight")
    page = score_page(scored(impacts, weights), impacts, titles, plans, first)
    printed(page, first, as_json=as_json, out=out)


def _weights(texts: list[str]) -> dict["MeasureName", float]:
    """Weights by part; a text that is none is refused in one message."""
    from optimiser.impact.measures import MEASURES  # noqa: PLC0415

    names = {str(name): name for name in MEASURES}
    weights = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if name not in names or not 0 <= value < float("inf"):
            message = LABELS("cli.score.bad_weight", text=text)
            raise typer.BadParameter(message, param_hint="--weight")
        weights[names[name]] = value
    return weights


def _sharing(case: "Case", *, functions: bool | None) -> "SharingCase | None":
    """The other half: where it is asked for, or where the scenario says something about it."""
    from optimiser.sharing_case import SharingCase  # noqa: PLC0415
    from optimiser.sharing_scenario import Sharing  # noqa: PLC0415
    from optimiser.sources.functions_file import load_functions  # noqa: PLC0415

    if functions is None:
        functions = case.scenario.sharing != Sharing()
    if not functions:
        return None
    return SharingCase(case.territory, load_functions(), case.travel, case.scenario)


def _ahead(bench: "Workbench", *, functions: bool | None) -> "Ahead":
    """Look ahead; with support functions where they are asked for, or the scenario says how."""
    from optimiser.ahead import look_ahead  # noqa: PLC0415

    sharing = _sharing(bench.case, functions=functions)
    return look_ahead(bench.case, sharing, bench.limits)
