"""Neighbours: which agreements are worth buying, who from outside uses ours, and what is fair.

Whoever uses a site is assumed to use the nearest one (grade D): no table says who really goes
where.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser import check
from optimiser.access import TravelTimes
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.questions.parallel import ask_all
from optimiser.questions.workbench import Blocked, Change, Wish, Workbench
from optimiser.solution import Decisions, Place, Solution, Status
from optimiser.units import BoolArray, Euros, FloatArray, Minutes, Persons, Share, within


@dataclass(frozen=True, slots=True)
class Offer:
    """One agreement that could be bought.

    Parameters
    ----------
    service, commune, epci
        What, where, and with whom.
    fee_eur
        Euros a year.
    persons
        Persons who come within the guaranteed time by this agreement alone.
    added
        Persons who come within it by this agreement beside all those above it in the list.
    planned
        True where the best plan has it.
    points
        Score of the best plan with it, less that of the best plan without it; None where that was
        not asked or one of the two does not exist.
    """

    service: str
    commune: str
    epci: str
    fee_eur: Euros
    persons: Persons
    added: Persons
    planned: bool
    points: float | None = None

    @property
    def per_euro(self) -> float:
        """Persons gained for each euro a year; inf where it costs nothing."""
        if self.fee_eur:
            return self.persons / self.fee_eur
        return float("inf") if self.persons else 0.0


@dataclass(frozen=True, slots=True)
class Use:
    """Use of sites on one side of the border by people of the other.

    Parameters
    ----------
    service, commune
        The sites that are used.
    epci
        The other EPCI: of the users where the sites are ours, of the sites where they are not.
    persons
        Users across the border: their nearest site is this one, within the guaranteed time.
    minutes
        Their mean minutes.
    share
        Their part of all users of the sites.
    contribution_eur
        That part of the yearly running cost.
    """

    service: str
    commune: str
    epci: str
    persons: Persons
    minutes: Minutes
    share: Share
    contribution_eur: Euros


@dataclass(frozen=True)
class Border:
    """Everything that crosses the border.

    Parameters
    ----------
    offers
        Agreements, most inhabitants for each euro first; those without effect are left out.
    guests
        Users from outside of our sites, after the plan; the largest contribution first.
    abroad
        Our users of sites outside, after the plan, whether or not there is an agreement.
    plan
        The best plan.
    """

    offers: tuple[Offer, ...]
    guests: tuple[Use, ...]
    abroad: tuple[Use, ...]
    plan: Solution

    @property
    def owed_to_us_eur(self) -> Euros:
        """Yearly running costs that users from outside cause."""
        return sum(use.contribution_eur for use in self.guests)

    @property
    def owed_by_us_eur(self) -> Euros:
        """Yearly running costs that our users cause outside."""
        return sum(use.contribution_eur for use in self.abroad)

    @property
    def status(self) -> Status:
        """Of the plan."""
        return self.plan.status


def border(
    bench: Workbench,
    everywhere: TravelTimes | None = None,
    *,
    valued: int = 10,
    workers: int | None = None,
) -> Border:
    """Look across the border.

    Parameters
    ----------
    bench
        The case.
    everywhere
        Minutes from every commune, neighbours included, to every commune; None: users from
        outside are not looked at.
    valued
        Offers, from the top, of which the best plans with and without are compared.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    Border
        Offers, and use both ways.
    """
    listed = offers(bench)
    points = ask_all(bench, _points, listed[:valued], workers=workers)
    priced = [replace(offer, points=p) for offer, p in zip(listed, points, strict=False)]
    decisions = bench.best.decisions
    ours, theirs = [], []
    if everywhere is not None:
        ours = sorted(guests(bench.case, decisions, everywhere), key=lambda u: -u.contribution_eur)
        theirs = sorted(abroad(bench.case, decisions), key=lambda u: -u.contribution_eur)
    return Border((*priced, *listed[valued:]), tuple(ours), tuple(theirs), bench.best)


def offers(bench: Workbench) -> list[Offer]:
    """List agreements by what they bring to the plan's own sites.

    Parameters
    ----------
    bench
        The case.

    Returns
    -------
    list of Offer
        Most inhabitants for each euro first, then the most inhabitants.
    """
    case = bench.case
    alone = _served(case, replace(bench.best.decisions, agreements=frozenset()))
    found = []
    for k, j in np.argwhere(case.can_share).tolist():
        service, commune = case.services[k], case.territory.communes[j]
        near = _near(case, k, j)
        persons = float(_public(case, k)[near & ~alone[k]].sum())
        if persons > 0:
            place = (service.code, commune.code)
            planned = place in bench.best.decisions.agreements
            fee = float(case.fee_eur[k, j])
            found.append(Offer(*place, commune.epci, fee, persons, 0.0, planned))
    found.sort(key=lambda o: (-o.per_euro, -o.persons, o.service, o.commune))
    return list(_added(case, alone, found))


def _added(case: Case, alone: BoolArray, found: Sequence[Offer]) -> Iterator[Offer]:
    kinds = [service.code for service in case.services]
    codes = [commune.code for commune in case.territory.communes]
    served = alone.copy()
    for offer in found:
        k, j = kinds.index(offer.service), codes.index(offer.commune)
        new = _near(case, k, j) & ~served[k]
        served[k] |= new
        yield replace(offer, added=float(_public(case, k)[new].sum()))


def _served(case: Case, decisions: Decisions) -> BoolArray:
    """Whether (K, p) the public of a type, by cell where there are any, is within its time."""
    network = check.evaluate(case, decisions)
    limits = np.array([service.guarantee_minutes for service in case.services])
    if case.cells is None:
        return within(network.minutes, limits[:, None])
    serving = map(case.serving, network.sites, network.agreed)
    return within(np.array([case.cells.nearest(each) for each in serving]), limits[:, None])


def _public(case: Case, k: int) -> FloatArray:
    """Persons (p) of the public of k, by cell where there are any."""
    cells = case.cells
    public: FloatArray = case.public[k]
    return public if cells is None else public[cells.home] * cells.share


def _near(case: Case, k: int, j: int) -> BoolArray:
    """Whether (p) each member, or each cell, is within the guaranteed time of commune j."""
    limit = case.services[k].guarantee_minutes
    if case.cells is None:
        return case.within(limit)[:, j]
    near = np.zeros(len(case.cells), dtype=bool)
    near[case.cells.column(j, limit).spot] = True
    return near


def _points(bench: Workbench, offer: Offer) -> float | None:
    place = (offer.service, offer.commune)
    scores = []
    for wish in (Wish(*place, least=1), Wish(*place, most=0)):
        planned = bench.value(bench.best.decisions, place) == (wish.least or 0)
        reply = bench.best if planned else bench.ask(Change(wishes=(wish,)))
        if isinstance(reply, Blocked):
            return None
        scores.append(reply.score)
    return scores[0] - scores[1]


def guests(case: Case, decisions: Decisions, everywhere: TravelTimes) -> list[Use]:
    """List users from outside of our sites.

    Parameters
    ----------
    case
        The case.
    decisions
        Where sites operate.
    everywhere
        Minutes from every commune to every commune.

    Returns
    -------
    list of Use
        By type, commune of the sites, and EPCI of the users.
    """
    codes = [commune.code for commune in case.territory.communes]
    n = len(case.members)
    minutes = everywhere.between(codes, codes)
    found: list[Use] = []
    for k, service in enumerate(case.services):
        users = _users(case, decisions, k, minutes)
        public = _public_everywhere(case, k)
        for j in range(n):
            mine = users == j
            total = float(public[mine].sum())
            for epci in sorted({c.epci for c in case.territory.neighbours}):
                theirs = [
                    i
                    for i in range(n, len(codes))
                    if mine[i] and case.territory.communes[i].epci == epci
                ]
                persons = float(public[theirs].sum())
                if persons > 0:
                    place = (service.code, codes[j])
                    cost = float(case.running_eur[k, j]) * decisions.sites.get(place, 0)
                    found.append(_use(place, epci, public[theirs], minutes[theirs, j], total, cost))
    return found


def abroad(case: Case, decisions: Decisions) -> list[Use]:
    """List our users of sites outside.

    Parameters
    ----------
    case
        The case.
    decisions
        Where our sites operate.

    Returns
    -------
    list of Use
        By type and commune of the sites; all users of such a site are taken to be those whom it
        can serve, and its running cost that of a new site.
    """
    n = len(case.members)
    codes = [commune.code for commune in case.territory.communes]
    found: list[Use] = []
    for k, service in enumerate(case.services):
        public = _public(case, k)
        if case.cells is None:
            users, minutes = _users(case, decisions, k, case.minutes), case.minutes
        else:
            users, minutes = _users_of_cells(case, case.cells, decisions, k)
        for j in range(n, len(codes)):
            ours = np.flatnonzero(users == j)
            persons = float(public[ours].sum())
            if persons > 0:
                sites = int(case.existing[k, j])
                budget = case.scenario.budget.cost_case
                each = service.running_eur.euros(budget, places=service.places_per_site)
                total = max(persons, sites * service.persons_per_site)
                found.append(
                    _use(
                        (service.code, codes[j]),
                        case.territory.communes[j].epci,
                        public[ours],
                        minutes[ours, j] if case.cells is None else minutes[ours],
                        total,
                        each * sites,
                    )
                )
    return found


def _users(case: Case, decisions: Decisions, k: int, minutes: FloatArray) -> FloatArray:
    """Index (rows,) of the commune whose sites each commune uses; -1 where none is near enough."""
    reach = np.where(_stands(case, decisions, k), minutes, np.inf)
    nearest = reach.argmin(axis=1)
    close = within(reach.min(axis=1), case.services[k].guarantee_minutes)
    users: FloatArray = np.where(close, nearest, -1).astype(np.float64)
    return users


def _users_of_cells(
    case: Case, cells: CellDemand, decisions: Decisions, k: int
) -> tuple[FloatArray, FloatArray]:
    """The same by cell (c,), with the minutes (c,) to it."""
    limit = case.services[k].guarantee_minutes
    site, minutes = cells.nearest_site(_stands(case, decisions, k), limit)
    return site.astype(np.float64), minutes


def _stands(case: Case, decisions: Decisions, k: int) -> BoolArray:
    """Whether (m) a site of k operates in each commune, shared or not."""
    stands: BoolArray = case.existing[k] > 0
    kind = case.services[k].code
    stands[: len(case.members)] = [decisions.sites.get((kind, c.code), 0) > 0 for c in case.members]
    return stands


def _public_everywhere(case: Case, k: int) -> FloatArray:
    shares = case.services[k].public
    return np.array(
        [
            sum(share * commune.ages.get(group, 0.0) for group, share in shares.items())
            for commune in case.territory.communes
        ],
        dtype=np.float64,
    )


def _use(  # noqa: PLR0917
    place: Place, epci: str, public: FloatArray, minutes: FloatArray, total: Persons, cost: Euros
) -> Use:
    persons = float(public.sum())
    share = persons / total
    return Use(*place, epci, persons, float(public @ minutes) / persons, share, share * cost)
