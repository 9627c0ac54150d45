from benchmarks.location.case import Case, within_two_limits
from benchmarks.location.data import communes

CASE = Case(
    "mclp",
    communes,
    radius=10_000,
    gap=0.001,
    size="full",
    variants=within_two_limits(50, 300, 1000),
)
