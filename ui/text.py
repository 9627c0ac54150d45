"""Texts from outside as texts: nothing in them is taken for markup."""

import html
import re

_MARKS = re.compile(r"([\\`*_\[\]<>#|~$:{}!^=+()-])")


def plain(text: str) -> str:
    r"""Escape a text for Streamlit's Markdown.

    Parameters
    ----------
    text
        Any text, such as the name of a commune.

    Returns
    -------
    str
        Markdown that shows exactly that text.

    Examples
    --------
    >>> print(plain("<b> :red[x]"))
    \<b\> \:red\[x\]
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def one_line(text: str) -> str:
    r"""Text that stands on one line and holds no control character.

    Parameters
    ----------
    text
        What a visitor typed.

    Returns
    -------
    str
        Without spaces at its ends.

    Examples
    --------
    >>> one_line(" a\tb\x00 ")
    'a b'
    """
    return "".join(each for each in " ".join(text.split()) if each.isprintable()).strip()


def tag(name: str, text: str, **attributes: str) -> str:
    """One HTML element that holds a text.

    Parameters
    ----------
    name
        Of the element.
    text
        Any text; it is escaped.
    **attributes
        Attributes; their values are escaped.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> tag("td", "<script>", title='"')
    '<td title="&quot;">&lt;script&gt;</td>'
    """
    given = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{html.escape(text)}</{name}>"
