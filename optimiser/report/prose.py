"""Texts that wrap at ordinary spaces only, so that no figure is torn from its unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph for the terminal.

    rich takes no-break spaces for places to break at; this does not.

    Parameters
    ----------
    text
        The paragraph.
    style
        Style of rich.
    """

    text: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield one line after the other."""
        del console
        for line in _lines(self.text.split(" "), options.max_width):
            yield Text(line, style=self.style, no_wrap=True, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Between the longest word and the whole paragraph."""
        del console
        longest = max(cell_len(part) for word in self.text.split(" ") for part in _parts(word))
        widest = cell_len(self.text)
        most = options.max_width
        return Measurement(min(longest, most), min(widest, most))


def _lines(words: list[str], width: int) -> Iterator[str]:
    line, glue = "", ""
    for word, glue_after in _pieces(words, width):
        longer = f"{line}{glue}{word}"
        if line and cell_len(longer) > width:
            yield line
            line = word
        else:
            line = longer
        glue = glue_after
    yield line


def _pieces(words: list[str], width: int) -> Iterator[tuple[str, str]]:
    """Words and what joins each to the next; a word too long for a line breaks after hyphens."""
    for word in words:
        parts = _parts(word) if cell_len(word) > width else [word]
        yield from ((part, "") for part in parts[:-1])
        yield parts[-1], " "


def _parts(word: str) -> list[str]:
    return re.findall(r"[^-]*-|[^-]+", word) or [""]
