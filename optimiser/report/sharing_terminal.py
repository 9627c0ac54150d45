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
from optimiser.report.sharing_figures import FunctionLine, epci_transfer
from optimiser.report.sharing_words import SharingWords
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
            if not each.exact and each.chosen.rule == "nucleolus":
                lines.append(Text(f"  {labels('sharing.least_core')}", style="dim"))
    return lines


def _communes(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    if not report.divided:
        return []
    labels = words.labels
    keys = ("basin", "commune", "groups", "alone", "contribution", "transfer", "gain")
    table = _table(keys, labels, text=("basin", "commune"))
    basin = ""
    for line in report.communes:
        table.add_row(
            "" if line.basin == basin else words.basin(line.basin),
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
    table.add_row("", host, "", "", "", labels.signed_euros(received), "")
    return [table, _dim("sharing.notes.transfer", labels)]


def _checklist(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    separator = words.labels("words.separator")
    return [
        Text(f"☐ {words.labels(f'checklist.{step}')}: {separator.join(map(words.function, codes))}")
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
            labels(
                "sharing.variant",
                case=labels(f"saving_case.{variant.saving_case}"),
                overrun=labels.number(variant.overrun, 1),
            ),
            labels.signed_euros(variant.solution.saving_eur if variant.solution else None),
            labels.number(len(groups)),
            labels.number(sum(len(group.members) for group in groups)),
            labels.signed_euros(variant.kept_eur),
        )
    return [table]


def _together(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    if report.together is None:
        return []
    found = [
        words.labels(
            "sharing.together", function=words.function(code), communes=words.communes(codes)
        )
        for code, sets in report.together.items()
        for codes in sets
    ]
    return _bullets(found or [words.labels("sharing.together_none")])


def _studies(report: SharingReport, words: SharingWords) -> list[RenderableType]:
    lines: list[RenderableType] = [
        Text(f"• {words.function(line.function)} ({line.grade}): {_study(line, words.labels)}")
        for line in report.functions
    ]
    return [*lines, _dim("sharing.notes.grade", words.labels)]


def _study(line: FunctionLine, labels: Labels) -> str:
    return line.study or labels("grade.D")


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
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1))
    for key in keys:
        figures = key not in text
        title = labels(f"sharing.column.{key}")
        table.add_column(title, justify="right" if figures else "left", no_wrap=figures)
    return table
