"""Finds an intercommunality by its code or by what people call it."""

import difflib
from collections.abc import Mapping
from functools import cache

from optimiser.errors import TerritoryNotFoundError
from optimiser.sources.national import index
from optimiser.sources.words import plain

_SHORT = {
    "ca": "communaute agglomeration",
    "cc": "communaute communes",
    "cu": "communaute urbaine",
    "agglo": "agglomeration",
    "epci": "",
}
_SMALL = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "sur", "a"})
_KINDS = frozenset({"communaute", "communes", "agglomeration", "urbaine", "metropole"})
_NEAREST = 8
_ALIKE = 0.6


@cache
def epcis() -> Mapping[str, str]:
    """Names of all EPCIs by SIREN code, sorted by name.

    Returns
    -------
    mapping
        Name by code.
    """
    france = index()
    names = {code: name for code, name in zip(france.epcis, france.epci_names, strict=True) if code}
    return dict(sorted(names.items(), key=lambda item: (plain(item[1]), item[0])))


def find_epci(query: str) -> tuple[str, str]:
    """Find the one EPCI that answers to a query.

    Parameters
    ----------
    query
        SIREN code, name, or part of the name; accents, case and punctuation do not matter, and
        ``CA``, ``CC`` and ``CU`` stand for the kinds of community.

    Returns
    -------
    code, name
        SIREN code and official name.

    Raises
    ------
    TerritoryNotFoundError
        Several answer, or none does: with the nearest names, best first.
    """
    known = epcis()
    code = query.strip()
    if code in known:
        return code, known[code]
    hits = _hits(query)
    if len(hits) == 1:
        return hits[0], known[hits[0]]
    if hits:
        candidates = tuple(f"{code} {known[code]}" for code in hits[:_NEAREST])
        raise TerritoryNotFoundError(query=query, candidates=candidates, ambiguous=True)
    candidates = tuple(f"{code} {known[code]}" for code in _nearest(query))
    raise TerritoryNotFoundError(query=query, candidates=candidates)


def _hits(query: str) -> list[str]:
    wanted = plain(query)
    if not wanted:
        return []
    names = {code: plain(name) for code, name in epcis().items()}
    for answers in (
        [code for code, name in names.items() if name == wanted],
        [code for code, name in names.items() if f" {wanted} " in f" {name} "],
        [code for code, name in names.items() if f" {wanted}" in f" {name}"],
    ):
        if answers:
            return answers
    words = _words(wanted)
    return [code for code, name in names.items() if words and words <= _words(name)]


def _words(text: str) -> frozenset[str]:
    """Words that tell one name from another, the short kinds written out."""
    written = " ".join(_SHORT.get(word, word) for word in text.split())
    return frozenset(written.split()) - _SMALL


def _nearest(query: str) -> list[str]:
    """Codes of EPCIs: of communes whose name starts so, then those with the names most alike."""
    wanted = plain(query)
    if not wanted:
        return []
    france = index()
    named = [
        (plain(name) != wanted, epci)
        for name, epci in zip(france.names, france.epcis, strict=True)
        if epci and f"{plain(name)} ".startswith(f"{wanted} ")
    ]
    homes = [epci for _, epci in sorted(named)]
    alike = _core(wanted)
    scores = {code: _likeness(alike, _core(plain(name))) for code, name in epcis().items()}
    best = sorted((c for c in scores if scores[c] >= _ALIKE), key=lambda code: -scores[code])
    return list(dict.fromkeys([*homes, *best]))[:_NEAREST]


def _core(text: str) -> str:
    words = [word for word in text.split() if word not in _SMALL | _KINDS]
    return " ".join(words) or text


def _likeness(wanted: str, name: str) -> float:
    """Likeness of the query to a name as a whole, or to the word most like it."""
    parts = [name, *(word for word in name.split() if len(word) > len(wanted) / 2)]
    return max(difflib.SequenceMatcher(None, wanted, part).ratio() for part in parts)
