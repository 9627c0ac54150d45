"""The reference for shared functions: formulation S1 as one would first write it, PuLP's CBC.

One column for each member and host and for each piece of the curve, members tied to hosts by one
sum, volumes in their own unit, nothing stated about how many groups can be large. It must find the
same saving as the product, within the gap.
"""

import numpy as np
import pulp

from optimiser.sharing_case import SharingCase

GAP = 1e-3
SECONDS = 120


def build(case: SharingCase) -> pulp.LpProblem:
    """Write the model; maximises the yearly saving."""
    problem = pulp.LpProblem("naive_share", pulp.LpMaximize)
    n, saving = len(case.members), []
    for f in range(len(case.planned)):
        seats: dict[int, list[pulp.LpVariable]] = {i: [] for i in range(n)}
        for h in np.flatnonzero(case.can_host[f]).tolist():
            members = np.flatnonzero(case.can_join[f, :, h]).tolist()
            formed = problem.add_variable(f"w_{f}_{h}", 0, 1, "Integer")
            sits = {i: problem.add_variable(f"z_{f}_{i}_{h}", 0, 1, "Integer") for i in members}
            problem += pulp.lpSum(sits.values()) <= len(members) * formed
            problem += pulp.lpSum(sits.values()) >= 2 * formed
            if h < n:
                problem += sits[h] >= formed
            whole = float(sum(case.volumes[f, i] for i in members))
            chosen, placed = [], []
            for p, (start, end, fixed, slope) in enumerate(case.curves[f].segments(whole)):
                piece = problem.add_variable(f"l_{f}_{h}_{p}", 0, 1, "Integer")
                volume = problem.add_variable(f"v_{f}_{h}_{p}", 0)
                problem += volume <= end * piece
                problem += volume >= start * piece
                saving += [(piece, -fixed), (volume, -slope)]
                chosen.append(piece)
                placed.append(volume)
            problem += pulp.lpSum(chosen) == formed
            problem += pulp.lpSum(placed) == pulp.lpSum(
                float(case.volumes[f, i]) * column for i, column in sits.items()
            )
            least = case.planned[f].minimum_volume
            problem += pulp.lpSum(placed) >= least * formed
            for i, column in sits.items():
                gain = float(case.alone_eur[f, i] - case.joining_eur[f, i, h])
                saving.append((column, gain))
                seats[i].append(column)
        for i, columns in seats.items():
            if columns:
                problem += pulp.lpSum(columns) <= 1, f"seat_{f}_{i}"
    problem.setObjective(pulp.LpAffineExpression(saving))
    return problem


def solve(case: SharingCase) -> float:
    """Saving that CBC finds within the gap or the time."""
    problem = build(case)
    problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=GAP, timeLimit=SECONDS, threads=2))
    return float(pulp.value(problem.objective))
