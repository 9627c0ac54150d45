from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import PUBLISHED, tsplib

CASE = Case(
    "p_median",
    partial(tsplib, "rl5934.tsp"),
    gap=0.001,
    size="full",
    wanted=Wanted(gap=0.001),
    variants={str(count): {"count": count} for count in PUBLISHED},
)
