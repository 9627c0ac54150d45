"""The rules that a scenario may ask for: one function for each family of constraints.

Each has its twin, of the same name, in `optimiser.check_sharing`, and its line in
docs/mathematics-sharing.md. A rule is written with a slack, so that a price tag or an infeasible
question can let it give way.
"""

from collections.abc import Callable

import numpy as np

from optimiser.planning.rules import Asked, Term, total
from optimiser.sharing.model import SharingModel


def opt_outs(model: SharingModel) -> None:
    """Keep communes out of groups."""
    for f in model.functions:
        for i in np.flatnonzero(model.case.opted_out[f]).tolist():
            terms = model.sitting(f, i)
            if terms:
                model.at_most(Asked("opt_out", _who(model, f, i), 0, "lock"), terms, 0, most=1)


def joins(model: SharingModel) -> None:
    """Ask that communes sit in a group."""
    for f in model.functions:
        for i in np.flatnonzero(model.case.must_join[f]).tolist():
            asked = Asked("join", _who(model, f, i), 1, "lock")
            model.at_least(asked, model.sitting(f, i), 1)


def vetoes(model: SharingModel) -> None:
    """Keep two communes out of the same group: z_ih + z_jh <= w_h."""
    for f, i, other in model.case.vetoes:
        if f not in model.functions:
            continue
        subject = (*_who(model, f, i), model.case.members[other].code)
        rows = []
        for h in model.hosts(f):
            columns = dict(model.members(f, h))
            if i in columns and other in columns:
                formed = (model.formed[f, h], -1.0)
                rows.append([(columns[i], 1.0), (columns[other], 1.0), formed])
        _at_most(model, Asked("veto", subject, 0, "lock"), rows, most=1)


def minimum_volume(model: SharingModel) -> None:
    """Form no group below the minimum efficient size."""
    for f in model.functions:
        least = model.case.planned[f].minimum_volume
        whole = float(model.case.volumes[f].sum())
        if not least or not whole:
            continue
        code = model.case.planned[f].code
        asked = Asked("minimum_volume", (code,), least, "volume", per_unit=1 / least)
        hosts = model.hosts(f)
        slack = model.slack(asked, most=1.0, direction=-1) if hosts else 0
        for h in hosts:
            members = model.members(f, h)
            terms = [(column, float(model.case.volumes[f, i]) / least) for i, column in members]
            model.row(total([*terms, (model.formed[f, h], -1.0)]) + slack >= 0)


def members_most(model: SharingModel) -> None:
    """Limit the communes of one group."""
    most = model.case.asked.members_most
    if most is None:
        return
    for f in model.functions:
        code, n = model.case.planned[f].code, len(model.case.members)
        rows = [
            [*((column, 1.0) for _, column in model.members(f, h)), (model.formed[f, h], -most)]
            for h in model.hosts(f)
        ]
        _at_most(model, Asked("members", (code,), most, "communes"), rows, most=n)


def groups_per_commune(model: SharingModel) -> None:
    """Limit the groups that one commune sits in."""
    most = model.case.asked.groups_per_commune
    if most is None:
        return
    for i, commune in enumerate(model.case.members):
        terms = [term for f in model.functions for term in model.sitting(f, i)]
        if len(model.functions) > most and terms:
            asked = Asked("groups_per_commune", (commune.code,), most, "groups")
            model.at_most(asked, terms, most, most=len(model.functions))


def functions_per_host(model: SharingModel) -> None:
    """Limit the functions that one commune hosts."""
    most = model.case.asked.functions_per_host
    if most is None:
        return
    for h, commune in enumerate(model.case.members):
        terms = [(model.formed[f, h], 1.0) for f in model.functions if (f, h) in model.formed]
        if len(terms) > most:
            asked = Asked("functions_per_host", (commune.code,), most, "groups")
            model.at_most(asked, terms, most, most=len(terms))


def staff_moved(model: SharingModel) -> None:
    """Limit the posts that change employer in a year, over the years of the transition."""
    most, years = model.case.asked.staff_moved_per_year, model.case.asked.transition_years
    if most is not None:
        terms = [t for f in model.functions for t in model.moved(f, model.case.staff[f])]
        asked = Asked("staff_moved", (), most, "posts_per_year", years)
        model.at_most(asked, terms, most * years, most=_sum(terms))


def transition_budget(model: SharingModel) -> None:
    """Limit what moving costs in all."""
    most = model.case.asked.transition_budget_eur
    if most is not None:
        terms = [t for f in model.functions for t in model.moved(f, model.case.moving_eur[f])]
        model.at_most(Asked("transition_budget", (), most, "eur"), terms, most, most=_sum(terms))


def minimum_saving(model: SharingModel) -> None:
    """Ask for a saving."""
    least = model.case.asked.minimum_saving_eur_per_year
    if least is not None:
        asked = Asked("minimum_saving", (), least, "eur_per_year")
        # The saving may be negative: let the rule give way as far as the worst of them.
        room = abs(least) + sum(abs(amount) for _, amount in model.saving)
        slack = model.slack(asked, most=room, direction=-1)
        model.row(total(model.saving) + slack >= least)


COUPLING: tuple[str, ...] = (
    "groups_per_commune",
    "functions_per_host",
    "staff_moved_per_year",
    "transition_budget_eur",
    "minimum_saving_eur_per_year",
)
"""Settings of the scenario that tie the functions together; without them each is solved alone."""

FAMILIES: tuple[Callable[[SharingModel], None], ...] = (
    opt_outs,
    joins,
    vetoes,
    minimum_volume,
    members_most,
    groups_per_commune,
    functions_per_host,
    staff_moved,
    transition_budget,
    minimum_saving,
)


def build(model: SharingModel) -> SharingModel:
    """Add every family of rules to a model, and return it."""
    for family in FAMILIES:
        family(model)
    return model


def _at_most(model: SharingModel, asked: Asked, rows: list[list[Term]], *, most: float) -> None:
    """Write rows that are at most 0 and give way together; a rule without rows is none."""
    if rows:
        slack = model.slack(asked, most=most, direction=1)
        for terms in rows:
            model.row(total(terms) - slack <= 0)


def _who(model: SharingModel, f: int, i: int) -> tuple[str, str]:
    return (model.case.planned[f].code, model.case.members[i].code)


def _sum(terms: list[Term]) -> float:
    return sum(amount for _, amount in terms)
