"""Two plans side by side: what differs and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optimiser.report.brief import Figure
from optimiser.report.words import Words
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.units import InseeCode, ServiceCode


@dataclass(frozen=True, slots=True)
class SiteDifference:
    """Sites of one type in one commune that two plans count differently."""

    service: ServiceCode
    commune: InseeCode
    first: int
    second: int


def different_settings(first: Scenario, second: Scenario) -> tuple[tuple[str, str, str], ...]:
    """List the settings that differ.

    Parameters
    ----------
    first, second
        Two questions.

    Returns
    -------
    tuple of (str, str, str)
        Dotted key, and both values.
    """
    one, other = (dict(_flat(s.model_dump(mode="json"))) for s in (first, second))
    keys = [key for key in {**one, **other} if one.get(key, "") != other.get(key, "")]
    return tuple((key, one.get(key, ""), other.get(key, "")) for key in keys)


def different_sites(first: Solution, second: Solution) -> tuple[SiteDifference, ...]:
    """List the sites that differ, agreements included.

    Parameters
    ----------
    first, second
        Two plans of one territory.

    Returns
    -------
    tuple of SiteDifference
        By type, then by commune.
    """
    one, other = (
        {**s.decisions.sites, **dict.fromkeys(s.decisions.agreements, 1)} for s in (first, second)
    )
    return tuple(
        SiteDifference(*place, one.get(place, 0), other.get(place, 0))
        for place in sorted({**one, **other})
        if one.get(place, 0) != other.get(place, 0)
    )


def different_figures(
    first: tuple[Figure, ...], second: tuple[Figure, ...], words: Words
) -> tuple[tuple[str, str, str], ...]:
    """List the key figures that differ.

    Parameters
    ----------
    first, second
        Figures of two pages.
    words
        Names of the case.

    Returns
    -------
    tuple of (str, str, str)
        Name, and both values with their ranges.
    """
    rows = []
    for one, other in zip(first, second, strict=True):
        texts = [_written(figure, words) for figure in (one, other)]
        if texts[0] != texts[1]:
            name = one.name if one.name == other.name else f"{one.name} / {other.name}"
            rows.append((name, texts[0], texts[1]))
    return tuple(rows)


def _written(figure: Figure, words: Words) -> str:
    return words.labels("words.separator").join(t for t in (figure.value, figure.detail) if t)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            texts = [" ".join(e.values()) if isinstance(e, Mapping) else str(e) for e in value]
            yield f"{prefix}{key}", ", ".join(sorted(texts))
        else:
            yield f"{prefix}{key}", "none" if value is None else str(value)
