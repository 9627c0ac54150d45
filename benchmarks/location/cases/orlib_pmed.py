from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import orlib

CASE = Case(
    "p_median",
    orlib,
    size="full",
    wanted=Wanted(gap=0.0, seconds_together=60),
    variants={str(n): {"load": partial(orlib, f"pmed{n}.txt")} for n in range(1, 41)},
)
