"""Scenarios side by side on the command line."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from optimiser.cli_questions.shared import LABELS, Workers, opened, printed, questions
from optimiser.labels import Labels
from optimiser.scenario import Scenario

if TYPE_CHECKING:
    from optimiser.questions.compare import Comparison
    from optimiser.report.words import Words

_SIDES = ("now", "planned")


@questions.command("compare", help=LABELS("cli.compare.help"))
def compare(
    scenario: Annotated[list[Path], typer.Argument(help=LABELS("cli.compare.scenarios"))],
    *,
    epci: Annotated[str | None, typer.Option(help=LABELS("cli.ask.epci"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=LABELS("cli.lang"))] = LABELS.language,
    out: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.out"))] = None,
    time_limit: Annotated[float, typer.Option(min=0.001, help=LABELS("cli.ask.time_limit"))] = 60.0,
    catalogue: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.catalogue"))] = None,
    merge: Annotated[Path | None, typer.Option(help=LABELS("cli.compare.merge"))] = None,
    maps: Annotated[Path | None, typer.Option(help=LABELS("cli.compare.maps"))] = None,
    workers: Workers = None,
) -> None:
    """Compare scenarios, and merge the locks of the others into the first."""
    from optimiser.questions.compare import compare as side_by_side  # noqa: PLC0415
    from optimiser.report.answers.compare import compare_page  # noqa: PLC0415

    shared = {"epci": epci, "lang": lang, "time_limit": time_limit, "catalogue": catalogue}
    with Console(stderr=True).status(LABELS("cli.ask.asking")):
        ready = [opened({**shared, "scenario": path}) for path in scenario]
        answer = side_by_side([b for b, _ in ready], workers=workers)
    page = compare_page(answer, ready[0][1])
    printed(page, ready[0][1], as_json=as_json, out=out)
    if maps is not None:
        with Console(stderr=True).status(LABELS("cli.ask.asking")):
            _maps(answer, ready[0][1], maps)
    if merge is not None:
        _merge([bench.case.scenario for bench, _ in ready], scenario[0], merge, Labels(lang))


def _maps(answer: "Comparison", words: "Words", folder: Path) -> None:
    """Draw the first two plans side by side, for each type on which they differ."""
    from optimiser.report.answers.compare import scenario_name  # noqa: PLC0415
    from optimiser.report.atlas import Atlas  # noqa: PLC0415
    from optimiser.report.maps import pair_map, to_svg  # noqa: PLC0415
    from optimiser.sources import load_polygons  # noqa: PLC0415

    first, second = answer.plans[:2]
    if first is None or second is None:
        return
    titles = {f"map.{key}": scenario_name(n, answer, words) for n, key in enumerate(_SIDES)}
    labels = Labels(words.labels.language, titles)
    codes = [commune.code for commune in words.case.territory.communes]
    atlas = Atlas(words.case, load_polygons(codes), labels)
    folder.mkdir(parents=True, exist_ok=True)
    for service in dict.fromkeys(choice.service for choice in answer.choices):
        path = folder / f"{service}.svg"
        path.write_text(to_svg(pair_map(atlas, first, second, service)), encoding="utf-8")
        Console(stderr=True).print(labels("cli.ask.written", path=str(path)))


def _merge(scenarios: list[Scenario], first: Path, target: Path, labels: Labels) -> None:
    """Write the first scenario file with the locks of the others added at its end."""
    from optimiser.questions.compare import merged  # noqa: PLC0415

    result = scenarios[0]
    for other in scenarios[1:]:
        result, refused = merged(result, other)
        for lock in refused:
            text = labels("cli.compare.refused", lock=f"{lock.service}:{lock.commune}")
            sys.stderr.write(text + "\n")
    blocks = [
        f"\n[[{section}]]\nservice = {json.dumps(lock.service)}\n"
        f"commune = {json.dumps(lock.commune, ensure_ascii=False)}\n"
        for section in ("forced", "forbidden")
        for lock in getattr(result, section)
        if lock not in getattr(scenarios[0], section)
    ]
    text = first.read_text(encoding="utf-8").rstrip() + "\n" + "".join(blocks)
    target.write_text(text, encoding="utf-8")
    Console(stderr=True).print(labels("cli.ask.written", path=str(target)))
