"""Choose a question to the plan, and the place that it is about."""

from functools import partial

import streamlit as st

from optimiser.labels import Labels
from optimiser.questions.axes import AXES
from optimiser.report.words import Words

QUESTIONS = ("why", "prices", "relax", "alternatives", "pareto", "poles")


def show(words: Words, *, enabled: bool) -> tuple[str, str, bool]:
    """Show the choice.

    Parameters
    ----------
    words
        Names of the case.
    enabled
        Whether a question can be sent.

    Returns
    -------
    (str, str, bool)
        The question, what else it needs, and whether it was just sent.
    """
    labels, case = words.labels, words.case
    question = st.selectbox(
        labels("ui.questions.which"),
        QUESTIONS,
        format_func=lambda each: labels(f"ui.questions.{each}"),
        key="question",
    )
    detail = ""
    if question == "why":
        services = [service.code for service in case.services]
        communes = [commune.code for commune in case.members]
        left, right = st.columns(2)
        service = left.selectbox(labels("column.service"), services, format_func=words.service)
        commune = right.selectbox(labels("column.commune"), communes, format_func=words.commune)
        detail = f"{service}:{commune}"
    if question == "pareto":
        left, right = st.columns(2)
        write = partial(_axis, labels)
        first = left.selectbox(labels("ui.questions.first_axis"), AXES, 0, format_func=write)
        others = [axis for axis in AXES if axis != first]
        second = right.selectbox(labels("ui.questions.second_axis"), others, 0, format_func=write)
        detail = f"{first}:{second}"
    start = st.button(labels("ui.questions.ask"), type="primary", disabled=not enabled)
    return question, detail, start


def _axis(labels: Labels, axis: str) -> str:
    return labels(f"ui.questions.axis.{axis}")
