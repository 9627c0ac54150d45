"""Why here, why not there: the best plan against the best plan that decides one place otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from optimiser.case import Case
from optimiser.catalogue import Catalogue
from optimiser.questions.difference import Difference, difference, moves
from optimiser.questions.parallel import ask_all
from optimiser.questions.relaxations import smallest
from optimiser.questions.workbench import Blocked, Change, Reply, Wish, Workbench
from optimiser.solution import Place, Relaxation, Solution, Status
from optimiser.units import Share

Barrier: TypeAlias = Literal[
    "levers", "minimum_public", "minimum_host", "out_of_reach", "no_site_there"
]


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a place cannot be asked for at all.

    Parameters
    ----------
    key
        ``levers``: nobody here decides it; ``minimum_public``, ``minimum_host``: too few persons
        around, too small a commune; ``out_of_reach`` and ``no_site_there``: no agreement possible.
    amount, limit
        Persons there, and the least asked for; 0 where that means nothing.
    """

    key: Barrier
    amount: float = 0.0
    limit: float = 0.0


@dataclass(frozen=True)
class Why:
    """The answer about one place.

    Parameters
    ----------
    wish
        What the other plan was asked for: the contrary of what the best plan does.
    planned, existing
        Sites that operate there in the best plan, and that stand today.
    barred
        What had to be lifted to ask at all; the difference is then that of the lifted question.
        Empty for an ordinary question.
    relaxation
        Rules that had to give way, each by the least amount, because no plan grants the wish
        otherwise.
    best, other
        The best plan, and the best plan that grants the wish; None where nothing can.
    change
        The other plan against the best one; None without another plan.
    status, gap
        How well the answer is proven: the gap is the larger of the two plans'.
    """

    wish: Wish
    planned: int
    existing: int
    barred: tuple[Barred, ...]
    relaxation: tuple[Relaxation, ...]
    best: Solution
    other: Solution | None
    change: Difference | None
    status: Status
    gap: Share

    @property
    def loss(self) -> float | None:
        """Points that the plan loses by deciding otherwise; None where it cannot."""
        return None if self.change is None else -self.change.score


def contrary(bench: Workbench, place: Place) -> Wish:
    """Wish for the contrary of what the best plan does in a place.

    Parameters
    ----------
    bench
        The case.
    place
        Type and commune.

    Returns
    -------
    Wish
        A change is undone; where nothing changes, a site that operates goes and one that does not
        comes.
    """
    planned = bench.value(bench.best.decisions, place)
    member = place[1] in {commune.code for commune in bench.case.members}
    existing = bench.case.territory.count(place[1], place[0]) if member else 0
    if planned > existing:
        return Wish(*place, most=existing)
    if planned < existing:
        return Wish(*place, least=existing)
    return Wish(*place, most=0) if planned else Wish(*place, least=1)


def why(bench: Workbench, wish: Wish) -> Why:
    """Find the best plan that grants a wish, and compare.

    Parameters
    ----------
    bench
        The case.
    wish
        Numbers of sites asked for in one place.

    Returns
    -------
    Why
        With the reasons, where no plan can grant it.
    """
    place = (wish.service, wish.commune)
    barred = tuple(_barred(bench, wish))
    if barred and any(b.key in ("levers", "out_of_reach", "no_site_there") for b in barred):
        return _answer(bench, wish, barred, (), Blocked(Status.INFEASIBLE, bench.best.stop))
    asked = _lifted(bench.case, place, bench) if barred else bench
    change = Change(wishes=(wish,))
    reply = asked.ask(change)
    relaxation: tuple[Relaxation, ...] = ()
    if isinstance(reply, Blocked) and reply.status is Status.INFEASIBLE:
        relaxation, reply = smallest(asked, change)
    return _answer(bench, wish, barred, relaxation, reply)


def why_all(bench: Workbench, wishes: Iterable[Wish], *, workers: int | None = None) -> list[Why]:
    """Answer many wishes, in worker processes where there are many.

    Parameters
    ----------
    bench
        The case.
    wishes
        What is asked for, place by place.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    list of Why
        In the order of the wishes.
    """
    return ask_all(bench, why, list(wishes), workers=workers)


def changed_places(bench: Workbench) -> tuple[Place, ...]:
    """Places where the best plan changes something: what a planner asks about first."""
    today = replace(bench.best.decisions, sites={}, agreements=frozenset())
    before = replace(
        today,
        sites={
            (s.code, c.code): n
            for s in bench.case.services
            for c in bench.case.members
            if (n := bench.case.territory.count(c.code, s.code))
        },
    )
    return tuple((m.service, m.commune) for m in moves(bench.case, before, bench.best.decisions))


def _answer(
    bench: Workbench,
    wish: Wish,
    barred: tuple[Barred, ...],
    relaxation: tuple[Relaxation, ...],
    reply: Reply,
) -> Why:
    best, case = bench.best, bench.case
    other = reply if isinstance(reply, Solution) else None
    change = None
    if other is not None:
        pairs = ((s.decisions, s.evaluation) for s in (best, other))
        change = difference(case, *pairs)
    place = (wish.service, wish.commune)
    both = [solution for solution in (best, other) if solution is not None]
    sound = all(solution.status is Status.OPTIMAL for solution in both)
    return Why(
        wish=wish,
        planned=bench.value(best.decisions, place),
        existing=case.territory.count(wish.commune, wish.service),
        barred=barred,
        relaxation=relaxation,
        best=best,
        other=other,
        change=change,
        status=reply.status if other is None else Status.OPTIMAL if sound else Status.FEASIBLE,
        gap=max(solution.gap for solution in both),
    )


def _barred(bench: Workbench, wish: Wish) -> Iterable[Barred]:
    case = bench.case
    place = (wish.service, wish.commune)
    most = bench.most(place) if bench.count(*place) else 0
    least = round(sum(bench.matrix.lower[c] for c in bench.count(*place)))
    if (wish.least or 0) <= most and (wish.most is None or wish.most >= least):
        return
    service = case.catalogue[wish.service]
    k = [s.code for s in case.services].index(wish.service)
    codes = [c.code for c in case.territory.communes]
    j = codes.index(wish.commune)
    if j >= len(case.members):
        stands = case.territory.count(wish.commune, wish.service)
        yield Barred("out_of_reach" if stands else "no_site_there")
        return
    if service.lever == "observe" or case.existing[k, j] or wish.least is None:
        yield Barred("levers")
        return
    near = case.within(service.guarantee_minutes)[:, j]
    persons = float(case.public[k][near].sum())
    if persons < service.minimum_public:
        yield Barred("minimum_public", persons, service.minimum_public)
    inhabitants = case.members[j].population
    host = min(service.minimum_host, max(c.population for c in case.members))
    if inhabitants < host:
        yield Barred("minimum_host", inhabitants, host)


def _lifted(case: Case, place: Place, bench: Workbench) -> Workbench:
    """The case without the thresholds of a type, in one commune alone."""
    service = case.catalogue[place[0]]
    free = service.model_copy(update={"minimum_public": 0.0, "minimum_host": 0.0})
    services = {**case.catalogue.services, service.code: free}
    lifted = Workbench(replace(case, catalogue=Catalogue(services=services)), bench.limits)
    upper = lifted.matrix.upper.copy()
    was = set(bench.decided)
    for other in lifted.decided:
        if other not in was and other != place:
            upper[list(lifted.count(*other))] = 0.0
    lifted.matrix = replace(lifted.matrix, upper=upper)
    return lifted
