from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import communes

CASE = Case(
    "mclp",
    partial(communes, "02", "59", "60", "62", "80"),
    radius=10_000,
    count=50,
    gap=0.0001,
    seconds=57,
    size="full",
    wanted=Wanted(gap=0.0001, seconds=60, megabytes=1000),
)
