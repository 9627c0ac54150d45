"""The one problem behind most of the others: each demand takes its cheapest open site, or none.

    min  sum_j f_j y_j + sum_i min(u_i, min_{j open} c_ij)      with exactly p sites, or any number

MCLP (c = 0, u = weight), gradual MCLP (c = what is lost on the way), p-median (c = weight x
distance, u = inf), LSCP (f = 1, c = 0, u = inf) and UFLP are all of this form, so that bounds,
reductions, search and judge are written once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimiser.location.kernels.net import ANY_NUMBER, Net, by_candidate, nearest_open
from optimiser.units import BoolArray, FloatArray, IntArray

LARGEST_EXACT = 2.0**53


@dataclass(frozen=True, eq=False)
class Core:
    """Arrays of the problem.

    Parameters
    ----------
    start, site, cost
        Pairs of demand i are ``start[i]:start[i + 1]``, cheapest first, equal costs by
        candidate: candidate (int32) and cost c_ij >= 0.
    unserved
        Cost u (n,) of leaving a demand unserved; inf where it must be served.
    opening
        Cost f (m,) of each site.
    count
        Number p of sites to open; None: any.
    constant
        Added to the value.
    """

    start: IntArray
    site: NDArray[np.int32]
    cost: FloatArray
    unserved: FloatArray
    opening: FloatArray
    count: int | None
    constant: float = 0.0

    @property
    def demands(self) -> int:
        """Number n of demands."""
        return len(self.unserved)

    @property
    def candidates(self) -> int:
        """Number m of candidates."""
        return len(self.opening)

    @cached_property
    def net(self) -> Net:
        """The same arrays, with the pairs by candidate too, for the compiled loops."""
        column, demand, price = by_candidate(self.start, self.site, self.cost, self.candidates)
        return Net(
            self.start,
            self.site,
            self.cost,
            column,
            demand,
            price,
            self.unserved,
            self.opening,
            ANY_NUMBER if self.count is None else self.count,
        )

    @cached_property
    def worst(self) -> float:
        """More than any answer that serves what must be served can cost."""
        dearest = np.where(np.isfinite(self.unserved), self.unserved, 0.0)
        filled = np.flatnonzero(np.diff(self.start))
        last = self.cost[self.start[filled + 1] - 1]
        dearest[filled] = np.maximum(dearest[filled], last)
        return float(dearest.sum() + np.maximum(self.opening, 0.0).sum()) + 1.0

    @cached_property
    def penalised(self) -> FloatArray:
        """Cost (n,) of leaving unserved, with a finite one that no answer can afford for inf."""
        return np.where(np.isfinite(self.unserved), self.unserved, 2.0 * self.worst)

    @cached_property
    def integral(self) -> bool:
        """Whether every value that an answer can have is a whole number, and exactly computed."""
        finite = self.unserved[np.isfinite(self.unserved)]
        parts = (self.cost, finite, self.opening, np.array([self.constant]))
        return self.worst < LARGEST_EXACT and all(
            bool(np.all(part == np.rint(part))) for part in parts
        )

    def value(self, sites: IntArray) -> float:
        """Value of opening the given sites; inf when a demand that must be served is not."""
        opened = np.zeros(self.candidates, dtype=bool)
        opened[sites] = True
        _, paid = nearest_open(self.net, opened)
        return float(self.opening[sites].sum() + paid.sum()) + self.constant

    def open_always(self, sites: IntArray) -> "Core":
        """The problem left when some sites are open whatever happens: they leave the candidates.

        Parameters
        ----------
        sites
            Candidates.

        Returns
        -------
        Core
            Same candidates; those opened keep no pair, and must not be opened again.
        """
        if len(sites) == 0:
            return self
        opened = np.zeros(self.candidates, dtype=bool)
        opened[sites] = True
        _, paid = nearest_open(self.net, opened)
        count = None if self.count is None else self.count - len(sites)
        spent = self.constant + float(self.opening[sites].sum())
        return replace(self, unserved=paid, count=count, constant=spent).useful(~opened)

    def needing(self, sets: Sequence[IntArray]) -> "Core":
        """The problem with a demand more for each of the given sets of candidates.

        Parameters
        ----------
        sets
            Of each set, whose members ascend, one must be open.

        Returns
        -------
        Core
            The demands, then the sets.
        """
        if not sets:
            return self
        ends = self.start[-1] + np.cumsum([len(members) for members in sets])
        return replace(
            self,
            start=np.concatenate((self.start, ends)),
            site=np.concatenate((self.site, *sets)).astype(np.int32),
            cost=np.concatenate((self.cost, np.zeros(ends[-1] - self.start[-1]))),
            unserved=np.concatenate((self.unserved, np.full(len(sets), np.inf))),
        )

    def useful(self, allowed: BoolArray) -> "Core":
        """Keep the pairs of allowed candidates (m,) that cost less than leaving unserved."""
        demand = np.repeat(np.arange(self.demands), np.diff(self.start))
        keep = allowed[self.site] & (self.cost < self.unserved[demand])
        kept = np.bincount(demand[keep], minlength=self.demands)
        start = np.concatenate(([0], np.cumsum(kept)))
        return replace(self, start=start, site=self.site[keep], cost=self.cost[keep])

    def reaching(self, size: IntArray) -> "Core":
        """The problem in which demands must find a site among their cheapest candidates.

        Parameters
        ----------
        size
            How many of its candidates each demand (n,) may use; -1: as it is.

        Returns
        -------
        Core
            Same demands and candidates.
        """
        width = np.diff(self.start)
        kept = np.where(size < 0, width, size)
        keep = np.arange(len(self.site)) < np.repeat(self.start[:-1] + kept, width)
        return replace(
            self,
            start=np.concatenate(([0], np.cumsum(kept))),
            site=self.site[keep],
            cost=self.cost[keep],
            unserved=np.where(size < 0, self.unserved, np.inf),
        )

    def among(
        self,
        demands: IntArray,
        candidates: IntArray,
        opening: FloatArray | None = None,
        unserved: FloatArray | None = None,
    ) -> "Core":
        """Keep some demands and candidates, both ascending, and the pairs between them.

        Parameters
        ----------
        demands, candidates
            Their numbers, which become their places.
        opening, unserved
            Their costs, with any number of sites; None: as they are.

        Returns
        -------
        Core
            The part, without the constant.
        """
        width = np.diff(self.start)[demands]
        start = np.concatenate(([0], np.cumsum(width)))
        place = np.repeat(self.start[demands] - start[:-1], width) + np.arange(start[-1])
        number = np.full(self.candidates, -1, dtype=np.int32)
        number[candidates] = np.arange(len(candidates), dtype=np.int32)
        site = number[self.site[place]]
        held = site >= 0
        kept = np.bincount(np.repeat(np.arange(len(demands)), width)[held], minlength=len(demands))
        return replace(
            self,
            start=np.concatenate(([0], np.cumsum(kept))),
            site=site[held],
            cost=self.cost[place][held],
            unserved=self.unserved[demands] if unserved is None else unserved,
            opening=self.opening[candidates] if opening is None else opening,
            count=self.count if opening is None else None,
            constant=0.0,
        )
