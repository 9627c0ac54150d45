"""The Shapley value: each player's mean contribution over all orders of arrival (Shapley 1953)."""

import math
from dataclasses import dataclass

import numpy as np

from optimiser.sharing.games import Game
from optimiser.units import FloatArray

ORDERS = 4_000
"""Orders of arrival that are drawn where all of them are too many."""

_BATCH = 250


@dataclass(frozen=True, slots=True, eq=False)
class Shapley:
    """Shapley value of a game.

    Parameters
    ----------
    values
        Value (n,) of each player; they sum to the worth of all.
    errors
        Standard error (n,) of each; 0 where it is exact.
    orders
        Orders drawn; 0 where it is exact.
    """

    values: FloatArray
    errors: FloatArray
    orders: int = 0


def shapley(game: Game, *, orders: int = ORDERS, seed: int = 0) -> Shapley:
    """Shapley value, exact where every coalition can be laid out and sampled otherwise.

    Parameters
    ----------
    game
        The game.
    orders
        Orders of arrival to draw in a large game; each is used forwards and backwards.
    seed
        Of the draw.

    Returns
    -------
    Shapley
        Values, with their standard errors.

    Examples
    --------
    >>> gloves = Game.of(("a", "b", "c"), lambda s: float(s[2] and (s[0] or s[1])))
    >>> shapley(gloves).values.round(3).tolist()
    [0.167, 0.167, 0.667]
    """
    if game.is_small:
        values = _exact(game)
        return Shapley(values, np.zeros(game.size))
    return _sampled(game, orders, seed)


def _exact(game: Game) -> FloatArray:
    """Weigh each contribution by |S|! (n - |S| - 1)! / n!."""
    n, table = game.size, game.table
    sizes = game.coalitions.sum(axis=1)
    weight = np.array([1.0 / (n * math.comb(n - 1, s)) for s in range(n)])
    index = np.arange(len(table))
    values = np.zeros(n)
    for player in range(n):
        without = index[~game.coalitions[:, player]]
        gained = table[without | (1 << player)] - table[without]
        values[player] = float(gained @ weight[sizes[without]])
    return values


def _sampled(game: Game, orders: int, seed: int) -> Shapley:
    """Draw orders with their reverses: contributions early and late offset each other."""
    rng = np.random.default_rng(seed)
    pairs = max(2, orders // 2)
    means = []
    for start in range(0, pairs, _BATCH):
        many = min(_BATCH, pairs - start)
        order = rng.permuted(np.tile(np.arange(game.size), (many, 1)), axis=1)
        means.append((_contributions(game, order) + _contributions(game, order[:, ::-1])) / 2)
    drawn = np.concatenate(means)
    errors = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn))
    return Shapley(drawn.mean(axis=0), errors, 2 * pairs)


def _contributions(game: Game, order: np.ndarray) -> FloatArray:
    """Contribution (m, n) of each player in each order of arrival (m, n)."""
    many, n = order.shape
    arrival = np.argsort(order, axis=1)
    present = arrival[:, None, :] <= np.arange(n)[None, :, None]
    worth = game.worth(present.reshape(-1, n)).reshape(many, n)
    gained = np.diff(worth, axis=1, prepend=0.0)
    return np.take_along_axis(gained, arrival, axis=1)
