"""The linear relaxation of a covering core with cuts, solved by HiGHS over the columns that count.

Nothing that HiGHS says is believed: its duals are multipliers like any others, whose bound is
computed anew over all candidates.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.cuts import Pool, separate
from optimiser.location.effort import Clock
from optimiser.location.kernels.net import CLOSED, OPEN, cheapest, reduced_costs
from optimiser.solvers.highs import quiet_highs
from optimiser.units import BoolArray, FloatArray, IntArray

PRICINGS, LEAST_GAIN = 12, 0.01
COLUMNS_AT_ONCE = 400


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An answer of the relaxation.

    Parameters
    ----------
    multipliers
        One (n,) for each demand.
    cuts, weights
        Cuts with a multiplier, and theirs.
    opening, left
        How far each candidate (m,) is open, and each demand (n,) left unserved.
    value
        What HiGHS gives it, the core's constant aside.
    """

    multipliers: FloatArray
    cuts: IntArray
    weights: FloatArray
    opening: FloatArray
    left: FloatArray
    value: float


class Relaxation:
    """A covering core as a linear programme that grows by columns and cuts.

    Parameters
    ----------
    core
        The core; serving costs nothing.
    reduced
        Reduced costs (m,) at good multipliers: columns of the least come first.
    first
        How many columns to start with.
    threads
        As everywhere else in the process: HiGHS refuses to change its mind.
    """

    def __init__(self, core: Core, reduced: FloatArray, first: int, threads: int) -> None:
        self.core, self.pool = core, Pool(core)
        self.solver = quiet_highs()
        self.solver.setOptionValue("threads", threads)
        n = core.demands
        self.solver.addVars(n, np.zeros(n), np.ones(n))
        numbers = np.arange(n, dtype=np.int32)
        self.solver.changeColsCost(n, numbers, core.penalised)
        lower, upper = np.ones(n), np.full(n, highspy.kHighsInf)
        self.solver.addRows(n, lower, upper, n, numbers, numbers, np.ones(n))
        self.fixed_rows = n
        if core.count is not None:
            none = np.empty(0, dtype=np.int32)
            self.solver.addRow(core.count, core.count, 0, none, none.astype(float))
            self.fixed_rows += 1
        self.columns = np.empty(0, dtype=np.int64)
        self.place = np.full(core.candidates, -1, dtype=np.int64)
        self.rows: list[int] = []
        self._add_columns(np.sort(np.argsort(reduced, kind="stable")[:first]))

    def _add_columns(self, sites: IntArray) -> None:
        net, pool, n = self.core.net, self.pool, self.core.demands
        starts, rows, values = [0], [], []
        in_cuts: dict[int, list[tuple[int, float]]] = {int(j): [] for j in sites}
        for position, cut in enumerate(self.rows):
            for j, height in zip(pool.sites[cut].tolist(), pool.heights[cut].tolist(), strict=True):
                if j in in_cuts:
                    in_cuts[j].append((self.fixed_rows + position, height))
        for j in sites.tolist():
            near = net.demand[net.column[j] : net.column[j + 1]]
            rows.append(near)
            values.append(np.ones(len(near)))
            extra = in_cuts[j] + ([(n, 1.0)] if self.core.count is not None else [])
            rows.append(np.array([row for row, _ in extra], dtype=np.int32))
            values.append(np.array([value for _, value in extra]))
            starts.append(starts[-1] + len(near) + len(extra))
        count = len(sites)
        self.solver.addCols(
            count,
            self.core.opening[sites],
            np.zeros(count),
            np.ones(count),
            starts[-1],
            np.array(starts[:-1], dtype=np.int32),
            np.concatenate(rows).astype(np.int32),
            np.concatenate(values).astype(np.float64),
        )
        self.place[sites] = len(self.columns) + np.arange(count)
        self.columns = np.concatenate((self.columns, sites))

    def _add_cuts(self, cuts: list[int]) -> None:
        n, pool = self.core.demands, self.pool
        for cut in cuts:
            place = self.place[pool.sites[cut]]
            held = place >= 0
            columns = np.concatenate((n + place[held], pool.demands[cut])).astype(np.int32)
            values = np.concatenate((pool.heights[cut][held], np.ones(len(pool.demands[cut]))))
            self.solver.addRow(pool.level(cut), highspy.kHighsInf, len(columns), columns, values)
            self.rows.append(cut)

    def _drop_idle(self) -> None:
        dual = np.array(self.solver.getSolution().row_dual)[self.fixed_rows :]
        idle = np.flatnonzero(dual <= 1e-9)  # noqa: PLR2004 - what rounding leaves
        if len(idle):
            numbers = (self.fixed_rows + idle).astype(np.int32)
            self.solver.deleteRows(len(numbers), numbers)
            gone = set(idle.tolist())
            self.rows = [cut for at, cut in enumerate(self.rows) if at not in gone]

    def solve(self, state: NDArray[np.int8], seconds: float | None) -> Relaxed | None:
        """Solve under decisions, columns being added as long as the bound needs them.

        Parameters
        ----------
        state
            What is decided (m,).
        seconds
            Time that it may take; None: any.

        Returns
        -------
        Relaxed or None
            The answer; None when there was none in time.
        """
        n = self.core.demands
        missing = np.flatnonzero((state == OPEN) & (self.place < 0))
        if len(missing):
            self._add_columns(missing)
        for _ in range(PRICINGS):
            kind = state[self.columns]
            numbers = (n + np.arange(len(self.columns))).astype(np.int32)
            lower, upper = np.where(kind == OPEN, 1.0, 0.0), np.where(kind == CLOSED, 0.0, 1.0)
            self.solver.changeColsBounds(len(numbers), numbers, lower, upper)
            if seconds is not None:
                self.solver.setOptionValue("time_limit", self.solver.getRunTime() + seconds)
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            answer = self._answer()
            wanted = self._wanted(answer, state)
            if len(wanted) == 0:
                break
            self._add_columns(wanted)
        return answer

    def _answer(self) -> Relaxed:
        solution, n = self.solver.getSolution(), self.core.demands
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        weights = np.maximum(dual[self.fixed_rows :], 0.0)
        used = np.flatnonzero(weights > 1e-9)  # noqa: PLR2004 - what rounding leaves
        opening = np.zeros(self.core.candidates)
        opening[self.columns] = value[n:]
        return Relaxed(
            np.maximum(dual[:n], 0.0),
            np.array(self.rows, dtype=np.int64)[used],
            weights[used],
            opening,
            value[:n],
            float(self.solver.getInfo().objective_function_value),
        )

    def _wanted(self, answer: Relaxed, state: NDArray[np.int8]) -> IntArray:
        """Columns outside that the bound would pick."""
        opening, unserved, _ = self.pool.shifted(answer.cuts, answer.weights)
        net = self.core.net._replace(opening=opening)
        pays = np.minimum(answer.multipliers, np.maximum(unserved, 0.0))
        reduced = reduced_costs(net, pays)
        picked, inside, _, _ = cheapest(reduced, state, net.number)
        outside = picked[self.place[picked] < 0]
        if len(outside) == 0:
            return outside
        # What is nearly as good will be asked for next.
        held = self.place >= 0
        spread = abs(inside) if np.isfinite(inside) else 0.0
        near: BoolArray = (state == 0) & ~held & (reduced < inside + 0.02 * spread)
        others = np.flatnonzero(near)
        others = others[np.argsort(reduced[others], kind="stable")[:COLUMNS_AT_ONCE]]
        return np.union1d(outside, others)

    def tighten(
        self, state: NDArray[np.int8], answer: Relaxed, rounds: int, target: float, clock: Clock
    ) -> Relaxed:
        """Add rounds of cuts that the answer breaks, and solve again.

        Parameters
        ----------
        state
            What is decided (m,).
        answer
            The answer so far.
        rounds
            How many at most.
        target
            Value at which to stop.
        clock
            When to stop.

        Returns
        -------
        Relaxed
            The last answer.
        """
        for _ in range(rounds):
            if clock.out or answer.value >= target:
                break
            cuts = separate(self.core, self.pool, answer.opening, answer.left)
            if not cuts:
                break
            self._add_cuts(cuts)
            better = self.solve(state, clock.left)
            if better is None:
                break
            gained, answer = better.value - answer.value, better
            self._drop_idle()
            if gained < LEAST_GAIN * (target - answer.value):
                break
        return answer
