"""Who visits and what they look at; the only user of session state and of the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from optimiser.labels import LANGUAGES, Labels
from ui import access
from ui.cache import intercommunalities, store
from ui.store import Record

REFERENCE = "200042190"


@dataclass(frozen=True)
class Visit:
    """A visit to a page.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    record
        Scenario that the visitor looks at.
    writes
        Whether the visitor may change scenarios and start runs.
    by_link
        Whether the visitor came by a read-only link, and sees that scenario alone.
    """

    labels: Labels
    record: Record
    writes: bool
    by_link: bool


def labels() -> Labels:
    """Words of the visitor's language, chosen in the side bar and kept in the address.

    Returns
    -------
    Labels
        French unless the visitor chose otherwise.
    """
    asked = recall("lang", LANGUAGES[0])
    current = asked if asked in LANGUAGES else LANGUAGES[0]
    words = Labels(current)
    chosen = st.sidebar.selectbox(
        words("ui.language"), LANGUAGES, LANGUAGES.index(current), format_func=str.upper
    )
    if chosen != current:
        remember("lang", chosen)
        st.rerun()
    return words


def visit(words: Labels) -> Visit:
    """Find out what the visitor looks at; the side bar says it, and the address holds it.

    Parameters
    ----------
    words
        Words of the visitor's language.

    Returns
    -------
    Visit
        By the read-only link, by the scenario's own address, or the unchanged question about
        the EPCI that the visitor chooses.
    """
    token = recall("read", "")
    if token:
        found = store().by_token(token)
        if found is None:
            st.error(words("ui.link_unknown"))
            st.stop()
        st.sidebar.caption(words("ui.read_only"))
        return Visit(words, found, writes=False, by_link=True)
    role = access.role(words)
    opened = store().get(recall("scenario", ""))
    if opened is not None and not opened.base:
        st.sidebar.markdown(words("ui.scenario_open"))
        st.sidebar.text(opened.title)
        if st.sidebar.button(words("ui.scenario_close"), key="close"):
            remember("scenario", "")
            st.rerun()
        return Visit(words, opened, writes=role == "planner", by_link=False)
    code = _territory(words)
    record = store().base(code, dict(intercommunalities())[code])
    return Visit(words, record, writes=role == "planner", by_link=False)


def open_scenario(record: Record) -> None:
    """Look at another scenario from now on.

    Parameters
    ----------
    record
        The scenario.
    """
    remember("scenario", record.id)


def open_epci(code: str) -> None:
    """Look at the unchanged question about another EPCI from now on.

    Parameters
    ----------
    code
        Its SIREN code.
    """
    remember("scenario", "")
    remember("epci", code)


def know_pages(pages: Mapping[str, Any]) -> None:
    """Keep the pages of this visit, so that one can lead to another.

    Parameters
    ----------
    pages
        Streamlit's pages by key.
    """
    st.session_state["pages"] = dict(pages)


def go_to(page: str) -> None:
    """Draw another page instead of this one; stays where that page is not to be seen.

    Parameters
    ----------
    page
        Its key.
    """
    found = st.session_state.get("pages", {}).get(page)
    if found is None:
        st.rerun()
    st.switch_page(found)


def editable(seen: Visit) -> Record:
    """Scenario that the visitor may change: their own, or a new copy of the unchanged question.

    Parameters
    ----------
    seen
        The visit; it must be allowed to write.

    Returns
    -------
    Record
        Opened for the rest of the visit.

    Raises
    ------
    PermissionError
        The visitor only reads.
    """
    if not seen.writes:
        raise PermissionError
    if not seen.record.base:
        return seen.record
    copy = store().duplicate(seen.record.id, seen.record.title)
    open_scenario(copy)
    return copy


def recall(key: str, default: str) -> str:
    """Value of the address, else of the visit: the address is emptied between two pages.

    Parameters
    ----------
    key
        Name in the address.
    default
        Where neither holds one.

    Returns
    -------
    str
        The value, written back into the address.
    """
    value = str(st.query_params.get(key) or st.session_state.get(f"kept.{key}", default))
    remember(key, value)
    return value


def remember(key: str, value: str) -> None:
    """Put a value into the address and the visit.

    Parameters
    ----------
    key
        Name in the address.
    value
        The value; empty: none.
    """
    st.session_state[f"kept.{key}"] = value
    if value:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def reading_link(seen: Visit) -> str:
    """Address that shows the visitor's scenario and changes nothing.

    Parameters
    ----------
    seen
        The visit.

    Returns
    -------
    str
        Address of this app as the visitor reached it.
    """
    here = urlsplit(st.context.url or "")
    query = urlencode({"read": seen.record.read_token, "lang": seen.labels.language})
    return urlunsplit((here.scheme, here.netloc, "/", query, ""))


def stepped(key: str, last: int) -> None:
    """Move a slider of the page one step on; after its end it starts again.

    Parameters
    ----------
    key
        Of the slider, whose steps count from 0.
    last
        Its last step.
    """
    st.session_state[key] = (int(st.session_state.get(key, -1)) + 1) % (last + 1)


def chosen_commune(page: str, clicked: str | None) -> str:
    """Commune that the visitor has chosen on the map of a page.

    Parameters
    ----------
    page
        Name of the page.
    clicked
        What was clicked just now; None: nothing.

    Returns
    -------
    str
        Its INSEE code; empty: none yet.
    """
    key = f"commune.{page}"
    if clicked and clicked != st.session_state.get(key):
        st.session_state[key] = clicked
        # The map above must show the choice.
        st.rerun()
    return str(st.session_state.get(key, ""))


def _territory(words: Labels) -> str:
    names = dict(intercommunalities())
    asked = recall("epci", REFERENCE)
    current = asked if asked in names else REFERENCE
    codes = list(names)
    chosen: str = st.sidebar.selectbox(
        words("ui.epci"), codes, codes.index(current), format_func=names.__getitem__
    )
    remember("epci", chosen)
    return chosen
