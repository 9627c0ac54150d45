"""What the questions share on the command line: options, opening, printing."""

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from optimiser.errors import Finding, ScenarioError
from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Scenario

if TYPE_CHECKING:
    from optimiser.case import Case
    from optimiser.questions.workbench import Workbench
    from optimiser.report.answers.page import Page
    from optimiser.report.words import Words


def _language(arguments: list[str]) -> str:
    """Language asked for on the command line: the help itself speaks it."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        chosen = option.removeprefix("--lang=") if option.startswith("--lang=") else value
        if option.startswith("--lang") and chosen in LANGUAGES:
            return chosen
    return LANGUAGES[0]


LABELS = Labels(_language(sys.argv))

questions = typer.Typer(rich_markup_mode=None)

Places = Annotated[list[str] | None, typer.Option("--place", help=LABELS("cli.ask.place"))]
Workers = Annotated[int | None, typer.Option(min=1, help=LABELS("cli.ask.workers"))]

_SHARED = {
    "scenario": (Annotated[Path | None, typer.Argument(help=LABELS("cli.ask.scenario"))], None),
    "epci": (Annotated[str | None, typer.Option(help=LABELS("cli.ask.epci"))], None),
    "as_json": (Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))], False),
    "lang": (Annotated[str, typer.Option("--lang", help=LABELS("cli.lang"))], LABELS.language),
    "out": (Annotated[Path | None, typer.Option(help=LABELS("cli.ask.out"))], None),
    "time_limit": (
        Annotated[float, typer.Option(min=0.001, help=LABELS("cli.ask.time_limit"))],
        60.0,
    ),
    "catalogue": (Annotated[Path | None, typer.Option(help=LABELS("cli.ask.catalogue"))], None),
}


def question(name: str) -> Callable[[Callable[..., "Page"]], Callable[..., "Page"]]:
    """Make a command of a function (workbench, words, own options) -> page."""

    def register(answer: Callable[..., "Page"]) -> Callable[..., "Page"]:
        own = list(inspect.signature(answer).parameters.values())[2:]

        def run(**given: Any) -> None:
            shared = {key: given.pop(key) for key in _SHARED}
            with Console(stderr=True).status(LABELS("cli.ask.asking")):
                bench, words = opened(shared)
                page = answer(bench, words, **given)
            printed(page, words, as_json=shared["as_json"], out=shared["out"])
            if page.code:
                raise typer.Exit(page.code)

        parameters = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for key, (kind, default) in _SHARED.items()
        ]
        parameters += [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        questions.command(name, help=LABELS(f"cli.{name}.help"))(run)
        return answer

    return register


def opened(shared: dict[str, Any]) -> tuple["Workbench", "Words"]:
    """Open the case of a command: its workbench, and the words of its language."""
    from optimiser.questions.workbench import Workbench  # noqa: PLC0415
    from optimiser.report.words import Words  # noqa: PLC0415
    from optimiser.solvers import Limits  # noqa: PLC0415

    case = _case(shared["scenario"], shared["epci"], shared["catalogue"])
    limits = Limits(seconds=shared["time_limit"], gap=1e-6)
    return Workbench(case, limits), Words(case, Labels(shared["lang"]))


def _case(scenario: Path | None, epci: str | None, catalogue: Path | None) -> "Case":
    from optimiser.sources import locate, open_case, read_scenario  # noqa: PLC0415

    asked = read_scenario(scenario) if scenario else Scenario()
    if epci:
        asked = asked.model_copy(update={"epci": epci})
    try:
        return open_case(asked, catalogue_path=catalogue)
    except ScenarioError as error:
        raise (locate(error, scenario) if scenario else error) from error


def printed(page: "Page", words: "Words", *, as_json: bool, out: Path | None) -> None:
    """Print an answer, and write its tables to a workbook where that is asked."""
    from optimiser.report.answers.page import document, show  # noqa: PLC0415
    from optimiser.report.workbook import workbook  # noqa: PLC0415

    if as_json:
        text = json.dumps(document(page, words), ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write(text + "\n")
    else:
        Console().print(show(page, words.labels))
    if out is not None:
        out.write_bytes(workbook([s.table for s in page.tables if s.table.rows], page.title))
        Console(stderr=True).print(words.labels("cli.ask.written", path=str(out)))


def place_of(case: "Case", text: str) -> tuple[str, str]:
    """Codes of a type and a commune, from codes or names."""
    from difflib import get_close_matches  # noqa: PLC0415

    service, separator, commune = text.partition(":")
    if not separator:
        raise typer.BadParameter(LABELS("cli.ask.bad_place", text=text), param_hint="--place")
    kinds = {name.casefold(): s.code for s in case.services for name in _names(s.code)}
    towns: dict[str, str] = {}
    for c in reversed(case.territory.communes):
        towns |= {c.code.casefold(): c.code, c.name.casefold(): c.code}
    found = []
    for problem, name, known in (
        ("unknown_service", service, kinds),
        ("unknown_commune", commune, towns),
    ):
        wanted = name.strip().casefold()
        if wanted not in known:
            near = get_close_matches(wanted, list(known), n=1, cutoff=0.5)
            nearest = known[near[0]] if near else ""
            raise ScenarioError((Finding(problem, column="--place", found=name, nearest=nearest),))
        found.append(known[wanted])
    return found[0], found[1]


def _names(code: str) -> tuple[str, ...]:
    label = f"service.{code}"
    return (code, LABELS(label)) if label in LABELS else (code,)
