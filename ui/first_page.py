"""The page that opens first: its answer, words and map, made before anybody asks."""

import logging
from contextlib import suppress

from optimiser.errors import MaillageError
from optimiser.labels import LANGUAGES
from optimiser.solution import Solution
from ui import runs
from ui.cache import answer_of, brief_of, changed_services, intercommunalities, plan_map, store
from ui.results import LIMITS
from ui.session import REFERENCE
from ui.store import Record


def begin() -> Record:
    """Start a run of the unchanged question about the reference territory.

    Returns
    -------
    Record
        The question; nothing is started where the store holds its answer.
    """
    # Streamlit's caches warn that no visitor is there.
    quiet = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    quiet.setLevel(logging.ERROR)
    record = store().base(REFERENCE, dict(intercommunalities())[REFERENCE])
    if runs.latest(store(), record) is None:
        runs.start(store(), record, LIMITS)
    return record


def finish(record: Record) -> None:
    """Make the words and the map of the answer.

    Parameters
    ----------
    record
        From `begin`.
    """
    job = runs.job_for(record)
    if job is not None:
        job.done.wait(runs.ABANDONED_SECONDS)
    run = runs.latest(store(), record)
    # What is wrong is told to the visitor whose page it is.
    with suppress(MaillageError):
        if run is not None and isinstance(answer_of(run.id)[1], Solution):
            brief_of(run.id, LANGUAGES[0])
            plan_map(run.id, changed_services(run.id)[0], LANGUAGES[0])
