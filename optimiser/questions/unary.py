"""Numbers of sites in unary columns: n_l = 1 where at least l sites operate.

Two plans differ in a place when another number of sites operates there. The number is c exactly
where n_c = 1 and n_{c+1} = 0; so (1 - n_c) + n_{c+1} is 1 where the number differs and 0 where it
does not: a linear distance.
"""

from itertools import pairwise

import numpy as np

from optimiser.questions.rows import Row, with_columns, with_rows
from optimiser.questions.workbench import Workbench
from optimiser.solution import Decisions, Place


class Unary:
    """The plan model with numbers of sites in unary columns.

    Parameters
    ----------
    bench
        The case.

    Attributes
    ----------
    matrix
        The model, with more columns where three sites or more may operate in one place.
    levels
        By place: the column of n_l for l = 1, 2, ...
    added
        Number of columns added.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.levels: dict[Place, list[int]] = {}
        names: list[str] = []
        rows: list[Row] = []
        first = len(bench.matrix.names)
        for place in bench.decided:
            columns = list(bench.count(*place))
            levels = [bench.presence(place)]
            others = [c for c in columns if c != levels[0]]
            most = bench.most(place)
            if others and most == 2:  # noqa: PLR2004 - the extra column is then the second level
                levels += others
            elif others:
                levels += range(first + len(names), first + len(names) + most - 1)
                names += [f"level_{'_'.join(place)}_{x}" for x in range(2, most + 1)]
                rows.append(Row({others[0]: 1.0, **dict.fromkeys(levels[1:], -1.0)}, 0.0, 0.0))
                rows += [Row({low: 1.0, high: -1.0}, 0.0) for low, high in pairwise(levels[1:])]
            self.levels[place] = levels
        self.added = many = len(names)
        wider = with_columns(
            bench.matrix, names, cost=np.zeros(many), upper=np.ones(many), whole=True
        )
        self.matrix = with_rows(wider, rows)

    def differs(self, decisions: Decisions, apart: int) -> Row:
        """Constraint: at least so many places decide otherwise.

        Parameters
        ----------
        decisions
            The plan to differ from.
        apart
            Least number of places.

        Returns
        -------
        Row
            On the columns of `matrix`.
        """
        terms: dict[int, float] = {}
        ones = 0
        for place, levels in self.levels.items():
            number = self._bench.value(decisions, place)
            if number:
                terms[levels[number - 1]] = terms.get(levels[number - 1], 0.0) - 1.0
                ones += 1
            if number < len(levels):
                terms[levels[number]] = terms.get(levels[number], 0.0) + 1.0
        return Row(terms, low=apart - ones)
