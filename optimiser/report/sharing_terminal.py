"""What the terminal shows of shared functions; the command line does the printing."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from optimiser.functions import CASES
from optimiser.labels import Labels
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_figures import epci_transfer
from optimiser.report.sharing_words import SharingWords
from optimiser.sharing.sensitivity import forming
from optimiser.sharing_case import SharingCase
from optimiser.solution import Infeasible, NoAnswer, Status


def sharing_summary(report: SharingReport, labels: Labels) -> RenderableType:
    """Summarise verified groups.

    Parameters
    ----------
    report
        Everything about them.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Fits 100 columns.
    """
    words = SharingWords(report.case, labels)
    parts: list[tuple[str, Sequence[RenderableType]]] = [
        ("functions", [_functions(report, words), _dim("sharing.notes.functions", labels)]),
        ("needed", _needed(report.case, words)),
        ("already", _already(report.case, words)),
        ("groups", _groups(report, words)),
        ("communes", _communes(report, words)),
        ("checklist", _checklist(report, words)),
        ("sensitivity", _variants(report, words)),
        ("together", _together(report, words)),
        ("prices", [Text(f"• {words.price(price)}") for price in report.prices]),
        ("studies", _studies(report, words)),
        ("proof", [_proof(report, labels)]),
    ]
    shown: list[RenderableType] = [_head(report, labels)]
    for key, content in parts:
        if content:
            shown += [Text(), _title(f"sharing.part.{key}", labels), *content]
    return Group(*shown)


def sharing_failure(
    answer: Infeasible | NoAnswer, case: SharingCase, labels: Labels
) -> RenderableType:
    """Say why there is no answer, and the smallest change of the question that gives one.

    Parameters
    ----------
    answer, case
        The answer and its case.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Sentences.
    """
    if isinstance(answer, NoAnswer):
        stop = labels(f"stop.{answer.stop.value}")
        return Group(Text(labels("status.no_answer"), style="bold"), Text(stop))
    words = SharingWords(case, labels)
    conflict = [words.asks(rule, subject) for rule, subject in answer.conflict]
    change = [words.relaxed(relaxation) for relaxation in answer.relaxation]
    return Group(
        Text(labels("status.infeasible"), style="bold"),
        Text(labels("sharing.conflict")),
        *_bullets(conflict),
        Text(labels("sharing.change")),
        *_bullets(change),
    )


def _head(report: SharingReport, labels: Labels) -> RenderableType:
    case, solution = report.case, report.solution
    by_case = {c: sum(line.saving_eur[c] for line in report.functions) for c in CASES}
    lines = [labels("sharing.nothing")]
    if solution.decisions.groups:
        lines = [
            labels(
                "sharing.headline",
                saving=labels.euros(solution.saving_eur),
                low=labels.signed_euros(by_case["low"]),
                high=labels.signed_euros(by_case["high"]),
            ),
            labels(
                "sharing.moving",
                moving=labels.euros(solution.evaluation.moving_eur),
                years=labels.number(case.asked.transition_years),
            ),
        ]
    size = labels.count(
        "sharing.size",
        len(case.members),
        population=labels.number(case.territory.population),
    )
    title, lines = labels("sharing.title", territory=case.territory.name), [size, *lines]
    return Panel(Text("\n".join(lines)), title=Text(title, style="bold"))


def _functions(report: SharingReport, words: SharingWords) -> RenderableType:
    labels = words.labels
    keys = ("function", "sharing", "now", *CASES, "percent")
    table = _table((*keys, "grade"), labels, text=("function", "grade"))
    for line in report.functions:
        name = words.function(line.function)
        table.add_row(
            labels("sharing.estimated", text=name) if line.origins.get("estimated") else name,
            labels.number(line.sharing),
            labels.euros(line.now_eur),
            *(labels.signed_euros(line.saving_eur[case]) for case in CASES),
            labels.percent(line.share_saved(report.case.saving_case)),
            line.grade,
        )
    return table


def _needed(case: SharingCase, words: SharingWords) -> list[RenderableType]:
    return _bullets(
        words.labels("sharing.value_needed", function=words.function(f.code), code=f.code)
        for f in case.value_needed
    )


def _already(case: SharingCase, words: SharingWords) -> list[RenderableType]:
    return _bullets(
        words.labels(
            "sharing.already",
            function=words.function(group.function),
            host=group.host,
            communes=words.communes(group.communes),
        )
        for group in case.asked.already
    )


def _groups(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    labels = words.labels
    lines: list[RenderableType] = []
    for line in report.functions:
        own = [each for each in report.divided if each.group.function == line.function]
        if own:
            lines.append(Text(words.function(line.function), style="bold"))
        for each in own:
            text = labels(
                "sharing.group_line",
                group=words.group(each.group),
                saving=labels.signed_euros(each.costs.saving_eur),
            )
            lines += [Text(f"• {text}"), Text(f"  {words.stability(each)}", style="dim")]
            if not each.exact:
                lines.append(Text(f"  {labels('sharing.least_core')}", style="dim"))
    return lines


def _communes(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    if not report.divided:
        return []
    labels = words.labels
    keys = ("commune", "groups", "alone", "contribution", "transfer", "gain")
    table = _table(keys, labels, text=("commune",))
    basin = ""
    for line in report.communes:
        if line.basin != basin:
            name = labels("sharing.in_basin", basin=words.basin(line.basin))
            table.add_row(Text(name, style="bold"))
        table.add_row(
            words.commune(line.commune),
            labels.number(line.groups),
            labels.euros(line.alone_eur),
            labels.euros(line.contribution_eur),
            labels.signed_euros(line.transfer_eur),
            labels.signed_euros(line.gain_eur),
        )
        basin = line.basin
    received = epci_transfer(report.case, report.divided)
    host = labels("sharing.epci", epci=report.case.territory.name)
    table.add_row(host, "", "", "", labels.signed_euros(received), "")
    return [table, _dim("sharing.notes.transfer", labels)]


def _checklist(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    separator = words.labels("words.separator")
    return [
        Text(
            words.labels(
                "sharing.step",
                step=words.labels(f"checklist.{step}"),
                functions=separator.join(map(words.function, codes)),
            )
        )
        for step, codes in report.checklist.items()
    ]


def _variants(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    if not report.variants:
        return []
    labels = words.labels
    keys = ("variant", "best", "groups", "sharing", "kept")
    table = _table(keys, labels, text=("variant",))
    for variant in report.variants:
        groups = variant.solution.decisions.groups if variant.solution else ()
        table.add_row(
            words.variant(variant),
            labels.signed_euros(variant.solution.saving_eur if variant.solution else None),
            labels.number(len(groups)),
            labels.number(sum(len(group.members) for group in groups)),
            labels.signed_euros(variant.kept_eur),
        )
    return [table]


def _together(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    if report.together is None:
        return []
    labels = words.labels
    some = forming(report.variants)
    shown: list[RenderableType] = []
    if len(some) < len(report.variants):
        none = [v for v in report.variants if v not in some]
        shown.append(Text(labels("sharing.together_never", cases=words.cases(none))))
    if some:
        shown.append(Text(labels("sharing.together_where", cases=words.cases(some))))
    found = [
        labels.count(
            "sharing.together",
            len(codes),
            function=words.function(code),
            communes=words.communes(codes),
        )
        for code, sets in (report.together_if_any or {}).items()
        for codes in sets
    ]
    return [*shown, *_bullets(found or [labels("sharing.together_none")] if some else [])]


def _studies(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    labels = words.labels
    lines: list[RenderableType] = []
    for line in report.functions:
        study = labels(
            "sharing.study_line",
            function=words.function(line.function),
            grade=line.grade,
            study=words.study(line),
        )
        lines.append(Text(f"• {study}"))
        if line.origins.get("estimated"):
            rule = labels("sharing.estimated_by", rule=words.volume_rule(line.function))
            lines.append(Text(f"  {rule}", style="dim"))
    return [*lines, _dim("sharing.notes.grade", labels)]


def _proof(report: SharingReport, labels: Labels) -> Text:
    solution = report.solution
    status = labels(f"status.{Status.OPTIMAL.value}")
    if solution.status is not Status.OPTIMAL:
        status = labels(f"status.{solution.status.value}")
    return Text(
        labels(
            "sharing.proof",
            status=status,
            saving=labels.euros_full(solution.saving_eur),
            bound=labels.euros_full(solution.bound),
            gap=labels.percent(solution.gap, 2),
            solver=solution.solver,
            seconds=labels.seconds(sum(solution.seconds.values())),
        )
    )


def _bullets(lines: Iterable[str]) -> list[RenderableType]:
    return [Text(f"• {line}") for line in lines]


def _title(key: str, labels: Labels) -> Rule:
    return Rule(Text(labels(key), style="bold"), align="left")


def _dim(key: str, labels: Labels) -> Text:
    return Text(labels(key), style="dim")


def _table(keys: Sequence[str], labels: Labels, text: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 0, 0, 1))
    for key in keys:
        figures = key not in text
        title = labels(f"sharing.column.{key}")
        table.add_column(
            title, justify="right" if figures else "left", no_wrap=figures, overflow="fold"
        )
    return table
