"""The command `maillage campaign`: parses, calls, prints."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from optimiser.errors import CampaignError, Finding
from optimiser.labels import Labels

if TYPE_CHECKING:
    from optimiser.campaign.crew import Crew
    from optimiser.campaign.run import Standing
    from optimiser.campaign_question import Campaign

REPORT = "report"
INTERRUPTED = 130
_SAID_SECONDS = 30.0


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
        return labels(f"cli.campaign.{key}")

    @app.command("campaign", help=words("help"))
    def campaign_command(
        campaign: Annotated[str | None, typer.Argument(help=words("file"))] = None,
        folder: Annotated[Path | None, typer.Argument(help=words("folder"))] = None,
        *,
        all_epci: Annotated[bool, typer.Option("--all-epci", help=words("all_epci"))] = False,
        epci: Annotated[list[str] | None, typer.Option(help=words("epci"))] = None,
        scenario: Annotated[list[Path] | None, typer.Option(help=words("scenario"))] = None,
        question: Annotated[list[str] | None, typer.Option(help=words("question"))] = None,
        time_limit: Annotated[float | None, typer.Option(min=0.001, help=words("seconds"))] = None,
        workers: Annotated[int | None, typer.Option(min=1, help=words("workers"))] = None,
        scheduler: Annotated[str | None, typer.Option(help=words("scheduler"))] = None,
        again: Annotated[bool, typer.Option("--retry-failed", help=words("again"))] = False,
        out: Annotated[Path | None, typer.Option(help=words("out"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=labels("cli.json"))] = False,
        lang: Annotated[str, typer.Option("--lang", help=labels("cli.lang"))] = labels.language,
    ) -> None:
        """Answer many territories under many scenarios, or report on what was answered."""
        spoken = Labels(lang)
        if campaign == REPORT:
            _report(_needed(folder, "campaign_no_folder"), out, spoken, as_json=as_json)
            return
        target = _needed(out, "campaign_no_out")
        if campaign is None:
            asked = _asked(epci or [], scenario or [], question or [], all_epci, time_limit)
        else:
            asked = _read(Path(campaign))
        crew = _crew(workers, scheduler)
        raise typer.Exit(_run(asked, crew, target, spoken, again=again, as_json=as_json))


def _needed(path: Path | None, problem: str) -> Path:
    if path is None:
        raise CampaignError((Finding(problem),))
    return path


def _read(path: Path) -> "Campaign":
    from optimiser.sources.campaign_file import read_campaign  # noqa: PLC0415

    return read_campaign(path)


def _asked(
    names: list[str],
    files: list[Path],
    questions: list[str],
    everywhere: bool,
    seconds: float | None,
) -> "Campaign":
    from optimiser.campaign_question import QUESTIONS, SECONDS, Campaign  # noqa: PLC0415
    from optimiser.sources import epcis, find_epci  # noqa: PLC0415
    from optimiser.sources.campaign_file import read_scenarios  # noqa: PLC0415

    unknown = [each for each in questions if each not in QUESTIONS]
    if unknown:
        raise typer.BadParameter(", ".join(QUESTIONS), param_hint="--question")
    if everywhere == bool(names):
        raise CampaignError((Finding("campaign_no_epci"),))
    codes = tuple(epcis()) if everywhere else tuple(find_epci(name)[0] for name in names)
    return Campaign(
        title="",
        epcis=tuple(dict.fromkeys(codes)),
        scenarios=read_scenarios(files),
        questions=tuple(each for each in QUESTIONS if not questions or each in questions),
        seconds=seconds or SECONDS,
    )


def _crew(workers: int | None, scheduler: str | None) -> "Crew":
    if scheduler is not None:
        from optimiser.campaign.cluster import ClusterCrew  # noqa: PLC0415

        return ClusterCrew(scheduler)
    from optimiser.campaign.local import LocalCrew  # noqa: PLC0415

    return LocalCrew(workers or _cores())


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(
    asked: "Campaign", crew: "Crew", out: Path, labels: Labels, *, again: bool, as_json: bool
) -> int:
    from optimiser.campaign import run  # noqa: PLC0415
    from optimiser.campaign.folder import Results  # noqa: PLC0415

    screen = Console(stderr=True)
    with Results(out, asked) as results, _shown(screen, labels) as watch:
        ended = run(asked, results, crew, again=again, watch=watch)
    standing = ended.standing
    if ended.interrupted:
        done = labels.number(standing.before + standing.done)
        jobs = labels.number(standing.jobs)
        screen.print(labels("campaign.interrupted", done=done, jobs=jobs), highlight=False)
        return INTERRUPTED
    _report(out, None, labels, as_json=as_json)
    screen.print(labels("campaign.written", folder=str(out)), highlight=False)
    return 0


@contextmanager
def _shown(screen: Console, labels: Labels) -> "Iterator[Callable[[Standing], None]]":
    """Show where the campaign stands: a bar on a terminal, a line now and then in a log."""
    if not screen.is_terminal:
        yield _logged(screen, labels)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=screen) as progress:
        bars: list[TaskID] = []

        def watch(standing: "Standing") -> None:
            if not bars:
                bars.append(progress.add_task("", total=standing.jobs))
            done = standing.before + standing.done
            progress.update(bars[0], completed=done, description=_pace(standing, labels))

        yield watch


def _logged(screen: Console, labels: Labels) -> "Callable[[Standing], None]":
    said = [0.0]

    def watch(standing: "Standing") -> None:
        if standing.seconds - said[0] < _SAID_SECONDS:
            return
        said[0] = standing.seconds
        counts = {
            "done": labels.number(standing.before + standing.done),
            "jobs": labels.number(standing.jobs),
        }
        line = labels("campaign.line", **counts, pace=_pace(standing, labels))
        screen.print(line, highlight=False)

    return watch


def _pace(standing: "Standing", labels: Labels) -> str:
    failed = standing.statuses.get("failed", 0)
    parts = [labels.count("campaign.failures", failed)] if failed else []
    if standing.left is None:
        parts.append(labels("campaign.unknown"))
    else:
        left = standing.left
        parts.append(
            labels(
                "campaign.left",
                time=_duration(left.seconds, labels),
                least=_duration(left.least, labels),
                most=_duration(left.most, labels),
            )
        )
    return labels("words.separator").join(parts)


def _duration(seconds: float, labels: Labels) -> str:
    if seconds < 90:  # noqa: PLR2004 - then in minutes
        return labels("unit.seconds", value=labels.number(seconds))
    return labels.minutes(seconds / 60)


def _report(folder: Path, out: Path | None, labels: Labels, *, as_json: bool) -> None:
    from optimiser.report.campaign.document import campaign_document  # noqa: PLC0415
    from optimiser.report.campaign.figures import campaign_figures  # noqa: PLC0415
    from optimiser.report.campaign.files import write_report  # noqa: PLC0415
    from optimiser.report.campaign.terminal import campaign_summary  # noqa: PLC0415
    from optimiser.sources.campaign_folder import open_campaign  # noqa: PLC0415

    figures = campaign_figures(open_campaign(folder))
    if as_json:
        document = campaign_document(figures, labels)
        print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        Console().print(campaign_summary(figures, labels))
    if out is not None:
        paths = write_report(figures, out, labels)
        files = ", ".join(path.name for path in paths)
        said = labels("cli.written", folder=str(out), files=files)
        Console(stderr=True).print(said, highlight=False)
