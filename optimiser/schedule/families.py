"""The rules of a schedule: one function for each family of constraints.

Each has its twin in `optimiser.check_schedule.rules`, and its line in docs/mathematics-schedule.md.
The network after every year keeps what today's network and the plan both keep; limits of money and
staff are rules that can give way.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pulp

from optimiser.planning.rules import Asked, Term, total
from optimiser.schedule.model import Cover, ScheduleModel

_FREE = 1e12
"""Slack at which money restricts nothing."""


def replacement(model: ScheduleModel) -> None:
    """Close what moves only once its destination is open; leave nobody unserved meanwhile."""
    plan = model.plan
    for (k, a), destinations in plan.moves.items() if not model.choose else ():
        closings = model.closes[k, a]
        for t in model.years:
            terms = [term for action in closings for term in model.by(action, t)]
            for b in destinations:
                terms += [(c, -x) for c, x in model.by(model.opens[k, b], t)]
            model.row(total(terms) <= len(closings) - len(destinations))
    last = plan.years
    for cover in model.covers:
        if cover.r != model.case.services[cover.k].guarantee_tier or not cover.today:
            continue
        for t in model.years[:-1]:
            serving, constant = model.serving(cover, t)
            if not model.choose:
                if _at_last(cover):
                    model.row(total(serving) + constant >= 1)
                continue
            for site in cover.sites:
                # Served at last by this one: served in every year by some.
                (column, _), sign = model.by(site.action, last)[0], 1.0 if site.starts else -1.0
                at_last = 0.0 if site.starts else 1.0
                model.row(total([*serving, (column, -sign)]) + constant - at_last >= 0)


def _at_last(cover: Cover) -> bool:
    """Whether the whole plan serves a cover: some site opens, for all that close do close."""
    return any(site.starts for site in cover.sites)


def floors(model: ScheduleModel) -> None:
    """Keep each basin, and the territory, at its floor; no lower than today where it is below."""
    case = model.case
    served: dict[tuple[int, int], list[int]] = defaultdict(list)
    for g, cover in enumerate(model.covers):
        if cover.r == case.services[cover.k].guarantee_tier:
            served[cover.k, cover.basin].append(g)
    for k, service in enumerate(case.services):
        today = [sum(_persons(model, g) for g in served[k, b]) for b in range(len(case.basins))]
        publics = [float(case.public[k][case.basin_of == b].sum()) for b in range(len(case.basins))]
        shares = [case.share_today(k, b) for b in range(len(case.basins))]
        for b in range(len(case.basins)):
            floor = case.floor(k, b)
            if floor is not None:
                # Persons of the covers that must be served besides those who always are.
                short = min(floor, shares[b]) * publics[b] - (shares[b] * publics[b] - today[b])
                _serve(model, served[k, b], short)
        wanted = case.scenario.coverage.guarantee.get(service.code)
        if wanted is not None:
            now = sum(share * public for share, public in zip(shares, publics, strict=True))
            short = min(wanted * sum(publics), now) - (now - sum(today))
            _serve(model, [g for b in range(len(case.basins)) for g in served[k, b]], short)


def _persons(model: ScheduleModel, g: int) -> float:
    """Persons of a cover whom today's network serves."""
    return model.covers[g].public * model.covers[g].today


def _serve(model: ScheduleModel, covers: list[int], persons: float) -> None:
    if persons <= 0:
        return
    for t in model.years[:-1]:
        terms = [(model.served[g, t], model.covers[g].public) for g in covers]
        # A solver's rounding of the floor must not ask for more than everybody.
        model.row(total(terms) >= persons * (1 - 1e-9))


def capacity(model: ScheduleModel) -> None:
    """Keep in each basin, and each commune, the sites that its public fills."""
    case = model.case
    if not case.scenario.coverage.keep_capacity:
        return
    for k in np.flatnonzero(case.can_close).tolist():
        places = {j for s, j in model.closes if s == k}
        groups = [
            (np.flatnonzero(case.basin_of == b).tolist(), case.basin_capacity(k, b))
            for b in range(len(case.basins))
        ]
        groups += [([j], case.commune_capacity(k, j)) for j in sorted(places)]
        for communes, least in groups:
            if least and places & set(communes):
                for t in model.years[:-1]:
                    terms, constant = model.count(k, communes, t)
                    model.row(total(terms) >= least - constant)


def new_duplicates(model: ScheduleModel) -> None:
    """Open a site beside one that goes only when that one is gone."""
    case = model.case
    if not case.scenario.duplicates.forbid_new:
        return
    for (k, a), action in model.opens.items():
        near = case.exclusive[k] | case.exclusive[k].T
        for (s, b), closings in model.closes.items():
            gone = s == k and near[a, b] and len(closings) == int(case.existing[k, b])
            for t in model.years if gone else ():
                terms = model.by(action, t)
                terms += [(c, -x) for c, x in model.by(closings[-1], t)]
                model.row(total(terms) <= 0)


def concentration(model: ScheduleModel) -> None:
    """Never put more structuring facilities into a commune than the plan's limit allows."""
    case = model.case
    most = case.scenario.polycentrality.structuring_per_commune
    if most is None:
        return
    structuring = [k for k, service in enumerate(case.services) if service.structuring]
    for j in sorted({j for k, j in model.opens if k in structuring}):
        limit = max(most, int(case.existing[structuring, j].sum()))
        for t in model.years[:-1]:
            parts = [model.count(k, [j], t) for k in structuring]
            terms = [term for part, _ in parts for term in part]
            model.row(total(terms) <= limit - sum(constant for _, constant in parts))


def running(model: ScheduleModel) -> None:
    """Keep the recurrent cost of every year's network within the plan's limit."""
    asked = model.plan.asked.temporary_rise_eur_per_year
    limit = model.plan.own_rise_eur
    if limit is None or len(model.years) < 2:  # noqa: PLR2004
        return
    rule = Asked("temporary_rise", (), asked, "eur_per_year")
    slack = model.slack(rule, most=_FREE, direction=1)
    for t in model.years[:-1]:
        # A saving that the plan must make is not yet asked of the years before.
        # What the network of a year costs is paid in the next one, with what groups save by then.
        saved = _realised(model, t + 1) if model.plan.funds_facilities else []
        terms = [*model.recurrent(t), *_times(saved, -1.0)]
        model.row(total(terms) - slack <= max(0.0, limit) + asked)


def yearly_capital(model: ScheduleModel) -> None:
    """Limit the capital of a year; where it is carried over, of the years so far."""
    limit = model.plan.envelope_eur
    if limit is None:
        return
    asked = Asked("yearly_capital", (), limit, "eur_per_year")
    slack = model.slack(asked, most=_FREE, direction=1)
    carried: list[Term] = []
    for t in model.years:
        spent = _spent(model, t)
        carried = carried + spent if model.plan.asked.carry_over else spent
        many = t if model.plan.asked.carry_over else 1
        model.row(total(carried) - many * slack <= many * limit * (1 + 1e-9))


def _spent(model: ScheduleModel, t: int) -> list[Term]:
    return [term for terms in model.spending(t).values() for term in terms]


def smooth_capital(model: ScheduleModel) -> None:
    """Limit how much the capital of a year differs from that of the year before."""
    limit = model.plan.asked.change_eur_per_year
    if limit is None:
        return
    asked = Asked("smooth_capital", (), limit, "eur_per_year")
    slack = model.slack(asked, most=_FREE, direction=1)
    for t in model.years[1:]:
        step = _spent(model, t) + [(c, -x) for c, x in _spent(model, t - 1)]
        model.row(total(step) - slack <= limit)
        model.row(total(step) + slack >= -limit)


def staff(model: ScheduleModel) -> None:
    """Limit the posts that move in a year: those of groups that start, and of sites that close."""
    limit = model.plan.staff_limit
    moving = {action: model.plan.posts(action) for action in model.done}
    if limit is None or not any(moving.values()):
        return
    asked = Asked("staff_moved", (), limit, "posts_per_year")
    slack = model.slack(asked, most=_FREE, direction=1)
    for t in model.years:
        terms = [
            (column, posts * x)
            for action, posts in moving.items()
            if posts
            for column, x in model.during(action, t, t)
        ]
        model.row(total(terms) - slack <= limit)


def money(model: ScheduleModel) -> None:
    """Follow subsidies, self-financing and debt; hold the debt under its ceiling."""
    plan, asked = model.plan, model.plan.finances
    slack: pulp.LpVariable | None = None
    if asked.debt_ceiling_years is not None:
        slack = model.slack(Asked("debt_ceiling", (), 0.0, "eur"), most=_FREE, direction=1)
    capital_prices = plan.prices(plan.asked.capital_price_growth)
    prices = plan.prices(plan.asked.running_price_growth)
    debt: list[Term] = []
    debt_constant = plan.debt_today_eur
    for t in model.years:
        paid = {k: _times(terms, capital_prices[t - 1]) for k, terms in model.spending(t).items()}
        subsidies = _subsidies(model, t, paid)
        # Interest above today's, of the debt at the end of the year before.
        interest = _times(debt, asked.interest_rate)
        caf = _times(model.recurrent(t - 1) if t > 1 else [], -prices[t - 1])
        caf += _times(_realised(model, t), prices[t - 1]) + _times(interest, -1.0)
        caf_constant = float(plan.caf_without_eur[t - 1] - plan.lines_eur[t - 1])
        caf_constant -= asked.interest_rate * (debt_constant - plan.debt_today_eur)
        debt_constant += float(plan.other_investment_eur[t - 1]) - caf_constant
        flows = [term for terms in paid.values() for term in terms]
        flows += _times(subsidies, -1.0) + _times(caf, -1.0)
        owed = model.problem.add_variable(f"debt_{t}")
        # Measured from what it is whatever is decided: small numbers suit the solver.
        model.row(total([*debt, *flows, (owed, -1.0)]) == 0)
        debt = [(owed, 1.0)]
        if slack is not None:
            ceiling = float(asked.debt_ceiling_years or 0.0)
            terms = [*debt, *_times(caf, -ceiling), (slack, -1.0)]
            model.row(total(terms) <= ceiling * caf_constant - debt_constant)


def _times(terms: list[Term], factor: float) -> list[Term]:
    return [(column, float(factor) * x) for column, x in terms]


def _subsidies(model: ScheduleModel, t: int, paid: dict[int, list[Term]]) -> list[Term]:
    """Add what others pay in year t, and earn it."""
    year = model.plan.asked.first_year + t - 1
    codes = [service.code for service in model.case.services]
    columns: list[Term] = []
    for n, subsidy in enumerate(model.plan.asked.subsidies):
        works = paid.get(codes.index(subsidy.service), []) if subsidy.service in codes else []
        if works and subsidy.paid(year):
            column = model.problem.add_variable(f"subsidy_{n}_{t}", 0, subsidy.most_eur_per_year)
            model.row(total([(column, 1.0), *_times(works, -subsidy.share)]) <= 0)
            columns.append((column, 1.0))
    model.earn(_times(columns, float(model.plan.discount[t - 1])))
    return columns


def _realised(model: ScheduleModel, t: int) -> list[Term]:
    """What groups that started before year t save in it."""
    terms: list[Term] = []
    for action, (_, costs) in model.plan.groups.items():
        euros = costs.saving_eur + costs.moving_eur_per_year
        for start in range(1, t):
            part = model.plan.realised(t - start)
            terms += [(c, euros * part * x) for c, x in model.during(action, start, start)]
    return terms


FAMILIES: tuple[Callable[[ScheduleModel], None], ...] = (
    replacement,
    floors,
    capacity,
    new_duplicates,
    concentration,
    running,
    yearly_capital,
    smooth_capital,
    staff,
    money,
)


def build(model: ScheduleModel) -> ScheduleModel:
    """Write every rule into a model.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    ScheduleModel
        The same, ready to solve.
    """
    for family in FAMILIES:
        family(model)
    return model
