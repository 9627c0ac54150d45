from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import communes

CASE = Case(
    "p_median",
    partial(communes, "59"),
    count=20,
    size="medium",
    wanted=Wanted(gap=0.0, megabytes=500, ratio=20),
)
