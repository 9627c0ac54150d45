"""Questions to the decisions of a plan: why, prices, relax, alternatives."""

from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli_questions.shared import LABELS, Places, Workers, place_of, question

if TYPE_CHECKING:
    from optimiser.questions.workbench import Workbench
    from optimiser.report.answers.page import Page
    from optimiser.report.words import Words


@question("why")
def why(
    bench: "Workbench",
    words: "Words",
    *,
    place: Places = None,
    without: Annotated[bool, typer.Option(help=LABELS("cli.ask.without"))] = False,
    least: Annotated[int | None, typer.Option(min=0, help=LABELS("cli.ask.least"))] = None,
    workers: Workers = None,
) -> "Page":
    """Put decisions to the question."""
    from optimiser.questions.why import changed_places, contrary, why_all  # noqa: PLC0415
    from optimiser.questions.workbench import Wish  # noqa: PLC0415
    from optimiser.report.answers.why import why_page  # noqa: PLC0415

    places = [place_of(bench.case, text) for text in place or ()] or list(changed_places(bench))
    wishes: list[Wish]
    if without:
        wishes = [Wish(*each, most=0) for each in places]
    elif least is not None:
        wishes = [Wish(*each, least=least) for each in places]
    else:
        wishes = [contrary(bench, each) for each in places]
    return why_page(why_all(bench, wishes, workers=workers), words)


@question("prices")
def prices(
    bench: "Workbench",
    words: "Words",
    *,
    each: Annotated[bool, typer.Option("--each", help=LABELS("cli.prices.each"))] = False,
    curve: Annotated[int, typer.Option(min=0, help=LABELS("cli.prices.curve"))] = 7,
    workers: Workers = None,
) -> "Page":
    """Price the rules."""
    from optimiser.questions.prices import budget_curve  # noqa: PLC0415
    from optimiser.questions.prices import prices as price_list  # noqa: PLC0415
    from optimiser.report.answers.prices import prices_page  # noqa: PLC0415

    answer = price_list(bench, each=each, workers=workers)
    curves = [
        budget_curve(bench, rule=rule, points=curve) if curve else ()
        for rule in ("capital_budget", "running_budget")
    ]
    return prices_page(answer, curves[0], curves[1], words)


@question("relax")
def relax(
    bench: "Workbench",
    words: "Words",
    *,
    place: Annotated[str | None, typer.Option(help=LABELS("cli.relax.place"))] = None,
    most_rules: Annotated[int, typer.Option(min=1, help=LABELS("cli.relax.most_rules"))] = 3,
    most_ways: Annotated[int, typer.Option(min=1, help=LABELS("cli.relax.most_ways"))] = 100,
    workers: Workers = None,
) -> "Page":
    """List what must give way."""
    from optimiser.questions.relaxations import ways  # noqa: PLC0415
    from optimiser.questions.workbench import Change, Wish  # noqa: PLC0415
    from optimiser.report.answers.relaxations import relaxations_page  # noqa: PLC0415

    change = Change()
    if place is not None:
        change = Change(wishes=(Wish(*place_of(bench.case, place), least=1),))
    answer = ways(bench, change, most_rules=most_rules, most_ways=most_ways, workers=workers)
    return relaxations_page(answer, words)


@question("alternatives")
def alternatives(
    bench: "Workbench",
    words: "Words",
    *,
    within: Annotated[
        float, typer.Option(min=0, max=1, help=LABELS("cli.alternatives.within"))
    ] = 0.01,
    apart: Annotated[int, typer.Option(min=1, help=LABELS("cli.alternatives.apart"))] = 3,
    most: Annotated[int, typer.Option(min=0, help=LABELS("cli.alternatives.most"))] = 5,
    samples: Annotated[int, typer.Option(min=0, help=LABELS("cli.alternatives.samples"))] = 20,
    weights: Annotated[
        float, typer.Option(min=0, max=0.9, help=LABELS("cli.alternatives.weights"))
    ] = 0.2,
    public: Annotated[
        float, typer.Option(min=0, max=0.9, help=LABELS("cli.alternatives.public"))
    ] = 0.1,
    minutes: Annotated[
        float, typer.Option(min=0, max=0.9, help=LABELS("cli.alternatives.minutes"))
    ] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help=LABELS("cli.alternatives.seed"))] = 0,
    workers: Workers = None,
) -> "Page":
    """List plans near the best one, and how robust it is."""
    from optimiser.questions.portfolio import portfolio  # noqa: PLC0415
    from optimiser.questions.robustness import Ranges, robustness  # noqa: PLC0415
    from optimiser.report.answers.alternatives import alternatives_page  # noqa: PLC0415

    answer = portfolio(bench, within=within, apart=apart, most=most, workers=workers)
    ranges = Ranges(weights, public, minutes)
    robust = None
    if samples:
        robust = robustness(bench, ranges, samples=samples, seed=seed, workers=workers)
    return alternatives_page(answer, robust, words)
