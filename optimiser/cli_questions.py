"""The planner's questions on the command line: each a command, mounted by `optimiser.cli`."""

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
    from optimiser.questions.compare import Comparison
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

_SIDES = ("now", "planned")

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
                bench, words = _open(shared)
                page = answer(bench, words, **given)
            _print(page, words, as_json=shared["as_json"], out=shared["out"])

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


def _open(shared: dict[str, Any]) -> tuple["Workbench", "Words"]:
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


def _print(page: "Page", words: "Words", *, as_json: bool, out: Path | None) -> None:
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


def _place(case: "Case", text: str) -> tuple[str, str]:
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

    places = [_place(bench.case, text) for text in place or ()] or list(changed_places(bench))
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
    most_ways: Annotated[int, typer.Option(min=1, help=LABELS("cli.relax.most_ways"))] = 10,
) -> "Page":
    """List what must give way."""
    from optimiser.questions.relaxations import ways  # noqa: PLC0415
    from optimiser.questions.workbench import Change, Wish  # noqa: PLC0415
    from optimiser.report.answers.relaxations import relaxations_page  # noqa: PLC0415

    change = Change()
    if place is not None:
        change = Change(wishes=(Wish(*_place(bench.case, place), least=1),))
    answer = ways(bench, change, most_rules=most_rules, most_ways=most_ways)
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

    answer = portfolio(bench, within=within, apart=apart, most=most)
    ranges = Ranges(weights, public, minutes)
    robust = None
    if samples:
        robust = robustness(bench, ranges, samples=samples, seed=seed, workers=workers)
    return alternatives_page(answer, robust, words)


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
        opened = [_open({**shared, "scenario": path}) for path in scenario]
        answer = side_by_side([b for b, _ in opened], workers=workers)
    page = compare_page(answer, opened[0][1])
    _print(page, opened[0][1], as_json=as_json, out=out)
    if maps is not None:
        with Console(stderr=True).status(LABELS("cli.ask.asking")):
            _maps(answer, opened[0][1], maps)
    if merge is not None:
        _merge([bench.case.scenario for bench, _ in opened], scenario[0], merge, Labels(lang))


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
    first: Annotated[str, typer.Option(help=LABELS("cli.pareto.first"))] = "coverage",
    second: Annotated[str, typer.Option(help=LABELS("cli.pareto.second"))] = "cost",
    points: Annotated[int, typer.Option(min=0, help=LABELS("cli.pareto.points"))] = 8,
) -> "Page":
    """Trade two axes off."""
    from dataclasses import replace  # noqa: PLC0415

    from optimiser.questions.axes import AXES  # noqa: PLC0415
    from optimiser.questions.pareto import pareto as front  # noqa: PLC0415
    from optimiser.report.answers.pareto import pareto_page  # noqa: PLC0415

    known = {axis: axis for axis in AXES}
    if first not in known or second not in known or first == second:
        raise typer.BadParameter(", ".join(AXES), param_hint="--first / --second")
    bench.limits = replace(bench.limits, gap=1e-4)
    return pareto_page(front(bench, known[first], known[second], points=points or None), words)


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
    _print(certify_page(answer, repairs, words), words, as_json=as_json, out=out)


@question("equity")
def equity(
    bench: "Workbench",
    words: "Words",
    *,
    fairest: Annotated[bool, typer.Option(help=LABELS("cli.equity.fairest"))] = True,
) -> "Page":
    """Measure how fairly the plan is reached."""
    from optimiser.questions.equity import equity as measured  # noqa: PLC0415
    from optimiser.questions.equity import fairest as fair_places  # noqa: PLC0415
    from optimiser.report.answers.equity import equity_page  # noqa: PLC0415

    case, plan = bench.case, bench.best
    now = measured(case, bench.today, bench.today)
    planned = measured(case, plan.evaluation, bench.today)
    best = [
        fair_places(case, plan.decisions, k, each.kappa, bench.limits)
        for k, each in enumerate(planned.services)
        if fairest and case.can_close[k]
    ]
    return equity_page(now, planned, best, words)


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
