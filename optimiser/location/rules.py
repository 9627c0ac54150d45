"""What is fixed beforehand about sites and demands, and whether it makes sense."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from optimiser.errors import Finding, InputError
from optimiser.location.travel import SHOWN
from optimiser.units import LARGEST, BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Rules:
    """Sites that are decided beforehand, and what sites cost; candidates count from 0.

    Parameters
    ----------
    required
        Candidates that open, and count among the p.
    forbidden
        Candidates that do not open.
    existing
        Candidates that operate already: they serve, cost nothing and are not counted.
    costs
        Cost (m,) of each site, in the unit of the objective; None: 0 (LSCP: 1).
    """

    required: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    existing: Sequence[int] = ()
    costs: ArrayLike | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class Sites:
    """Rules as arrays.

    Parameters
    ----------
    allowed
        Candidates (m,) that may open and are not open already.
    required, existing
        Candidates open whatever happens.
    costs
        Cost (m,) of each site; 0 for the existing ones.
    """

    allowed: BoolArray
    required: IntArray
    existing: IntArray
    costs: FloatArray


def checked_sites(
    rules: Rules, candidates: int, count: int | None, default_cost: float = 0.0
) -> Sites:
    """Check rules against each other and against the candidates.

    Parameters
    ----------
    rules
        The rules.
    candidates
        Number m.
    count
        Number p of sites, or None.
    default_cost
        Cost of a site when the rules give none.

    Returns
    -------
    Sites
        The rules as arrays.

    Raises
    ------
    InputError
        A number out of range, a site both required and forbidden, a cost that is no number or
        negative, or a p that cannot be.
    """
    findings: list[Finding] = []
    groups: dict[str, IntArray] = {}
    for name in ("required", "forbidden", "existing"):
        group = np.unique(np.asarray(getattr(rules, name), dtype=np.int64))
        bad = group[(group < 0) | (group >= candidates)]
        findings += [
            Finding("candidate_number", column=name, found=str(j), expected=f"0..{candidates - 1}")
            for j in bad[:SHOWN]
        ]
        groups[name] = group
    clash = np.intersect1d(groups["forbidden"], np.union1d(groups["required"], groups["existing"]))
    findings += [Finding("required_and_forbidden", found=str(j)) for j in clash[:SHOWN]]
    costs = np.full(candidates, default_cost)
    if rules.costs is not None:
        costs = np.array(rules.costs, dtype=np.float64)
        findings += check_numbers(costs, candidates, "costs")
    if findings:
        raise InputError(tuple(findings))
    costs[groups["existing"]] = 0.0
    required = np.setdiff1d(groups["required"], groups["existing"])
    allowed = np.ones(candidates, dtype=bool)
    allowed[groups["forbidden"]] = False
    allowed[groups["existing"]] = False
    most = int(allowed.sum())
    if count is not None and not len(required) <= count <= most:
        expected = f"{len(required)}..{most}"
        raise InputError((Finding("site_number", found=str(count), expected=expected),))
    allowed[required] = False
    return Sites(allowed, required, groups["existing"], costs)


def check_numbers(values: FloatArray, length: int, name: str) -> list[Finding]:
    """Find what is wrong with numbers that must be finite and not negative.

    Parameters
    ----------
    values
        The numbers.
    length
        How many there should be.
    name
        What they are.

    Returns
    -------
    list of Finding
        Empty when all is well.
    """
    if values.shape != (length,):
        return [Finding("length", column=name, found=str(values.shape), expected=f"({length},)")]
    bad = np.flatnonzero(~((values >= 0.0) & (values <= LARGEST)))
    expected = f"0 .. {LARGEST:g}"
    return [
        Finding("number", row=int(i) + 1, column=name, found=str(values[i]), expected=expected)
        for i in bad[:SHOWN]
    ]


def checked_weights(weights: ArrayLike | None, demands: int) -> FloatArray:
    """Check weights.

    Parameters
    ----------
    weights
        One (n,) for each demand; None: 1 each.
    demands
        Number n.

    Returns
    -------
    FloatArray
        The weights.

    Raises
    ------
    InputError
        Wrong length, NaN, infinite or negative.
    """
    if weights is None:
        return np.ones(demands)
    values = np.asarray(weights, dtype=np.float64)
    findings = check_numbers(values, demands, "weights")
    if findings:
        raise InputError(tuple(findings))
    return values


def unreachable(reached: BoolArray) -> None:
    """Refuse demands that no candidate reaches.

    Parameters
    ----------
    reached
        Whether each demand (n,) is reached.

    Raises
    ------
    InputError
        Some are not.
    """
    lost = np.flatnonzero(~reached)
    if len(lost):
        raise InputError(tuple(Finding("unreachable", row=int(i) + 1) for i in lost[:SHOWN]))


def checked_radius(radius: float) -> None:
    """Refuse a radius that is none.

    Parameters
    ----------
    radius
        Farthest travel.

    Raises
    ------
    InputError
        NaN or negative.
    """
    if not radius >= 0.0:
        raise InputError((Finding("number", column="radius", found=str(radius), expected=">= 0"),))
