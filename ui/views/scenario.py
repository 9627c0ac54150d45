"""Every setting of a scenario, with bounds, units and help in plain words."""

import streamlit as st

from ui.cache import case_of, store
from ui.components import scenario_files, setting_form
from ui.session import Visit, editable
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels, record = seen.labels, seen.record
    st.title(labels("ui.scenario.title"))
    st.caption(plain(record.title))
    if record.base and seen.writes:
        st.info(labels("ui.scenario.base"))
    changed = setting_form.show(record.scenario, labels, enabled=seen.writes)
    if changed is not None and seen.writes:
        # A scenario that has no case is refused here, in words, and not kept.
        case_of(changed)
        target = editable(seen)
        store().change(target.id, scenario=changed, title=changed.title or target.title)
        st.rerun()
    scenario_files.take(seen)
    if seen.writes:
        scenario_files.bring(labels)
