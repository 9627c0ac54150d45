"""Texts compared as people mean them: without accents, case and punctuation."""

import unicodedata


def plain(text: str) -> str:
    """Text in lower case, without accents and punctuation, words one blank apart.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> plain("Communauté d'agglomération  Saint-Étienne")
    'communaute d agglomeration saint etienne'
    """
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    signs = ("" if unicodedata.combining(c) else c if c.isalnum() else " " for c in bare)
    return " ".join("".join(signs).split())
