"""`python -m benchmarks.location`: see README.md."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.location.cases import cases
from benchmarks.location.solvers import SOLVERS

COUNTS = Path(__file__).parent / "counts.json"
DIGITS = 12


def one(name, solver):
    """Run a case in this process and print what came of it."""
    case = cases()[name]
    travel, weights = case.load()
    if solver == "maillage":
        from benchmarks.location.data import drawn  # noqa: PLC0415 - for the warm-up only

        warm = replace(case, radius=case.radius and 20, count=min(case.count, 3), seconds=5.0)
        SOLVERS[solver](warm, *drawn(40))
    began = time.perf_counter()
    told = SOLVERS[solver](case, travel, weights)
    told["seconds"] = round(time.perf_counter() - began, 3)
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told["gap"] = gap_of(told)
    print(json.dumps(told))


def gap_of(told):
    """Distance of objective and bound, relative to the objective; None without both."""
    if told["objective"] is None or told["bound"] is None or not told["objective"]:
        return None
    return abs(told["objective"] - told["bound"]) / abs(told["objective"])


def apart(name, solver, limit):
    """Run a case in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.location", "--one", name, solver]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"status": "out of time"}
    if ran.returncode:
        return {"status": "failed", "error": ran.stderr.strip().splitlines()[-1:]}
    return json.loads(ran.stdout.splitlines()[-1])


def counted(told):
    """What must not change without a reason."""
    return {
        "objective": told["objective"],
        "bound": float(f"{told['bound']:.{DIGITS}g}"),
        "gap": float(f"{told['gap']:.1e}"),
        "status": told["status"],
        **told["counts"],
    }


def main():
    """Run, show, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        one(*chosen.one)
        return 0
    sizes = {"small"} | ({"medium"} if "FACTS" in os.environ else set())
    sizes |= {"full"} if chosen.full else set()
    results, counts = {}, {}
    for name, case in cases().items():
        if case.size not in sizes:
            continue
        solvers = SOLVERS if chosen.peers and case.size != "full" else ("maillage", *case.beside)
        results[name] = {s: apart(name, s, 2 * case.seconds + 120) for s in solvers}
        mine = results[name]["maillage"]
        for solver, told in results[name].items():
            ratio = told.get("seconds", 0) / mine["seconds"] if "seconds" in mine else 0
            print(f"{name:28} {solver:14} x{ratio:8.1f}", json.dumps(told), flush=True)
        if case.size == "small":
            counts[name] = counted(mine)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "location.json").write_text(json.dumps(results, indent=1))
    if chosen.keep:
        COUNTS.write_text(json.dumps(counts, indent=1) + "\n")
        return 0
    before = json.loads(COUNTS.read_text())
    changed = [name for name in counts if counts[name] != before.get(name)]
    for name in changed:
        print(f"{name}: {before.get(name)} became {counts[name]}")
    return int(bool(changed))


if __name__ == "__main__":
    sys.exit(main())
