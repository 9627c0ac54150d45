"""The labels of one language: sentences by key, and figures as that language writes them."""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from optimiser.units import Euros, Minutes, Persons, Share

LANGUAGES: tuple[str, ...] = ("fr", "en")
"""Languages that have labels, the default one first."""

_THOUSANDS_FROM = 10_000.0
_MILLIONS_FROM = 1_000_000.0


class Labels:
    """Words and figures in one language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    extra
        Further labels by key, such as the names of a user's own facility types.

    Raises
    ------
    ValueError
        A language that has no labels.

    Examples
    --------
    >>> Labels("en").euros(1_234_000)
    '€1.2M'
    >>> Labels("en")("service.library")
    'Library'
    """

    def __init__(self, language: str = "fr", extra: Mapping[str, str] | None = None) -> None:
        """Load the labels of the language."""
        if language not in LANGUAGES:
            msg = f"language {language!r}: one of {LANGUAGES}"
            raise ValueError(msg)
        self.language = language
        self._texts = {**texts(language), **(extra or {})}
        self._locale = Locale.parse(self._texts["locale"])

    def __call__(self, key: str, /, **facts: object) -> str:
        """Sentence of a key, with its facts filled in.

        Parameters
        ----------
        key
            Dotted key of the labels file.
        **facts
            Values of the fields of the sentence; figures already written as text.

        Returns
        -------
        str
            The sentence.

        Raises
        ------
        KeyError
            No label has that key, or a field has no fact.
        """
        return self._texts[key].format(**facts)

    def __contains__(self, key: object) -> bool:
        """Whether a label has that key."""
        return key in self._texts

    def count(self, key: str, number: float, /, **facts: object) -> str:
        """Sentence of ``key.one`` or ``key.other``, as the language's plural rule says.

        Parameters
        ----------
        key
            Dotted key without its last part.
        number
            What is counted; given to the sentence as ``{n}``.
        **facts
            Values of the other fields.

        Returns
        -------
        str
            The sentence.
        """
        form = "one" if self._locale.plural_form(abs(number)) == "one" else "other"
        return self(f"{key}.{form}", n=self.number(number), **facts)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number; a dash where there is none."""
        if value is None or math.isnan(value):
            return self("unit.none")
        if math.isinf(value):
            return self("unit.infinite")
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        # Adding zero turns a rounded -0.0 into 0.0.
        rounded = round(float(value), digits) + 0.0
        return str(format_decimal(rounded, format=pattern, locale=self._locale))

    def euros(self, value: Euros | None) -> str:
        """Write euros: to the euro below 10,000, then in thousands or millions."""
        if value is None or not math.isfinite(value):
            return self("unit.none")
        size = abs(value)
        if size >= _MILLIONS_FROM - 500:
            text = self("unit.million_eur", value=self.number(size / 1e6, 1))
        elif size >= _THOUSANDS_FROM:
            text = self("unit.thousand_eur", value=self.number(size / 1e3))
        else:
            text = self("unit.eur", value=self.number(size))
        return self("unit.minus", value=text) if round(value) < 0 else text

    def euros_full(self, value: Euros | None) -> str:
        """Write euros to the euro, whatever their size."""
        if value is None or not math.isfinite(value):
            return self("unit.none")
        text = self("unit.eur", value=self.number(abs(value)))
        return self("unit.minus", value=text) if round(value) < 0 else text

    def percent(self, share: Share | None, digits: int = 1) -> str:
        """Write a share (0 to 1) as a percentage."""
        if share is None or not math.isfinite(share):
            return self("unit.none")
        return self("unit.percent", value=self.number(share * 100, digits))

    def minutes(self, value: Minutes | None, digits: int = 0) -> str:
        """Write minutes; infinite ones as out of reach."""
        if value is None or math.isnan(value):
            return self("unit.none")
        if math.isinf(value):
            return self("unit.unreachable")
        return self("unit.minutes", value=self.number(value, digits))

    def persons(self, value: Persons | None) -> str:
        """Write a number of persons, with the noun in its plural form."""
        if value is None or not math.isfinite(value):
            return self("unit.none")
        return self.count("unit.persons", round(value))

    def seconds(self, value: float) -> str:
        """Write a duration in seconds."""
        return self("unit.seconds", value=self.number(value, 1 if value < 100 else 0))  # noqa: PLR2004

    def signed_number(self, value: float | None, digits: int = 0) -> str:
        """Write a change of a number, with its sign."""
        return self._signed(value, digits, self.number(value, digits))

    def signed_euros(self, value: Euros | None) -> str:
        """Write a change in euros, with its sign."""
        return self._signed(value, 0, self.euros(value))

    def signed_euros_full(self, value: Euros | None) -> str:
        """Write a change in euros to the euro, with its sign."""
        return self._signed(value, 0, self.euros_full(value))

    def signed_points(self, share: Share | None, digits: int = 1) -> str:
        """Write a change of a share in percentage points, with its sign."""
        if share is None or not math.isfinite(share):
            return self("unit.none")
        text = self("unit.points", value=self.number(share * 100, digits))
        return self._signed(share * 100, digits, text)

    def signed_minutes(self, value: Minutes | None, digits: int = 1) -> str:
        """Write a change in minutes, with its sign."""
        return self._signed(value, digits, self.minutes(value, digits))

    def signed_persons(self, value: Persons | None) -> str:
        """Write a change in persons, with its sign."""
        return self._signed(value, 0, self.persons(value))

    def _signed(self, value: float | None, digits: int, text: str) -> str:
        rises = value is not None and math.isfinite(value) and round(value, digits) > 0
        return self("unit.plus", value=text) if rises else text


@cache
def texts(language: str) -> Mapping[str, str]:
    """Labels of a language by dotted key, from every file of that language.

    Parameters
    ----------
    language
        Files ``<language>.toml`` and ``<anything>.<language>.toml`` are read.

    Returns
    -------
    mapping
        Sentences by key.

    Raises
    ------
    ValueError
        Two files give the same key, or a label is no text.
    """
    merged: dict[str, str] = {}
    for entry in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if entry.name == f"{language}.toml" or entry.name.endswith(f".{language}.toml"):
            for key, text in _flatten(tomllib.loads(entry.read_text(encoding="utf-8"))):
                if key in merged:
                    msg = f"{entry.name}: {key} stands in two files"
                    raise ValueError(msg)
                merged[key] = _typeset(key, text, language)
    return merged


def _typeset(key: str, text: str, language: str) -> str:
    """Put no-break spaces between figure and unit, and where French typography asks for them."""
    if language == "fr":
        text = re.sub(" (?=[:€])", "\u00a0", text)
        text = re.sub(" (?=[;!?»%])|(?<=«) ", "\u202f", text)
    return re.sub("(?<=}) ", "\u00a0", text) if key.startswith("unit.") else text


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            msg = f"{key}: a label is a text, not {type(value).__name__}"
            raise ValueError(msg)  # noqa: TRY004 - every fault of a labels file is a ValueError
