from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("mclp", communes, radius=20000, count=300, gap=0.001, seconds=120, size="full")
