"""Who gains and who pays: what a plan changes for each commune, and basin by basin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case import Case
from optimiser.report.tables import Table, labelled_table
from optimiser.report.words import Words
from optimiser.solution import Evaluation
from optimiser.travellers import travellers
from optimiser.units import Euros, InseeCode, Persons, ServiceCode

_NOTICEABLE_MINUTES = 1e-6


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan changes for one commune or one basin; persons count once for each type.

    Parameters
    ----------
    place
        INSEE code of the commune, or code of the basin.
    population
        Inhabitants.
    gained_persons, lost_persons
        Persons who come within the guaranteed time, and who leave it.
    nearer_persons, farther_persons
        Persons who come nearer to a site, and who must go farther.
    opened, closed
        Sites that appear and that go; a transfer counts in both.
    running_change_eur
        Euros a year more for the sites that stand there; agreement fees are not in it.
    capital_eur
        Euros once for what opens and closes there; what transfers spare is not deducted.
    posts_change
        Full-time posts more for the sites that stand there; types whose posts are not known are
        not in it.
    """

    place: str
    population: int
    gained_persons: Persons
    lost_persons: Persons
    nearer_persons: Persons
    farther_persons: Persons
    opened: int
    closed: int
    running_change_eur: Euros
    capital_eur: Euros
    posts_change: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What is nobody's alone.

    Parameters
    ----------
    fees_change_eur
        Euros a year more of agreement fees.
    spared_eur
        Closing cost that transfers spare, once.
    """

    fees_change_eur: Euros
    spared_eur: Euros


def commune_effects(case: Case, now: Evaluation, planned: Evaluation) -> tuple[Effect, ...]:
    """Compare a plan with today's network, commune by commune.

    Parameters
    ----------
    case
        The case of both.
    now, planned
        What the judge makes of today's network and of the plan.

    Returns
    -------
    tuple of Effect
        In the order of the members.
    """
    entered, left = planned.within - now.within, now.within - planned.within
    nearer, farther = np.zeros((2, len(case.members)))
    for k in range(len(case.services)):
        public, before, home = travellers(case, now, k)
        _, after, _ = travellers(case, planned, k)
        # Two infinite times are equal, but their difference is no number.
        come, go = after < before - _NOTICEABLE_MINUTES, after > before + _NOTICEABLE_MINUTES
        nearer += np.bincount(home, weights=public * come, minlength=len(nearer))
        farther += np.bincount(home, weights=public * go, minlength=len(farther))
    change = planned.sites - now.sites
    running = (planned.costs.running_eur - now.costs.running_eur).sum(axis=0)
    capital = (planned.costs.opening_eur + planned.costs.closing_eur).sum(axis=0)
    posts = np.array([s.posts.base if s.posts else 0.0 for s in case.services])
    return tuple(
        Effect(
            place=commune.code,
            population=commune.population,
            gained_persons=float(np.maximum(entered[:, i], 0.0).sum()),
            lost_persons=float(np.maximum(left[:, i], 0.0).sum()),
            nearer_persons=float(nearer[i]),
            farther_persons=float(farther[i]),
            opened=int(np.maximum(change[:, i], 0).sum()),
            closed=int(np.maximum(-change[:, i], 0).sum()),
            running_change_eur=float(running[i]),
            capital_eur=float(capital[i]),
            posts_change=float(posts @ change[:, i]),
        )
        for i, commune in enumerate(case.members)
    )


def basin_effects(case: Case, effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Add the communes of each basin up.

    Parameters
    ----------
    case
        The case.
    effects
        From `commune_effects`.

    Returns
    -------
    tuple of Effect
        Largest basin first.
    """
    homes = {commune.code: commune.basin for commune in case.members}
    return tuple(
        _sum(basin, [e for e in effects if homes[e.place] == basin]) for basin in case.basins
    )


def shared_effects(now: Evaluation, planned: Evaluation) -> Shared:
    """Tell apart what stands in no commune's line.

    Parameters
    ----------
    now, planned
        As in `commune_effects`.

    Returns
    -------
    Shared
        Fees and spared closing costs.
    """
    fees = float(planned.costs.fees_eur.sum() - now.costs.fees_eur.sum())
    return Shared(fees, float(planned.costs.spared_eur.sum()))


def unknown_posts(case: Case, now: Evaluation, planned: Evaluation) -> tuple[ServiceCode, ...]:
    """Types whose sites change and whose posts are not known.

    Parameters
    ----------
    case, now, planned
        As in `commune_effects`.

    Returns
    -------
    tuple of str
        Codes, in the order of the types.
    """
    changed = np.abs(planned.sites - now.sites).sum(axis=1)
    return tuple(s.code for k, s in enumerate(case.services) if changed[k] and s.posts is None)


def effects_table(effects: Sequence[Effect], words: Words, *, basins: bool) -> Table:
    """One row a basin or a commune.

    Parameters
    ----------
    effects
        From `basin_effects` or `commune_effects`.
    words
        Names of the case.
    basins
        Whether the rows are basins.

    Returns
    -------
    Table
        Who gains, who goes farther, and what the sites there cost more or less.
    """
    name = words.basin if basins else words.commune
    rows = [
        (
            name(e.place),
            e.population,
            e.gained_persons,
            e.lost_persons,
            e.nearer_persons,
            e.farther_persons,
            e.opened,
            e.closed,
            e.running_change_eur,
            e.capital_eur,
            e.posts_change,
        )
        for e in effects
    ]
    first = "basin:text:26" if basins else "commune:text:26"
    kinds = (
        f"{first} population:count:11 entered:count:12 left:count:12 nearer:count:12 "
        "farther:count:12 opened:count:8 closed:count:8 running_change:euro_change:14 "
        "capital:euros:14 posts_change:posts:10"
    )
    return labelled_table("effects", kinds, rows, words)


def touched(effects: Sequence[Effect]) -> tuple[InseeCode, ...]:
    """Places for which something changes.

    Parameters
    ----------
    effects
        From `commune_effects`.

    Returns
    -------
    tuple of str
        Codes, in the same order.
    """
    return tuple(
        e.place
        for e in effects
        if e.nearer_persons or e.farther_persons or e.opened or e.closed or e.running_change_eur
    )


def _sum(place: str, parts: Sequence[Effect]) -> Effect:
    return Effect(
        place=place,
        population=sum(e.population for e in parts),
        gained_persons=sum(e.gained_persons for e in parts),
        lost_persons=sum(e.lost_persons for e in parts),
        nearer_persons=sum(e.nearer_persons for e in parts),
        farther_persons=sum(e.farther_persons for e in parts),
        opened=sum(e.opened for e in parts),
        closed=sum(e.closed for e in parts),
        running_change_eur=sum(e.running_change_eur for e in parts),
        capital_eur=sum(e.capital_eur for e in parts),
        posts_change=sum(e.posts_change for e in parts),
    )
