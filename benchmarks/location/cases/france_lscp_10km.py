from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import communes

CASE = Case(
    "lscp",
    communes,
    radius=10_000,
    gap=0.01,
    seconds=114,
    size="full",
    wanted=Wanted(gap=0.01, seconds=120, megabytes=6000),
)
