from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case(
    "mclp",
    partial(communes, "02", "59", "60", "62", "80"),
    radius=10000,
    count=50,
    gap=0.0001,
    seconds=60,
    size="full",
)
