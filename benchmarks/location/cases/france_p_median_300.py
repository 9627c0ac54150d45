from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("p_median", communes, count=300, gap=0.001, seconds=600, size="full")
