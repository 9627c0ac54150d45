"""Who pays and who gains: the money and the access of every commune and the EPCI, year by year.

What leaves one line enters another: summed over the payers, each line is the schedule's own, and
redistribution sums to zero.
"""

from dataclasses import dataclass

import numpy as np

from optimiser.check_schedule import Ledger
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import ScheduleSolution
from optimiser.sharing.division import shares_of
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group, GroupCosts
from optimiser.units import Euros, FloatArray, InseeCode, Persons


@dataclass(frozen=True, eq=False)
class Payers:
    """Money of the EPCI (first) and of each member, by year; arrays (n + 1, T), as paid.

    Parameters
    ----------
    codes
        Code of the EPCI, then of the members.
    works_eur
        Works and closings, less subsidies.
    moving_eur
        One-off cost of shared functions.
    running_eur
        Sites and agreements, more than today.
    sharing_eur
        What shared functions save.
    redistribution_eur
        What is received more than today; what the EPCI gives is negative.
    contributions_eur
        What joint syndicates are paid more than today.
    gained_persons, lost_persons
        Persons (n + 1) who come within, and leave, the guaranteed time, counted once for each type.
    """

    codes: tuple[InseeCode, ...]
    works_eur: FloatArray
    moving_eur: FloatArray
    running_eur: FloatArray
    sharing_eur: FloatArray
    redistribution_eur: FloatArray
    contributions_eur: FloatArray
    gained_persons: FloatArray
    lost_persons: FloatArray

    @property
    def balance_eur(self) -> FloatArray:
        """What each gains in each year (n + 1, T), all lines together; negative: it pays."""
        gained: FloatArray = self.sharing_eur + self.redistribution_eur
        paid = self.works_eur + self.moving_eur + self.running_eur + self.contributions_eur
        return np.asarray(gained - paid)


def payers(plan: ScheduleCase, answer: ScheduleSolution) -> Payers:
    """Divide the money of a timetable among those who pay it.

    Parameters
    ----------
    plan, answer
        The plan and its timetable.

    Returns
    -------
    Payers
        Structuring facilities and the others are divided between the EPCI and the commune where
        they stand as the scenario says; agreements are the EPCI's; what functions save is divided
        by the scenario's rule; redistribution goes by inhabitant.
    """
    case, judged = plan.case, answer.evaluation
    n, span = len(case.members), plan.years
    ledger = Ledger.of(plan, answer.years, judged.networks)
    works, running = np.zeros((n + 1, span)), np.zeros((n + 1, span))
    prices = plan.prices(plan.asked.running_price_growth)
    for k, service in enumerate(case.services):
        epci = _epci_share(plan, structuring=service.structuring)
        total = ledger.capital_at_eur[k].sum(axis=0)
        net = judged.money.capital_eur[k] - judged.money.subsidies_eur[k]
        part = np.divide(net, total, out=np.zeros(span), where=total != 0)
        _split(works, ledger.capital_at_eur[k] * part, epci)
        sites = np.zeros((n, span))
        for t in range(span):
            now, first = judged.networks[t].costs, judged.networks[0].costs
            sites[:, t] = (now.running_eur[k] - first.running_eur[k]) * prices[t]
            running[0, t] += float(now.fees_eur[k].sum() - first.fees_eur[k].sum()) * prices[t]
        _split(running, sites, epci)
    moving, sharing = _functions(plan, answer)
    redistribution, contributions = _lines(plan)
    limits = np.array([s.guarantee_minutes for s in case.services])[:, None] + 1e-9
    before, after = (judged.networks[t].minutes <= limits for t in (0, -1))
    return Payers(
        codes=(case.territory.code, *(commune.code for commune in case.members)),
        works_eur=works,
        moving_eur=moving,
        running_eur=running,
        sharing_eur=sharing,
        redistribution_eur=redistribution,
        contributions_eur=contributions,
        gained_persons=_persons(plan, ~before & after),
        lost_persons=_persons(plan, before & ~after),
    )


def _epci_share(plan: ScheduleCase, *, structuring: bool) -> float:
    finances = plan.finances
    return finances.epci_share_structuring if structuring else finances.epci_share_local


def _split(into: FloatArray, euros: FloatArray, epci: float) -> None:
    """Add euros (n, T) of sites, the EPCI's part in the first row."""
    into[0] += epci * euros.sum(axis=0)
    into[1:] += (1.0 - epci) * euros


def _persons(plan: ScheduleCase, who: np.ndarray) -> FloatArray:
    persons: Persons | FloatArray = (np.asarray(plan.case.public) * who).sum(axis=0)
    return np.concatenate([[0.0], np.asarray(persons, dtype=np.float64)])


def _functions(plan: ScheduleCase, answer: ScheduleSolution) -> tuple[FloatArray, FloatArray]:
    """Moving and savings (n + 1, T) of the groups, divided among their members."""
    n, span = len(plan.case.members), plan.years
    moving, saved = np.zeros((n + 1, span)), np.zeros((n + 1, span))
    rows = {commune.code: i for i, commune in enumerate(plan.case.members, 1)}
    dearer = plan.prices(plan.asked.capital_price_growth)
    prices = plan.prices(plan.asked.running_price_growth)
    for action, (group, costs) in plan.groups.items():
        year = answer.years[action]
        yearly = costs.saving_eur + costs.moving_eur_per_year
        for code, part in _parts(plan.sharing, group, costs).items():
            moving[rows[code], year - 1] += part * costs.moving_eur * dearer[year - 1]
            for t in range(year + 1, span + 1):
                realised = plan.realised(t - year)
                saved[rows[code], t - 1] += part * yearly * realised * prices[t - 1]
    return moving, saved


def _parts(sharing: SharingCase | None, group: Group, costs: GroupCosts) -> dict[InseeCode, float]:
    """Part of each member in what a group costs and saves; they sum to 1."""
    if sharing is None or not costs.saving_eur:
        return {code: 1.0 / len(group.members) for code in group.members}
    shares = shares_of(sharing, group, costs)
    whole: Euros = sum(shares.values())
    return {code: share / whole for code, share in shares.items()}


def _lines(plan: ScheduleCase) -> tuple[FloatArray, FloatArray]:
    """Redistribution received and contributions paid (n + 1, T), more than today."""
    n, span = len(plan.case.members), plan.years
    received, paid = np.zeros((n + 1, span)), np.zeros((n + 1, span))
    people = np.array([commune.population for commune in plan.case.members], dtype=np.float64)
    for line in plan.finances.lines:
        begin = max(0, (line.first_year or plan.asked.first_year) - plan.asked.first_year)
        if line.kind == "contribution":
            paid[0, begin:] += line.change_eur_per_year
        else:
            received[0, begin:] -= line.change_eur_per_year
            received[1:, begin:] += (line.change_eur_per_year * people / people.sum())[:, None]
    return received, paid
