"""Why there is no plan, in plain words, and what would have to give way."""

import streamlit as st

from optimiser.report.sentences import conflict_text, relaxation_text
from optimiser.report.words import Words
from optimiser.solution import Infeasible, NoAnswer
from ui.text import plain


def show(answer: Infeasible | NoAnswer, words: Words) -> None:
    """Show why a question has no plan.

    Parameters
    ----------
    answer
        The answer.
    words
        Names of the case.
    """
    labels = words.labels
    if isinstance(answer, NoAnswer):
        st.warning(labels("no_answer.title"))
        st.write(labels("no_answer.nothing_proven"))
        st.write(labels("no_answer.try"))
        return
    st.error(labels("infeasible.title"))
    st.write(labels.count("infeasible.conflict", len(answer.conflict)))
    for rule, subject in answer.conflict:
        st.write(f"- {plain(conflict_text(rule, subject, words))}")
    if answer.relaxation:
        st.write(labels.count("infeasible.relaxation", len(answer.relaxation)))
    for relaxation in answer.relaxation:
        st.write(f"- {plain(relaxation_text(relaxation, words))}")
