"""Better sites from good ones: perturbed interchange, annealing, covering with fewer sites."""

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.kernels.cover_annealing import anneal_cover, cover
from optimiser.location.kernels.interchange import shake, stand
from optimiser.location.kernels.row_weighting import cover_with_fewer
from optimiser.location.paced import some
from optimiser.location.parts import fewer_by_parts

SLICE = 50_000_000
STRENGTH = 4
LOG = 65_536
SMALL = 1_000_000
LARGE_HEATS, SMALL_HEATS = (0.03, 3e-4), (0.3, 3e-3)
STARTS, SEEDS_APART, FEW_PAIRS = 4, 1000, 50_000
COOLING_SHARE = 0.3
SQUEEZE_SHARE = 0.45
TREE_PAIRS = 400_000
SQUEEZE_PAIRS = 100_000
PARTS = 20
SQUEEZE_SLICE = 200_000_000

SiteNumbers = NDArray[np.int32]


def polished(
    core: Core,
    sites: SiteNumbers,
    bound: float,
    effort: Effort,
    seed: int,
    clock: Clock,
    threads: int = 1,
) -> SiteNumbers:
    """Look for better sites.

    Parameters
    ----------
    core
        The problem.
    sites
        Where to start.
    bound
        What no answer costs less than.
    effort
        Amounts of work.
    seed
        Of the random choices.
    clock
        When to stop.
    threads
        How many to use.

    Returns
    -------
    SiteNumbers
        Sites, better or not.
    """
    free = not core.cost.any()
    if free and core.count is not None and np.isfinite(core.unserved).all():
        return annealed(core, sites, effort, seed, clock, threads)
    alike = len(np.unique(core.opening)) == 1
    if free and core.count is None and alike and np.isinf(core.unserved).all():
        return squeezed(core, sites, bound, effort, seed, clock, threads)
    return shaken(core, sites, effort, seed, clock)


def shaken(core: Core, sites: SiteNumbers, effort: Effort, seed: int, clock: Clock) -> SiteNumbers:
    """Move a few neighbouring sites at random, again and again; parameters as of `polished`."""
    at = stand(core.net, core.penalised, sites)
    work = effort.shakes * (len(core.site) + SMALL)
    while work > 0 and not clock.out:
        before = int(at.size[3])
        part = some(min(work, SLICE), clock)
        shake(core.net, core.penalised, at, seed, STRENGTH, LOG, part)
        work -= max(1, int(at.size[3]) - before)
        seed += 1
    return at.sites[: at.size[0]].copy()


def annealed(
    core: Core, sites: SiteNumbers, effort: Effort, seed: int, clock: Clock, threads: int = 1
) -> SiteNumbers:
    """Anneal where serving costs nothing; parameters as of `polished`."""
    if len(core.site) > TREE_PAIRS:
        return _cooled(core, sites, effort, seed, clock, LARGE_HEATS)

    # Where an annealing ends is a matter of luck, so that several short ones beat a long one.
    def cooled(start: int) -> SiteNumbers:
        return _cooled(core, sites, effort, seed + start * SEEDS_APART, clock, SMALL_HEATS)

    if len(core.site) <= FEW_PAIRS:
        return cooled(0)
    core.net  # noqa: B018 - made once, before both look at it
    with ThreadPoolExecutor(min(threads, STARTS)) as pool:
        found = list(pool.map(cooled, range(STARTS)))
    return min(found, key=lambda opened: core.value(opened.astype(np.int64)))


def _cooled(
    core: Core,
    sites: SiteNumbers,
    effort: Effort,
    seed: int,
    clock: Clock,
    heats: tuple[float, float],
) -> SiteNumbers:
    """Anneal once, from the first to the last of two temperatures, as parts of a site's worth."""
    at = cover(core.net, sites)
    scale = float(at.loss[sites].mean())
    if scale <= 0.0:
        return sites
    whole = effort.anneal * len(core.site)
    part = some(max(whole // PARTS, 1), clock)
    done, standing, record = 0, 0.0, 0.0
    began, first = time.perf_counter(), seed
    while done < whole and not clock.out:
        done, standing, record = anneal_cover(
            core.net,
            core.unserved,
            at,
            seed,
            heats[0] * scale,
            heats[1] * scale,
            done,
            whole,
            part,
            standing,
            record,
        )
        if seed == first:
            whole = _fitted(core, whole, done, time.perf_counter() - began, clock)
            part = some(max(whole // PARTS, 1), clock)
        seed += 1
    return at.best.copy()


def _fitted(core: Core, whole: int, done: int, spent: float, clock: Clock) -> int:
    """Work that fits the time left, and fills it where the tree would not."""
    if clock.left is None:
        return whole
    fits = int(done * COOLING_SHARE * clock.left / max(spent, 1e-6))
    return fits if len(core.site) > TREE_PAIRS else min(whole, fits)


def squeezed(
    core: Core,
    sites: SiteNumbers,
    bound: float,
    effort: Effort,
    seed: int,
    clock: Clock,
    threads: int = 1,
) -> SiteNumbers:
    """Cover every demand with fewer sites, all of one cost; parameters as of `polished`."""
    price = float(core.opening[0])
    if price <= 0.0:
        return sites
    least = max(1, math.ceil((bound - core.constant) / price - 1e-6))
    work = effort.squeeze * len(core.site)
    while len(sites) > least and not clock.out and (work > 0 or _idle(core, clock)):
        part = some(SQUEEZE_SLICE if work <= 0 else min(work, SQUEEZE_SLICE), clock)
        if len(core.site) > SQUEEZE_PAIRS:
            sites = fewer_by_parts(core, sites, least, seed, part, clock, threads)
            done = part
        else:
            # Weights start anew with each part, which also shakes a search that is stuck.
            sites, done = cover_with_fewer(core.net, sites, least, seed, part, False)
        work, seed = work - max(done, 1), seed + 1
    return sites


def _idle(core: Core, clock: Clock) -> bool:
    """Whether there is time to fill that the tree would not use."""
    if clock.left is None or clock.limit is None or len(core.site) < SQUEEZE_PAIRS:
        return False
    return clock.left > (1.0 - SQUEEZE_SHARE) * clock.limit
