"""Groups for one function without a solver: what is shown where the time ends before a search does.

One step at a time, the pair that saves most founds a group, or the commune that adds most to a
group joins it, until nothing adds anything. No proof comes with it; the judge decides whether it
respects the rules.
"""

import numpy as np

from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group


def greedy_groups(case: SharingCase, function: int) -> list[Group]:
    """Groups that save something, by steps that each add the most.

    Parameters
    ----------
    case
        The case.
    function
        Index of the function.

    Returns
    -------
    list of Group
        Hosted by communes; vetoes and the number of members are respected, and communes that opted
        out stay alone.
    """
    members = len(case.members)
    curve, volumes = case.curves[function], case.volumes[function]
    most = case.asked.members_most or members
    apart = np.zeros((members, members), dtype=bool)
    for f, one, other in case.vetoes:
        if f == function:
            apart[one, other] = apart[other, one] = True
    gains = case.alone_eur[function][:, None] - case.joining_eur[function][:, :members]
    able = case.can_join[function][:, :members] & case.can_host[function][None, :members]
    able &= ~apart & ~case.opted_out[function][:, None] & ~case.opted_out[function][None]
    np.fill_diagonal(able, val=False)
    gains = np.where(able, gains, -np.inf)
    seated: dict[int, list[int]] = {}
    free = np.ones(members, dtype=bool)
    own = case.alone_eur[function]
    # Adding i to the group of h, or founding it where h is free: (members, hosts).
    added = gains + own - curve.cost(volumes[:, None] + volumes)
    while True:
        place = int(np.argmax(added))
        i, h = divmod(place, members)
        if not added[i, h] > 0:
            break
        group = seated.setdefault(h, [h])
        group.append(i)
        free[[i, h]] = False
        added[[i, h], :] = -np.inf
        added[:, i] = -np.inf
        added[:, h] = -np.inf
        if len(group) < most:
            volume = float(volumes[group].sum())
            more = gains[:, h] - curve.cost(volume + volumes) + float(curve.cost(volume))
            more[~free | apart[:, group].any(axis=1)] = -np.inf
            added[:, h] = more
    hosts, code = case.hosts, case.planned[function].code
    return [
        Group(code, hosts[h], tuple(sorted(case.members[i].code for i in group)))
        for h, group in sorted(seated.items())
    ]
