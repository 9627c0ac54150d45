"""`python -m benchmarks.location`: see README.md."""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.location.cases import cases
from benchmarks.location.data import AbsentError, drawn
from benchmarks.location.solvers import SOLVERS
from benchmarks.location.table import better_than_proven, table

COUNTS = Path(__file__).parent / "counts.json"
DIGITS = 12
MEGABYTES = 15_000
"""What a run may take, ours or a peer's."""

POLL = 0.1


def one(name, solver):
    """Run a case in this process and print what came of it."""
    case = cases()[name]
    try:
        travel, weights, *count = case.load()
    except AbsentError as words:
        print(json.dumps({"status": "skipped", "words": str(words)}))
        return
    case = replace(case, count=count[0]) if count else case
    # What is imported on first use, and compiled, is out of the time, theirs as ours.
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
    """Run a case in a process of its own, within a time and a memory."""
    command = [sys.executable, "-m", "benchmarks.location", "--one", name, solver]
    began, most, out = time.perf_counter(), 0, None
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        while out is None:
            try:
                out, errors = running.communicate(timeout=POLL)
            except subprocess.TimeoutExpired:
                most = max(most, megabytes(running.pid))
            late = time.perf_counter() - began > limit
            if out is None and (late or most > MEGABYTES):
                for process in tree(running.pid):
                    os.kill(process, signal.SIGKILL)
                return {"status": "out of time" if late else "out of memory", "megabytes": most}
    if running.returncode:
        return {"status": "failed", "words": " ".join(errors.strip().splitlines()[-1:])}
    told = json.loads(out.splitlines()[-1])
    return {**told, "megabytes": max(most, told["megabytes"])} if "megabytes" in told else told


def tree(process):
    """A process and those that it started, as Linux tells them."""
    found = [process]
    for parent in found:
        try:
            words = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        except OSError:
            continue
        found += map(int, words.split())
    return found


def megabytes(process):
    """Most memory that a process and those that it started had, 0 where it is not told."""
    peak = 0
    for each in tree(process):
        try:
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
        except OSError:
            continue
        peak += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return peak // 1024


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
    parser.add_argument("names", nargs="*", default=["*"], help="cases to run, as patterns")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--keep", action="store_true", help="write the counts")
    parser.add_argument("--peers", action="store_true", help="the peers beside all but full cases")
    parser.add_argument("--full", action="store_true", help="national cases too")
    parser.add_argument("--out", type=Path, help="folder; what stands in it is not run again")
    asked = parser.parse_args()
    if asked.one:
        one(*asked.one)
        return 0
    sizes = {"small"} | ({"medium"} if "FACTS" in os.environ else set())
    sizes |= {"medium", "full"} if asked.full else set()
    chosen = {
        name: case
        for name, case in cases().items()
        if case.size in sizes and any(fnmatch(name, words) for words in asked.names)
    }
    kept = asked.out / "location.json" if asked.out else None
    results = json.loads(kept.read_text()) if kept and kept.exists() else {}
    for name, case in chosen.items():
        with_peers = asked.peers and case.size != "full"
        for solver in SOLVERS if with_peers else ("maillage", *case.beside):
            told = results.setdefault(name, {})
            if solver in told:
                continue
            told[solver] = apart(name, solver, 2 * case.seconds + 120)
            print(f"{name:28} {solver:14}", json.dumps(told[solver]), flush=True)
            if told["maillage"]["status"] == "skipped":
                break
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(results, indent=1))
    drawn_up = table(results)
    print(drawn_up)
    if kept:
        kept.with_suffix(".md").write_text(drawn_up)
    wrong = list(better_than_proven(results))
    counts = {name: counted(results[name]["maillage"]) for name in chosen if small(name)}
    if asked.keep:
        COUNTS.write_text(json.dumps(counts, indent=1) + "\n")
        return 0
    before = json.loads(COUNTS.read_text())
    wrong += [
        f"{name}: {before.get(name)} became {now}"
        for name, now in counts.items()
        if now != before.get(name)
    ]
    for line in wrong:
        print(line)
    return int(bool(wrong))


def small(name):
    """Whether the counts of a case are a gate."""
    return cases()[name].size == "small"


if __name__ == "__main__":
    sys.exit(main())
