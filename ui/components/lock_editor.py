"""Force, forbid or free one type in one commune."""

import streamlit as st

from optimiser.case import Case
from optimiser.report.words import Words
from optimiser.units import InseeCode, ServiceCode
from ui.cache import store
from ui.locks import DECISIONS, decide, decision_of
from ui.session import Visit, editable


def show(seen: Visit, case: Case, service: ServiceCode, chosen: InseeCode, words: Words) -> None:
    """Show the decision, and take another one.

    Parameters
    ----------
    seen
        The visit.
    case
        Case of the visitor's scenario.
    service
        The type.
    chosen
        Commune chosen on the map; empty: none.
    words
        Names of the case.
    """
    labels = words.labels
    codes = [commune.code for commune in case.members]
    at = codes.index(chosen) if chosen in codes else None
    commune = st.selectbox(
        labels("ui.lock.commune"),
        codes,
        at,
        format_func=words.commune,
        key=f"lock-commune-{chosen}",
        placeholder=labels("ui.lock.none_chosen"),
    )
    if commune is None:
        st.caption(labels("ui.lock.help"))
        return
    current = decision_of(case, service, commune)
    decision = st.radio(
        labels("ui.lock.decision", service=words.service(service)),
        DECISIONS,
        DECISIONS.index(current),
        format_func=lambda each: labels(f"ui.lock.{each}"),
        horizontal=True,
        disabled=not seen.writes,
        key=f"lock-{seen.record.id}-{service}-{commune}-{current}",
    )
    if decision != current and seen.writes:
        changed = decide(case, service, commune, decision)
        store().change(editable(seen).id, scenario=changed)
        st.rerun()
