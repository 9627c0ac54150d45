"""Shapley values, nucleoli and cores of games whose answers are published, and brute force."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimiser.sharing import games
from optimiser.sharing.core import blocking, stability
from optimiser.sharing.games import Game
from optimiser.sharing.nucleolus import nucleolus
from optimiser.sharing.shapley import shapley
from optimiser.units import FloatArray

GLOVES = Game.of("abc", lambda s: float(s[2] and (s[0] or s[1])))
MAJORITY = Game.of("abc", lambda s: float(sum(s) >= 2))


def estate(left: float, claims: Sequence[float]) -> Game:
    """What a coalition gets of an estate once all others are paid (O'Neill 1982)."""

    def worth(inside: Sequence[bool]) -> float:
        others = sum(c for c, i in zip(claims, inside, strict=True) if not i)
        return max(0.0, left - others)

    return Game.of([f"claim {c}" for c in claims], worth)


def airport(costs: FloatArray) -> Game:
    """What a coalition of aircraft saves by sharing the runway of its largest one."""

    def worth(coalitions: np.ndarray) -> FloatArray:
        saved: FloatArray = coalitions @ costs - (coalitions * costs).max(axis=1)
        return saved

    return Game(tuple(f"type {i}" for i in range(len(costs))), worth)


def talmud(left: float, claims: FloatArray) -> FloatArray:
    """Rule of the contested garment for many claims (Aumann & Maschler 1985)."""
    half = claims / 2
    if left <= half.sum():
        return equal_awards(left, half)
    return claims - equal_awards(float(claims.sum()) - left, half)


def equal_awards(left: float, limits: FloatArray) -> FloatArray:
    low, high = 0.0, float(limits.max())
    for _ in range(200):
        level = (low + high) / 2
        low, high = (level, high) if np.minimum(limits, level).sum() < left else (low, level)
    return np.minimum(limits, high)


def littlechild(costs: FloatArray) -> FloatArray:
    """Nucleolus of the airport game, fees by aircraft, smallest first (Littlechild 1974)."""
    n, start, paid, level = len(costs), 0, 0.0, 0.0
    fees = np.zeros(n)
    while start < n:
        shares = [(costs[i - 1] - paid + level) / (i - start + 1) for i in range(start + 1, n)]
        last = (costs[-1] - paid + level) / (n - start)
        if not shares or last <= min(shares):
            fees[start:] = last
            break
        smallest = min(shares)
        end = start + 1 + max(p for p, s in enumerate(shares) if s <= smallest + 1e-12)
        fees[start:end], paid, level, start = smallest, costs[end - 1], smallest, end
    return fees


def by_orders(game: Game) -> FloatArray:
    values = np.zeros(game.size)
    for order in itertools.permutations(range(game.size)):
        inside = np.zeros(game.size, dtype=bool)
        before = 0.0
        for player in order:
            inside[player] = True
            after = float(game.worth(inside[None])[0])
            values[player] += after - before
            before = after
    return values / math.factorial(game.size)


def random_game(seed: int, players: int) -> Game:
    rng = np.random.default_rng(seed)
    table = rng.random(1 << players) * rng.integers(0, 2, 1 << players)
    table[0] = 0.0
    table[-1] = players * rng.random()

    def worth(coalitions: np.ndarray) -> FloatArray:
        return table[coalitions @ (1 << np.arange(players))]

    return Game(tuple(map(str, range(players))), worth)


def excesses(game: Game, shares: FloatArray) -> FloatArray:
    inner = game.coalitions[1:-1]
    return -np.sort(-(game.worth(inner) - inner @ shares))


def test_the_owner_of_the_rare_glove_has_two_thirds_of_the_shapley_value() -> None:
    assert shapley(GLOVES).values == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_the_owner_of_the_rare_glove_has_all_of_the_nucleolus() -> None:
    assert nucleolus(GLOVES).values == pytest.approx([0, 0, 1])


def test_a_permanent_member_of_the_security_council_has_a_fifth_of_the_power() -> None:
    council = Game.of([str(i) for i in range(15)], lambda s: float(all(s[:5]) and sum(s) >= 9))
    power = shapley(council).values
    assert power[:5] == pytest.approx(421 / 2145)
    assert power[5:] == pytest.approx(4 / 2145)


@pytest.mark.parametrize(
    ("left", "awards"),
    [(100, (100 / 3, 100 / 3, 100 / 3)), (200, (50, 75, 75)), (300, (50, 100, 150))],
)
def test_the_talmud_divides_an_estate_by_the_nucleolus(
    left: float, awards: tuple[float, ...]
) -> None:
    assert nucleolus(estate(left, (100, 200, 300))).values == pytest.approx(awards)


@pytest.mark.parametrize("seed", range(15))
def test_the_nucleolus_of_every_estate_is_the_contested_garment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    claims = rng.integers(1, 300, int(rng.integers(2, 8))).astype(float)
    left = float(rng.uniform(0, claims.sum()))
    found = nucleolus(estate(left, claims.tolist())).values
    assert found == pytest.approx(talmud(left, claims), abs=1e-6 * claims.sum())


@pytest.mark.parametrize("seed", range(10))
def test_aircraft_share_each_stretch_of_the_runway_in_the_shapley_value(seed: int) -> None:
    costs = np.sort(np.random.default_rng(seed).integers(1, 99, 9)).astype(float)
    stretches = np.diff(costs, prepend=0.0) / np.arange(len(costs), 0, -1)
    assert shapley(airport(costs)).values == pytest.approx(costs - np.cumsum(stretches))


@pytest.mark.parametrize("seed", range(10))
def test_the_nucleolus_of_the_airport_game_is_littlechilds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = np.sort(rng.integers(1, 99, int(rng.integers(2, 11)))).astype(float)
    found = nucleolus(airport(costs)).values
    assert costs - found == pytest.approx(littlechild(costs), abs=1e-6)


@pytest.mark.parametrize("players", [2, 3, 4, 5, 6])
def test_the_exact_value_is_the_mean_over_all_orders(players: int) -> None:
    game = random_game(players, players)
    assert shapley(game).values == pytest.approx(by_orders(game))


@given(seed=st.integers(0, 10_000), players=st.integers(2, 6))
@settings(max_examples=60, deadline=None)
def test_no_division_nearby_leaves_its_coalitions_less_aggrieved(seed: int, players: int) -> None:
    game = random_game(seed, players)
    found = nucleolus(game).values
    assert found.sum() == pytest.approx(game.whole)
    best = excesses(game, found)
    rational = game.whole >= game.singles.sum()
    rng = np.random.default_rng(seed)
    for size in (0.3, 0.03, 0.003):
        step = rng.normal(size=(20, players)) * size
        for other in found + step - step.mean(axis=1, keepdims=True):
            if rational and (other < game.singles - 1e-12).any():
                continue
            change = excesses(game, other) - best
            moved = np.flatnonzero(np.abs(change) > 1e-6)
            assert not len(moved) or change[moved[0]] > 0


@given(seed=st.integers(0, 10_000), players=st.integers(2, 6))
@settings(max_examples=60, deadline=None)
def test_the_core_is_empty_exactly_where_a_subsidy_is_needed(seed: int, players: int) -> None:
    game = random_game(seed, players)
    found = stability(game)
    worst = blocking(game, found.shares)
    assert worst.excess == pytest.approx(found.excess, abs=1e-5)
    assert found.core_is_empty == (found.excess > 1e-5)
    assert found.shares.sum() == pytest.approx(game.whole)


@pytest.mark.parametrize("seed", range(12))
def test_the_most_aggrieved_coalitions_balance_each_other_at_the_nucleolus(seed: int) -> None:
    """Kohlberg's criterion (1971), which knows nothing of how the nucleolus is found."""
    game = random_game(seed, 3 + seed % 4)
    found = nucleolus(game).values
    inner = game.coalitions[1:-1].astype(float)
    excess = game.table[1:-1] - inner @ found
    at_least = np.eye(game.size)[found <= game.singles + 1e-7]
    rational = game.whole >= game.singles.sum()
    for level in np.unique(excess.round(7)):
        rows = inner[excess >= level - 1e-6]
        sides = np.vstack([rows, at_least]) if rational else rows
        # No way to move shares raises one of them and lowers none.
        best = linprog(
            -rows.sum(axis=0),
            A_ub=-sides,
            b_ub=np.zeros(len(sides)),
            A_eq=np.ones((1, game.size)),
            b_eq=[0.0],
            bounds=(-1, 1),
        )
        assert best.fun == pytest.approx(0.0, abs=1e-7)


def test_three_voters_need_half_a_seat_from_outside() -> None:
    found = stability(MAJORITY)
    assert found.excess == pytest.approx(1 / 3)
    assert found.subsidy == pytest.approx(1 / 2)
    assert blocking(MAJORITY, np.array([0.0, 0.2, 0.8])).coalition.sum() == 2


def test_a_sampled_value_lies_within_its_error_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = np.arange(1.0, 11.0)
    exact = shapley(airport(costs)).values
    monkeypatch.setattr(games, "TABLE_MOST", 5)
    sampled = shapley(airport(costs), orders=2_000, seed=1)
    assert sampled.orders == 2_000
    assert (sampled.errors[:-1] > 0).all()
    assert (np.abs(sampled.values - exact) < 5 * sampled.errors + 1e-9).all()
    assert sampled.values.sum() == pytest.approx(exact.sum())


def test_a_game_of_too_many_players_is_not_laid_out() -> None:
    with pytest.raises(ValueError, match="at most"):
        _ = airport(np.ones(17)).table


def test_one_player_gets_everything() -> None:
    assert nucleolus(Game.of("a", lambda s: 3.0 * s[0])).values.tolist() == [3.0]
