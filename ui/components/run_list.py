"""Every run of a scenario: when, how it ended, what it found, with which versions."""

import json
from collections.abc import Sequence

import streamlit as st

from optimiser.labels import Labels
from optimiser.report.kept import KeptPlan, parse
from ui.components import table
from ui.moments import written
from ui.store import Run

_SHOWN = 12
"""Characters of a digest that tell one from another."""


def show(runs: Sequence[Run], labels: Labels) -> None:
    """Show the runs.

    Parameters
    ----------
    runs
        Of one scenario, the last first.
    labels
        Words of the visitor's language.
    """
    st.subheader(labels("ui.runs.title"))
    if not runs:
        st.caption(labels("ui.runs.none"))
        return
    plans = [parse(run.answer) if run.answer else None for run in runs]
    kept = [plan if isinstance(plan, KeptPlan) else None for plan in plans]
    table.show(
        {
            labels("ui.runs.started"): [written(run.started, labels) for run in runs],
            labels("ui.runs.state"): [labels(f"ui.runs.{run.state}") for run in runs],
            labels("ui.runs.answer"): [
                labels("unit.none") if plan is None else labels(f"status.{_status(plan)}")
                for plan in plans
            ],
            labels("column.score"): [labels.number(plan.score if plan else None) for plan in kept],
            labels("ui.solve.gap"): [
                labels.percent(_gap(plan), 3) if plan else labels("unit.none") for plan in kept
            ],
            labels("ui.runs.versions"): [_versions(run) for run in runs],
        },
        labels("ui.runs.title"),
        numeric=(labels("column.score"), labels("ui.solve.gap")),
    )


def _status(plan: object) -> str:
    return plan.status.value if isinstance(plan, KeptPlan) else str(getattr(plan, "kind", ""))


def _gap(plan: KeptPlan) -> float | None:
    return max(0.0, plan.bound - plan.score) / abs(plan.score) if plan.score else None


def _versions(run: Run) -> str:
    found = json.loads(run.versions)
    digest = str(found.get("sha256", ""))[:_SHOWN]
    return f"Maillage {found.get('maillage', '')}, HiGHS {found.get('highspy', '')}, {digest}"
