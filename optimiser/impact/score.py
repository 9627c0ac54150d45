"""The impact score: parts that add up under weights that anyone can see, and what would flip it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimiser.impact.measures import MEASURES, Impact
from optimiser.schedule_scenario import MeasureName
from optimiser.units import FloatArray, Share

_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Flip:
    """A weight at which one scenario overtakes another.

    Parameters
    ----------
    above, below
        Positions of the scenarios, as ranked now.
    name
        Which weight.
    weight
        Its value at which both score the same; the others stay.
    """

    above: int
    below: int
    name: MeasureName
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scenarios that follow each other in the ranking.

    Parameters
    ----------
    above, below
        Their positions.
    lead
        Points between them.
    flips
        For each single weight, the value at which the order turns, where there is one.
    shift
        Least part of all weight that must move from some parts to others to make them equal; None:
        no weights ever turn the order.
    """

    above: int
    below: int
    lead: float
    flips: tuple[Flip, ...]
    shift: Share | None

    @property
    def tied(self) -> bool:
        """Whether both score the same: neither leads."""
        return self.lead <= _EPSILON


@dataclass(frozen=True)
class Score:
    """Scenarios, ranked.

    Parameters
    ----------
    names
        Parts that every scenario could be measured on.
    given
        Weights of those parts as they were given.
    weights
        The same, summing to 1.
    points
        Points (A, M) of each scenario on each part's scale.
    parts
        Weighted points (A, M); they add up to the score.
    totals
        Scores (A,).
    ranking
        Positions of the scenarios, the highest score first.
    pairs
        Neighbours in the ranking.
    """

    names: tuple[MeasureName, ...]
    given: FloatArray
    weights: FloatArray
    points: FloatArray
    parts: FloatArray
    totals: FloatArray
    ranking: tuple[int, ...]
    pairs: tuple[Pair, ...]

    @property
    def ranks(self) -> tuple[int, ...]:
        """Rank of each, in the order of the ranking; who ties shares the better rank."""
        ranks = [1]
        for position, pair in enumerate(self.pairs, 2):
            ranks.append(ranks[-1] if pair.tied else position)
        return tuple(ranks[: len(self.ranking)])


def score(impacts: Sequence[Impact], weights: Mapping[MeasureName, float]) -> Score:
    """Score scenarios and say which weights would change their order.

    Parameters
    ----------
    impacts
        One a scenario.
    weights
        By part, not negative; a part that is left out weighs 1.

    Returns
    -------
    Score
        With every flip: the score is linear, so that they are exact.

    Raises
    ------
    ValueError
        Every weight is 0.
    """
    names = tuple(
        name for name in MEASURES if all(each.of(name).points is not None for each in impacts)
    )
    raw = np.array([weights.get(name, 1.0) for name in names], dtype=np.float64)
    if not raw.sum() > 0:
        raise ValueError("a weight above 0")
    points = np.array(
        [[each.of(name).points for name in names] for each in impacts], dtype=np.float64
    ).reshape(len(impacts), len(names))
    shares = raw / raw.sum()
    parts = points * shares
    totals = parts.sum(axis=1)
    ranking = tuple(int(a) for a in np.argsort(-totals, kind="stable"))
    return Score(
        names=names,
        given=raw,
        weights=shares,
        points=points,
        parts=parts,
        totals=totals,
        ranking=ranking,
        pairs=tuple(_pair(a, b, points[a] - points[b], raw, names) for a, b in pairwise(ranking)),
    )


def _pair(
    above: int, below: int, leads: FloatArray, raw: FloatArray, names: Sequence[MeasureName]
) -> Pair:
    lead = float(raw @ leads)
    flips = []
    for i, name in enumerate(names):
        if abs(leads[i]) > _EPSILON:
            weight = float(raw[i] - lead / leads[i])
            if weight >= 0:
                flips.append(Flip(above, below, name, weight))
    shares = raw / raw.sum()
    return Pair(above, below, lead / float(raw.sum()), tuple(flips), least_shift(shares, leads))


def least_shift(weights: FloatArray, leads: FloatArray) -> Share | None:
    """Find the least part of all weight that must move for a lead to vanish.

    Weight moves best from the parts where the lead is greatest to the one where it is least.

    Parameters
    ----------
    weights
        Weights (M,) that sum to 1.
    leads
        Points (M,) by which the first scenario leads on each part.

    Returns
    -------
    float or None
        From 0 to 1; None where the lead never vanishes.

    Examples
    --------
    >>> least_shift(np.array([0.5, 0.5]), np.array([10.0, -5.0]))
    0.16666666666666666
    >>> least_shift(np.array([0.5, 0.5]), np.array([10.0, 5.0])) is None
    True
    """
    lead, least = float(weights @ leads), float(leads.min())
    moved = 0.0
    for i in np.argsort(-leads).tolist():
        gain = float(leads[i]) - least
        if lead <= _EPSILON:
            return moved
        if gain <= _EPSILON:
            break
        part = min(float(weights[i]), lead / gain)
        moved += part
        lead -= part * gain
    return moved if lead <= _EPSILON else None
