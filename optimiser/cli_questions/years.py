"""The years ahead on the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli_questions.shared import LABELS, question

if TYPE_CHECKING:
    from optimiser.ahead import Ahead
    from optimiser.questions.workbench import Workbench
    from optimiser.report.answers.page import Page
    from optimiser.report.words import Words

Functions = Annotated[
    bool | None, typer.Option("--functions/--no-functions", help=LABELS("cli.schedule.functions"))
]


@question("schedule")
def schedule(bench: "Workbench", words: "Words", *, functions: Functions = None) -> "Page":
    """Spread the plan over years."""
    from optimiser.report.answers.schedule import schedule_page  # noqa: PLC0415

    found = _ahead(bench, functions=functions)
    return schedule_page(found, words)


def _ahead(bench: "Workbench", *, functions: bool | None) -> "Ahead":
    """Look ahead; with support functions where they are asked for, or the scenario says how."""
    from optimiser.ahead import look_ahead  # noqa: PLC0415
    from optimiser.sharing_case import SharingCase  # noqa: PLC0415
    from optimiser.sharing_scenario import Sharing  # noqa: PLC0415
    from optimiser.sources.functions_file import load_functions  # noqa: PLC0415

    case = bench.case
    if functions is None:
        functions = case.scenario.sharing != Sharing()
    sharing = None
    if functions:
        sharing = SharingCase(case.territory, load_functions(), case.travel, case.scenario)
    return look_ahead(case, sharing, bench.limits)
