from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import drawn

CASE = Case(
    "mclp", partial(drawn, 300), radius=8, count=10, beside=("pulp_cbc", "pulp_highs", "highspy")
)
