"""Measures of access of a network: by type of facility, and by commune."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.access.measures import (
    APL_ZONES,
    E2SFCA_ZONES,
    Pairs,
    catchment,
    percentile,
    share_within,
)
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.report.plain import Json, plain
from optimiser.report.provenance import travel_vintage
from optimiser.report.tables import Column, Table, labelled_table
from optimiser.report.words import Words
from optimiser.solution import Evaluation
from optimiser.units import FloatArray, Minutes, Persons, ServiceCode, Share

PERCENTILES: tuple[Share, ...] = (0.5, 0.75, 0.9)

PER_PERSONS = 100_000.0
"""Sites are told for so many persons of the public."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Access of the public of one type.

    Parameters
    ----------
    service
        Type of facility.
    public
        Persons.
    within
        Share of them within each limit that was asked for; None where there is nobody.
    percentiles
        Minutes within which each share of `PERCENTILES` finds the nearest site; inf: it does not.
    two_step, enhanced, apl
        Sites for 100,000 persons (n,) by member, the mean over its cells where there are any:
        2SFCA within the guaranteed time, E2SFCA, and the form of the DREES indicator.
    lowest
        2SFCA, E2SFCA and APL that nine tenths of the public reach or exceed.
    """

    service: ServiceCode
    public: Persons
    within: tuple[Share | None, ...]
    percentiles: tuple[Minutes | None, ...]
    two_step: FloatArray
    enhanced: FloatArray
    apl: FloatArray
    lowest: tuple[float | None, ...]


def measure_access(
    case: Case, evaluation: Evaluation, limits: Sequence[Minutes]
) -> tuple[Measured, ...]:
    """Measure the access that a network gives.

    Supply is the sites that serve: the members' own and the neighbours' under agreement. People of
    the neighbours are not counted, so that measures of supply are those of a closed territory.

    Parameters
    ----------
    case
        The case.
    evaluation
        A network.
    limits
        Minutes for the shares of the public.

    Returns
    -------
    tuple of Measured
        One a type, in the order of the case.
    """
    n = len(case.members)
    if case.cells is None:
        home, part = np.arange(n), np.ones(n)
        rows, columns = np.nonzero(np.isfinite(case.minutes))
        pairs = Pairs(rows, columns, case.minutes[rows, columns])
    else:
        home, part = case.cells.home, case.cells.share
        pairs = _of_cells(case.cells, evaluation, n)
    found = []
    for k, service in enumerate(case.services):
        persons = case.public[k, home] * part
        supply = np.where(evaluation.agreed[k], case.existing[k], 0).astype(np.float64)
        supply[:n] = evaluation.sites[k]
        minutes = evaluation.minutes[k]
        if case.cells is not None:
            minutes = case.cells.nearest(supply > 0)
        forms = [
            PER_PERSONS * catchment(persons, supply, pairs, zones)
            for zones in (((service.guarantee_minutes, 1.0),), E2SFCA_ZONES, APL_ZONES)
        ]
        means = [
            np.bincount(home, weights=form * part, minlength=n).astype(np.float64) for form in forms
        ]
        found.append(
            Measured(
                service=service.code,
                public=float(persons.sum()),
                within=tuple(share_within(persons, minutes, limit) for limit in limits),
                percentiles=tuple(percentile(minutes, persons, share) for share in PERCENTILES),
                two_step=means[0],
                enhanced=means[1],
                apl=means[2],
                lowest=tuple(percentile(form, persons, 0.1) for form in forms),
            )
        )
    return tuple(found)


def _of_cells(cells: CellDemand, evaluation: Evaluation, n: int) -> Pairs:
    """Pairs of cells and the town halls that serve."""
    serving = np.asarray(evaluation.agreed.any(axis=0))
    serving[:n] |= (evaluation.sites > 0).any(axis=0)
    towns = np.flatnonzero(serving)
    columns = [cells.column(j) for j in towns.tolist()]
    none, never = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Pairs(
        np.concatenate([none, *(column.spot for column in columns)]),
        np.repeat(towns, [len(column.spot) for column in columns]),
        np.concatenate([never, *(column.minutes for column in columns)]),
    )


def measures_document(
    case: Case, measured: Sequence[Measured], limits: Sequence[Minutes]
) -> dict[str, Json]:
    """Measures as plain data.

    Parameters
    ----------
    case, measured, limits
        As in `measure_access`.

    Returns
    -------
    dict
        Accepted by `json.dumps`; an infinite figure is None.
    """
    codes = [commune.code for commune in case.members]

    def by_commune(values: FloatArray) -> Json:
        return {code: float(value) for code, value in zip(codes, values, strict=True)}

    return {
        "territory": {"code": case.territory.code, "name": case.territory.name},
        "travel": plain(travel_vintage(case)),
        "cells": None if case.cells is None else len(case.cells),
        "per_persons": PER_PERSONS,
        "zones": {"e2sfca": plain(E2SFCA_ZONES), "apl": plain(APL_ZONES)},
        "services": {
            row.service: {
                "public": row.public,
                "share_within": {
                    f"{limit:g}": plain(share)
                    for limit, share in zip(limits, row.within, strict=True)
                },
                "minutes_percentiles": {
                    f"{100 * share:g}": plain(minutes)
                    for share, minutes in zip(PERCENTILES, row.percentiles, strict=True)
                },
                "nine_in_ten_have_at_least": {
                    name: plain(value)
                    for name, value in zip(("2sfca", "e2sfca", "apl"), row.lowest, strict=True)
                },
                "2sfca": by_commune(row.two_step),
                "e2sfca": by_commune(row.enhanced),
                "apl": by_commune(row.apl),
            }
            for row in measured
        },
    }


def measures_tables(
    measured: Sequence[Measured], limits: Sequence[Minutes], words: Words
) -> tuple[Table, ...]:
    """Measures as tables: one row a type, and one row a commune.

    Parameters
    ----------
    measured, limits
        As in `measure_access`.
    words
        Names of the case.

    Returns
    -------
    tuple of Table
        Types, then communes.
    """
    labels = words.labels
    columns = [
        Column(labels("column.service"), "text", 28),
        Column(labels("column.public"), "count", 12),
        *(
            Column(labels("column.share_within", minutes=labels.minutes(m)), "percent", 12)
            for m in limits
        ),
        *(
            Column(labels("column.minutes_of", share=labels.percent(s, 0)), "minutes", 14)
            for s in PERCENTILES
        ),
        *(
            Column(labels("column.lowest", measure=labels(f"measure.{name}")), "points", 16)
            for name in ("two_step", "enhanced", "apl")
        ),
    ]
    rows = tuple(
        (
            words.service(row.service),
            row.public,
            *row.within,
            *(_finite(value) for value in row.percentiles),
            *row.lowest,
        )
        for row in measured
    )
    first = Table(
        labels("table.measures.name"), tuple(columns), rows, labels("table.measures.note")
    )
    each = [
        (
            words.service(row.service),
            commune.name,
            float(row.two_step[i]),
            float(row.enhanced[i]),
            float(row.apl[i]),
        )
        for row in measured
        for i, commune in enumerate(words.case.members)
    ]
    kinds = "service:text:28 commune:text:26 two_step:points:14 enhanced:points:14 apl:points:14"
    return first, labelled_table("measures_communes", kinds, each, words)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
