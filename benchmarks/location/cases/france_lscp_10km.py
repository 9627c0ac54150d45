from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("lscp", communes, radius=10000, gap=0.01, seconds=120, size="full")
