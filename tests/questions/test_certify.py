"""Capacity: assignments against plain counts and scipy, repairs against every repair."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from optimiser import check
from optimiser.case import Case
from optimiser.questions.certify import certify, network
from optimiser.questions.repair import LEVEL, repair
from optimiser.solution import Decisions, Status
from tests.questions.every import bench_of, case_of, feasible

SEEDS = feasible(6)


def most_served(case: Case, k: int, minutes: np.ndarray, capacity: np.ndarray) -> float:
    """Largest number of persons with room, by another solver."""
    limit = case.services[k].guarantee_minutes + 1e-9
    n, m = minutes.shape
    people = np.kron(np.eye(n), np.ones(m))
    sites = np.kron(np.ones(n), np.eye(m))
    bounds = [(0, None if minutes[i, j] <= limit else 0) for i in range(n) for j in range(m)]
    answer = linprog(
        -np.ones(n * m),
        A_ub=np.vstack([people, sites]),
        b_ub=np.concatenate([case.public[k], capacity]),
        bounds=bounds,
    )
    return float(-answer.fun)


@pytest.mark.parametrize("seed", SEEDS)
def test_spreading_serves_as_many_as_another_solver_says(seed: int) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    answer = certify(case, decisions, assignment="best")
    assert answer.status is Status.OPTIMAL
    for k, each in enumerate(answer.services):
        minutes, capacity = network(case, decisions, k)
        assert each.served == pytest.approx(most_served(case, k, minutes, capacity), abs=1e-3)
        assert all(load.users <= load.capacity + 1e-6 for load in each.loads)


@pytest.mark.parametrize("assignment", ["closest", "best"])
@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_served_or_out_of_capacity_or_out_of_reach(seed: int, assignment: str) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    answer = certify(case, decisions, assignment=assignment)  # type: ignore[arg-type]
    evaluation = check.evaluate(case, decisions)
    assert answer.violations == ()
    for k, each in enumerate(answer.services):
        total = each.served + each.out_of_capacity + each.out_of_reach
        assert total == pytest.approx(each.public, abs=1e-3)
        within = float(evaluation.guaranteed[k].sum())
        assert each.out_of_reach == pytest.approx(each.public - within, abs=1e-3)
        for parts, commune in zip(each.by_commune.values(), case.members, strict=True):
            i = case.members.index(commune)
            assert sum(parts) == pytest.approx(float(case.public[k, i]), abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_served_more_by_going_to_the_nearest_site(seed: int) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    near = certify(case, decisions, assignment="closest")
    best = certify(case, decisions, assignment="best")
    for a, b in zip(near.services, best.services, strict=True):
        assert a.served <= b.served + 1e-3
        assert sum(load.left_over for load in a.loads) == pytest.approx(a.out_of_capacity, abs=1e-3)


@pytest.mark.parametrize("least_use", [0.0, 0.25, 0.8])
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_a_repair_is_the_best_of_all_repairs(seed: int, least_use: float) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    for k, service in enumerate(case.services):
        found = repair(case, decisions, k, least_use=least_use, most_levels=2)
        tried = every_repair(case, decisions, k, least_use)
        fewest = min(left for left, _, _ in tried)
        tried = [each for each in tried if each[0] <= fewest + 1e-2]
        lacking = min(short for _, short, _ in tried)
        cheapest = min(euros for _, short, euros in tried if short <= lacking + 1e-2)
        assert found.status is Status.OPTIMAL
        assert found.left_over == pytest.approx(fewest, abs=1e-2)
        assert found.underused == pytest.approx(lacking, abs=1e-2)
        assert found.annual_eur == pytest.approx(cheapest, rel=1e-5, abs=1.0)
        assert found.service == service.code


def every_repair(
    case: Case, decisions: Decisions, k: int, least_use: float
) -> list[tuple[float, float, float]]:
    """Left over, lacking and yearly euros of every choice of levels and openings."""
    service = case.services[k]
    minutes, capacity = network(case, decisions, k)
    limit = service.guarantee_minutes + 1e-9
    public = np.where((minutes <= limit).any(axis=1), case.public[k], 0.0)
    half = LEVEL * service.persons_per_site
    stands = [bool(decisions.sites.get((service.code, c.code), 0)) for c in case.members]
    choices = [
        range(-max(0, int(capacity[j] // half) - 1), 3) if here else range(1 + case.can_open[k, j])
        for j, here in enumerate(stands)
    ]
    found = []
    for choice in itertools.product(*choices):
        room, ways, euros = capacity.copy(), minutes.copy(), 0.0
        least, most_short = np.zeros(len(capacity)), np.zeros(len(capacity))
        for j, level in enumerate(choice):
            each = float(case.running_eur[k, j] + case.annuity(k) * case.capital_eur[k, j])
            part = LEVEL * level if stands[j] else float(level)
            room[j] += part * service.persons_per_site
            euros += max(0.0, part) * each
            least[j] = least_use * room[j]
            most_short[j] = least[j] if stands[j] else 0.0
            if level and not stands[j]:
                ways[:, j] = case.minutes[:, j]
        for left, short in used(public, ways <= limit, room, least, most_short):
            found.append((left, short, euros))
    return found


def used(
    public: np.ndarray, near: np.ndarray, room: np.ndarray, least: np.ndarray, give: np.ndarray
) -> list[tuple[float, float]]:
    """Fewest left over, and then fewest lacking, by another solver; nothing where impossible."""
    n, m = near.shape
    people = np.hstack([np.kron(np.eye(n), np.ones(m)), np.zeros((n, m))])
    sites = np.hstack([np.kron(np.ones(n), np.eye(m)), np.zeros((m, m))])
    enough = np.hstack([-np.kron(np.ones(n), np.eye(m)), -np.eye(m)])
    rows, limits = np.vstack([people, sites, enough]), np.concatenate([public, room, -least])
    bounds = [(0, None if near[i, j] else 0) for i in range(n) for j in range(m)]
    bounds += [(0, float(g)) for g in give]
    served = np.concatenate([-np.ones(n * m), np.zeros(m)])
    first = linprog(served, A_ub=rows, b_ub=limits, bounds=bounds)
    if not first.success:
        return []
    held = np.vstack([rows, served]), np.append(limits, first.fun + 1e-6)
    second = linprog(served * 0 + (served == 0), A_ub=held[0], b_ub=held[1], bounds=bounds)
    return [(float(public.sum() + first.fun), float(second.fun))]
