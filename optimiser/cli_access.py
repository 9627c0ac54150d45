"""``maillage access``: road graphs, travel times over them, and measures of access."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from optimiser.access.modes import MODES, Mode
from optimiser.errors import Finding, InputError
from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Scenario


def mount(app: typer.Typer, labels: Labels) -> None:
    """Add the commands.

    Parameters
    ----------
    app
        Where to.
    labels
        Words of the help.
    """
    access = typer.Typer(help=labels("cli.access.help"), no_args_is_help=True)
    app.add_typer(access, name="access")
    _mount_build(access, labels)
    _mount_times(access, labels)
    _mount_measure(access, labels)


def _mode(value: str) -> Mode:
    for mode in MODES:
        if mode == value:
            return mode
    raise typer.BadParameter(", ".join(MODES), param_hint="--mode")


def _mount_build(access: typer.Typer, labels: Labels) -> None:
    @access.command("build", help=labels("cli.access.build.help"))
    def build(
        extract: Annotated[Path, typer.Argument(help=labels("cli.access.build.extract"))],
        *,
        out: Annotated[Path, typer.Option(help=labels("cli.access.build.out"))] = Path("roads"),
        modes: Annotated[Path | None, typer.Option(help=labels("cli.access.build.modes"))] = None,
        lang: Annotated[str, typer.Option("--lang", help=labels("cli.lang"))] = labels.language,
    ) -> None:
        """Make road graphs of an OpenStreetMap extract."""
        from optimiser.sources.road_files import build_roads, load_road_modes  # noqa: PLC0415

        words = _words(lang)
        screen = Console(stderr=True)
        speeds = load_road_modes(modes)
        with screen.status(words("access.building", file=extract.name)):
            graphs = build_roads(extract, out, speeds)
        for mode, graph in graphs.items():
            screen.print(
                words(
                    "access.built",
                    mode=words(f"mode.{mode}"),
                    nodes=words.number(graph.nodes),
                    edges=words.number(graph.edges),
                ),
                highlight=False,
            )
        screen.print(words("access.kept", folder=str(out)), highlight=False)


def _mount_times(access: typer.Typer, labels: Labels) -> None:
    @access.command("times", help=labels("cli.access.times.help"))
    def times(
        roads: Annotated[Path | None, typer.Argument(help=labels("cli.access.times.roads"))] = None,
        *,
        epci: Annotated[str, typer.Option(help=labels("cli.plan.epci"))] = Scenario().epci,
        mode: Annotated[str, typer.Option(help=labels("cli.access.times.mode"))] = "car",
        limit: Annotated[
            float, typer.Option(min=1, max=600, help=labels("cli.access.times.limit"))
        ] = 60.0,
        osrm: Annotated[str | None, typer.Option(help=labels("cli.access.times.osrm"))] = None,
        valhalla: Annotated[
            str | None, typer.Option(help=labels("cli.access.times.valhalla"))
        ] = None,
        communes: Annotated[Path | None, typer.Option(help=labels("cli.plan.communes"))] = None,
        out: Annotated[Path, typer.Option(help=labels("cli.access.times.out"))] = Path(
            "times.parquet"
        ),
        lang: Annotated[str, typer.Option("--lang", help=labels("cli.lang"))] = labels.language,
    ) -> None:
        """Write the travel times of an EPCI, over road graphs or from a routing server."""
        from optimiser.report.sentences import note_text  # noqa: PLC0415
        from optimiser.sources import find_epci  # noqa: PLC0415
        from optimiser.sources.open_case import open_territory  # noqa: PLC0415
        from optimiser.sources.road_times import road_travel  # noqa: PLC0415
        from optimiser.sources.routing_server import server_travel  # noqa: PLC0415
        from optimiser.sources.times_file import write_times  # noqa: PLC0415

        given = [value for value in (roads, osrm, valhalla) if value is not None]
        if len(given) != 1:
            raise InputError((Finding("option_missing", column="ROADS | --osrm | --valhalla"),))
        words, by = _words(lang), _mode(mode)
        screen = Console(stderr=True)
        territory = open_territory(find_epci(epci)[0], communes)
        with screen.status(words("access.routing")):
            if roads is not None:
                travel, notes = road_travel(territory, roads, by, limit)
            elif osrm is not None:
                travel, notes = server_travel(territory, "osrm", osrm, by, limit)
            else:
                travel, notes = server_travel(territory, "valhalla", str(valhalla), by, limit)
        pairs = write_times(travel, out)
        for each in notes:
            screen.print(note_text(each, words), highlight=False)
        told = words(
            "access.times",
            pairs=words.number(pairs),
            mode=words(f"mode.{travel.mode}"),
            limit=words.minutes(limit),
            file=str(out),
        )
        screen.print(told, highlight=False)


def _mount_measure(access: typer.Typer, labels: Labels) -> None:
    @access.command("measure", help=labels("cli.access.measure.help"))
    def measure(
        scenario: Annotated[Path | None, typer.Argument(help=labels("cli.plan.scenario"))] = None,
        *,
        epci: Annotated[str | None, typer.Option(help=labels("cli.plan.epci"))] = None,
        plan: Annotated[Path | None, typer.Option(help=labels("cli.access.measure.plan"))] = None,
        minutes: Annotated[
            list[float] | None, typer.Option(min=0, help=labels("cli.access.measure.minutes"))
        ] = None,
        matrix: Annotated[Path | None, typer.Option(help=labels("cli.plan.matrix"))] = None,
        cells: Annotated[Path | None, typer.Option(help=labels("cli.plan.cells"))] = None,
        out: Annotated[Path | None, typer.Option(help=labels("cli.access.measure.out"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=labels("cli.json"))] = False,
        lang: Annotated[str, typer.Option("--lang", help=labels("cli.lang"))] = labels.language,
    ) -> None:
        """Measure the access that today's network, or a plan, gives."""
        from optimiser import check  # noqa: PLC0415
        from optimiser.report.access_measures import (  # noqa: PLC0415
            measure_access,
            measures_document,
            measures_tables,
        )
        from optimiser.report.terminal_measures import measures_summary  # noqa: PLC0415
        from optimiser.report.words import Words, case_labels  # noqa: PLC0415
        from optimiser.report.workbook import workbook  # noqa: PLC0415
        from optimiser.sources import find_epci, open_case, read_scenario  # noqa: PLC0415
        from optimiser.sources.plan_file import read_plan  # noqa: PLC0415

        _words(lang)
        question = read_scenario(scenario) if scenario else Scenario()
        decisions = None
        if plan is not None:
            question, decisions = read_plan(plan)
        if epci is not None:
            question = question.model_copy(update={"epci": find_epci(epci)[0]})
        case = open_case(question, matrix_path=matrix, cells_path=cells)
        evaluation = check.evaluate(case, decisions or check.today(case))
        limits = sorted(set(minutes or (10.0, 15.0, 20.0)))
        found = measure_access(case, evaluation, limits)
        words = Words(case, case_labels(case.catalogue, lang))
        tables = measures_tables(found, limits, words)
        if as_json:
            document = measures_document(case, found, limits)
            typer.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
        else:
            Console().print(measures_summary(tables[0], words))
        if out is not None:
            data = workbook(tables, case.territory.name)
            out.absolute().parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(data)
            told = words.labels("access.written", file=str(out))
            Console(stderr=True).print(told, highlight=False)


def _words(lang: str) -> Labels:
    if lang not in LANGUAGES:
        raise typer.BadParameter(", ".join(LANGUAGES))
    return Labels(lang)
