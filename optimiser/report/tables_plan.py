"""Every table of a plan: types, basins, actions, duplicates, costs and communes."""

from collections.abc import Iterable, Sequence

from optimiser.case import Case
from optimiser.report.actions import ActionList, capital_grade, running_grade
from optimiser.report.costs import CostLine
from optimiser.report.duplicates import Ledger, Pair
from optimiser.report.indicators import Indicators
from optimiser.report.sentences import action_reason, pair_text
from optimiser.report.tables import Cell, Column, Table, labelled_table
from optimiser.report.words import Words
from optimiser.solution import Solution


def services_table(figures: Indicators, words: Words) -> Table:
    """One row a type of facility.

    Parameters
    ----------
    figures
        Figures of the plan.
    words
        Names of the case.

    Returns
    -------
    Table
        Sites, access, minutes, duplicates and money, now and planned.
    """
    rows = [
        (
            words.service(row.service),
            words.labels.minutes(words.case.catalogue[row.service].guarantee_minutes),
            row.public,
            row.sites_now,
            row.sites_planned,
            row.opened,
            row.closed,
            row.agreements,
            row.now.share,
            row.planned.share,
            row.now.weighted,
            row.planned.weighted,
            row.now.minutes,
            row.planned.minutes,
            row.planned.unreachable,
            words.basin(row.worst.basin) if row.worst else None,
            row.worst.planned if row.worst else None,
            row.duplicated_now,
            row.duplicated_planned,
            row.running_now_eur,
            row.running_planned_eur,
            row.running_planned_eur - row.running_now_eur,
            words.case.catalogue[row.service].running_eur.grade,
            row.capital_eur,
            words.case.catalogue[row.service].capital_eur.grade,
        )
        for row in figures.services
    ]
    kinds = (
        "service:text:28 guarantee:text:12 public:count:11 sites_now:count:8 sites_planned:count:8 "
        "opened:count:8 closed:count:8 agreements:count:11 share_now:percent:10 "
        "share_planned:percent:10 weighted_now:percent:10 weighted_planned:percent:10 "
        "minutes_now:minutes:10 minutes_planned:minutes:10 unreachable:count:11 worst:text:22 "
        "worst_share:percent:10 duplicated_now:count:12 duplicated_planned:count:12 "
        "running_now:euros:15 running_planned:euros:15 running_change:euros:14 grade:text:9 "
        "capital:euros:14 grade:text:9"
    )
    return labelled_table("services", kinds, rows, words)


def basins_table(figures: Indicators, words: Words) -> Table:
    """One row a basin and type, after one row a basin for all types.

    Parameters
    ----------
    figures
        Figures of the plan.
    words
        Names of the case.

    Returns
    -------
    Table
        Public and access, now and planned.
    """
    everything = words.labels("table.all_types")
    rows: list[tuple[Cell, ...]] = [
        (
            words.basin(b.basin),
            b.communes,
            b.population,
            everything,
            None,
            b.now,
            b.planned,
            b.gained,
        )
        for b in figures.basins
    ]
    for b, basin in enumerate(figures.basins):
        for row in figures.services:
            share = row.basins[b]
            change = ((share.planned or 0.0) - (share.now or 0.0)) * share.public
            rows.append(
                (
                    words.basin(basin.basin),
                    basin.communes,
                    basin.population,
                    words.service(row.service),
                    share.public,
                    share.now,
                    share.planned,
                    change,
                )
            )
    kinds = (
        "basin:text:26 communes:count:10 population:count:11 service:text:28 public:count:11 "
        "share_now:percent:10 share_planned:percent:10 gained:count:11"
    )
    return labelled_table("basins", kinds, rows, words)


def actions_table(found: ActionList, words: Words) -> Table:
    """One row an action, by effect.

    Parameters
    ----------
    found
        Actions of the plan.
    words
        Names of the case.

    Returns
    -------
    Table
        What, where, effect, who loses, money and the reason in one sentence.
    """
    rows = [
        (
            words.labels(f"action_kind.{action.kind}"),
            words.service(action.service),
            words.commune(action.commune),
            words.commune(action.origin) if action.origin else None,
            action.sites,
            action.guaranteed_persons,
            action.gains.persons,
            action.losses.persons,
            action.losses.mean_minutes,
            action.losses.stranded,
            words.communes(tuple(c.commune for c in action.losses.communes), 1000) or None,
            action.duplicated_persons,
            action.places,
            action.capital_eur,
            capital_grade(action, words.case),
            action.recurrent_eur,
            running_grade(action, words.case),
            action.score,
            action_reason(action, words),
        )
        for action in found.actions
    ]
    kinds = (
        "action:text:13 service:text:28 commune:text:24 origin:text:20 sites:count:7 "
        "guaranteed:count:13 nearer:count:12 farther:count:12 lost_minutes:minutes:12 "
        "stranded:count:12 losing_communes:text:34 duplicated_change:count:12 places:count:9 "
        "capital:euros:14 grade:text:9 running_change:euros:14 grade:text:9 score:count:11 "
        "reason:text:90"
    )
    return labelled_table("actions", kinds, rows, words, note="part.actions.note")


def duplicates_table(now: Ledger, planned: Ledger, words: Words) -> Table:
    """One row a pair: duplicates today and after the plan, then needed overlaps after it.

    Parameters
    ----------
    now, planned
        Overlaps of both networks.
    words
        Names of the case.

    Returns
    -------
    Table
        Who shares what, what one site less saves, and who loses.
    """
    parts: tuple[tuple[str, Iterable[Pair]], ...] = (
        ("today", now.duplicates),
        ("planned", planned.duplicates),
        ("needed", planned.needed),
    )
    rows = [
        (
            words.labels(f"table.pair.{part}"),
            words.service(pair.service),
            words.commune(pair.first),
            words.commune(pair.second),
            pair.shared_persons,
            pair.excess_persons,
            words.commune(pair.loses),
            pair.saved_eur_per_year,
            pair.grade,
            words.labels("words.yes" if pair.decidable else "words.no"),
            pair.loss.persons,
            pair.loss.mean_minutes,
            pair.loss.person_minutes,
            pair.loss.stranded,
            words.commune(pair.loss.worst.commune) if pair.loss.worst else None,
            pair.guarantee_lost_persons,
            pair.places_lost,
            pair_text(pair, words),
        )
        for part, pairs in parts
        for pair in pairs
    ]
    kinds = (
        "network:text:22 service:text:28 first:text:24 second:text:24 shared:count:11 "
        "excess:count:12 loses:text:24 saved:euros:14 grade:text:9 decidable:text:11 "
        "farther:count:12 lost_minutes:minutes:12 person_minutes:count:13 stranded:count:12 "
        "worst_commune:text:24 guarantee_lost:count:13 places_lost:count:9 sentence:text:90"
    )
    return labelled_table("duplicates", kinds, rows, words, note="duplicate.note")


def costs_table(lines: Sequence[CostLine], words: Words) -> Table:
    """One row a type and kind of money, with its evidence.

    Parameters
    ----------
    lines
        Money of the plan.
    words
        Names of the case.

    Returns
    -------
    Table
        Euros now and planned, grade and source.
    """
    rows = [
        (
            words.service(line.service),
            words.labels(f"item.{line.item}"),
            line.now_eur,
            line.planned_eur,
            line.change_eur,
            words.labels(f"grade.{line.grade}"),
            line.source,
        )
        for line in lines
    ]
    kinds = (
        "service:text:28 item:text:24 now:euros:15 planned:euros:15 change:euros:15 grade:text:32 "
        "source:text:100"
    )
    return labelled_table("costs", kinds, rows, words)


def communes_table(solution: Solution, case: Case, words: Words) -> Table:
    """One row a commune: minutes to each type, now and planned.

    Parameters
    ----------
    solution, case
        The plan and its case.
    words
        Names of the case.

    Returns
    -------
    Table
        None stands for no site within reach.
    """
    columns = [
        Column(words.labels("column.code"), "text", 9),
        Column(words.labels("column.commune"), "text", 26),
        Column(words.labels("column.basin"), "text", 24),
        Column(words.labels("column.population"), "count", 11),
    ]
    for service in case.services:
        name = words.service(service.code)
        columns.append(Column(words.labels("column.type_now", service=name), "minutes", 13))
        columns.append(Column(words.labels("column.type_planned", service=name), "minutes", 13))
    rows: list[tuple[Cell, ...]] = []
    for i, commune in enumerate(case.members):
        row: list[Cell] = [commune.code, commune.name, commune.basin_name, commune.population]
        for k in range(len(case.services)):
            row += [
                _finite(solution.today.minutes[k, i]),
                _finite(solution.evaluation.minutes[k, i]),
            ]
        rows.append(tuple(row))
    note = words.labels("table.communes.note")
    return Table(words.labels("table.communes.name"), tuple(columns), tuple(rows), note)


def _finite(minutes: float) -> float | None:
    return float(minutes) if minutes < float("inf") else None
