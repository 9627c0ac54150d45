"""What can be drawn over a map of minutes: who goes to which site, and which sites are double."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np

from optimiser.case import Case
from optimiser.report.duplicates import ledger
from optimiser.report.map_view import Network
from optimiser.units import InseeCode

View: TypeAlias = Literal["minutes", "catchments", "duplicates"]
VIEWS: tuple[View, ...] = get_args(View)

_FILLS = ("#88ccee", "#ddcc77", "#cc6677", "#44aa99", "#aa4499", "#999933", "#6699cc", "#eecc99")
"""Told apart without colour vision (Tol 2021, muted); the lines say the same."""

_NOWHERE = "#bdbdbd"


@dataclass(frozen=True)
class Overlay:
    """What is drawn over one network.

    Parameters
    ----------
    lines
        Pairs of communes that a line joins; twice the same: a ring.
    serves
        Commune of the nearest site, by commune; empty outside the view of catchments.
    doubles
        Communes of the other sites that a commune's sites duplicate.
    fills
        Colour by commune, instead of its minutes.
    """

    lines: tuple[tuple[InseeCode, InseeCode], ...] = ()
    serves: dict[InseeCode, InseeCode] = field(default_factory=dict)
    doubles: dict[InseeCode, list[InseeCode]] = field(default_factory=dict)
    fills: dict[InseeCode, str] = field(default_factory=dict)


def overlay_of(case: Case, networks: Sequence[Network], at: int, view: View) -> Overlay:
    """Prepare a view.

    Parameters
    ----------
    case, networks
        What is drawn; a site has the same colour on all networks.
    at
        Which of the networks.
    view
        Which view.

    Returns
    -------
    Overlay
        Empty for the view of minutes.
    """
    if view == "catchments":
        return _catchments(case, networks, at)
    return _duplicates(case, networks[at]) if view == "duplicates" else Overlay()


def nearest_sites(case: Case, network: Network) -> dict[InseeCode, InseeCode]:
    """Commune of the site that is nearest to each member.

    Parameters
    ----------
    case, network
        What is drawn.

    Returns
    -------
    dict
        Code by code; members without any site within reach are left out. Of equals the first one
        in the order of the codes.
    """
    index = {commune.code: j for j, commune in enumerate(case.territory.communes)}
    counts: dict[InseeCode, int] = {}
    for site in network.sites:
        if site.status != "closed":
            counts[site.commune] = counts.get(site.commune, 0) + site.sites
    codes = sorted(counts)
    if not codes:
        return {}
    minutes = np.asarray(case.minutes)[:, [index[code] for code in codes]].copy()
    for column, code in enumerate(codes):
        if index[code] < len(case.members):
            # Several sites of one commune lie nearer to its inhabitants, as the judge counts.
            minutes[index[code], column] /= np.sqrt(counts[code])
    best = minutes.argmin(axis=1)
    return {
        commune.code: codes[best[i]]
        for i, commune in enumerate(case.members)
        if np.isfinite(minutes[i, best[i]])
    }


def _catchments(case: Case, networks: Sequence[Network], at: int) -> Overlay:
    each = [nearest_sites(case, network) for network in networks]
    serves = each[at]
    sites = sorted({site for found in each for site in found.values()})
    places = {commune.code: (commune.lon, commune.lat) for commune in case.territory.communes}
    # From west to east, so that neighbours rarely share a colour.
    sites.sort(key=lambda code: places[code])
    fill = {code: _FILLS[n % len(_FILLS)] for n, code in enumerate(sites)}
    return Overlay(
        lines=tuple((code, site) for code, site in serves.items() if code != site),
        serves=serves,
        fills={
            commune.code: fill[serves[commune.code]] if commune.code in serves else _NOWHERE
            for commune in case.members
        },
    )


def _duplicates(case: Case, network: Network) -> Overlay:
    found = ledger(case, network.evaluation).duplicates
    pairs = [(pair.first, pair.second) for pair in found if pair.service == network.service]
    doubles: dict[InseeCode, list[InseeCode]] = {}
    for first, second in pairs:
        doubles.setdefault(first, []).append(second)
        if first != second:
            doubles.setdefault(second, []).append(first)
    return Overlay(lines=tuple(pairs), doubles=doubles)
