"""Small instances, ours beside the plain PuLP models: `python -m benchmarks.location.small`.

Points, weights, radii and costs are drawn from a seed. A call is timed whole, from points in
memory to a verified answer: ours finds the pairs, builds, solves and judges; the plain one fills
its matrix, builds the model and solves it. The quickest of several calls counts, after one that is
not timed; what takes longer than a second is called once. A ratio is the plain time over ours, of
one draw: the median over the draws, and the worst.
"""

import argparse
import math
import statistics
import sys
import time
from functools import partial

import numpy as np

from benchmarks.location.solvers import _matrix
from optimiser.location import plain
from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.cflp import cflp
from optimiser.location.facility_location import uflp
from optimiser.location.gradual_mclp import gradual_mclp, linear
from optimiser.location.lscp import lscp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.travel import PointTravel
from optimiser.solvers import BACKENDS, Limits, LinearModel

SIZES, DRAWS, REPEATS, LONG = (5, 10, 20, 30, 60), 7, 5, 1.0
LIMITS = Limits(gap=1e-6, seconds=20.0)
AGREE = 1e-5


def questions(n, seed):
    """Ours and the plain model of each problem, to be called."""
    rng = np.random.default_rng(seed)
    places = PointTravel(rng.random((n, 2)) * 100)
    weights = rng.integers(1, 1000, n).astype(float)
    count, none, one = max(2, n // 6), np.zeros(n), np.ones(n)
    radius = 100 * math.sqrt(min(8, n / 2) / (n * math.pi))
    room = np.full(n, 1.4 * max(weights.sum() / count, weights.max()))
    costs = rng.integers(2000, 12_000, n).astype(float)
    share = linear(radius / 2, 2 * radius)

    def backup(solve):
        cover = _matrix(places) <= radius
        least = solve(plain.plain_lscp(cover, one))
        fixed = np.empty(0, dtype=int)
        return solve(plain.plain_backup(cover, weights, one, least, fixed))

    def one_model(build):
        return lambda solve: solve(build(_matrix(places)))

    return {
        "LSCP": (
            partial(lscp, places, radius),
            one_model(lambda far: plain.plain_lscp(far <= radius, one)),
        ),
        "LSCP-B": (partial(lscp_b, places, weights, radius), backup),
        "MCLP": (
            partial(mclp, places, weights, radius, count),
            one_model(lambda far: plain.plain_mclp(far <= radius, weights, none, count)),
        ),
        "gradual MCLP": (
            partial(gradual_mclp, places, weights, 2 * radius, share, count),
            one_model(lambda far: plain.plain_gradual(share(far), weights, none, count)),
        ),
        "p-median": (
            partial(p_median, places, weights, count),
            one_model(lambda far: plain.plain_median(far, weights, none, count)),
        ),
        "p-center": (
            partial(p_center, places, count),
            one_model(lambda far: plain.plain_center(far, count)),
        ),
        "p-dispersion": (
            partial(p_dispersion, places, count),
            one_model(lambda far: plain.plain_dispersion(far, count)),
        ),
        "capacitated p-median": (
            partial(capacitated_p_median, places, weights, room, count),
            one_model(
                lambda far: plain.plain_capacitated(far, weights, room, none, count, whole=True)
            ),
        ),
        "UFLP": (
            partial(uflp, places, weights, costs),
            one_model(lambda far: plain.plain_median(far, weights, costs, None)),
        ),
        "CFLP": (
            partial(cflp, places, weights, room, costs),
            one_model(
                lambda far: plain.plain_capacitated(far, weights, room, costs, None, whole=False)
            ),
        ),
    }


def solved_by(backend):
    """What solves a plain model and says its objective, None where the limit was hit."""

    def solve(model):
        outcome = BACKENDS[backend](LinearModel.from_pulp(model[0]), LIMITS)
        return outcome.objective if outcome.status.value == "optimal" else None

    return solve


def quickest(call):
    """Answer and least seconds of a call."""
    times = []
    for _ in range(1 + REPEATS):
        began = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - began)
        if times[-1] > LONG:
            break
    return found, min(times)


def measured(name, n, draws, backends):
    """Seconds of ours, and of each backend, over some draws; both must agree."""
    seconds = {"maillage": [], **{backend: [] for backend in backends}}
    for seed in range(draws):
        ours, model = questions(n, seed)[name]
        result, spent = quickest(partial(ours, limits=LIMITS))
        seconds["maillage"].append(spent)
        for backend in backends:
            told, spent = quickest(partial(model, solved_by(backend)))
            if told is not None and abs(told - result.objective) > AGREE * max(1.0, abs(told)):
                message = f"{name}, {n} towns, draw {seed}: {result.objective} against {told}"
                raise AssertionError(message)
            seconds[backend].append(spent)
    return seconds


def line(name, n, seconds):
    """A line of the table: medians in milliseconds, and the worst ratio of a draw."""
    ours = seconds.pop("maillage")
    cells = [name, str(n), f"{1000 * statistics.median(ours):.1f}"]
    for spent in seconds.values():
        ratios = [theirs / mine for theirs, mine in zip(spent, ours, strict=True)]
        cells.append(f"{1000 * statistics.median(spent):.1f}")
        cells.append(f"{statistics.median(ratios):.1f}")
        cells.append(f"{min(ratios):.2f}")
    return "| " + " | ".join(cells) + " |"


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--problems", nargs="*", default=list(questions(5, 0)))
    parser.add_argument("--backends", nargs="*", default=["highs", "cbc"])
    asked = parser.parse_args()
    heads = ["problem", "towns", "ours, ms"]
    for backend in asked.backends:
        heads += [f"{backend}, ms", "ratio", "worst"]
    print("| " + " | ".join(heads) + " |")
    print("|" + " --- |" * len(heads))
    for name in asked.problems:
        for n in asked.sizes:
            print(line(name, n, measured(name, n, asked.draws, asked.backends)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
