"""Remarks on the data: a label key and its facts in one string, as `Territory.notes` holds them."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

_NAMED = 5


def note(key: str, **facts: object) -> str:
    """Write a remark.

    Parameters
    ----------
    key
        Its sentence is the label ``note.<key>``.
    **facts
        Fields of the sentence.

    Returns
    -------
    str
        Key and facts.

    Examples
    --------
    >>> note("income_missing", count=3)
    'note.income_missing?count=3'
    """
    return f"note.{key}" + (f"?{urlencode(facts)}" if facts else "")


def split_note(text: str) -> tuple[str, Mapping[str, str]]:
    """Take a remark apart.

    Parameters
    ----------
    text
        What `note` wrote.

    Returns
    -------
    key, facts
        Key of the label, and the fields of its sentence.

    Examples
    --------
    >>> split_note("note.income_missing?count=3")
    ('note.income_missing', {'count': '3'})
    """
    key, _, facts = text.partition("?")
    return key, dict(parse_qsl(facts, keep_blank_values=True))


def named(names: Sequence[str]) -> str:
    """Write the first names of a list, and an ellipsis for the others."""
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
