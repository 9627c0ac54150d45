"""Questions to the network of a plan: border, growth, trade-offs, capacity, equity, buildings."""

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

    from optimiser.questions.axes import AXES, FOUR, Axis  # noqa: PLC0415
    from optimiser.questions.pareto import pareto as front  # noqa: PLC0415
    from optimiser.report.answers.pareto import pareto_page  # noqa: PLC0415

    known: dict[str, Axis] = {each: each for each in AXES}
    asked: list[str] = axis or list(FOUR)
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
    as_json: Annotated[bool, typer.Option("--json", help=LABELS("cli.json"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=LABELS("cli.lang"))] = LABELS.language,
    out: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.out"))] = None,
    time_limit: Annotated[float, typer.Option(min=0.001, help=LABELS("cli.ask.time_limit"))] = 60.0,
    catalogue: Annotated[Path | None, typer.Option(help=LABELS("cli.ask.catalogue"))] = None,
) -> None:
    """Say whether a plan holds its users, and repair it."""
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
        chosen = "closest" if assignment == "closest" else "best"
        answer = certified(case, decisions, assignment=chosen)  # type: ignore[arg-type]
        limits = Limits(seconds=time_limit, gap=1e-4)
        kinds = [
            k for k, s in enumerate(answer.services) if s.out_of_capacity >= 1 and case.can_close[k]
        ]
        repairs = [repaired(case, decisions, k, limits) for k in kinds] if repair else []
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
) -> "Page":
    """List transfers of management, and buildings to use again."""
    from optimiser.questions.management import handovers, reuses  # noqa: PLC0415
    from optimiser.report.answers.management import management_page  # noqa: PLC0415

    posts = {}
    for entry in agents or ():
        code, _, number = entry.partition("=")
        try:
            posts[code] = float(number)
        except ValueError:
            raise typer.BadParameter(entry, param_hint="--agents") from None
    decisions = bench.best.decisions
    found = handovers(bench.case, decisions, agents=posts)
    return management_page(found, reuses(bench.case, decisions), bench.best, words)
