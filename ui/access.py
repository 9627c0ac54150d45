"""Who may do what: planners write, readers read; identity comes from OIDC where it is configured.

Streamlit's secrets file holds the provider under ``[auth]``, and under ``[roles]`` the planners:
``planners = ["name@example.org"]``. Without ``[auth]`` the app trusts whoever can reach it.
"""

from typing import Any, Literal, TypeAlias

import streamlit as st

from optimiser.labels import Labels

Role: TypeAlias = Literal["planner", "reader"]


def role(words: Labels) -> Role:
    """Role of the visitor; who must log in first sees nothing else.

    Parameters
    ----------
    words
        Words of the visitor's language.

    Returns
    -------
    str
        ``planner`` or ``reader``.
    """
    if not _secret("auth"):
        return "planner"
    if not st.user.get("is_logged_in", False):
        st.title(words("ui.login.title"))
        st.button(words("ui.login.do"), on_click=st.login, key="login")
        st.stop()
    st.sidebar.button(words("ui.login.leave"), on_click=st.logout, key="logout")
    planners = _secret("roles").get("planners", ())
    verified = bool(st.user.get("email_verified", False))
    return "planner" if verified and st.user.get("email") in planners else "reader"


def _secret(section: str) -> dict[str, Any]:
    try:
        return dict(st.secrets.get(section, {}))
    except FileNotFoundError:
        return {}
