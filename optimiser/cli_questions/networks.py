"""Questions to the network of a plan: border, growth, trade-offs, capacity, equity, buildings."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from optimiser.cli_questions.shared import LABELS, Workers, printed, question, questions
from optimiser.labels import Labels

if TYPE_CHECKING:
    from optimiser.questions.workbench import Workbench
    from optimiser.report.answers.page import Page
    from optimiser.report.words import Words


@question("neighbours")
def neighbours(
    bench: "Workbench",
    words: "Words",
    *,
    valued: Annotated[int, typer.Option(min=0, help=LABELS("cli.neighbours.valued"))] = 10,
    workers: Workers = None,
) -> "Page":
    """Look across the border."""
    from dataclasses import replace  # noqa: PLC0415

    from optimiser.questions.neighbours import border  # noqa: PLC0415
    from optimiser.report.answers.neighbours import neighbours_page  # noqa: PLC0415
    from optimiser.sources.open_case import estimate_travel  # noqa: PLC0415

    territory = bench.case.territory
    everybody = tuple(replace(commune, member=True) for commune in territory.communes)
    times = estimate_travel(replace(territory, communes=everybody))
    return neighbours_page(border(bench, times, valued=valued, workers=workers), words)


@question("grow")
def grow(
    bench: "Workbench",
    words: "Words",
    *,
    budget: Annotated[list[float] | None, typer.Option(help=LABELS("cli.grow.budget"))] = None,
    steps: Annotated[int, typer.Option(min=1, help=LABELS("cli.grow.steps"))] = 4,
    joint: Annotated[bool, typer.Option(help=LABELS("cli.grow.joint"))] = True,
) -> "Page":
    """Plan for a growing capital budget."""
    from dataclasses import replace  # noqa: PLC0415

    from optimiser.questions.growth import growth  # noqa: PLC0415
    from optimiser.questions.workbench import Workbench  # noqa: PLC0415
    from optimiser.report.answers.growth import growth_page  # noqa: PLC0415

    scenario = bench.case.scenario
    most = max(budget) if budget else bench.best.evaluation.costs.capital_eur
    limits = budget or [most * (n + 1) / steps for n in range(steps)]
    changed = scenario.budget.model_copy(update={"capital_eur": max(0.0, most)})
    asked = scenario.model_copy(update={"budget": changed})
    growing = Workbench(replace(bench.case, scenario=asked), bench.limits)
    return growth_page(growth(growing, limits, joint=joint), words)


@question("pareto")
def pareto(
    bench: "Workbench",
    words: "Words",
    *,
    axis: Annotated[list[str] | None, typer.Option(help=LABELS("cli.pareto.axis"))] = None,
    points: Annotated[int, typer.Option(min=0, help=LABELS("cli.pareto.points"))] = 6,
    most: Annotated[int | None, typer.Option(min=2, help=LABELS("cli.pareto.most"))] = None,
) -> "Page":
    """Trade axes off."""
    from dataclasses import replace  # noqa: PLC0415

    from optimiser.questions.axes import AXES, FOUR, OF_CELLS, Axis  # noqa: PLC0415
    from optimiser.questions.pareto import pareto as front  # noqa: PLC0415
    from optimiser.report.answers.pareto import pareto_page  # noqa: PLC0415

    known: dict[str, Axis] = {each: each for each in AXES}
    able = AXES if bench.case.cells is None else OF_CELLS
    asked: list[str] = axis or [each for each in FOUR if each in able]
    if len(set(asked)) < max(2, len(asked)) or not set(asked) <= set(known):
        raise typer.BadParameter(", ".join(AXES), param_hint="--axis")
    bench.limits = replace(bench.limits, gap=1e-4)
    # Without a plan there is nothing to trade off, and that is what must be said.
    _ = bench.best
    axes = [known[each] for each in asked]
    return pareto_page(front(bench, *axes, points=points or None, most=most), words)


@questions.command("certify", help=LABELS("cli.certify.help"))
def certify(
    plan: Annotated[Path, typer.Argument(help=LABELS("cli.certify.plan"))],
    *,
    assignment: Annotated[str, typer.Option(help=LABELS("cli.certify.assignment"))] = "closest",
    repair: Annotated[bool, typer.Option("--repair", help=LABELS("cli.certify.repair"))] = False,
    least_use: Annotated[
        float, typer.Option(min=0, max=1, help=LABELS("cli.certify.least_use"))
    ] = 0.25,
    as_json: Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=LABELS("cli.lang"))] = LABELS.language,
    out: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.out"))] = None,
    time_limit: Annotated[float, typer.Option(min=0.001, help=LABELS("cli.ask.time_limit"))] = 60.0,
    catalogue: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.catalogue"))] = None,
) -> None:
    """Say whether a plan holds its users, and repair it."""
    from optimiser.questions.certify import Assignment  # noqa: PLC0415
    from optimiser.questions.certify import certify as certified  # noqa: PLC0415
    from optimiser.questions.repair import repair as repaired  # noqa: PLC0415
    from optimiser.report.answers.certify import certify_page  # noqa: PLC0415
    from optimiser.report.words import Words  # noqa: PLC0415
    from optimiser.solvers import Limits  # noqa: PLC0415
    from optimiser.sources import open_case  # noqa: PLC0415
    from optimiser.sources.plan_file import read_plan  # noqa: PLC0415

    if assignment not in {"closest", "best"}:
        raise typer.BadParameter("closest, best", param_hint="--assignment")
    with Console(stderr=True).status(LABELS("cli.ask.asking")):
        scenario, decisions = read_plan(plan)
        case = open_case(scenario, catalogue_path=catalogue)
        words = Words(case, Labels(lang))
        chosen: Assignment = "closest" if assignment == "closest" else "best"
        answer = certified(case, decisions, assignment=chosen, least_use=least_use)
        limits = Limits(seconds=time_limit, gap=1e-4)
        kinds = [
            k
            for k, each in enumerate(answer.services)
            if case.can_close[k] and (each.out_of_capacity >= 1 or each.hardly_used)
        ]
        repairs = [
            repaired(case, decisions, k, limits, least_use=least_use) for k in kinds if repair
        ]
    printed(certify_page(answer, repairs, words), words, as_json=as_json, out=out)


@question("equity")
def equity(
    bench: "Workbench",
    words: "Words",
    *,
    fairest: Annotated[bool, typer.Option(help=LABELS("cli.equity.fairest"))] = True,
) -> "Page":
    """Measure how fairly the plan is reached."""
    from optimiser.questions.equity import equity as measured  # noqa: PLC0415
    from optimiser.questions.equity import fairest as fair_plans  # noqa: PLC0415
    from optimiser.report.answers.equity import equity_page  # noqa: PLC0415

    case, plan = bench.case, bench.best
    now = measured(case, bench.today, bench.today)
    planned = measured(case, plan.evaluation, bench.today)
    return equity_page(now, planned, plan, fair_plans(bench) if fairest else (), words)


@question("manage")
def manage(
    bench: "Workbench",
    words: "Words",
    *,
    agents: Annotated[list[str] | None, typer.Option(help=LABELS("cli.manage.agents"))] = None,
    factor: Annotated[list[str] | None, typer.Option(help=LABELS("cli.manage.factor"))] = None,
    spared: Annotated[float, typer.Option(min=0, max=1, help=LABELS("cli.manage.spared"))] = 0.0,
    new_land: Annotated[int | None, typer.Option(min=0, help=LABELS("cli.manage.new_land"))] = None,
) -> "Page":
    """List transfers of management, and use existing buildings before new land."""
    from optimiser.questions.management import ground, handovers, reuses  # noqa: PLC0415
    from optimiser.report.answers.management import management_page  # noqa: PLC0415

    posts = _by_type(bench, agents, "--agents")
    factors = {code: (f, f, f) for code, f in _by_type(bench, factor, "--factor").items()}
    answer = ground(bench, new_land)
    plan = answer.limited or bench.best
    found = handovers(bench.case, plan.decisions, agents=posts, factors=factors)
    again = reuses(bench.case, plan.decisions, share=spared)
    return management_page(found, again, answer, plan, words)


def _by_type(bench: "Workbench", entries: list[str] | None, option: str) -> dict[str, float]:
    """Figures by type, from entries such as ``library=2.5``."""
    found = {}
    known = {s.code for s in bench.case.services if s.lever == "decide" and s.structuring}
    for entry in entries or ():
        code, _, number = entry.partition("=")
        try:
            found[code] = float(number)
        except ValueError:
            raise typer.BadParameter(entry, param_hint=option) from None
        if code not in known or not 0 <= found[code] < math.inf:
            raise typer.BadParameter(
                LABELS("cli.manage.bad_type", entry=entry, types=", ".join(sorted(known))),
                param_hint=option,
            )
    return found
