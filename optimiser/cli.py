"""The command `maillage`: parses, calls, prints."""

import functools
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer
from rich.console import Console

from optimiser import cli_access, cli_campaign, cli_locate, cli_share
from optimiser.cli_questions import questions
from optimiser.errors import (
    MaillageError,
    NoPlanError,
    ScenarioError,
    SolverError,
    VerificationError,
)
from optimiser.labels import LANGUAGES, Labels, describe_error
from optimiser.scenario import Scenario

if TYPE_CHECKING:
    from optimiser.solution import Answer
    from optimiser.solvers import Progress

DEFECT, BAD_INPUT, INFEASIBLE, NO_ANSWER, INTERRUPTED = 1, 2, 3, 4, 130


def _language(arguments: list[str]) -> str:
    """Language asked for on the command line: the help itself speaks it."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        chosen = option.removeprefix("--lang=") if option.startswith("--lang=") else value
        if option.startswith("--lang") and chosen in LANGUAGES:
            return chosen
    return LANGUAGES[0]


LABELS = Labels(_language(sys.argv))


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(", ".join(LANGUAGES))
    return value


app = typer.Typer(
    help=LABELS("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
scenarios = typer.Typer(help=LABELS("cli.scenario.help"), no_args_is_help=True)
app.add_typer(scenarios, name="scenario")
cli_share.mount(app, LABELS)
LANGUAGE = typer.Option("--lang", help=LABELS("cli.lang"), callback=_known_language)
cli_locate.mount(app, LABELS, LANGUAGE)
cli_access.mount(app, LABELS)
cli_campaign.mount(app, LABELS)
app.add_typer(questions)

Json = Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))]


Lang = Annotated[str, LANGUAGE]
CataloguePath = Annotated[Path | None, typer.Option(help=LABELS("cli.plan.catalogue"))]


def main() -> None:
    """Run the command; a user's mistake ends in words, never in a traceback."""
    # A console or a pipe of another encoding loses a no-break space, and nothing else.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except MaillageError as error:
        for line in describe_error(error, LABELS):
            print(line, file=sys.stderr)
        sys.exit(_code_of(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        reason = LABELS(
            "cli.unwritable", path=str(error.filename or ""), reason=str(error.strerror)
        )
        print(reason, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        print(LABELS("cli.interrupted"), file=sys.stderr)
        sys.exit(INTERRUPTED)


def _interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """Say that Ctrl-C came before there was anything to tell; typer would end without a word."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            print(LABELS("cli.interrupted"), file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None

    return run


def _version(asked: bool) -> None:
    if asked:
        print(version("maillage"))
        raise typer.Exit


@app.callback()
def _app(
    show: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=LABELS("cli.version")),
    ] = False,
) -> None:
    del show


@app.command(help=LABELS("cli.territory.help"))
@_interruptible
def territory(
    query: Annotated[str, typer.Argument(help=LABELS("cli.territory.query"))],
    *,
    as_json: Json = False,
    lang: Lang = LABELS.language,
    catalogue: CataloguePath = None,
) -> None:
    """Show what is known of an EPCI."""
    from optimiser.report.terminal_territory import territory_summary  # noqa: PLC0415
    from optimiser.report.territory_json import territory_document  # noqa: PLC0415
    from optimiser.report.words import case_labels  # noqa: PLC0415
    from optimiser.sources import find_epci, open_case  # noqa: PLC0415

    case = open_case(Scenario(epci=find_epci(query)[0]), catalogue_path=catalogue)
    labels = case_labels(case.catalogue, lang)
    if as_json:
        _print_json(territory_document(case))
    else:
        Console().print(territory_summary(case.territory, case, labels))


@app.command(help=LABELS("cli.plan.help"))
@_interruptible
def plan(
    scenario: Annotated[Path | None, typer.Argument(help=LABELS("cli.plan.scenario"))] = None,
    *,
    epci: Annotated[str | None, typer.Option(help=LABELS("cli.plan.epci"))] = None,
    out: Annotated[Path | None, typer.Option(help=LABELS("cli.plan.out"))] = None,
    as_json: Json = False,
    lang: Lang = LABELS.language,
    solver: Annotated[str, typer.Option(help=LABELS("cli.plan.solver"))] = "highs",
    time_limit: Annotated[
        float | None, typer.Option(min=0.001, help=LABELS("cli.plan.time_limit"))
    ] = None,
    gap: Annotated[float, typer.Option(min=0, max=0.99, help=LABELS("cli.plan.gap"))] = 1e-4,
    threads: Annotated[int, typer.Option(min=1, help=LABELS("cli.plan.threads"))] = 2,
    catalogue: CataloguePath = None,
    matrix: Annotated[Path | None, typer.Option(help=LABELS("cli.plan.matrix"))] = None,
    communes: Annotated[Path | None, typer.Option(help=LABELS("cli.plan.communes"))] = None,
    facilities: Annotated[Path | None, typer.Option(help=LABELS("cli.plan.facilities"))] = None,
    cells: Annotated[Path | None, typer.Option(help=LABELS("cli.plan.cells"))] = None,
) -> None:
    """Find, prove, verify and report the best plan."""
    from optimiser.planning import plan as find  # noqa: PLC0415
    from optimiser.report.folder import write_all  # noqa: PLC0415
    from optimiser.report.plan_json import plan_document  # noqa: PLC0415
    from optimiser.report.terminal import answer_summary  # noqa: PLC0415
    from optimiser.report.words import case_labels  # noqa: PLC0415
    from optimiser.solvers import BACKENDS, Limits  # noqa: PLC0415
    from optimiser.sources import find_epci, locate, open_case, read_scenario  # noqa: PLC0415

    if solver not in BACKENDS:
        raise typer.BadParameter(", ".join(BACKENDS), param_hint="--solver")
    question = read_scenario(scenario) if scenario else Scenario()
    if epci is not None:
        question = question.model_copy(update={"epci": find_epci(epci)[0]})
    try:
        case = open_case(
            question,
            catalogue_path=catalogue,
            matrix_path=matrix,
            communes_path=communes,
            facilities_path=facilities,
            cells_path=cells,
        )
    except ScenarioError as error:
        raise (locate(error, scenario) if scenario else error) from error
    labels = case_labels(case.catalogue, lang)
    if question.sharing.funds_facilities:
        limits = Limits(seconds=time_limit, gap=gap, threads=threads)
        raise typer.Exit(cli_share.plan_both(case, limits, labels, solver, out, as_json=as_json))
    screen = Console(stderr=True)
    with screen.status(labels("cli.solving")) as status:

        def show(progress: "Progress") -> None:
            status.update(_progress(progress, labels))

        limits = Limits(seconds=time_limit, gap=gap, threads=threads)
        answer = find(case, limits, solver=solver, watch=show, separate=True)
    # What was found is told, even to who has just stopped the search with an impatient Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if as_json:
        _print_json(plan_document(answer, case, lang))
    else:
        with screen.status(labels("cli.explaining")):
            summary = answer_summary(answer, case, labels)
        Console().print(summary)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if out is not None:
        with screen.status(labels("cli.writing")):
            paths = write_all(answer, case, out, lang)
        files = ", ".join(sorted({str(path.relative_to(out)) for path in paths}))
        screen.print(labels("cli.written", folder=str(out), files=files), highlight=False)
    raise typer.Exit(_code(answer))


@scenarios.command("new", help=LABELS("cli.scenario_new.help"))
def scenario_new(
    path: Annotated[Path | None, typer.Argument(help=LABELS("cli.scenario_new.path"))] = None,
    *,
    epci: Annotated[str, typer.Option(help=LABELS("cli.scenario_new.epci"))] = "200042190",
    lang: Lang = LABELS.language,
) -> None:
    """Write a commented scenario."""
    from optimiser.sources import find_epci, new_scenario  # noqa: PLC0415
    from optimiser.sources.new_book import SUFFIX, new_book  # noqa: PLC0415

    code, _ = find_epci(epci)
    if path is not None and path.suffix.casefold() == SUFFIX:
        data = new_book(code, lang)
    else:
        data = new_scenario(code, lang).encode()
    if path is None:
        print(data.decode(), end="")
        return
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        print(Labels(lang)("cli.exists", path=str(path)), file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None


@app.command(help=LABELS("cli.catalogue.help"))
def catalogue() -> None:
    """Print the embedded catalogue."""
    from optimiser.sources import data_folder  # noqa: PLC0415

    print((data_folder() / "catalogue" / "facilities.toml").read_text(encoding="utf-8"), end="")


Document: TypeAlias = Literal["plan", "sharing", "scenario"]


@app.command(help=LABELS("cli.schema.help"))
def schema(
    document: Annotated[Document, typer.Argument(help=LABELS("cli.schema.document"))] = "plan",
) -> None:
    """Print the JSON Schema of plan.json, of sharing.json, or of a scenario."""
    from optimiser.report.plan_json import plan_schema  # noqa: PLC0415
    from optimiser.report.sharing_json import sharing_schema  # noqa: PLC0415

    if document == "scenario":
        _print_json(Scenario.model_json_schema())
    else:
        _print_json(plan_schema() if document == "plan" else sharing_schema())


@app.command("app", help=LABELS("cli.app.help"))
def run_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help=LABELS("cli.app.port"))] = 8501,
    address: Annotated[str, typer.Option(help=LABELS("cli.app.address"))] = "127.0.0.1",
    store: Annotated[str | None, typer.Option(help=LABELS("cli.app.store"))] = None,
    campaign: Annotated[Path | None, typer.Option(help=LABELS("cli.app.campaign"))] = None,
) -> None:
    """Open the web app on this machine."""
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    environment = {**os.environ, **({"MAILLAGE_STORE": store} if store else {})}
    if campaign is not None:
        from optimiser.sources.campaign_folder import open_campaign  # noqa: PLC0415

        environment["MAILLAGE_CAMPAIGN"] = str(open_campaign(campaign.absolute()).path)
    command = [sys.executable, "-m", "ui", f"--server.port={port}", f"--server.address={address}"]
    ran = subprocess.run(command, env=environment, check=False)  # noqa: S603
    raise typer.Exit(ran.returncode)


def _code_of(error: MaillageError) -> int:
    """Exit code of an error: a scenario without a plan ends a question as it ends `plan`."""
    if isinstance(error, NoPlanError):
        return INFEASIBLE if error.status == "infeasible" else NO_ANSWER
    return DEFECT if isinstance(error, SolverError | VerificationError) else BAD_INPUT


def _code(answer: "Answer") -> int:
    from optimiser.solution import Infeasible, Solution  # noqa: PLC0415

    if isinstance(answer, Solution):
        return 0
    return INFEASIBLE if isinstance(answer, Infeasible) else NO_ANSWER


def _progress(progress: "Progress", labels: Labels) -> str:
    objective, bound = progress.objective, progress.bound
    gap = None
    if objective is not None and bound is not None and objective:
        gap = abs(bound - objective) / abs(objective)
    return labels(
        "cli.progress",
        seconds=labels.seconds(progress.seconds),
        objective=labels.number(objective),
        bound=labels.number(bound),
        gap=labels.percent(gap, 2),
    )


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
