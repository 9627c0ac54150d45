"""Facilities and shared functions under one capital and one recurrent budget.

In sequence: functions are shared first, moving is paid from the capital budget, and what they save
widens the recurrent budget of the facilities. What this order can lose is bounded: no joint
decision is worth more than the best facilities with the whole capital and the greatest saving, and
the greatest saving, each proven apart.
"""

from dataclasses import dataclass, replace

from optimiser.case import Case
from optimiser.functions import Cases, FunctionCode
from optimiser.planning import plan
from optimiser.sharing import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingAnswer, SharingSolution
from optimiser.solution import Answer, Solution
from optimiser.solvers import Limits
from optimiser.units import Euros, InseeCode, ServiceCode, Share


@dataclass(frozen=True, slots=True)
class Payment:
    """Euros of one saving that pay for one facility, a year.

    Parameters
    ----------
    function
        Whose saving.
    service, commune
        Facility that operates with the savings and not without them.
    eur_per_year
        Its recurrent cost that this saving covers.
    """

    function: FunctionCode
    service: ServiceCode
    commune: InseeCode
    eur_per_year: Euros


@dataclass(frozen=True)
class Joint:
    """Both halves of a scenario.

    Parameters
    ----------
    case
        The facilities' case, with the budgets that sharing leaves them.
    plan, before
        The plan with the savings, and without them.
    sharing_case, sharing
        The other half.
    recurrent_eur
        What sharing adds to the recurrent budget, a year.
    capital_eur
        What moving takes from the capital budget.
    value, most
        What both halves are worth together, in points; and what no joint decision exceeds.
    payments
        Which euro of saving pays for which facility.
    unspent_eur
        Recurrent saving that no facility takes, a year.
    """

    case: Case
    plan: Answer
    before: Answer
    sharing_case: SharingCase
    sharing: SharingAnswer
    recurrent_eur: Euros = 0.0
    capital_eur: Euros = 0.0
    value: float = 0.0
    most: float = 0.0
    payments: tuple[Payment, ...] = ()
    unspent_eur: Euros = 0.0

    @property
    def loss(self) -> Share:
        """Most that deciding in sequence can lose, as a part of the value."""
        distance = max(0.0, self.most - self.value)
        return distance / abs(self.value) if self.value else float("inf")


def plan_together(
    case: Case, sharing_case: SharingCase, limits: Limits | None = None, *, solver: str = "highs"
) -> Joint:
    """Share functions, then plan facilities with what that saves.

    Parameters
    ----------
    case, sharing_case
        Both halves of one scenario, on one territory.
    limits
        Of each solve; the functions are proven to a gap of 0.1 % at the least.
    solver
        Key of `optimiser.solvers.BACKENDS`.

    Returns
    -------
    Joint
        Both answers, the bound on the loss, and who pays for what. Where one half has no answer,
        the rest is left at zero.
    """
    limits = limits or Limits()
    rough = replace(limits, gap=max(limits.gap, 1e-3))
    before = plan(case, limits, solver=solver)
    budgeted = _within(sharing_case, case.scenario.budget.capital_eur)
    shared = share(budgeted, rough, solver=solver)
    if not isinstance(shared, SharingSolution):
        return Joint(case, before, before, budgeted, shared)
    recurrent, moving = shared.evaluation.recurrent_saving_eur, shared.evaluation.moving_eur
    funded = _funded(case, recurrent, moving)
    planned = plan(funded, limits, solver=solver)
    if not isinstance(planned, Solution):
        return Joint(funded, planned, before, budgeted, shared, recurrent, moving)
    payments, unspent = _payments(funded, planned, before, shared)
    value = case.scenario.objective.person_value_eur_per_year
    most = _greatest_recurrent(budgeted, rough, solver)
    best = plan(_funded(case, most, 0.0), limits, solver=solver)
    ceiling = best.bound if isinstance(best, Solution) else float("inf")
    return Joint(
        case=funded,
        plan=planned,
        before=before,
        sharing_case=budgeted,
        sharing=shared,
        recurrent_eur=recurrent,
        capital_eur=moving,
        value=planned.score + shared.saving_eur / value,
        most=ceiling + shared.bound / value,
        payments=payments,
        unspent_eur=unspent,
    )


def _within(sharing_case: SharingCase, capital_eur: Euros | None) -> SharingCase:
    """Limit the cost of moving to the capital that both halves have."""
    own = sharing_case.asked.transition_budget_eur
    limits = [euros for euros in (own, capital_eur) if euros is not None]
    if not limits:
        return sharing_case
    asked = sharing_case.asked.model_copy(update={"transition_budget_eur": min(limits)})
    scenario = sharing_case.scenario.model_copy(update={"sharing": asked})
    return replace(sharing_case, scenario=scenario)


def _funded(case: Case, recurrent_eur: Euros, moving_eur: Euros) -> Case:
    """Case with the budgets that sharing leaves."""
    budget = case.scenario.budget
    changes: dict[str, float] = {}
    if budget.capital_eur is not None:
        changes["capital_eur"] = max(0.0, budget.capital_eur - moving_eur)
    if budget.running_increase_eur_per_year is not None:
        rise = budget.running_increase_eur_per_year + recurrent_eur
        changes["running_increase_eur_per_year"] = rise
    scenario = case.scenario.model_copy(update={"budget": budget.model_copy(update=changes)})
    return replace(case, scenario=scenario)


def _greatest_recurrent(sharing_case: SharingCase, limits: Limits, solver: str) -> Euros:
    """Recurrent saving that no decision exceeds: as if moving cost nothing."""
    free = Cases(low=0.0, base=0.0, high=0.0)
    functions = {
        function.code: function.model_copy(update={"transition": free})
        for function in sharing_case.functions
    }
    catalogue = sharing_case.functions.model_copy(update={"functions": functions})
    answer = share(replace(sharing_case, functions=catalogue), limits, solver=solver)
    if isinstance(answer, SharingSolution):
        return answer.bound
    return float(sharing_case.alone_eur.sum())


def _payments(
    case: Case, planned: Solution, before: Answer, shared: SharingSolution
) -> tuple[tuple[Payment, ...], Euros]:
    """Let savings, largest first, pay for the facilities that operate only thanks to them.

    They pay for what the plan spends beyond the one without them; closings pay for the rest.
    """
    spent = planned.evaluation.costs.recurrent_eur
    if isinstance(before, Solution):
        spent -= before.evaluation.costs.recurrent_eur
    saved = max(0.0, shared.evaluation.recurrent_saving_eur)
    left = min(saved, max(0.0, spent))
    unspent = saved - left
    purse = _purse(shared)
    payments = []
    costs = _added(case, planned, before)
    for (service, commune), euros in sorted(costs.items(), key=lambda cost: -cost[1]):
        owed = min(euros, left)
        left -= owed
        for function, rest in purse.items():
            paid = min(owed, rest)
            if paid > 0:
                payments.append(Payment(function, service, commune, paid))
                purse[function] = rest - paid
                owed -= paid
    return tuple(payments), unspent


def _purse(shared: SharingSolution) -> dict[FunctionCode, Euros]:
    """Recurrent saving of each function, the largest first."""
    savings: dict[FunctionCode, Euros] = {}
    for group, money in zip(shared.decisions.groups, shared.evaluation.groups, strict=True):
        saved = money.saving_eur + money.moving_eur_per_year
        savings[group.function] = savings.get(group.function, 0.0) + saved
    return dict(sorted(savings.items(), key=lambda saving: -saving[1]))


def _added(
    case: Case, planned: Solution, before: Answer
) -> dict[tuple[ServiceCode, InseeCode], Euros]:
    """Recurrent cost of the sites that operate with the savings and not without them."""
    other = before.decisions.sites if isinstance(before, Solution) else {}
    places = {service.code: k for k, service in enumerate(case.services)}
    codes = [commune.code for commune in case.members]
    added = {}
    for (service, commune), count in planned.decisions.sites.items():
        more = count - other.get((service, commune), 0)
        if more > 0:
            each = float(case.running_eur[places[service], codes.index(commune)])
            added[service, commune] = more * each
    return added
