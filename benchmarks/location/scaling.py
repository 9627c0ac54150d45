"""`python -m benchmarks.location.scaling`: time and memory against size, drawn into docs/images."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import vl_convert

from benchmarks.location.data import drawn
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_median import p_median
from optimiser.solvers import Limits

SIZES = (250, 500, 1000, 2000, 4000, 8000)
PROBLEMS = ("mclp", "lscp", "p_median")
GAP, SECONDS = 0.01, 30.0
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "location-scaling.svg"


def one(problem, size):
    """Solve one size: a site for fifty points, each covering about twenty."""
    travel, weights = drawn(size)
    radius, count = 100 * (20 / size / 3.14) ** 0.5, max(2, size // 50)
    limits = Limits(seconds=SECONDS, gap=GAP)
    if problem == "mclp":
        return mclp(travel, weights, radius, count, limits=limits)
    if problem == "lscp":
        return lscp(travel, radius, limits=limits)
    return p_median(travel, weights, count, limits=limits)


def told(problem, size):
    """Solve twice in this process, the first time to load what is compiled."""
    one(problem, 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    result = one(problem, size)
    spent = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "problem": problem,
        "size": size,
        "seconds": spent,
        "megabytes": max(after - before, 0) / 1024 + 1,
        "gap": result.gap,
    }


def main():
    """Run every size in a process of its own, and draw."""
    if len(sys.argv) > 2:
        print(json.dumps(told(sys.argv[1], int(sys.argv[2]))))
        return
    rows = []
    for problem in PROBLEMS:
        for size in SIZES:
            command = [sys.executable, "-m", "benchmarks.location.scaling", problem, str(size)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append(json.loads(ran.stdout.splitlines()[-1]))
            print(rows[-1], flush=True)
    base = {
        "mark": {"type": "line", "point": True},
        "width": 300,
        "height": 260,
    }
    x = {"field": "size", "type": "quantitative", "scale": {"type": "log"}, "title": "points"}
    panels = [
        {
            **base,
            "encoding": {
                "x": x,
                "y": {"field": field, "type": "quantitative", "scale": {"type": "log"}},
                "color": {"field": "problem", "type": "nominal"},
            },
        }
        for field in ("seconds", "megabytes")
    ]
    PICTURE.write_text(vl_convert.vegalite_to_svg({"data": {"values": rows}, "hconcat": panels}))


if __name__ == "__main__":
    main()
