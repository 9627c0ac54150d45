"""What a visitor has chosen; the only user of session state and of the address."""

import streamlit as st

from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Scenario
from ui.cache import intercommunalities

REFERENCE = "200042190"


def labels() -> Labels:
    """Words of the visitor's language, chosen in the side bar and kept in the address.

    Returns
    -------
    Labels
        French unless the visitor chose otherwise.
    """
    asked = st.query_params.get("lang", LANGUAGES[0])
    current = asked if asked in LANGUAGES else LANGUAGES[0]
    words = Labels(current)
    chosen = st.sidebar.selectbox(
        words("ui.language"), LANGUAGES, LANGUAGES.index(current), format_func=str.upper
    )
    if chosen != current:
        st.query_params["lang"] = chosen
        st.rerun()
    return words


def territory(words: Labels) -> str:
    """SIREN code of the EPCI that the visitor looks at.

    Parameters
    ----------
    words
        Words of the visitor's language.

    Returns
    -------
    str
        The code, also kept in the address.
    """
    names = dict(intercommunalities())
    asked = st.query_params.get("epci", REFERENCE)
    current = asked if asked in names else REFERENCE
    codes = list(names)
    chosen: str = st.sidebar.selectbox(
        words("ui.epci"), codes, codes.index(current), format_func=names.__getitem__
    )
    st.query_params["epci"] = chosen
    return chosen


def scenario(words: Labels) -> Scenario:
    """Scenario that the visitor asks.

    Parameters
    ----------
    words
        Words of the visitor's language.

    Returns
    -------
    Scenario
        The default one for the territory, with the visitor's budget.
    """
    code = territory(words)
    base = Scenario(epci=code)
    limited = st.sidebar.checkbox(words("ui.limit_capital"), value=False)
    millions = st.sidebar.number_input(
        words("ui.capital"), 0.0, 1000.0, 30.0, step=5.0, disabled=not limited
    )
    capital = millions * 1e6 if limited else None
    budget = base.budget.model_copy(update={"capital_eur": capital})
    return base.model_copy(update={"budget": budget})
