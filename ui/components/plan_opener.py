"""Opens a plan of an answer as a scenario of the planner's own."""

import json
from collections.abc import Sequence

import streamlit as st

from optimiser.labels import Labels
from ui.cache import store
from ui.runs import versions
from ui.session import Visit, open_scenario
from ui.store import Record
from ui.store.pages import KeptPlanOf


def show(plans: Sequence[KeptPlanOf], clicked: str | None, seen: Visit) -> None:
    """Show the choice; a click on the picture chooses at once.

    Parameters
    ----------
    plans
        Plans of the answer.
    clicked
        Position of the plan that was clicked just now; None: none.
    seen
        The visit; it may write.
    """
    labels = seen.labels
    if clicked is not None and clicked.isdecimal() and int(clicked) < len(plans):
        _open(plans[int(clicked)], seen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = [plan.name for plan in plans]
        at = st.selectbox(
            labels("ui.questions.choose_plan"),
            range(len(names)),
            format_func=names.__getitem__,
            key="plan-choice",
        )
        if st.button(labels("ui.questions.open_plan"), key="open-plan"):
            _open(plans[at], seen)


def opened_plan(plan: KeptPlanOf, record: Record, labels: Labels) -> Record:
    """Keep a plan as a run of a copy of its scenario.

    Parameters
    ----------
    plan
        The plan.
    record
        The scenario that was asked about.
    labels
        Words of the visitor's language.

    Returns
    -------
    Record
        The copy; nothing is proven about the plan as its answer.
    """
    title = labels("words.separator").join([record.title, plan.name])[:200]
    copy = store().create(title, record.scenario, parent=record.id)
    run = store().start(copy, "{}", json.dumps(versions()))
    store().keep(run.id, plan.answer, "finished")
    return copy


def _open(plan: KeptPlanOf, seen: Visit) -> None:
    copy = opened_plan(plan, seen.record, seen.labels)
    open_scenario(copy)
    st.session_state["opened-plan"] = copy.title
    st.rerun()
