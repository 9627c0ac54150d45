from functools import partial

from benchmarks.location.case import Case, Wanted
from benchmarks.location.data import PUBLISHED, tsplib

OPTIMA = (
    *(3_099_073, 2_134_295, 1_412_108, 795_012, 491_639),
    *(268_573, 177_326, 128_332, 97_024),
)

CASE = Case(
    "p_median",
    partial(tsplib, "rl1304.tsp"),
    size="full",
    variants={
        str(count): {"count": count, "wanted": Wanted(gap=0.0, optimum=optimum)}
        for count, optimum in zip(PUBLISHED, OPTIMA, strict=True)
    },
)
