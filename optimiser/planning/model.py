"""Formulation F1: the multi-service plan with tiered coverage and relocation, written in PuLP.

Sets, variables and constraints are listed in docs/mathematics.md under the names of the methods
here; what a scenario may ask for stands in `optimiser.planning.families`. Indices: k service,
i member as demand, j commune as site, r tier, b basin.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.planning.cell_groups import CellBlocks, Group, possible_sites, tier_blocks
from optimiser.planning.rules import Programme, Term, total


class PlanModel(Programme):
    """The integer programme of one case.

    Parameters
    ----------
    case
        The case.

    Attributes
    ----------
    problem
        The PuLP problem; maximises the score.
    rules
        Every rule that can give way, in the order in which they were written.
    kept, extra, opened, agreed
        Columns by (k, j): the first site that stays, how many more, a new one, a neighbour's.
    enough
        Columns by (k, j, n): at least n sites stay.
    moved, theme
        Columns by (k, origin, destination) and by (j, theme).
    guaranteed, always
        By (k, b): the columns, with their persons, of the public within the guaranteed time; and
        the persons who are, whatever is decided.
    reached
        For each group of members k, its column of the guaranteed time and who they are; no column
        where they are within it whatever is decided.
    """

    def __init__(self, case: Case) -> None:
        super().__init__("plan")
        self.case = case
        self.kept: dict[tuple[int, int], pulp.LpVariable] = {}
        self.extra: dict[tuple[int, int], pulp.LpVariable] = {}
        self.opened: dict[tuple[int, int], pulp.LpVariable] = {}
        self.agreed: dict[tuple[int, int], pulp.LpVariable] = {}
        self.enough: dict[tuple[int, int, int], pulp.LpVariable] = {}
        self.moved: dict[tuple[int, int, int], pulp.LpVariable] = {}
        self.theme: dict[tuple[int, str], pulp.LpVariable] = {}
        self.guaranteed: dict[tuple[int, int], list[Term]] = defaultdict(list)
        self.always: dict[tuple[int, int], float] = defaultdict(float)
        self.reached: list[tuple[int, pulp.LpVariable | None, Group]] = []
        self._terms: list[Term] = []
        self._constant = 0.0
        self._n = len(case.members)
        self._sites()
        self._coverage()
        self._without_car()
        self._duplicates()
        self._transfers()
        self._objective()

    def _sites(self) -> None:
        """Add o = first + extra where sites stand, y+ where none does, e for a neighbour's."""
        case = self.case
        for k in range(len(case.services)):
            closable = bool(case.can_close[k])
            for j, count in enumerate(case.existing_members(k).tolist()):
                if count:
                    self.kept[k, j] = self.binary(f"kept_{k}_{j}", low=0 if closable else 1)
                if count > 1:
                    low = 0 if closable else count - 1
                    extra = self.problem.add_variable(f"extra_{k}_{j}", low, count - 1, "Integer")
                    self.extra[k, j] = extra
                    self.row(extra <= (count - 1) * self.kept[k, j])
            for j in np.flatnonzero(case.can_open[k]).tolist():
                self.opened[k, j] = self.binary(f"opened_{k}_{j}")
            for j in np.flatnonzero(case.can_share[k]).tolist():
                self.agreed[k, j] = self.binary(f"agreed_{k}_{j}")

    def present(self, k: int, j: int) -> pulp.LpVariable | None:
        """Column that is 1 where a site of k operates in j; None where none ever can."""
        for columns in (self.kept, self.opened, self.agreed):
            if (k, j) in columns:
                return columns[k, j]
        return None

    def count(self, k: int, places: Iterable[int]) -> list[Term]:
        """List terms that sum to the number of sites of k in the members ``places``."""
        columns = (
            table[k, j]
            for j in places
            for table in (self.kept, self.extra, self.opened)
            if (k, j) in table
        )
        return [(column, 1.0) for column in columns]

    def _coverage(self) -> None:
        """Add z_ikr <= sum of the columns that bring i within tier r.

        Communes of one basin that the same columns reach share one z: the model stays exact.
        """
        case = self.case
        if case.cells is not None:
            self._coverage_of_cells(case.cells)
            return
        for k, service in enumerate(case.services):
            places = ((j, self.present(k, j)) for j in range(case.minutes.shape[1]))
            sites = [(j, column) for j, column in places if column is not None]
            for r, tier in enumerate(service.tiers):
                groups: dict[tuple[int, tuple[str, ...]], list[int]] = defaultdict(list)
                columns: dict[tuple[str, ...], list[pulp.LpVariable]] = {}
                reach = case.within(tier.minutes)
                for i in range(self._n):
                    near = [column for j, column in sites if reach[i, j]]
                    if not reach[i, i]:
                        near += self._enough(k, i, tier.minutes)
                    names = tuple(column.name for column in near)
                    columns[names] = near
                    if near:
                        groups[int(case.basin_of[i]), names].append(i)
                for g, ((_, names), communes) in enumerate(groups.items()):
                    group = Group(
                        int(case.basin_of[communes[0]]),
                        float(case.public[k, communes].sum()),
                        float(case.demand[k, communes].sum()),
                        tuple(communes),
                        (1.0,) * len(communes),
                    )
                    self._cover(f"served_{k}_{r}_{g}", k, r, columns[names], group)

    def _coverage_of_cells(self, cells: CellDemand) -> None:
        """Add z for each set of cells that no plan tells apart; a site stands at the town hall."""
        blocks = tier_blocks(self.case, cells)
        for k, service in enumerate(self.case.services):
            sites = [self.present(k, j) for j in range(len(self.case.territory.communes))]
            for g, (r, places, group) in enumerate(blocks.groups(k, service.guarantee_tier)):
                near = [column for j in places.tolist() if (column := sites[j]) is not None]
                self._cover(f"served_{k}_{r}_{g}", k, r, near, group)

    def _without_car(self) -> None:
        """Add u for each set of people whom the same sites serve without a car."""
        case, asked = self.case, self.case.scenario.without_car
        if case.without_car is None or not asked.weight:
            return
        limits = [[asked.minutes]] * len(case.services)
        blocks = CellBlocks(case, case.without_car, possible_sites(case), limits)
        for k in range(len(case.services)):
            sites = [self.present(k, j) for j in range(len(case.territory.communes))]
            for g, (_, places, group) in enumerate(blocks.groups(k)):
                near = [column for j in places.tolist() if (column := sites[j]) is not None]
                points = asked.weight * float(case.importance[k]) * group.demand
                if any(column.lowBound == 1 for column in near):
                    self._constant += points
                elif points:
                    served = self.problem.add_variable(f"without_car_{k}_{g}", 0, 1)
                    self.row(served <= pulp.lpSum(near))
                    self._terms.append((served, points))

    def _enough(self, k: int, i: int, minutes: float) -> list[pulp.LpVariable]:
        """Column that is 1 where i keeps so many sites that its own public is within reach."""
        needed = self.case.own_sites_for(i, minutes)
        if (k, i) not in self.extra or needed > int(self.case.existing[k, i]):
            return []
        if (k, i, needed) not in self.enough:
            low = 0 if self.case.can_close[k] else 1
            enough = self.enough[k, i, needed] = self.binary(f"enough_{k}_{i}_{needed}", low=low)
            self.row(needed * enough <= total(self.count(k, [i])))
        return [self.enough[k, i, needed]]

    def _cover(
        self, name: str, k: int, r: int, near: Sequence[pulp.LpVariable], group: Group
    ) -> None:
        case, basin, public = self.case, group.basin, group.persons
        points = case.services[k].increments[r] * float(case.importance[k]) * group.demand
        if not public:
            return
        guarantee = r == case.services[k].guarantee_tier
        if any(column.lowBound == 1 for column in near):
            self._constant += points
            if guarantee:
                self.always[k, basin] += public
                self.reached.append((k, None, group))
            return
        served = self.problem.add_variable(name, 0, 1)
        # As served <= sum of near, which PuLP would copy term by term.
        self.row(pulp.LpAffineExpression({served: 1.0, **dict.fromkeys(near, -1.0)}) <= 0)
        self._terms.append((served, points))
        if guarantee:
            self.guaranteed[k, basin].append((served, public))
            self.reached.append((k, served, group))

    def _duplicates(self) -> None:
        """Add d_ik >= sites within the exclusive time of i - sites that its public fills."""
        case = self.case
        weight = case.scenario.objective.duplicate_weight
        for k in range(len(case.services)):
            groups: dict[tuple[tuple[int, ...], int], float] = defaultdict(float)
            for i in range(self._n):
                near = tuple(np.flatnonzero(case.exclusive[k][i]).tolist())
                groups[near, int(case.sites_needed[k, i])] += float(case.demand[k, i])
            for g, ((near, needed), demand) in enumerate(groups.items()):
                terms = self.count(k, near)
                most = sum(column.upBound for column, _ in terms)
                if most > needed and demand:
                    excess = self.problem.add_variable(f"excess_{k}_{g}", 0, most - needed)
                    self.row(total(terms) - excess <= needed)
                    self._terms.append((excess, -weight * float(case.importance[k]) * demand))

    def _transfers(self) -> None:
        """Add moves: a closing and an opening that belong together spare the closing cost."""
        case = self.case
        leaving, coming = defaultdict(list), defaultdict(list)
        for k in range(len(case.services)):
            for a, b in case.transfers(k):
                if case.closing_eur[k, a] > 0:
                    move = self.problem.add_variable(f"moved_{k}_{a}_{b}", 0, 1)
                    self.moved[k, a, b] = move
                    leaving[k, a].append(move)
                    coming[k, b].append(move)
        for (k, a), moves in leaving.items():
            count = int(case.existing_members(k)[a])
            self.row(pulp.lpSum(moves) + total(self.count(k, [a])) <= count)
        for (k, b), moves in coming.items():
            self.row(pulp.lpSum(moves) <= self.opened[k, b])

    def _objective(self) -> None:
        """Set coverage less duplicates less yearly cost, in inhabitants-and-types served."""
        case = self.case
        value = case.scenario.objective.person_value_eur_per_year
        cost = self.recurrent() + [
            (column, case.annuity(k) * euros) for k, column, euros in self.capital()
        ]
        # What is closed costs its closing less what is kept: a constant, not in the columns.
        written_off = sum(
            case.annuity(k) * float(case.closing_eur[k] @ case.existing_members(k))
            for k in range(len(case.services))
        )
        constant = self._constant - (written_off - case.running_today_eur) / value
        terms = self._terms + [(column, -euros / value) for column, euros in cost]
        self.problem.setObjective(total(terms) + constant)

    def recurrent(self) -> list[Term]:
        """List euros a year of what operates and of the agreements."""
        case = self.case
        sites = [
            (column, float(case.running_eur[k, j]))
            for table in (self.kept, self.extra, self.opened)
            for (k, j), column in table.items()
        ]
        fees = [(column, float(case.fee_eur[k, j])) for (k, j), column in self.agreed.items()]
        return sites + fees

    def capital(self) -> list[tuple[int, pulp.LpVariable, float]]:
        """List euros once, by service; less the closing cost of everything that stands today."""
        case = self.case
        opened = [
            (k, column, float(case.capital_eur[k, j])) for (k, j), column in self.opened.items()
        ]
        kept = [
            (k, column, -float(case.closing_eur[k, j]))
            for table in (self.kept, self.extra)
            for (k, j), column in table.items()
        ]
        moved = [
            (k, column, -float(case.closing_eur[k, a])) for (k, a, _), column in self.moved.items()
        ]
        return opened + kept + moved
