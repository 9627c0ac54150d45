"""Every set of sites tried, without any of the engine's code."""

import itertools

import numpy as np


def subsets(allowed, count, fixed):
    pool = [j for j in allowed if j not in fixed]
    sizes = range(len(pool) + 1) if count is None else [count - len(fixed)]
    for size in sizes:
        if 0 <= size <= len(pool):
            for chosen in itertools.combinations(pool, size):
                yield sorted({*chosen, *fixed})


def mclp(matrix, weights, radius, count, costs=None, allowed=None, fixed=(), existing=()):
    m = matrix.shape[1]
    costs = np.zeros(m) if costs is None else costs
    best = -np.inf
    for chosen in subsets(range(m) if allowed is None else allowed, count, fixed):
        opened = sorted({*chosen, *existing})
        near = (matrix[:, opened] <= radius).any(axis=1) if opened else np.zeros(len(matrix), bool)
        paid = sum(costs[j] for j in chosen if j not in existing)
        best = max(best, weights[near].sum() - paid)
    return best


def gradual(matrix, weights, share, count):
    best = -np.inf
    for opened in subsets(range(matrix.shape[1]), count, ()):
        got = share(matrix[:, opened]).max(axis=1) if opened else 0.0
        best = max(best, (weights * got).sum())
    return best


def p_median(matrix, weights, count, costs=None, allowed=None, fixed=(), existing=()):
    m = matrix.shape[1]
    costs = np.zeros(m) if costs is None else costs
    best = np.inf
    for chosen in subsets(range(m) if allowed is None else allowed, count, fixed):
        opened = sorted({*chosen, *existing})
        if not opened:
            continue
        used = weights > 0
        travel = (weights[used] * matrix[used][:, opened].min(axis=1)).sum()
        best = min(best, travel + sum(costs[j] for j in chosen if j not in existing))
    return best


def lscp(matrix, radius, costs=None):
    m = matrix.shape[1]
    costs = np.ones(m) if costs is None else costs
    best = np.inf
    for opened in subsets(range(m), None, ()):
        if opened and (matrix[:, opened] <= radius).any(axis=1).all():
            best = min(best, costs[opened].sum())
    return best
