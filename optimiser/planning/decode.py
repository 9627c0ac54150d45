"""From a solver's values to decisions, and back."""

from collections import defaultdict

import numpy as np
from scipy.optimize import linear_sum_assignment

from optimiser.case import Case
from optimiser.planning.model import PlanModel
from optimiser.solution import Decisions, Place, Transfer
from optimiser.units import BoolArray, FloatArray


def decode(model: PlanModel, values: FloatArray) -> Decisions:
    """Decisions of an answer.

    Parameters
    ----------
    model
        The model.
    values
        Value (columns,) of each variable, in the order of ``problem.variables()``.

    Returns
    -------
    Decisions
        With the transfers that spare most.
    """
    column = {v: round(x) for v, x in zip(model.problem.variables(), values, strict=True)}
    case = model.case
    sites: dict[Place, int] = {}
    for table in (model.kept, model.extra, model.opened):
        for (k, j), variable in table.items():
            if column[variable]:
                place = (case.services[k].code, case.members[j].code)
                sites[place] = sites.get(place, 0) + column[variable]
    themes: dict[str, list[str]] = defaultdict(list)
    for (k, j), variable in model.opened.items():
        service = case.services[k]
        given = themes[case.members[j].code] if service.structuring else []
        if column[variable] and (j, service.theme) in model.theme and service.theme not in given:
            given.append(service.theme)
    everyone = case.territory.communes
    agreements = frozenset(
        (case.services[k].code, everyone[j].code)
        for (k, j), variable in model.agreed.items()
        if column[variable]
    )
    return Decisions(
        sites=sites,
        agreements=agreements,
        transfers=match_transfers(case, sites),
        themes={code: tuple(given) for code, given in themes.items() if given},
    )


def encode(model: PlanModel, decisions: Decisions) -> FloatArray:
    """Values (columns,) to start from; NaN for columns that follow from the others.

    Parameters
    ----------
    model
        The model.
    decisions
        Decisions on the same territory; those that the model does not know are left out.
    """
    values = {variable: float("nan") for variable in model.problem.variables()}
    case = model.case
    for (k, j), variable in {**model.kept, **model.opened}.items():
        count = decisions.sites.get((case.services[k].code, case.members[j].code), 0)
        values[variable] = float(count > 0)
        if (k, j) in model.extra:
            values[model.extra[k, j]] = float(max(0, count - 1))
    for (k, j), variable in model.agreed.items():
        place = (case.services[k].code, case.territory.communes[j].code)
        values[variable] = float(place in decisions.agreements)
    for (j, theme), variable in model.theme.items():
        values[variable] = float(theme in decisions.themes.get(case.members[j].code, ()))
    return np.array(list(values.values()))


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
