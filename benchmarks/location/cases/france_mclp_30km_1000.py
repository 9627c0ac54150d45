from benchmarks.location.case import Case
from benchmarks.location.data import communes

CASE = Case("mclp", communes, radius=30000, count=1000, gap=0.001, seconds=120, size="full")
