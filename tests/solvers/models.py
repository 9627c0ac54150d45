"""Models of known difficulty for the contract tests."""

import numpy as np
import pulp

from optimiser.solvers import LinearModel


def knapsack(items: int, rows: int, *, seed: int = 0, most: int = 1) -> pulp.LpProblem:
    """Multi-dimensional knapsack: easy to answer, slow to prove."""
    rng = np.random.default_rng(seed)
    problem = pulp.LpProblem("knapsack", pulp.LpMaximize)
    take = [problem.add_variable(f"x{i}", 0, most, cat="Integer") for i in range(items)]
    weights = rng.integers(5, 60, (rows, items))
    for row in weights:
        problem += pulp.lpSum(int(w) * x for w, x in zip(row, take, strict=True)) <= int(
            row.sum() // 3
        )
    values = weights.mean(axis=0) + rng.random(items) * 10
    problem.setObjective(
        pulp.lpSum(float(v) * x for v, x in zip(values, take, strict=True)) + 100.0
    )
    return problem


def hard() -> LinearModel:
    """Model that no solver here proves within a minute."""
    return LinearModel.from_pulp(knapsack(250, 40))
