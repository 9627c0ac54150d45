"""The judge: recomputes value, costs and every rule of a plan, and knows no solver.

It starts from the territory, the catalogue, the travel times and the scenario as given, and from
the decisions; it uses none of the figures that `optimiser.case` prepares for the model, so that an
error in one shows against the other. The rules bear the names of docs/mathematics.md.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import CostFigure, ServiceType
from optimiser.errors import VerificationError
from optimiser.solution import Costs, Decisions, Evaluation, Violation
from optimiser.units import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-6
"""Relative slack granted to sums of floating-point numbers."""


def today(case: Case) -> Decisions:
    """Decisions that leave everything as it is.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    Decisions
        Every existing site kept, nothing opened, no agreement.
    """
    sites = {
        (service.code, commune.code): count
        for service in case.services
        for commune in case.territory.members
        if (count := case.territory.count(commune.code, service.code))
    }
    return Decisions(sites=sites)


def evaluate(case: Case, decisions: Decisions) -> Evaluation:
    """Recompute what decisions are worth and which rules they break.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.

    Returns
    -------
    Evaluation
        Value, costs and violations.
    """
    view = _View.of(case, decisions)
    evaluation = _measure(view)
    violations = [violation for rule in RULES for violation in rule(view, evaluation)]
    return replace(evaluation, violations=tuple(violations))


def verify(case: Case, decisions: Decisions, *, claimed_score: float) -> Evaluation:
    """Evaluate decisions and refuse them when they break a rule or are worth something else.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.
    claimed_score
        What the solver says that they are worth.

    Returns
    -------
    Evaluation
        The recomputed value, with no violation.

    Raises
    ------
    VerificationError
        A rule is broken, or the score differs from the claim.
    """
    evaluation = evaluate(case, decisions)
    complaints = [str(violation) for violation in evaluation.violations]
    # Solvers accept a constraint that is off by 1e-6 of its scale: so may the score.
    scale = max(1.0, evaluation.coverage_points)
    if abs(evaluation.score - claimed_score) > 10 * TOLERANCE * scale:
        complaints.append(f"score {evaluation.score:.6f}, claimed {claimed_score:.6f}")
    if complaints:
        raise VerificationError(complaints)
    return evaluation


@dataclass(frozen=True, eq=False)
class _View:
    """Decisions and data as arrays, read from the raw inputs of the case."""

    case: Case
    decisions: Decisions
    services: Sequence[ServiceType]
    minutes: FloatArray
    public: FloatArray
    before: IntArray
    sites: IntArray
    around: IntArray
    agreed: BoolArray
    basin: IntArray

    @classmethod
    def of(cls, case: Case, decisions: Decisions) -> "_View":
        """Gather the arrays."""
        wanted = set(case.scenario.services)
        services = [s for s in case.catalogue if not wanted or s.code in wanted]
        members, everyone = case.territory.members, case.territory.communes
        codes = [commune.code for commune in everyone]
        basins = list(case.territory.basins)
        shape = (len(services), len(everyone))
        stand, agreed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        for k, service in enumerate(services):
            for j, code in enumerate(codes):
                stand[k, j] = case.territory.count(code, service.code)
                agreed[k, j] = (service.code, code) in decisions.agreements
        sites = np.array(
            [[decisions.sites.get((s.code, c.code), 0) for c in members] for s in services],
            dtype=np.int64,
        ).reshape(len(services), len(members))
        public = np.zeros(sites.shape)
        for k, service in enumerate(services):
            for group, share in service.public.items():
                public[k] += [share * commune.ages.get(group, 0.0) for commune in members]
        return cls(
            case=case,
            decisions=decisions,
            services=services,
            minutes=case.travel.between([c.code for c in members], codes),
            public=public,
            before=stand[:, : len(members)],
            sites=sites,
            around=stand,
            agreed=agreed,
            basin=np.array([basins.index(c.basin) for c in members], dtype=np.int64),
        )

    @property
    def opened(self) -> IntArray:
        """Sites (K, n) that are new."""
        return np.maximum(self.sites - self.before, 0)

    @property
    def closed(self) -> IntArray:
        """Sites (K, n) that go."""
        return np.maximum(self.before - self.sites, 0)

    def nearest(self, sites: IntArray, agreed: BoolArray) -> FloatArray:
        """Minutes (K, n) to the nearest site that serves each member."""
        n = self.sites.shape[1]
        nearest = np.full(self.sites.shape, np.inf)
        for k in range(len(self.services)):
            serving = agreed[k].copy()
            serving[:n] |= sites[k] > 0
            if serving.any():
                nearest[k] = self.minutes[:, serving].min(axis=1)
        return nearest

    def exclusive(self, k: int) -> BoolArray:
        """Whether (n, n) a site in j is within the exclusive time of i, its own included."""
        n = self.sites.shape[1]
        near = self.minutes[:, :n] <= self.services[k].exclusive_minutes + 1e-9
        near[np.diag_indices(n)] = True
        return near

    def euros(self, k: int, j: int, figure: CostFigure) -> float:
        """Cost of one site of k in member j."""
        commune, service = self.case.territory.members[j], self.services[k]
        places = service.places_per_site
        known = self.case.territory.places(commune.code, service.code)
        if known is not None and self.before[k, j]:
            places = known / int(self.before[k, j])
        return figure.euros(self.case.scenario.budget.cost_case, places=places)

    def guaranteed(self, k: int, minutes: FloatArray) -> FloatArray:
        """Persons (B) of the public of k within the guaranteed time, by basin."""
        served = minutes <= self.services[k].guarantee_minutes + 1e-9
        return np.bincount(
            self.basin, weights=self.public[k] * served, minlength=len(self.case.territory.basins)
        )


def _measure(view: _View) -> Evaluation:
    scenario, services = view.case.scenario, view.services
    members = view.case.territory.members
    minutes = view.nearest(view.sites, view.agreed)
    basins = len(view.case.territory.basins)
    weight = _income_weight(view)
    covered: list[FloatArray] = []
    excess = np.zeros(view.sites.shape)
    points = duplicate_points = 0.0
    for k, service in enumerate(services):
        tiers = np.array([tier.minutes for tier in service.tiers])
        within = minutes[k] <= tiers[:, None] + 1e-9
        covered.append((within * view.public[k]).sum(axis=1))
        near = view.exclusive(k)
        needed = np.maximum(1, np.ceil((near * view.public[k]).sum(1) / service.persons_per_site))
        excess[k] = np.maximum(0, (near * view.sites[k]).sum(axis=1) - needed)
        demand = view.public[k] * weight
        total = float(demand.sum())
        if total:
            each = scenario.objective.weights.get(service.code, service.weight)
            each *= sum(commune.population for commune in members) / total
            # A person counts for the nearest tier that holds it.
            value = np.array([tier.weight for tier in service.tiers] + [0.0])
            best = value[np.where(within.any(axis=0), within.argmax(axis=0), len(tiers))]
            points += each * float((demand * best).sum())
            duplicate_points += each * float((demand * excess[k]).sum())
    costs = _costs(view)
    return Evaluation(
        sites=view.sites,
        agreed=view.agreed,
        minutes=minutes,
        covered=tuple(covered),
        guaranteed=np.array([view.guaranteed(k, minutes[k]) for k in range(len(services))]),
        public=np.array(
            [np.bincount(view.basin, weights=row, minlength=basins) for row in view.public]
        ),
        excess=excess,
        duplicated=(excess * view.public).sum(axis=1),
        coverage_points=points,
        duplicate_points=scenario.objective.duplicate_weight * duplicate_points,
        cost_points=costs.annual_eur / scenario.objective.person_value_eur_per_year,
        costs=costs,
        violations=(),
    )


def _income_weight(view: _View) -> FloatArray:
    coverage = view.case.scenario.coverage
    weights = []
    for commune in view.case.territory.members:
        income = commune.median_income_eur
        lack = 0.0 if income is None else max(0.0, 1.0 - income / coverage.reference_income_eur)
        weights.append(1.0 + coverage.low_income_weight * lack)
    return np.array(weights)


def _costs(view: _View) -> Costs:
    shape = view.sites.shape
    running, opening, closing = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    fees, spared = np.zeros(view.agreed.shape), np.zeros(len(view.services))
    rate = view.case.scenario.budget.discount_rate
    annual = -sum(
        view.euros(k, j, view.services[k].running_eur) * int(view.before[k, j])
        for k, j in np.argwhere(view.before)
    )
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        for j in range(shape[1]):
            running[k, j] = view.sites[k, j] * view.euros(k, j, service.running_eur)
            opening[k, j] = view.opened[k, j] * view.euros(k, j, service.capital_eur)
            closing[k, j] = view.closed[k, j] * view.euros(k, j, service.closing_eur)
        for j in np.flatnonzero(view.agreed[k]):
            near = view.minutes[:, j] <= service.guarantee_minutes + 1e-9
            fee = service.agreement_eur_per_person.euros(view.case.scenario.budget.cost_case)
            fees[k, j] = fee * float(view.public[k][near].sum())
        spared[k] = sum(
            view.euros(k, codes.index(move.origin), service.closing_eur)
            for move in view.decisions.transfers
            if move.service == service.code and move.origin in codes
        )
        years = service.lifetime_years
        part = rate / (1 - (1 + rate) ** -years) if rate else 1 / years
        annual += part * float(opening[k].sum() + closing[k].sum() - spared[k])
    annual += float(running.sum() + fees.sum())
    return Costs(running, fees, opening, closing, spared, annual)


def _above(
    rule: str, subject: tuple[str, ...], amount: float, limit: float
) -> Iterator[Violation]:
    if amount > limit + TOLERANCE * max(1.0, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def _below(
    rule: str, subject: tuple[str, ...], amount: float, limit: float
) -> Iterator[Violation]:
    if amount < limit - TOLERANCE * max(1.0, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def _known_places(view: _View, _: Evaluation) -> Iterator[Violation]:
    services = {service.code for service in view.services}
    members = {commune.code for commune in view.case.territory.members}
    for (service, commune), count in view.decisions.sites.items():
        if service not in services or commune not in members or count < 0:
            yield Violation("known_places", (service, commune), count, 0)
    for service, commune in view.decisions.agreements:
        stands = commune not in members and view.case.territory.count(commune, service) > 0
        near = False
        if service in services and stands:
            codes = [c.code for c in view.case.territory.communes]
            reach = view.case.catalogue[service].reach_minutes + 1e-9
            near = bool((view.minutes[:, codes.index(commune)] <= reach).any())
        if not near:
            yield Violation("known_places", (service, commune), 1, 0)


def _levers(view: _View, _: Evaluation) -> Iterator[Violation]:
    n = view.sites.shape[1]
    largest = max(commune.population for commune in view.case.territory.members)
    for k, service in enumerate(view.services):
        near = view.minutes[:, :n] <= service.guarantee_minutes + 1e-9
        for j, commune in enumerate(view.case.territory.members):
            subject = (service.code, commune.code)
            if service.lever != "decide":
                yield from _above("levers", subject, view.closed[k, j], 0)
            if not view.opened[k, j]:
                continue
            # A site opens where there is none, and one at a time.
            room = 1 if view.before[k, j] == 0 and service.lever != "observe" else 0
            yield from _above("levers", subject, view.opened[k, j], room)
            served = float(view.public[k][near[:, j]].sum())
            yield from _below("minimum_public", subject, served, service.minimum_public)
            host = min(service.minimum_host, largest)
            yield from _below("minimum_host", subject, commune.population, host)


def _transfers(view: _View, _: Evaluation) -> Iterator[Violation]:
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        moves = [move for move in view.decisions.transfers if move.service == service.code]
        for j, code in enumerate(codes):
            leaving = sum(move.origin == code for move in moves)
            coming = sum(move.destination == code for move in moves)
            yield from _above("transfers", (service.code, code), leaving, view.closed[k, j])
            yield from _above("transfers", (service.code, code), coming, view.opened[k, j])
        for move in moves:
            minutes = view.minutes[codes.index(move.origin), codes.index(move.destination)]
            subject = (service.code, move.origin, move.destination)
            yield from _above("transfers", subject, float(minutes), service.guarantee_minutes)


def _budgets(view: _View, evaluation: Evaluation) -> Iterator[Violation]:
    budget, costs = view.case.scenario.budget, evaluation.costs
    if budget.capital_eur is not None:
        yield from _above("capital_budget", (), costs.capital_eur, budget.capital_eur)
    if budget.running_increase_eur_per_year is not None:
        now = sum(
            view.euros(k, j, view.services[k].running_eur) * int(view.before[k, j])
            for k, j in np.argwhere(view.before)
        )
        limit = now + budget.running_increase_eur_per_year
        yield from _above("running_budget", (), costs.recurrent_eur, limit)


def _guarantee(view: _View, evaluation: Evaluation) -> Iterator[Violation]:
    for k, service in enumerate(view.services):
        share = view.case.scenario.coverage.guarantee.get(service.code)
        if share is not None:
            limit = share * float(view.public[k].sum())
            served = float(evaluation.guaranteed[k].sum())
            yield from _below("guarantee", (service.code,), served, limit)


def _basin_floors(view: _View, evaluation: Evaluation) -> Iterator[Violation]:
    coverage = view.case.scenario.coverage
    alone = np.zeros_like(view.agreed)
    before = view.nearest(view.before, alone)
    for k, service in enumerate(view.services):
        floor = coverage.basin_floors.get(service.code, coverage.basin_floor)
        now = view.guaranteed(k, before[k])
        for b, basin in enumerate(view.case.territory.basins):
            if floor is None:
                continue
            limit = now[b] if floor == "today" else floor * float(evaluation.public[k, b])
            served = float(evaluation.guaranteed[k, b])
            yield from _below("basin_floor", (service.code, basin), served, float(limit))


def _capacity(view: _View, evaluation: Evaluation) -> Iterator[Violation]:
    if not view.case.scenario.coverage.keep_capacity:
        return
    for k, service in enumerate(view.services):
        for b, basin in enumerate(view.case.territory.basins):
            inside = view.basin == b
            need = math.ceil(float(evaluation.public[k, b]) / service.persons_per_site)
            limit = min(need, int(view.before[k][inside].sum()))
            sites = int(view.sites[k][inside].sum())
            yield from _below("basin_capacity", (service.code, basin), sites, limit)
        for j, commune in enumerate(view.case.territory.members):
            limit = min(int(view.before[k, j]), int(view.public[k, j] // service.persons_per_site))
            subject = (service.code, commune.code)
            yield from _below("commune_capacity", subject, int(view.sites[k, j]), limit)


def _new_duplicates(view: _View, _: Evaluation) -> Iterator[Violation]:
    if not view.case.scenario.duplicates.forbid_new:
        return
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        near = view.exclusive(k)
        for a in np.flatnonzero(view.opened[k]):
            for b in np.flatnonzero(view.sites[k]):
                if a != b and (near[a, b] or near[b, a]) and (view.before[k, b] or a < b):
                    yield Violation("new_duplicate", (service.code, codes[a], codes[b]), 1, 0)


def _poles(view: _View, _: Evaluation) -> Iterator[Violation]:
    rules = view.case.scenario.polycentrality
    for j, commune in enumerate(view.case.territory.members):
        given = view.decisions.themes.get(commune.code, ())
        structuring = [k for k, service in enumerate(view.services) if service.structuring]
        if rules.themes_per_commune is not None:
            limit = rules.themes_per_commune
            yield from _above("themes", (commune.code,), len(set(given)), limit)
            for k in structuring:
                if view.opened[k, j] and view.services[k].theme not in given:
                    yield Violation("themes", (commune.code, view.services[k].theme), 1, 0)
        if rules.structuring_per_commune is not None:
            limit = max(rules.structuring_per_commune, int(view.before[structuring, j].sum()))
            held = int(view.sites[structuring, j].sum())
            yield from _above("concentration", (commune.code,), held, limit)


def _agreements(view: _View, _: Evaluation) -> Iterator[Violation]:
    rules = view.case.scenario.neighbours
    if rules.agreements is not None:
        yield from _above("agreements", (), int(view.agreed.sum()), rules.agreements)
    if rules.per_service is not None:
        for k, service in enumerate(view.services):
            count = int(view.agreed[k].sum())
            yield from _above("agreements", (service.code,), count, rules.per_service)


def _locks(view: _View, _: Evaluation) -> Iterator[Violation]:
    for section, broken in (("forced", 0), ("forbidden", 1)):
        for lock in getattr(view.case.scenario, section):
            wanted = lock.commune.casefold().strip()
            for j, commune in enumerate(view.case.territory.members):
                if wanted in (commune.code.casefold(), commune.name.casefold()):
                    k = [service.code for service in view.services].index(lock.service)
                    if int(view.sites[k, j] > 0) == broken:
                        yield Violation(section, (lock.service, commune.code), broken, 1 - broken)


RULES: tuple[Callable[[_View, Evaluation], Iterator[Violation]], ...] = (
    _known_places,
    _levers,
    _transfers,
    _budgets,
    _guarantee,
    _basin_floors,
    _capacity,
    _new_duplicates,
    _poles,
    _agreements,
    _locks,
)
