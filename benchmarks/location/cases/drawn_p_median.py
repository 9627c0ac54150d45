from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import drawn

CASE = Case("p_median", partial(drawn, 600), count=15)
