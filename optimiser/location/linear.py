"""The linear relaxation of a covering core with cuts, solved by HiGHS over the columns that count.

Nothing that HiGHS says is believed: its duals are multipliers like any others, whose bound is
computed anew over all candidates.
"""

import math
from collections.abc import Sequence
from copy import copy

import highspy
import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.cuts import Pool, separate
from optimiser.location.effort import Clock
from optimiser.location.kernels.net import CLOSED, OPEN, cheapest, reduced_costs
from optimiser.location.relaxed import Relaxed, Start
from optimiser.solvers.highs import quiet_highs
from optimiser.units import BoolArray, FloatArray, IntArray

PRICINGS = 12
SMALL_PAIRS, SMALL_GAIN, LEAST_GAIN = 50_000, 0.1, 0.02
COLUMNS_AT_ONCE = 400
PROBE_ITERATIONS = 20
CHOOSE, DEVEX = -1, 1


class Relaxation:
    """A covering core as a linear programme that grows by columns and cuts.

    Parameters
    ----------
    core
        The core; serving costs nothing.
    pool
        Its cuts.
    sets
        Sets of candidates of which a site may be wanted.
    reduced
        Reduced costs (m,) at good multipliers: columns of the least come first.
    first
        How many columns to start with.
    threads
        As of `optimiser.solvers.highs.quiet_highs`.
    """

    def __init__(
        self,
        core: Core,
        pool: Pool,
        sets: list[IntArray],
        reduced: FloatArray,
        first: int,
        threads: int,
    ) -> None:
        self.core, self.pool, self.sets, self.threads = core, pool, sets, threads
        self.solver = quiet_highs(threads)
        n = core.demands
        numbers = np.arange(n, dtype=np.int32)
        lower, upper = np.ones(n), np.full(n, highspy.kHighsInf)
        self.solver.addVars(n, np.zeros(n), lower)
        self.solver.changeColsCost(n, numbers, core.penalised)
        # What stands in where a set has no site: dearer than any answer.
        self.solver.addVar(0.0, highspy.kHighsInf)
        self.solver.changeColCost(n, 2.0 * core.worst)
        self.first = n + 1
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

    def twin(self) -> "Relaxation":
        """Another one that stands where this one stands, on the same cuts and sets."""
        twin = copy(self)
        twin.solver = quiet_highs(self.threads)
        twin.solver.passModel(self.solver.getLp())
        twin.place, twin.rows = self.place.copy(), list(self.rows)
        return twin

    def _add_columns(self, sites: IntArray) -> None:
        net, n = self.core.net, self.core.demands
        starts, rows, values = [0], [], []
        in_cuts: dict[int, list[tuple[int, float]]] = {int(j): [] for j in sites}
        for position, row in enumerate(self.rows):
            members, heights = self._row(row)
            for j, height in zip(members.tolist(), heights.tolist(), strict=True):
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

    def _row(self, row: int) -> tuple[IntArray, FloatArray]:
        """Candidates of a cut, or of the set -1 - row, and their coefficients."""
        if row >= 0:
            return self.pool.sites[row], self.pool.heights[row]
        return self.sets[-1 - row], np.ones(len(self.sets[-1 - row]))

    def _add_row(self, row: int) -> None:
        members, heights = self._row(row)
        others = self.pool.demands[row] if row >= 0 else np.array([self.core.demands])
        place = self.place[members]
        held = place >= 0
        columns = np.concatenate((self.first + place[held], others)).astype(np.int32)
        values = np.concatenate((heights[held], np.ones(len(others))))
        level = self.pool.level(row) if row >= 0 else 1.0
        self.solver.addRow(level, highspy.kHighsInf, len(columns), columns, values)
        self.rows.append(row)

    def _drop(self, gone: IntArray) -> None:
        if len(gone):
            self.solver.deleteRows(len(gone), (self.fixed_rows + gone).astype(np.int32))
            left = set(gone.tolist())
            self.rows = [row for at, row in enumerate(self.rows) if at not in left]

    def _drop_idle(self) -> None:
        dual = np.array(self.solver.getSolution().row_dual)[self.fixed_rows :]
        idle = (dual <= 1e-9) & (np.array(self.rows) >= 0)  # noqa: PLR2004 - what rounding leaves
        self._drop(np.flatnonzero(idle))

    def _want(self, state: NDArray[np.int8], needs: Sequence[int], start: Start | None) -> None:
        """Have what decisions ask for: columns, a row for each set and no other; stand as told."""
        missing = (state == OPEN) & (self.place < 0)
        if start is not None:
            missing[start.columns[self.place[start.columns] < 0]] = True
        if missing.any():
            self._add_columns(np.flatnonzero(missing))
        cuts = [row for row in self.rows if row >= 0]
        wanted = [-1 - number for number in needs]
        if start is not None and start.cuts == cuts:
            kept = len(start.needs)
            self._drop(np.arange(len(cuts), len(self.rows)))
            for row in wanted[:kept]:
                self._add_row(row)
            self.solver.setBasis(start.widened(self.columns, self.place))
        else:
            held = np.array(self.rows, dtype=np.int64)
            self._drop(np.flatnonzero((held < 0) & ~np.isin(held, wanted)))
        for row in wanted:
            if row not in self.rows:
                self._add_row(row)

    def _decide(self, state: NDArray[np.int8]) -> None:
        """Bound the columns by what is decided."""
        kind = state[self.columns]
        numbers = (self.first + np.arange(len(self.columns))).astype(np.int32)
        lower, upper = np.where(kind == OPEN, 1.0, 0.0), np.where(kind == CLOSED, 0.0, 1.0)
        self.solver.changeColsBounds(len(numbers), numbers, lower, upper)

    def start(self, needs: Sequence[int]) -> Start | None:
        """Where the last answer stands, for `solve` to go on from under more decisions.

        Parameters
        ----------
        needs
            Those of the last answer.
        """
        cuts = [row for row in self.rows if row >= 0]
        if self.rows != cuts + [-1 - number for number in needs]:
            return None
        return Start(self.solver.getBasis(), self.columns, cuts, tuple(needs))

    def solve(
        self,
        state: NDArray[np.int8],
        needs: Sequence[int],
        seconds: float | None,
        start: Start | None = None,
    ) -> Relaxed | None:
        """Solve under decisions, columns being added as long as the bound needs them.

        Parameters
        ----------
        state
            What is decided (m,).
        needs
            Numbers of the sets of which a site must be open.
        seconds
            Time that it may take; None: any.
        start
            Where to go on from; None: from the last answer.

        Returns
        -------
        Relaxed or None
            The answer; None when there was none in time.
        """
        self._want(state, needs, start)
        for _ in range(PRICINGS):
            self._decide(state)
            if seconds is not None:
                self.solver.setOptionValue("time_limit", self.solver.getRunTime() + seconds)
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            answer = self._answer(needs)
            wanted = self._wanted(answer, state, needs)
            if len(wanted) == 0:
                break
            self._add_columns(wanted)
        return answer

    def _answer(self, needs: Sequence[int]) -> Relaxed:
        solution, n = self.solver.getSolution(), self.core.demands
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        weights = np.maximum(dual[self.fixed_rows :], 0.0)
        rows = np.array(self.rows, dtype=np.int64)
        used = np.flatnonzero((weights > 1e-9) & (rows >= 0))  # noqa: PLR2004 - rounding
        place = {row: at for at, row in enumerate(self.rows)}
        opening = np.zeros(self.core.candidates)
        opening[self.columns] = value[self.first :]
        return Relaxed(
            np.maximum(dual[:n], 0.0),
            rows[used],
            weights[used],
            np.array([weights[place[-1 - number]] for number in needs]),
            opening,
            value[:n],
            float(self.solver.getInfo().objective_function_value),
        )

    def _wanted(self, answer: Relaxed, state: NDArray[np.int8], needs: Sequence[int]) -> IntArray:
        """Columns outside that the bound would pick."""
        opening, unserved, _ = self.pool.shifted(answer.cuts, answer.weights)
        self.charge(opening, needs, answer.needs)
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

    def charge(self, opening: FloatArray, needs: Sequence[int], weights: FloatArray) -> None:
        """Take what the wanted sets pay off the opening costs (m,) of their members."""
        for number, weight in zip(needs, weights.tolist(), strict=True):
            opening[self.sets[number]] -= weight

    def probe(
        self,
        state: NDArray[np.int8],
        needs: Sequence[int],
        start: Start,
        sets: Sequence[IntArray],
        number: int,
    ) -> list[tuple[float, float]]:
        """What an answer would become with each set closed, or with one of it open.

        Parameters
        ----------
        state, needs
            What is decided.
        start
            Where the answer stands.
        sets
            Free candidates.
        number
            Of a place among the sets, to try them in.

        Returns
        -------
        list of tuple
            Two lower bounds of the relaxation for each set.
        """
        self._want(state, needs, start)
        self._decide(state)
        basis = self.solver.getBasis()
        self.solver.setOptionValue("simplex_iteration_limit", PROBE_ITERATIONS)
        # Exact weights of a new start cost more than so few iterations.
        self.solver.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
        found = []
        for members in sets:
            place = self.place[members]
            numbers = (self.first + place[place >= 0]).astype(np.int32)
            none, one = np.zeros(len(numbers)), np.ones(len(numbers))
            self.solver.changeColsBounds(len(numbers), numbers, none, none)
            closed = self._probed()
            self.solver.changeColsBounds(len(numbers), numbers, none, one)
            self.solver.setBasis(basis)
            self.sets[number] = members
            self._add_row(-1 - number)
            found.append((closed, self._probed()))
            self._drop(np.array([len(self.rows) - 1]))
            self.solver.setBasis(basis)
        self.solver.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
        self.solver.setOptionValue("simplex_dual_edge_weight_strategy", CHOOSE)
        return found

    def _probed(self) -> float:
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return math.inf
        return float(self.solver.getInfo().objective_function_value)

    def tighten(
        self,
        state: NDArray[np.int8],
        needs: Sequence[int],
        answer: Relaxed,
        rounds: int,
        target: float,
        clock: Clock,
    ) -> Relaxed:
        """Add rounds of cuts that the answer breaks, and solve again.

        Parameters
        ----------
        state
            What is decided (m,).
        needs
            Numbers of the sets of which a site must be open.
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
        # On a small programme a node of the tree costs less than a round of cuts.
        least = SMALL_GAIN if len(self.core.site) < SMALL_PAIRS else LEAST_GAIN
        for _ in range(rounds):
            if clock.out or answer.value >= target:
                break
            cuts = separate(self.core, self.pool, answer.opening, answer.left)
            if not cuts:
                break
            for cut in cuts:
                self._add_row(cut)
            better = self.solve(state, needs, clock.left)
            if better is None:
                break
            gained, answer = better.value - answer.value, better
            self._drop_idle()
            if gained < least * (target - answer.value):
                break
        return answer
