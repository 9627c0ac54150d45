from functools import partial

from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("mclp", partial(communes, "59"), radius=10000, count=20, size="medium")
