"""The least change that makes a group stable: the fewest members without whom the rest holds.

Every set of leavers is looked at, the smallest first, and of equal ones that of the least loss. The
rest has no stable division where some of its coalitions, weighted so that they count each member
once, are together worth more than the rest (Bondareva 1963, Shapley 1967). Weights found for one
set of leavers still count each member once when others leave, so that one proof rules out most sets
of the same size at a stroke; only those that are left are looked at with a programme.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb

import numpy as np

from optimiser.sharing.core import TOLERANCE, Oracle
from optimiser.sharing.group_game import GroupGame
from optimiser.sharing.group_oracle import GroupOracle
from optimiser.sharing.programmes import minimise
from optimiser.sharing.span import Span
from optimiser.units import BoolArray, Euros, FloatArray

SETS_MOST = 200_000
"""Sets of leavers of one size beyond which the search ends."""

WORK = 20e9
"""Worths of coalitions to look at, each times its members and hosts, beyond which it ends too."""

_WEIGHT = 1e-9
_BATCH = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Leavers:
    """Members without whom the rest of a group is stable.

    Parameters
    ----------
    leaving
        Whether (n,) each member leaves; nobody where the search ended before an answer.
    loss_eur
        Saving of the group that is lost, euros a year.
    least
        Proven: fewer leavers will not do.
    """

    leaving: BoolArray
    loss_eur: Euros
    least: int


def fewest_leavers(table: GroupGame, oracle: Oracle, work: float = WORK) -> Leavers:
    """Find the fewest members without whom the others have a stable division.

    Parameters
    ----------
    table
        A group whose core is empty.
    oracle
        Its oracle.
    work
        Limit on the work, in the unit of `WORK`.

    Returns
    -------
    Leavers
        Of equal numbers, those at the least loss of saving. Nobody, with the number that is proven
        to be too few, where more than `SETS_MOST` sets, or more work, would have to be looked at,
        or where no two members are left with a saving.
    """
    search = _Search(table, oracle, work)
    search.stable(np.ones(search.n, dtype=bool))
    for many in range(1, search.n - 1):
        if comb(search.n, many) > SETS_MOST:
            return Leavers(np.zeros(search.n, dtype=bool), 0.0, many)
        staying, worth = search.smallest(many)
        # Where a search for coalitions was cut short, "stable" is not proven.
        cut = isinstance(oracle, GroupOracle) and not oracle.exact
        if staying is not None and not cut:
            return Leavers(~staying, table.saving_eur - worth, many)
        if cut or search.work < 0:
            return Leavers(np.zeros(search.n, dtype=bool), 0.0, many)
    return Leavers(np.zeros(search.n, dtype=bool), 0.0, search.n - 1)


class _Search:
    """Rows and proofs found so far."""

    def __init__(self, table: GroupGame, oracle: Oracle, work: float) -> None:
        self.table = table
        self.work = work
        self.oracle = oracle
        self.n = len(table.members)
        self.scale = max(1.0, abs(table.saving_eur))
        self.span = Span.whole(self.n)
        self.rows = np.eye(self.n, dtype=bool)
        self.proofs: list[tuple[BoolArray, FloatArray]] = []

    def smallest(self, many: int) -> tuple[BoolArray | None, Euros]:
        """Best set of so many leavers that leaves the rest stable: who stays, and their worth."""
        sets = np.fromiter(
            chain.from_iterable(combinations(range(self.n), many)), dtype=np.int64
        ).reshape(-1, many)
        staying = np.ones((len(sets), self.n), dtype=bool)
        np.put_along_axis(staying, sets, values=False, axis=1)
        worth = self._worth(staying)
        order = np.argsort(-worth)
        order = order[worth[order] > TOLERANCE * self.scale]
        staying, worth = staying[order], worth[order]
        open_ = np.ones(len(worth), dtype=bool)
        for proof in self.proofs:
            if self.work < 0:
                break
            open_[open_] = ~self._refuted(proof, staying[open_], worth[open_])
        for place in range(len(worth)):
            if not open_[place]:
                continue
            if self.work < 0:
                break
            if self.stable(staying[place]):
                return staying[place], float(worth[place])
            open_[:place] = False
            open_[open_] = ~self._refuted(self.proofs[-1], staying[open_], worth[open_])
            open_[place] = False
        return None, 0.0

    def stable(self, staying: BoolArray) -> bool:
        """Whether those who stay (n,) have a stable division; if not, a proof is kept."""
        worth = float(self.table.worth(staying[None])[0]) / self.scale
        while True:
            rows = self.rows[~(self.rows & ~staying).any(axis=1) & ~(self.rows == staying).all(1)]
            values = self.table.worth(rows) / self.scale
            inside = rows[:, staying].astype(np.float64)
            found = minimise(np.ones(inside.shape[1]), -inside, -values)
            if found.objective > worth + TOLERANCE:
                kept = found.duals < -_WEIGHT
                alone = np.eye(self.n, dtype=bool)[~staying]
                weights = np.append(-found.duals[kept], np.ones(len(alone)))
                self.proofs.append((np.vstack([rows[kept], alone]), weights))
                return False
            shares = np.zeros(self.n)
            # What is left over is handed out: the rest as a whole has then no reason to leave.
            shares[staying] = found.values + max(0.0, worth - found.objective) / staying.sum()
            limit = TOLERANCE / 2
            more = self.oracle(shares * self.scale, limit * self.scale, self.span, staying)
            broken = self.table.worth(more) / self.scale - more @ shares > limit
            if not broken.any():
                return True
            self.rows = np.unique(np.vstack([self.rows, more[broken]]), axis=0)

    def _refuted(
        self, proof: tuple[BoolArray, FloatArray], staying: BoolArray, worth: FloatArray
    ) -> BoolArray:
        """Whether (m,) a proof rules out that those who stay (m, n) have a stable division."""
        coalitions, weights = proof
        total = np.zeros(len(worth))
        for coalition, weight in zip(coalitions, weights.tolist(), strict=True):
            left = coalition & staying
            # The whole rest is no coalition of it that leaves.
            total += weight * self._worth(left)
        refuted: BoolArray = total > worth + TOLERANCE * self.scale
        return refuted

    def _worth(self, rows: BoolArray) -> FloatArray:
        """Worth (m,) of coalitions (m, n), which counts as work."""
        self.work -= len(rows) * self.n * len(self.table.hosts)
        return np.concatenate([self.table.worth(part) for part in _parts(rows)])


def _parts(rows: BoolArray) -> Iterator[BoolArray]:
    for start in range(0, max(1, len(rows)), _BATCH):
        yield rows[start : start + _BATCH]
