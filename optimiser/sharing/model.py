"""Formulation S1: groups of communes for each support function, written in PuLP.

A commune is alone, or a member of the group of one host. The cost of a group is a straight piece of
the function's curve, chosen by a binary (multiple-choice form; Balakrishnan & Graves 1989, Croxton,
Gendron & Magnanti 2003). Sets, variables and constraints are listed in docs/mathematics-sharing.md
under the names of the methods here; what a scenario may ask for stands in
`optimiser.sharing.families`. Indices: f function, i member, h host, l piece of the curve.
"""

from collections.abc import Sequence

import numpy as np
import pulp

from optimiser.planning.rules import Programme, Term, total
from optimiser.sharing_case import SharingCase
from optimiser.units import FloatArray

_SCALE = 1000.0
"""Largest volume in the model, whatever its unit: rows of similar size are solved more surely."""


class SharingModel(Programme):
    """The integer programme of one case, for all functions or for some.

    Parameters
    ----------
    case
        The case.
    functions
        Indices of the functions; None: all.
    loose
        True: rules that strengthen the model are left to their rows alone, so that they can give
        way.

    Attributes
    ----------
    formed
        Column by (f, h): 1 where a group stands; for a commune, that it sits in its own group.
    joined
        Column by (f, i, h): 1 where member i sits in the group of h; the host itself excepted.
    """

    def __init__(
        self, case: SharingCase, functions: Sequence[int] | None = None, *, loose: bool = False
    ) -> None:
        super().__init__("sharing")
        self.case = case
        self._members_most = None if loose else case.asked.members_most
        self.functions = tuple(range(len(case.planned)) if functions is None else functions)
        self.formed: dict[tuple[int, int], pulp.LpVariable] = {}
        self.joined: dict[tuple[int, int, int], pulp.LpVariable] = {}
        self.saving: list[Term] = []
        self._n = len(case.members)
        for f in self.functions:
            self._groups(f)
            self._production(f)
            self._linear(f)
        self.problem.setObjective(total(self.saving))

    def _groups(self, f: int) -> None:
        """Let each member be alone or in one group; two communes at least make a group."""
        case = self.case
        for h in np.flatnonzero(case.can_host[f]).tolist():
            others = [i for i in np.flatnonzero(case.can_join[f, :, h]).tolist() if i != h]
            least = 1 if h < self._n else 2
            if len(others) < least:
                continue
            formed = self.formed[f, h] = self.binary(f"formed_{f}_{h}")
            for i in others:
                joined = self.joined[f, i, h] = self.binary(f"joined_{f}_{i}_{h}")
                self.row(joined <= formed)
            sitting = [(self.joined[f, i, h], 1.0) for i in others]
            self.row(total(sitting) - least * formed >= 0)
        for i in range(self._n):
            terms = self.sitting(f, i)
            if terms:
                self.row(total(terms) <= 1)

    def _production(self, f: int) -> None:
        """Cost of a group: one piece of the curve, F_l lambda_hl + c_l v_hl."""
        case = self.case
        whole = float(case.volumes[f].sum() or 1.0)
        scale = _SCALE / whole
        starts: list[Term] = []
        for h in self.hosts(f):
            members = self.members(f, h)
            most = self._most(f, h, [i for i, _ in members])
            pieces = case.curves[f].segments(most)
            chosen, placed = [], []
            for p, (start, end, fixed, slope) in enumerate(pieces):
                piece = self.binary(f"piece_{f}_{h}_{p}") if len(pieces) > 1 else self.formed[f, h]
                volume = self.problem.add_variable(f"volume_{f}_{h}_{p}", 0, end * scale)
                self.row(volume <= end * scale * piece)
                if start > 0:
                    self.row(volume >= start * scale * piece)
                    starts.append((piece, start * scale))
                self.saving += [(piece, -round(fixed, 6)), (volume, -slope / scale)]
                chosen.append((piece, 1.0))
                placed.append((volume, 1.0))
            if len(pieces) > 1:
                self.row(total([*chosen, (self.formed[f, h], -1.0)]) == 0)
            volumes = [(column, -float(case.volumes[f, i]) * scale) for i, column in members]
            self.row(total([*placed, *volumes]) == 0)
        # Implied, and stated for the cuts that solvers draw from it: how many groups can be large.
        if starts:
            self.row(total(starts) <= _SCALE)
        for least in sorted({size for _, size in starts}):
            large = [(piece, 1.0) for piece, size in starts if size >= least]
            if len(large) > _SCALE // least:
                self.row(total(large) <= _SCALE // least)

    def _most(self, f: int, h: int, members: Sequence[int]) -> float:
        """Largest volume that a group can have: that of its largest members."""
        volumes = self.case.volumes[f]
        limit = self._members_most
        if limit is None:
            return float(volumes[list(members)].sum())
        own = float(volumes[h]) if h < self._n else 0.0
        seats = limit - 1 if h < self._n else limit
        others = sorted((float(volumes[i]) for i in members if i != h), reverse=True)
        return own + sum(others[:seats])

    def _linear(self, f: int) -> None:
        """Gain of leaving one's own cost behind, less partners, minutes, leakage and moving."""
        alone, joining = self.case.alone_eur[f], self.case.joining_eur[f]
        for h in self.hosts(f):
            self.saving += [
                (column, float(alone[i] - joining[i, h])) for i, column in self.members(f, h)
            ]

    # -- sums that rules speak of ---------------------------------------------------------------

    def hosts(self, f: int) -> list[int]:
        """Hosts of function f that have enough members within reach."""
        return [h for g, h in self.formed if g == f]

    def members(self, f: int, h: int) -> list[tuple[int, pulp.LpVariable]]:
        """Members that may sit in the group of h, the host commune first, with their columns."""
        own = [(h, self.formed[f, h])] if h < self._n else []
        return own + [(i, self.joined[f, i, h]) for i in range(self._n) if (f, i, h) in self.joined]

    def sitting(self, f: int, i: int) -> list[Term]:
        """Terms that sum to 1 where member i sits in a group of function f."""
        own = [(self.formed[f, i], 1.0)] if (f, i) in self.formed else []
        hosts = range(len(self.case.hosts))
        return own + [(self.joined[f, i, h], 1.0) for h in hosts if (f, i, h) in self.joined]

    def moved(self, f: int, amounts: FloatArray) -> list[Term]:
        """Terms that sum an amount (n,) over the members of f that move to a host."""
        return [(column, float(amounts[i])) for (g, i, _), column in self.joined.items() if g == f]
