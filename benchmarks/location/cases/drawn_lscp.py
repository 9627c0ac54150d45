from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import drawn

CASE = Case("lscp", partial(drawn, 150), radius=15, beside=("pulp_cbc", "pulp_highs", "highspy"))
