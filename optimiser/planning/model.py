"""Formulation F1: the multi-service plan with tiered coverage and relocation, written in PuLP.

Sets, variables and every constraint family are listed in docs/mathematics.md under the names of
the methods here; `optimiser.check` holds the twin of each rule. Indices: k service, i member as
demand, j commune as site, r tier, b basin.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.planning.cliques import clique_cover
from optimiser.planning.rules import Rule, Unit
from optimiser.solution import Decisions, Place, Transfer
from optimiser.units import BoolArray, FloatArray


class PlanModel:
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
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.problem = pulp.LpProblem("plan", pulp.LpMaximize)
        self.rules: list[Rule] = []
        self.kept: dict[tuple[int, int], pulp.LpVariable] = {}
        self.extra: dict[tuple[int, int], pulp.LpVariable] = {}
        self.opened: dict[tuple[int, int], pulp.LpVariable] = {}
        self.agreed: dict[tuple[int, int], pulp.LpVariable] = {}
        self.moved: dict[tuple[int, int, int], pulp.LpVariable] = {}
        self.theme: dict[tuple[int, str], pulp.LpVariable] = {}
        self._guaranteed: dict[tuple[int, int], list[tuple[pulp.LpVariable, float]]] = (
            defaultdict(list)
        )
        self._always: dict[tuple[int, int], float] = defaultdict(float)
        self._terms: list[tuple[pulp.LpVariable, float]] = []
        self._constant = 0.0
        self._n = len(case.members)
        self._sites()
        self._coverage()
        self._duplicates()
        self._transfers()
        self._budgets()
        self._guarantee()
        self._basin_floors()
        self._capacity()
        self._new_duplicates()
        self._themes()
        self._concentration()
        self._agreements()
        self._locks()
        self._objective()

    # -- what is decided ---------------------------------------------------------------------

    def _sites(self) -> None:
        """o = first + extra where sites stand, y+ where none does, e for a neighbour's."""
        case = self.case
        for k in range(len(case.services)):
            closable = bool(case.can_close[k])
            for j, count in enumerate(case.existing_members(k).tolist()):
                if count:
                    self.kept[k, j] = self._binary(f"kept_{k}_{j}", low=0 if closable else 1)
                if count > 1:
                    low = 0 if closable else count - 1
                    extra = self.problem.add_variable(f"extra_{k}_{j}", low, count - 1, "Integer")
                    self.extra[k, j] = extra
                    self._row(extra <= (count - 1) * self.kept[k, j])
            for j in np.flatnonzero(case.can_open[k]).tolist():
                self.opened[k, j] = self._binary(f"opened_{k}_{j}")
            for j in np.flatnonzero(case.can_share[k]).tolist():
                self.agreed[k, j] = self._binary(f"agreed_{k}_{j}")

    def present(self, k: int, j: int) -> pulp.LpVariable | None:
        """Column that is 1 where a site of k operates in j; None where none ever can."""
        for columns in (self.kept, self.opened, self.agreed):
            if (k, j) in columns:
                return columns[k, j]
        return None

    def _count(self, k: int, places: Iterable[int]) -> list[tuple[pulp.LpVariable, float]]:
        """Terms that sum to the number of sites of k in the members ``places``."""
        columns = (
            table[k, j]
            for j in places
            for table in (self.kept, self.extra, self.opened)
            if (k, j) in table
        )
        return [(column, 1.0) for column in columns]

    # -- what it is worth --------------------------------------------------------------------

    def _coverage(self) -> None:
        """z_ikr <= sum of (o + e) over the sites within tier r.

        Communes of one basin that the same sites reach share one column: the model stays exact.
        """
        case = self.case
        for k, service in enumerate(case.services):
            sites = [j for j in range(case.minutes.shape[1]) if self.present(k, j) is not None]
            for r, (tier, increment) in enumerate(
                zip(service.tiers, service.increments, strict=True)
            ):
                groups: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
                reach = case.within(tier.minutes)
                for i in range(self._n):
                    near = tuple(j for j in sites if reach[i, j])
                    if near:
                        groups[int(case.basin_of[i]), near].append(i)
                for g, ((basin, near), communes) in enumerate(groups.items()):
                    self._cover(k, r, g, basin, near, communes, increment)

    def _cover(
        self,
        k: int,
        r: int,
        g: int,
        basin: int,
        near: Sequence[int],
        communes: Sequence[int],
        increment: float,
    ) -> None:
        case = self.case
        points = increment * float(case.importance[k] * case.demand[k, communes].sum())
        public = float(case.public[k, communes].sum())
        if not public:
            return
        guarantee = r == case.services[k].guarantee_tier
        if not case.can_close[k] and any((k, j) in self.kept for j in near):
            self._constant += points
            if guarantee:
                self._always[k, basin] += public
            return
        served = self.problem.add_variable(f"served_{k}_{r}_{g}", 0, 1)
        self._row(served <= pulp.lpSum(self.present(k, j) for j in near))
        self._terms.append((served, points))
        if guarantee:
            self._guaranteed[k, basin].append((served, public))

    def _duplicates(self) -> None:
        """d_ik >= sites within the exclusive time of i - sites that its public fills."""
        case = self.case
        weight = case.scenario.objective.duplicate_weight
        for k in range(len(case.services)):
            groups: dict[tuple[tuple[int, ...], int], float] = defaultdict(float)
            for i in range(self._n):
                near = tuple(np.flatnonzero(case.exclusive[k][i]).tolist())
                groups[near, int(case.sites_needed[k, i])] += float(case.demand[k, i])
            for g, ((near, needed), demand) in enumerate(groups.items()):
                terms = self._count(k, near)
                most = sum(column.upBound for column, _ in terms)
                if most > needed and demand:
                    excess = self.problem.add_variable(f"excess_{k}_{g}", 0, most - needed)
                    self._row(_sum(terms) - excess <= needed)
                    self._terms.append((excess, -weight * float(case.importance[k]) * demand))

    def _transfers(self) -> None:
        """A closing and an opening that belong together: the closing cost is spared."""
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
            self._row(pulp.lpSum(moves) + _sum(self._count(k, [a])) <= count)
        for (k, b), moves in coming.items():
            self._row(pulp.lpSum(moves) <= self.opened[k, b])

    def _objective(self) -> None:
        """Coverage less duplicates less yearly cost, in inhabitants-and-types served."""
        case = self.case
        value = case.scenario.objective.person_value_eur_per_year
        cost = self._recurrent() + [
            (column, case.annuity(k) * euros) for k, column, euros in self._capital()
        ]
        # What is closed costs its closing less what is kept: a constant, not in the columns.
        written_off = sum(
            case.annuity(k) * float(case.closing_eur[k] @ case.existing_members(k))
            for k in range(len(case.services))
        )
        constant = self._constant - (written_off - case.running_today_eur) / value
        terms = self._terms + [(column, -euros / value) for column, euros in cost]
        self.problem.setObjective(_sum(terms) + constant)

    def _recurrent(self) -> list[tuple[pulp.LpVariable, float]]:
        """Euros a year of what operates and of the agreements."""
        case = self.case
        sites = [
            (column, float(case.running_eur[k, j]))
            for table in (self.kept, self.extra, self.opened)
            for (k, j), column in table.items()
        ]
        fees = [(column, float(case.fee_eur[k, j])) for (k, j), column in self.agreed.items()]
        return sites + fees

    def _capital(self) -> list[tuple[int, pulp.LpVariable, float]]:
        """Euros once, by service; less the closing cost of everything that stands today."""
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

    # -- what is asked -----------------------------------------------------------------------

    def _budgets(self) -> None:
        """Capital and recurrent money, apart."""
        case, budget = self.case, self.case.scenario.budget
        if budget.capital_eur is not None:
            closing = sum(
                float(case.closing_eur[k] @ case.existing_members(k))
                for k in range(len(case.services))
            )
            terms = [(column, euros) for _, column, euros in self._capital()]
            most = closing + float(case.capital_eur[case.can_open].sum())
            limit = budget.capital_eur
            self._at_most("capital_budget", (), terms, limit - closing, most, "eur", shown=limit)
        if budget.running_increase_eur_per_year is not None:
            rise = budget.running_increase_eur_per_year
            terms = self._recurrent()
            most = sum(euros * (column.upBound or 0.0) for column, euros in terms) + abs(rise)
            limit = case.running_today_eur + rise
            self._at_most("running_budget", (), terms, limit, most, "eur_per_year", shown=rise)

    def _guarantee(self) -> None:
        """Complete mesh: a share of the whole public within the guaranteed time."""
        for k, service in enumerate(self.case.services):
            share = self.case.scenario.coverage.guarantee.get(service.code)
            if share is not None:
                basins = range(len(self.case.basins))
                self._serve("guarantee", (service.code,), k, basins, share)

    def _basin_floors(self) -> None:
        """No basin below its floor."""
        for k, service in enumerate(self.case.services):
            for b, basin in enumerate(self.case.basins):
                share = self.case.floor(k, b)
                if share:
                    self._serve("basin_floor", (service.code, basin), k, [b], share)

    def _serve(
        self, name: str, subject: tuple[str, ...], k: int, basins: Iterable[int], share: float
    ) -> None:
        basins = list(basins)
        public = sum(float(self.case.public[k][self.case.basin_of == b].sum()) for b in basins)
        terms = [term for b in basins for term in self._guaranteed[k, b]]
        always = sum(self._always[k, b] for b in basins)
        if share * public > always:
            self._at_least(
                name, subject, terms, share * public - always, "share", share, per_unit=public
            )

    def _capacity(self) -> None:
        """Sites close only beyond what the public of their commune, and of their basin, fills."""
        case = self.case
        if not case.scenario.coverage.keep_capacity:
            return
        for k, service in enumerate(case.services):
            for b, basin in enumerate(case.basins):
                least = case.basin_capacity(k, b)
                if least and case.can_close[k]:
                    terms = self._count(k, np.flatnonzero(case.basin_of == b).tolist())
                    subject = (service.code, basin)
                    self._at_least("basin_capacity", subject, terms, least, "sites", least)
            for j, commune in enumerate(case.members):
                least = case.commune_capacity(k, j)
                if least and case.can_close[k]:
                    terms, subject = self._count(k, [j]), (service.code, commune.code)
                    self._at_least("commune_capacity", subject, terms, least, "sites", least)

    def _new_duplicates(self) -> None:
        """At most one of the new sites that exclude each other, and none beside one that stays."""
        case = self.case
        if not case.scenario.duplicates.forbid_new:
            return
        for k, service in enumerate(case.services):
            near = case.exclusive[k] | case.exclusive[k].T
            new = [j for j in range(self._n) if (k, j) in self.opened]
            rows = [clique for clique in clique_cover(near, new) if len(clique) > 1]
            for j in (j for j in range(self._n) if (k, j) in self.kept):
                beside = [a for a in new if near[a, j]]
                rows += [[j, *clique] for clique in clique_cover(near, beside)]
            if rows:
                slack = self._slack("new_duplicate", (service.code,), 1.0, 0.0, 1.0, "lock", 1)
                for row in rows:
                    terms = [(self.present(k, j), 1.0) for j in row]
                    self._row(_sum(terms) - (len(row) - 1) * slack <= 1)

    def _themes(self) -> None:
        """New structuring facilities only in a commune that was given their theme."""
        most = self.case.scenario.polycentrality.themes_per_commune
        if most is None:
            return
        by_commune: dict[int, dict[str, pulp.LpVariable]] = defaultdict(dict)
        for (k, j), column in self.opened.items():
            service = self.case.services[k]
            if service.structuring:
                if service.theme not in by_commune[j]:
                    given = self._binary(f"theme_{service.theme}_{j}")
                    by_commune[j][service.theme] = self.theme[j, service.theme] = given
                self._row(column <= by_commune[j][service.theme])
        for j, themes in by_commune.items():
            if len(themes) > most:
                subject = (self.case.members[j].code,)
                terms = [(column, 1.0) for column in themes.values()]
                self._at_most("themes", subject, terms, most, len(themes), "themes")

    def _concentration(self) -> None:
        """At most so many structuring facilities in one commune, today's excepted."""
        case = self.case
        most = case.scenario.polycentrality.structuring_per_commune
        if most is None:
            return
        structuring = [k for k, service in enumerate(case.services) if service.structuring]
        for j, commune in enumerate(case.members):
            terms = [term for k in structuring for term in self._count(k, [j])]
            limit = max(most, int(case.existing[structuring, j].sum()))
            possible = sum(column.upBound for column, _ in terms)
            if possible > limit:
                self._at_most("concentration", (commune.code,), terms, limit, possible, "sites")

    def _agreements(self) -> None:
        """At most so many of the neighbours' facilities, in all and of one type."""
        rules = self.case.scenario.neighbours
        if rules.agreements is not None and len(self.agreed) > rules.agreements:
            terms = [(column, 1.0) for column in self.agreed.values()]
            self._at_most("agreements", (), terms, rules.agreements, len(terms), "agreements")
        for k, service in enumerate(self.case.services):
            terms = [(column, 1.0) for (s, _), column in self.agreed.items() if s == k]
            if rules.per_service is not None and len(terms) > rules.per_service:
                subject = (service.code,)
                most = rules.per_service
                self._at_most("agreements", subject, terms, most, len(terms), "agreements")

    def _locks(self) -> None:
        """Sites forced and forbidden."""
        for name, locks in (("forced", self.case.forced), ("forbidden", self.case.forbidden)):
            for k, j in locks:
                subject = (self.case.services[k].code, self.case.members[j].code)
                column = self.present(k, j)
                terms = [(column, 1.0)] if column is not None else []
                if name == "forced":
                    self._at_least(name, subject, terms, 1, "lock", 1)
                elif terms:
                    self._at_most(name, subject, terms, 0, 1, "lock")

    # -- from and to decisions ---------------------------------------------------------------

    def decode(self, values: FloatArray) -> Decisions:
        """Decisions of an answer.

        Parameters
        ----------
        values
            Value (columns,) of each variable, in the order of ``problem.variables()``.

        Returns
        -------
        Decisions
            With the transfers that spare most.
        """
        column = {v: round(x) for v, x in zip(self.problem.variables(), values, strict=True)}
        case = self.case
        sites: dict[Place, int] = {}
        for table in (self.kept, self.extra, self.opened):
            for (k, j), variable in table.items():
                if column[variable]:
                    place = (case.services[k].code, case.members[j].code)
                    sites[place] = sites.get(place, 0) + column[variable]
        themes: dict[str, list[str]] = defaultdict(list)
        for (k, j), variable in self.opened.items():
            service = case.services[k]
            given = themes[case.members[j].code] if service.structuring else []
            if column[variable] and (j, service.theme) in self.theme and service.theme not in given:
                given.append(service.theme)
        everyone = case.territory.communes
        agreements = frozenset(
            (case.services[k].code, everyone[j].code)
            for (k, j), variable in self.agreed.items()
            if column[variable]
        )
        return Decisions(
            sites=sites,
            agreements=agreements,
            transfers=match_transfers(case, sites),
            themes={code: tuple(given) for code, given in themes.items() if given},
        )

    def encode(self, decisions: Decisions) -> FloatArray:
        """Values (columns,) to start from; NaN for columns that follow from the others.

        Parameters
        ----------
        decisions
            Decisions on the same territory; those that the model does not know are left out.
        """
        values = {variable: float("nan") for variable in self.problem.variables()}
        case = self.case
        for (k, j), variable in {**self.kept, **self.opened}.items():
            count = decisions.sites.get((case.services[k].code, case.members[j].code), 0)
            values[variable] = float(count > 0)
            if (k, j) in self.extra:
                values[self.extra[k, j]] = float(max(0, count - 1))
        for (k, j), variable in self.agreed.items():
            place = (case.services[k].code, case.territory.communes[j].code)
            values[variable] = float(place in decisions.agreements)
        for (j, theme), variable in self.theme.items():
            values[variable] = float(theme in decisions.themes.get(case.members[j].code, ()))
        return np.array(list(values.values()))

    # -- rows --------------------------------------------------------------------------------

    def _binary(self, name: str, *, low: int = 0) -> pulp.LpVariable:
        return self.problem.add_variable(name, low, 1, "Integer")

    def _row(self, constraint: pulp.LpConstraint) -> None:
        self.problem += constraint

    def _slack(
        self,
        name: str,
        subject: tuple[str, ...],
        most: float,
        limit: float,
        per_unit: float,
        unit: Unit,
        direction: int,
    ) -> pulp.LpVariable:
        slack = self.problem.add_variable(f"slack_{len(self.rules)}", 0, 0)
        rule = Rule(name, subject, slack, most, limit, per_unit, unit, direction)
        self.rules.append(rule)
        return slack

    def _at_most(
        self,
        name: str,
        subject: tuple[str, ...],
        terms: Sequence[tuple[pulp.LpVariable, float]],
        limit: float,
        most: float,
        unit: Unit,
        *,
        shown: float | None = None,
    ) -> None:
        shown = limit if shown is None else shown
        slack = self._slack(name, subject, max(0.0, most), shown, 1.0, unit, 1)
        self._row(_sum(terms) - slack <= limit)

    def _at_least(
        self,
        name: str,
        subject: tuple[str, ...],
        terms: Sequence[tuple[pulp.LpVariable, float]],
        limit: float,
        unit: Unit,
        shown: float,
        *,
        per_unit: float = 1.0,
    ) -> None:
        slack = self._slack(name, subject, limit, shown, per_unit, unit, -1)
        self._row(_sum(terms) + slack >= limit)


def match_transfers(case: Case, sites: dict[Place, int]) -> tuple[Transfer, ...]:
    """Pair closings with openings so that the closing cost spared is largest.

    Parameters
    ----------
    case
        The case.
    sites
        Sites that operate, by type and member.

    Returns
    -------
    tuple of Transfer
        Each closing and each opening at most once.
    """
    # Imported here: scipy's optimiser is slow to load and most plans move few sites.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    transfers = []
    for k, service in enumerate(case.services):
        pairs = case.transfers(k)
        after = [sites.get((service.code, c.code), 0) for c in case.members]
        leaving = [
            a
            for a in sorted({a for a, _ in pairs})
            for _ in range(int(case.existing_members(k)[a]) - after[a])
        ]
        coming = [b for b in sorted({b for _, b in pairs}) if after[b]]
        if not leaving or not coming:
            continue
        allowed: BoolArray = np.array([[(a, b) in set(pairs) for b in coming] for a in leaving])
        spared = allowed * case.closing_eur[k, leaving][:, None]
        for row, column in zip(*linear_sum_assignment(spared, maximize=True), strict=True):
            if spared[row, column] > 0:
                origin, destination = case.members[leaving[row]], case.members[coming[column]]
                transfers.append(Transfer(service.code, origin.code, destination.code))
    return tuple(transfers)


def _sum(terms: Iterable[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    total: dict[pulp.LpVariable, float] = defaultdict(float)
    for column, coefficient in terms:
        total[column] += coefficient
    return pulp.LpAffineExpression(dict(total))
