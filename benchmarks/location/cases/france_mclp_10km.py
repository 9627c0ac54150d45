from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import communes

CASE = Case(
    "mclp",
    communes,
    radius=10_000,
    gap=0.001,
    size="full",
    variants={
        f"{count}_{seconds}s": {
            "count": count,
            "seconds": 0.95 * seconds,
            "wanted": Wanted(gap=gap, seconds=seconds, megabytes=6000),
        }
        for count in (50, 300, 1000)
        for seconds, gap in ((120, 0.005), (600, 0.001))
    },
)
