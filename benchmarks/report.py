"""Reads a run, prints its times as ratios, and holds its counts against the committed baseline."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

BASELINE = Path(__file__).with_name("baseline.json")
COUNTS = ("score", "rows", "columns", "nonzeros")
REFERENCE = "test_naive_pulp_cbc"
REFERENCES = {
    "schedule": "test_joint_schedule",
    "plan_and_schedule": "test_joint_schedule",
    "road_times": "test_scipy_road_times",
    "plan_cells": "test_plan_communes",
}
"""Cases whose reference is not plain PuLP and CBC."""

NAMES = {
    REFERENCE: "PuLP+CBC",
    "test_joint_schedule": "joint programme",
    "test_scipy_road_times": "scipy's Dijkstra",
    "test_plan_communes": "plan on communes",
}


def figures(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Median seconds, ratio and counts of every case of a run.

    Parameters
    ----------
    run
        What pytest-benchmark wrote.

    Returns
    -------
    dict
        By name of the case; ``ratio`` is the reference's median over the case's.
    """
    medians = {entry["name"]: entry["stats"]["median"] for entry in run["benchmarks"]}
    kinds = {name.partition("[")[0] for name in medians}
    found = {}
    for entry in run["benchmarks"]:
        name = entry["name"]
        territory = name.partition("[")[2].rstrip("]").split("-")[-1]
        question = name.partition("[")[0].removeprefix("test_")
        # A question is held against its own cold reference, the plan against the plain solve.
        own = REFERENCES.get(question, f"{REFERENCE}_{question}")
        if own not in kinds and "test_questions" not in entry["fullname"]:
            own = REFERENCE
        mine = name.partition("[")[2]
        same = [other for other in medians if other.partition("[")[0] == own]
        # A case without a territory has no reference but one of its own name.
        same = [other for other in same if (territory and territory in other) or other == own]
        same = [other for other in same if other.partition("[")[2] == mine] or same[:1]
        if own == f"{REFERENCE}_question":
            same = [other for other in same if other.partition("[")[2] == mine]
        ratio = medians[same[0]] / medians[name] if same else None
        named = next((words for test, words in NAMES.items() if own.startswith(test)), own)
        found[name] = {
            "seconds": medians[name],
            "ratio": ratio,
            "reference": named if same else "",
            **entry["extra_info"],
        }
    return found


def differences(
    now: Mapping[str, Mapping[str, Any]], then: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Say which deterministic counts differ from the baseline.

    Parameters
    ----------
    now, then
        Figures of this run and of the baseline.

    Yields
    ------
    str
        One line for each difference.
    """
    for name, old in then.items():
        if name not in now:
            yield f"{name}: missing"
            continue
        for count in COUNTS:
            if count in old and now[name].get(count) != old[count]:
                yield f"{name}: {count} {now[name].get(count)}, baseline {old[count]}"


def show(now: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the table.

    Parameters
    ----------
    now
        Figures of a run.
    """
    columns = ("case", "median s", "times faster than", "reference", "rows", "columns", "gap")
    table = Table(*columns)
    for name, row in now.items():
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.1f}"
        cells = [
            f"{row['seconds']:.3f}",
            ratio,
            str(row["reference"]),
            str(row.get("rows", "")),
            str(row.get("columns", "")),
        ]
        gap = f"{row['gap']:.1e}" if "gap" in row else ""
        table.add_row(escape(name), *cells, gap)
    Console(width=130).print(table)


def keep(now: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a run as the baseline: its ratios and counts, which travel between machines.

    Parameters
    ----------
    now
        Figures of a run.
    """
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    for name, row in now.items():
        kept[name] = {key: row[key] for key in ("ratio", *COUNTS) if key in row}
    BASELINE.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
