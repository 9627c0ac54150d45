"""The command `maillage share`: parses, calls, prints."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from optimiser.errors import ScenarioError
from optimiser.labels import Labels
from optimiser.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from optimiser.case import Case
    from optimiser.report.plain import Json
    from optimiser.report.sharing_answer import SharingReport
    from optimiser.sharing_case import SharingCase
    from optimiser.sharing_solution import SharingAnswer
    from optimiser.solvers import Limits

BAD_INPUT, INFEASIBLE, NO_ANSWER = 2, 3, 4
TEMPLATE = "template"
GAP = 1e-3
SECONDS = 90.0
"""Of the decision: enough to prove nearly every EPCI; beyond, the gap is told."""
SECONDS_AGAIN = 20.0
"""Of the decisions under other evidence together, and again of those that price constraints."""


def mount(app: typer.Typer, labels: Labels) -> None:
    """Add the command to an application.

    Parameters
    ----------
    app
        The application.
    labels
        Words of its help.
    """

    def words(key: str) -> str:
        return labels(f"cli.{key}")

    @app.command("share", help=words("share.help"))
    def share_command(
        scenario: Annotated[str | None, typer.Argument(help=words("share.scenario"))] = None,
        template: Annotated[Path | None, typer.Argument(help=words("share.template.path"))] = None,
        *,
        epci: Annotated[str | None, typer.Option(help=words("plan.epci"))] = None,
        out: Annotated[Path | None, typer.Option(help=words("share.out"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=words("json"))] = False,
        lang: Annotated[str, typer.Option("--lang", help=words("lang"))] = labels.language,
        solver: Annotated[str, typer.Option(help=words("plan.solver"))] = "highs",
        time_limit: Annotated[
            float, typer.Option(min=0.001, help=words("plan.time_limit"))
        ] = SECONDS,
        gap: Annotated[float, typer.Option(min=0, max=0.99, help=words("plan.gap"))] = GAP,
        threads: Annotated[int, typer.Option(min=1, help=words("plan.threads"))] = 2,
        functions: Annotated[Path | None, typer.Option(help=words("share.functions"))] = None,
        volumes: Annotated[Path | None, typer.Option(help=words("share.volumes"))] = None,
        matrix: Annotated[Path | None, typer.Option(help=words("plan.matrix"))] = None,
        communes: Annotated[Path | None, typer.Option(help=words("plan.communes"))] = None,
        sensitivity: Annotated[bool, typer.Option(help=words("share.sensitivity"))] = True,
    ) -> None:
        """Find, prove, verify and report who shares what with whom."""
        from optimiser.solvers import BACKENDS, Limits  # noqa: PLC0415

        if solver not in BACKENDS:
            raise typer.BadParameter(", ".join(BACKENDS), param_hint="--solver")
        file = None if scenario in (None, TEMPLATE) else Path(str(scenario))
        case = _open(
            file, epci, functions=functions, volumes=volumes, matrix=matrix, communes=communes
        )
        spoken = Labels(lang)
        if scenario == TEMPLATE:
            _template(case, template, spoken)
            return
        limits = Limits(seconds=time_limit, gap=gap, threads=threads)
        raise typer.Exit(
            _share(case, limits, spoken, solver, out, as_json=as_json, sensitivity=sensitivity)
        )


def _open(
    file: Path | None,
    epci: str | None,
    *,
    functions: Path | None,
    volumes: Path | None,
    matrix: Path | None,
    communes: Path | None,
) -> "SharingCase":
    from optimiser.sources import locate, read_scenario  # noqa: PLC0415
    from optimiser.sources.open_sharing import open_sharing  # noqa: PLC0415

    question = read_scenario(file) if file else Scenario()
    if epci:
        question = question.model_copy(update={"epci": epci})
    try:
        return open_sharing(
            question,
            functions_path=functions,
            volumes_path=volumes,
            matrix_path=matrix,
            communes_path=communes,
        )
    except ScenarioError as error:
        raise (locate(error, file) if file else error) from error


def _template(case: "SharingCase", path: Path | None, labels: Labels) -> None:
    from optimiser.report.sharing_folder import write_template  # noqa: PLC0415
    from optimiser.report.sharing_tables import template_table  # noqa: PLC0415

    screen = Console(stderr=True)
    target = path or Path("volumes.csv")
    if target.suffix.casefold() not in (".csv", ".xlsx"):
        screen.print(labels("cli.share.kind"), highlight=False)
        raise typer.Exit(BAD_INPUT)
    try:
        write_template(template_table(case.territory, case.functions, labels), target)
    except FileExistsError:
        screen.print(labels("cli.exists", path=str(target)), highlight=False)
        raise typer.Exit(BAD_INPUT) from None
    screen.print(labels("sharing.template.note"), highlight=False)
    screen.print(
        labels("cli.written", folder=str(target.parent), files=target.name), highlight=False
    )


def _share(
    case: "SharingCase",
    limits: "Limits",
    labels: Labels,
    solver: str,
    out: Path | None,
    *,
    as_json: bool,
    sensitivity: bool,
) -> int:
    from optimiser.sharing import share  # noqa: PLC0415

    with Console(stderr=True).status(labels("cli.share.solving")):
        answer = share(case, limits, solver=solver)
        shown, report, document = _reported(answer, case, labels, limits, sensitivity=sensitivity)
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        Console().print(shown)
    if out is not None:
        _written(document, report, case, out, labels)
    return _code(answer)


def plan_both(
    case: "Case",
    limits: "Limits",
    labels: Labels,
    solver: str,
    out: Path | None,
    *,
    as_json: bool,
) -> int:
    """Share functions and plan facilities under one budget, and report both.

    Parameters
    ----------
    case
        The facilities' case; its scenario holds both halves.
    limits, solver
        Of each solve.
    labels
        Words of the reader's language.
    out
        Folder for the files of both halves; None: none.
    as_json
        True: one JSON document with ``plan``, ``sharing`` and ``joint``.

    Returns
    -------
    int
        Exit code of the command.
    """
    from optimiser.joint import plan_together  # noqa: PLC0415
    from optimiser.report.folder import write_all  # noqa: PLC0415
    from optimiser.report.joint_terminal import joint_document, joint_summary  # noqa: PLC0415
    from optimiser.report.plan_json import plan_document  # noqa: PLC0415
    from optimiser.report.terminal import answer_summary  # noqa: PLC0415
    from optimiser.sharing_case import SharingCase  # noqa: PLC0415
    from optimiser.solution import Solution  # noqa: PLC0415
    from optimiser.sources.functions_file import load_functions  # noqa: PLC0415

    other = SharingCase(case.territory, load_functions(), case.travel, case.scenario)
    screen = Console(stderr=True)
    with screen.status(labels("cli.share.solving")):
        joint = plan_together(case, other, limits, solver=solver)
    shared, report, document = _reported(joint.sharing, joint.sharing_case, labels)
    if as_json:
        documents = {
            "joint": joint_document(joint),
            "plan": plan_document(joint.plan, joint.case, labels.language),
            "sharing": document,
        }
        print(json.dumps(documents, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        Console().print(joint_summary(joint, labels))
        Console().print(answer_summary(joint.plan, joint.case, labels))
        Console().print(shared)
    if out is not None:
        write_all(joint.plan, joint.case, out, labels.language)
        _written(document, report, joint.sharing_case, out, labels)
    return _code(joint.sharing) if isinstance(joint.plan, Solution) else INFEASIBLE


def _reported(
    answer: "SharingAnswer",
    case: "SharingCase",
    labels: Labels,
    limits: "Limits | None" = None,
    *,
    sensitivity: bool = False,
) -> "tuple[RenderableType, SharingReport | None, Mapping[str, Json]]":
    """What the terminal shows, everything about the groups, and the same as plain data."""
    from optimiser.report.sharing_answer import gather  # noqa: PLC0415
    from optimiser.report.sharing_json import failure_document, sharing_document  # noqa: PLC0415
    from optimiser.report.sharing_terminal import sharing_failure, sharing_summary  # noqa: PLC0415
    from optimiser.sharing_solution import SharingSolution  # noqa: PLC0415

    if not isinstance(answer, SharingSolution):
        shown = sharing_failure(answer, case, labels)
        return shown, None, failure_document(answer, case, labels)
    if limits is not None and limits.seconds is not None:
        limits = replace(limits, seconds=min(limits.seconds, SECONDS_AGAIN))
    report = gather(case, answer, limits=limits, sensitivity=sensitivity)
    return sharing_summary(report, labels), report, sharing_document(report, labels)


def _written(
    document: "Mapping[str, Json]",
    report: "SharingReport | None",
    case: "SharingCase",
    out: Path,
    labels: Labels,
) -> None:
    from optimiser.report.sharing_folder import write_sharing  # noqa: PLC0415
    from optimiser.sources.embedded import load_polygons  # noqa: PLC0415

    polygons = load_polygons([commune.code for commune in case.members])
    paths = write_sharing(document, report, out, labels, polygons)
    files = ", ".join(sorted({str(path.relative_to(out)) for path in paths}))
    Console(stderr=True).print(labels("cli.written", folder=str(out), files=files), highlight=False)


def _code(answer: "SharingAnswer") -> int:
    from optimiser.sharing_solution import SharingSolution  # noqa: PLC0415
    from optimiser.solution import NoAnswer  # noqa: PLC0415

    if isinstance(answer, SharingSolution):
        return 0
    return NO_ANSWER if isinstance(answer, NoAnswer) else INFEASIBLE
