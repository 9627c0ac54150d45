"""Which scenarios can be compared: those of one territory that have a plan."""

from optimiser.solution import Solution
from ui.cache import answer_of, store
from ui.runs import latest
from ui.store import Record

LEAST = 2


def candidates(record: Record) -> tuple[Record, ...]:
    """List the scenarios of a territory that have a plan.

    Parameters
    ----------
    record
        The visitor's scenario; it comes first.

    Returns
    -------
    tuple of Record
        The unchanged question of the territory is among them.
    """
    epci = record.scenario.epci
    base = store().get(f"base-{epci}")
    others = [record, *([base] if base else []), *store().scenarios()]
    found = {each.id: each for each in others if each.scenario.epci == epci and has_plan(each)}
    return tuple(found.values())


def has_plan(record: Record) -> bool:
    """Whether the question, as it now is, has a plan in the store.

    Parameters
    ----------
    record
        The scenario.

    Returns
    -------
    bool
        False where it has not been solved or has no answer.
    """
    run = latest(store(), record)
    return run is not None and isinstance(answer_of(run.id)[1], Solution)
