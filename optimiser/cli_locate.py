"""``maillage locate``: one textbook problem, on a user's file or a file of the literature."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer

from optimiser.errors import Finding, InputError, MaillageError
from optimiser.labels import Labels, describe_error
from optimiser.units import LARGEST

# What reads files and solves takes half a second to load, which no other command should wait for.
if TYPE_CHECKING:
    from optimiser.location.question import Question
    from optimiser.location.result import Result
    from optimiser.location.rules import Rules
    from optimiser.location.travel import Travel
    from optimiser.solvers import Limits
    from optimiser.sources.location_files import Places
    from optimiser.units import FloatArray

PROBLEMS = (
    *("mclp", "gradual-mclp", "lscp", "lscp-b", "p-median", "p-center", "p-dispersion"),
    *("capacitated-p-median", "uflp", "cflp"),
)

COVERING = {"mclp", "gradual-mclp", "lscp", "lscp-b"}
USED_BY = {
    "--radius": COVERING,
    "--minutes": COVERING,
    "-p": set(PROBLEMS) - {"lscp", "lscp-b", "uflp", "cflp"},
    "--capacity": {"capacitated-p-median", "cflp"},
    "--nearest": {"p-median", "capacitated-p-median", "cflp"},
}
"""Problems to which an option means something; options that are not named mean something to all."""

OF_TABLES = {"--candidates", "--matrix", "--minutes"}

NUMBERS = ("objective", "bound", "gap", "seconds")

INFEASIBLE, NO_ANSWER = 3, 4
"""Exit codes, as of ``plan``."""

METRES_PER_MINUTE = 50_000 / 60
"""Straight-line metres a minute when ``--minutes`` comes without a matrix."""


@dataclass(frozen=True)
class _Asked:
    """A question, and the tables of demands and candidates where they have one."""

    question: "Question"
    places: "Places | None" = None
    sites: "Places | None" = None

    def column(self, option: str, given: str | None) -> "FloatArray | None":
        """What an option gives for each candidate (m,): one number for all, or a column's."""
        if given is None:
            return None
        try:
            number = float(given)
        except ValueError:
            if self.sites is None:
                raise InputError((Finding("number", column=option, found=given),)) from None
            return self.sites.numbers(given)
        if not 0.0 <= number <= LARGEST:
            raise InputError((Finding("number", column=option, found=given),))
        return np.full(self.question.travel.candidates, number)

    def coded(self, error: InputError) -> InputError:
        """Say a demand that nobody reaches, and a site that is asked too much, by its code."""

        def told(each: Finding) -> Finding:
            if each.problem == "required_and_forbidden":
                return replace(each, found=self.question.codes[int(each.found)])
            if each.problem == "unreachable" and each.row is not None and self.places is not None:
                return replace(each, row=None, found=self.places.codes[each.row - 1])
            return each

        return InputError(tuple(told(each) for each in error.findings))


def _ask(
    demand: Path | None,
    candidates: Path | None,
    matrix: Path | None,
    orlib: Path | None,
    tsplib: Path | None,
    radius: float | None,
    minutes: float | None,
    count: int | None,
) -> _Asked:
    from optimiser.location.question import Question  # noqa: PLC0415
    from optimiser.location.travel import MatrixTravel, Metric, PointTravel  # noqa: PLC0415
    from optimiser.sources.location_files import (  # noqa: PLC0415
        read_matrix,
        read_orlib,
        read_places,
        read_tsplib,
    )

    given = [path for path in (demand, orlib, tsplib) if path is not None]
    if len(given) != 1:
        problem = "option_one" if given else "option_missing"
        raise InputError((Finding(problem, column="--demand | --orlib | --tsplib"),))
    if radius is not None and minutes is not None:
        raise InputError((Finding("option_one", column="--radius | --minutes"),))
    for option, far in (("--radius", radius), ("--minutes", minutes)):
        if far is not None and not far >= 0.0:
            raise InputError((Finding("number", column=option, found=str(far)),))
    if orlib is not None:
        table, wanted = read_orlib(orlib)
        codes = [str(j + 1) for j in range(len(table))]
        count = wanted if count is None else count
        return _Asked(Question(MatrixTravel(table), None, codes, count, radius))
    if tsplib is not None:
        points = read_tsplib(tsplib)
        codes = [str(j + 1) for j in range(len(points))]
        travel: Travel = PointTravel(points, metric=Metric.EUCLIDEAN_FLOOR)
        return _Asked(Question(travel, None, codes, count, radius))
    places = read_places(given[0])
    sites = places if candidates is None else read_places(candidates)
    if matrix is not None:
        travel = MatrixTravel(read_matrix(matrix, places.codes, sites.codes))
        limit = radius if minutes is None else minutes
        return _Asked(Question(travel, places.weights, sites.codes, count, limit), places, sites)
    return _Asked(_by_points(places, sites, count, radius, minutes), places, sites)


def _by_points(
    places: "Places",
    sites: "Places",
    count: int | None,
    radius: float | None,
    minutes: float | None,
) -> "Question":
    from optimiser.location.question import Question  # noqa: PLC0415
    from optimiser.location.travel import Metric, PointTravel  # noqa: PLC0415

    if places.degrees != sites.degrees:
        raise InputError((Finding("coordinate", found="lon/lat, x/y"),))
    metric = Metric.GREAT_CIRCLE if places.degrees else Metric.EUCLIDEAN
    # One table for both is known to be the same points.
    other = None if sites is places else sites.points
    travel = PointTravel(places.points, other, metric)
    limit = radius if minutes is None else minutes * METRES_PER_MINUTE
    return Question(travel, places.weights, sites.codes, count, limit)


def answer(result: "Result", codes: list[str], seconds: float) -> dict[str, object]:
    """What ``--json`` prints.

    Parameters
    ----------
    result
        The answer.
    codes
        Code of each candidate.
    seconds
        Wall time of the whole, reading included.

    Returns
    -------
    dict
        Plain values; ``sites`` are codes.
    """
    return {
        "problem": result.problem,
        "status": result.status.value,
        "stop": result.stop.value,
        "objective": _finite(result.objective),
        "bound": _finite(result.bound),
        "gap": _finite(result.gap),
        "sites": [codes[j] for j in result.sites],
        "seconds": round(seconds, 3),
        "stages": {name: round(spent, 3) for name, spent in result.seconds.items()},
        "counts": dict(result.counts),
    }


def _finite(value: float | None) -> float | None:
    # JSON knows no infinite number.
    return value if value is not None and np.isfinite(value) else None


def _solver(name: str) -> "Callable[[Question, Rules, Limits], Result]":
    from optimiser.location.registry import PROBLEMS as SOLVERS  # noqa: PLC0415

    return SOLVERS[name]


def _command(name: str, labels: Labels, language: object) -> Callable[..., None]:
    def said(option: str) -> str:
        return labels(f"cli.locate.option.{option}")

    def file(option: str) -> object:
        return typer.Option(dir_okay=False, help=said(option))

    def run(
        demand: Annotated[Path | None, file("demand")] = None,
        candidates: Annotated[Path | None, file("candidates")] = None,
        matrix: Annotated[Path | None, file("matrix")] = None,
        orlib: Annotated[Path | None, file("orlib")] = None,
        tsplib: Annotated[Path | None, file("tsplib")] = None,
        radius: Annotated[float | None, typer.Option(help=said("radius"))] = None,
        minutes: Annotated[float | None, typer.Option(help=said("minutes"))] = None,
        count: Annotated[int | None, typer.Option("-p", "--count", help=said("count"))] = None,
        required: Annotated[list[str] | None, typer.Option(help=said("required"))] = None,
        forbidden: Annotated[list[str] | None, typer.Option(help=said("forbidden"))] = None,
        existing: Annotated[list[str] | None, typer.Option(help=said("existing"))] = None,
        site_cost: Annotated[str | None, typer.Option(help=said("site_cost"))] = None,
        capacity: Annotated[str | None, typer.Option(help=said("capacity"))] = None,
        nearest: Annotated[int | None, typer.Option(min=1, help=said("nearest"))] = None,
        time_limit: Annotated[float | None, typer.Option(help=said("time_limit"))] = None,
        gap: Annotated[float, typer.Option(help=said("gap"))] = 1e-4,
        seed: Annotated[int, typer.Option(min=0, help=said("seed"))] = 0,
        lang: Annotated[str, language] = labels.language,  # noqa: ARG001 - the words know it
        as_json: Annotated[bool, typer.Option("--json", help=labels("cli.json"))] = False,
    ) -> None:
        from optimiser.location.rules import Rules  # noqa: PLC0415
        from optimiser.solvers import Limits  # noqa: PLC0415

        began = time.perf_counter()
        options = {
            "--radius": radius,
            "--minutes": minutes,
            "-p": count,
            "--capacity": capacity,
            "--nearest": nearest,
            "--candidates": candidates,
            "--matrix": matrix,
        }
        given = [option for option, value in options.items() if value is not None]
        for option in _unused(name, given, table=demand is not None):
            typer.echo(labels("cli.locate.unused", option=option, problem=name), err=True)
        try:
            _check_limits(time_limit, gap)
            limits = Limits(seconds=time_limit, gap=gap, seed=seed)
            asked = _ask(demand, candidates, matrix, orlib, tsplib, radius, minutes, count)
            capacities = asked.column("--capacity", capacity)
            question = replace(asked.question, capacities=capacities, nearest=nearest)
            rules = Rules(
                costs=asked.column("--site-cost", site_cost),
                required=_numbers_of(required, question.codes, "--required"),
                forbidden=_numbers_of(forbidden, question.codes, "--forbidden"),
                existing=_numbers_of(existing, question.codes, "--existing"),
            )
            try:
                result = _solver(name)(question, rules, limits)
            except InputError as error:
                raise asked.coded(error) from error
        except MaillageError as error:
            typer.echo("\n".join(describe_error(error, labels)), err=True)
            raise typer.Exit(2) from error
        except MemoryError as error:
            typer.echo(labels("cli.locate.memory"), err=True)
            raise typer.Exit(2) from error
        told = answer(result, question.codes, time.perf_counter() - began)
        if as_json:
            typer.echo(json.dumps(told))
        else:
            typer.echo("\n".join(_lines(told, labels)))
        code = {"infeasible": INFEASIBLE, "no_answer": NO_ANSWER}.get(result.status.value)
        if code is not None:
            typer.echo(labels(f"cli.locate.{result.status.value}"), err=True)
            raise typer.Exit(code)

    run.__name__ = name.replace("-", "_")
    run.__doc__ = labels(f"cli.locate.{name.replace('-', '_')}")
    return run


def _check_limits(seconds: float | None, gap: float) -> None:
    findings = []
    if seconds is not None and not seconds > 0.0:
        findings.append(
            Finding("number", column="--time-limit", found=str(seconds), expected="> 0")
        )
    if not 0.0 <= gap < 1.0:
        findings.append(Finding("number", column="--gap", found=str(gap), expected="0 <= … < 1"))
    if findings:
        raise InputError(tuple(findings))


def _lines(told: dict[str, object], labels: Labels) -> list[str]:
    """The answer for a reader."""
    words = {
        "status": labels(f"cli.locate.status.{told['status']}"),
        **{key: "-" if told[key] is None else str(told[key]) for key in NUMBERS},
        "sites": " ".join(map(str, cast("list[str]", told["sites"]))),
    }
    names = {key: labels(f"cli.locate.line.{key}") for key in words}
    width = max(map(len, names.values()))
    return [f"{names[key]:>{width}}  {word}" for key, word in words.items()]


def _unused(name: str, given: list[str], *, table: bool) -> list[str]:
    """Options that mean nothing to a problem, or to a file that is no table of demands."""
    means = {option for option in given if name in USED_BY.get(option, PROBLEMS)}
    return [each for each in given if each not in means or (each in OF_TABLES and not table)]


def _numbers_of(wanted: list[str] | None, codes: list[str], option: str) -> tuple[int, ...]:
    number = {code: j for j, code in enumerate(codes)}
    unknown = [code for code in wanted or () if code not in number]
    if unknown:
        raise InputError(tuple(Finding("code_unknown", column=option, found=c) for c in unknown))
    return tuple(number[code] for code in wanted or ())


def mount(app: typer.Typer, labels: Labels, language: object) -> None:
    """Add ``locate`` to the commands.

    Parameters
    ----------
    app
        The commands.
    labels
        Words.
    language
        The option ``--lang``, as of all commands.
    """
    locate = typer.Typer(no_args_is_help=True, help=labels("cli.locate.help"))
    for name in PROBLEMS:
        locate.command(name)(_command(name, labels, language))
    app.add_typer(locate, name="locate")
