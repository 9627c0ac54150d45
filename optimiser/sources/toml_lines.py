"""The line on which each key of a TOML text stands, which `tomllib` does not tell.

Keys are written as in findings: ``budget.capital_eur``, ``forced[0].commune``.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]\}\n#]*")


def key_lines(text: str) -> Mapping[str, int]:
    """Find the line of every key.

    Parameters
    ----------
    text
        A valid TOML text: one that `tomllib` has read.

    Returns
    -------
    mapping
        Line, counted from 1, by dotted key; items of lists and their keys included.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[str, int], key: str) -> int | None:
    """Line of a key, or of the nearest table around it that the text does write.

    Parameters
    ----------
    lines
        What `key_lines` found.
    key
        Dotted key.

    Returns
    -------
    int or None
        The line; None where not even a parent is written.
    """
    while key:
        if key in lines:
            return lines[key]
        cut = max(key.rfind("."), key.rfind("["))
        key = key[:cut] if cut > 0 else ""
    return None


def dotted(location: tuple[str | int, ...]) -> str:
    """Write a path of keys and list positions as one key.

    Parameters
    ----------
    location
        Names of keys and positions in lists, outermost first.

    Returns
    -------
    str
        The dotted key.

    Examples
    --------
    >>> dotted(("forced", 0, "commune"))
    'forced[0].commune'
    """
    key = ""
    for part in location:
        if isinstance(part, int):
            key += f"[{part}]"
        else:
            key += f".{part}" if key else part
    return key


@dataclass
class _Scanner:
    """Walks through a valid text; every method leaves `at` behind what it read."""

    text: str
    at: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note where the lines end."""
        self.ends = [match.start() for match in re.finditer("\n", self.text)]

    def document(self) -> None:
        """Read headers and pairs until the end."""
        table: tuple[str | int, ...] = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.blank()

    def header(self) -> tuple[str | int, ...]:
        """Read ``[a.b]`` or ``[[a.b]]`` and return where its pairs belong."""
        line = self.line()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self.resolve(self.keys())
        self.at = self.text.index("]", self.at) + (2 if many else 1)
        if many:
            key = dotted(path)
            number = self.counts.get(key, 0)
            self.counts[key] = number + 1
            self.note(path, line)
            path = (*path, number)
        self.note(path, line)
        return path

    def pair(self, table: tuple[str | int, ...]) -> None:
        """Read ``a.b = value``."""
        line = self.line()
        path = table
        for name in self.keys():
            path = (*path, name)
            self.note(path, line)
        self.at = self.text.index("=", self.at) + 1
        self.spaces()
        self.value(path)

    def value(self, path: tuple[str | int, ...]) -> None:
        """Read a value, and note the keys inside it."""
        first = self.text[self.at]
        if first in "\"'":
            self.string()
        elif first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        else:
            match = _SCALAR.match(self.text, self.at)
            self.at = match.end() if match else len(self.text)

    def array(self, path: tuple[str | int, ...]) -> None:
        """Read ``[ ... ]``."""
        self.at += 1
        number = 0
        self.blank()
        while self.text[self.at] != "]":
            self.note((*path, number), self.line())
            self.value((*path, number))
            number += 1
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                self.blank()
        self.at += 1

    def inline_table(self, path: tuple[str | int, ...]) -> None:
        """Read ``{ a = 1, b = 2 }``."""
        self.at += 1
        self.blank()
        while self.text[self.at] != "}":
            self.pair(path)
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                self.blank()
        self.at += 1

    def keys(self) -> list[str]:
        """Read ``a."b c".d``."""
        names = []
        while True:
            self.spaces()
            if self.text[self.at] in "\"'":
                names.append(self.string())
            else:
                match = _BARE.match(self.text, self.at)
                names.append(match.group() if match else "")
                self.at = match.end() if match else self.at
            self.spaces()
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def string(self) -> str:
        """Read a string of any of the four kinds, and return what it says."""
        mark = self.text[self.at]
        start = self.at
        fence = mark * 3 if self.text.startswith(mark * 3, self.at) else mark
        self.at += len(fence)
        while not self.text.startswith(fence, self.at):
            self.at += 2 if mark == '"' and self.text[self.at] == "\\" else 1
        self.at += len(fence)
        # Up to two quotes may stand just before the closing three.
        while len(fence) > 1 and self.text.startswith(mark, self.at):
            self.at += 1
        return str(tomllib.loads(f"x = {self.text[start : self.at]}")["x"])

    def resolve(self, names: list[str]) -> tuple[str | int, ...]:
        """Path of a header: a list of tables on the way means its last item so far."""
        path: tuple[str | int, ...] = ()
        for position, name in enumerate(names):
            path = (*path, name)
            number = self.counts.get(dotted(path))
            if number is not None and position < len(names) - 1:
                path = (*path, number - 1)
        return path

    def note(self, path: tuple[str | int, ...], line: int) -> None:
        """Keep the first line on which a key is written."""
        self.lines.setdefault(dotted(path), line)

    def line(self) -> int:
        """Line of the present position, counted from 1."""
        return bisect_left(self.ends, self.at) + 1

    def blank(self) -> None:
        """Skip blanks, line ends and comments."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def spaces(self) -> None:
        """Skip blanks on the line."""
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
