from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import communes

CASE = Case(
    "p_median",
    communes,
    gap=0.001,
    seconds=570,
    size="full",
    wanted=Wanted(gap=0.001, seconds=600, megabytes=6000),
    variants={str(count): {"count": count} for count in (300, 1000)},
)
