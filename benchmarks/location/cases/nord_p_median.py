from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("p_median", partial(communes, "59"), count=20, size="medium")
