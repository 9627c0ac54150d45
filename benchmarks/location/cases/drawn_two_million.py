from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import drawn

CASE = Case(
    "mclp",
    partial(drawn, 2_000_000, sites=1000),
    radius=4,
    count=100,
    gap=0.001,
    size="full",
    wanted=Wanted(gap=0.001, seconds_after_pairs=120),
)
