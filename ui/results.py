"""The answer of a scenario as a page needs it: at once from the store, or after a run."""

from dataclasses import dataclass

import streamlit as st

from optimiser.case import Case
from optimiser.report.words import Words, case_labels
from optimiser.solution import Answer, Solution
from optimiser.solvers import Limits
from ui import runs
from ui.cache import answer_of, store
from ui.components import no_plan, progress
from ui.session import Visit
from ui.store import Run

LIMITS = Limits(seconds=60)
"""Limits of a run that a page starts of its own."""

_PATIENCE_SECONDS = 8.0
"""Most answers come sooner, and then no page of progress flickers by."""


@dataclass(frozen=True)
class Result:
    """An answer with what is needed to say it.

    Parameters
    ----------
    run
        The run that found it.
    case, answer
        The case and its answer.
    words
        Names in the visitor's language.
    """

    run: Run
    case: Case
    answer: Answer
    words: Words


def result(seen: Visit) -> Result | None:
    """Find the answer of the visitor's scenario; start a run where there is none.

    Parameters
    ----------
    seen
        The visit.

    Returns
    -------
    Result or None
        None while the run is at work, which the page then shows, and for a reader whose
        scenario nobody has solved.
    """
    record, labels = seen.record, seen.labels
    run = runs.latest(store(), record)
    if run is None and (record.base or seen.writes) and not seen.by_link:
        job = runs.job_for(record) or runs.start(store(), record, LIMITS)
        job.touch()
        with st.spinner(labels("cli.solving")):
            job.done.wait(_PATIENCE_SECONDS)
        if not job.done.is_set():
            progress.show(job, labels)
            return None
        if job.error is not None:
            raise job.error
        run = runs.latest(store(), record)
    if run is None:
        st.info(labels("ui.no_run"))
        return None
    return of_run(run, labels.language)


def of_run(run: Run, language: str) -> Result:
    """Answer of a run.

    Parameters
    ----------
    run
        A run with an answer.
    language
        Of the words.

    Returns
    -------
    Result
        Recomputed by the judge.
    """
    case, answer = answer_of(run.id)
    return Result(run, case, answer, Words(case, case_labels(case.catalogue, language)))


def plan_of(found: Result) -> Solution | None:
    """Plan of a result; where it is none, the page says why.

    Parameters
    ----------
    found
        The result.

    Returns
    -------
    Solution or None
        The plan.
    """
    if isinstance(found.answer, Solution):
        return found.answer
    no_plan.show(found.answer, found.words)
    return None
