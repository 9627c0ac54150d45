"""How much of each kind of work a solve does: counted, never timed, so that a seed repeats it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_OWED, PAIRS_SHARE = 0.5, 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """Amounts of work.

    Parameters
    ----------
    reductions
        False leaves the exact reductions out.
    fixing
        False leaves reduced-cost fixing out.
    ascent
        Iterations of the root bound in one go.
    ascents
        How many goes at most.
    node
        Iterations of the bound at a node of the tree.
    first, round
        Pairs that the first search, and the search around each new bound, may look at.
    rounding
        Pairs that may be looked at to make sites of the relaxation of a node.
    shakes
        Pairs that the perturbed search may look at, for each pair of the problem.
    anneal
        The same of the annealing that stands in for it where serving costs nothing.
    squeeze
        The same of the search for a cover with fewer sites.
    placing
        False leaves placing sites anew by neighbourhoods out, as in a neighbourhood itself.
    cuts
        False leaves the linear relaxation and its cuts out.
    cut_rounds
        Rounds of cuts at the root of the tree.
    probes
        Sets of candidates tried out at each node before it is split.
    dives, between_dives
        Dives from the root of the tree, and how many nodes lie between later ones.
    climbs
        Passes over all neighbourhoods, where the whole is too large for a tree.
    nodes
        Nodes of the tree at most.
    tree_bytes
        Memory that the tree's certificate may take.
    """

    reductions: bool = True
    fixing: bool = True
    ascent: int = 250
    ascents: int = 24
    node: int = 200
    first: int = 2_000_000_000
    round: int = 100_000_000
    rounding: int = 2_000_000
    shakes: int = 30
    anneal: int = 1500
    squeeze: int = 1_000
    placing: bool = True
    cuts: bool = True
    cut_rounds: int = 20
    probes: int = 4
    dives: int = 10
    between_dives: int = 10
    climbs: int = 10
    nodes: int = 1_000_000
    tree_bytes: int = 400_000_000


class OutOfTimeError(Exception):
    """The time was up before there was anything to answer from."""


@dataclass
class Clock:
    """Wall time by stage, and whether any is left.

    Parameters
    ----------
    limit
        Seconds; None: no limit.
    owed
        Seconds that the judge will take of them, as far as is known.
    """

    limit: float | None
    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    owed: float = 0.0

    @property
    def out(self) -> bool:
        """Whether the time is up."""
        return self.left == 0.0

    @property
    def left(self) -> float | None:
        """Seconds left to the search; None without a limit."""
        if self.limit is None:
            return None
        # However dear the judge, the search has half of the time.
        owed = min(self.owed, MOST_OWED * self.limit)
        return max(0.0, self.limit - owed - (time.perf_counter() - self.began))

    def check_pairs(self) -> None:
        """Stop the search for pairs where it leaves no time to make an answer of them.

        Raises
        ------
        OutOfTimeError
            Too little is left.
        """
        if self.left is not None and self.left < (1.0 - PAIRS_SHARE) * (self.limit or 0.0):
            raise OutOfTimeError

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a block under a name."""
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
