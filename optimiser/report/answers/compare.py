"""Scenarios side by side, in words."""

from collections.abc import Iterator
from typing import Any

from optimiser.questions.compare import Choice, Comparison, Input
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.answers.phrases import place
from optimiser.report.tables import Cell, Column, Table
from optimiser.report.words import Words

_FIGURES = ("score", "persons", "recurrent_eur", "capital_eur", "annual_eur")


def compare_page(answer: Comparison, words: Words) -> Page:
    """Word a comparison.

    Parameters
    ----------
    answer
        The comparison.
    words
        Names of the territory.

    Returns
    -------
    Page
        Inputs, figures, basins and decisions that differ.
    """
    labels = words.labels
    names = [scenario_name(n, answer, words) for n in range(len(answer.totals))]
    return Page(
        question="compare",
        title=labels("ask.compare.title"),
        sentences=tuple(_sentences(answer, names, words)),
        tables=(
            _table("inputs", [labels("ask.column.key"), *names], _inputs(answer, words), words),
            _table(
                "figures", [labels("ask.column.figure"), *names], _figures(answer, words), words
            ),
            _table("basins", [labels("ask.column.basin"), *names], _basins(answer, words), words),
            _table(
                "choices",
                [labels("ask.column.place"), *names, labels("ask.column.reason")],
                _choices(answer, words),
                words,
            ),
        ),
        status=answer.status,
        gap=answer.gap,
        data=answer,
    )


def scenario_name(n: int, answer: Comparison, words: Words) -> str:
    """Name a scenario by its title, or by its place in the row.

    Parameters
    ----------
    n
        Its index.
    answer
        The comparison.
    words
        Names of the territory.

    Returns
    -------
    str
        The name.
    """
    title = answer.totals[n].title
    # Two scenarios of one title could not be told apart.
    if not title or sum(each.title == title for each in answer.totals) > 1:
        return words.labels("ask.compare.scenario", n=str(n + 1))
    return title


def _sentences(answer: Comparison, names: list[str], words: Words) -> Iterator[str]:
    labels = words.labels
    yield labels.count("ask.compare.inputs", len(answer.inputs))
    yield labels.count("ask.compare.choices", len(answer.choices))
    first = answer.totals[0]
    for name, each in zip(names[1:], answer.totals[1:], strict=True):
        if each.score is None or first.score is None:
            blocked = name if each.score is None else names[0]
            yield labels("ask.compare.no_plan", name=blocked)
            continue
        yield labels(
            "ask.compare.against",
            name=name,
            first=names[0],
            score=labels.signed_number(each.score - first.score),
            persons=labels.signed_persons((each.persons or 0.0) - (first.persons or 0.0)),
            recurrent=labels.signed_euros((each.recurrent_eur or 0) - (first.recurrent_eur or 0)),
            capital=labels.signed_euros((each.capital_eur or 0.0) - (first.capital_eur or 0.0)),
        )


def _inputs(answer: Comparison, words: Words) -> list[tuple[Cell, ...]]:
    return [(_key(i.key), *(_value(value, words) for value in i.values)) for i in answer.inputs]


def _key(key: str) -> str:
    """Setting as its section and its name, so that the terminal can break the line between."""
    return key.replace(".", ". ")


def _value(value: Any, words: Words) -> str:
    labels = words.labels
    if value is None or value in ([], ()):
        return labels("unit.none")
    if isinstance(value, bool):
        return labels("words.yes" if value else "words.no")
    if isinstance(value, int | float):
        return labels.number(value, 0 if float(value).is_integer() else 2)
    if isinstance(value, list):
        return labels("words.semicolon").join(_value(entry, words) for entry in value)
    if isinstance(value, dict):
        return place(value["service"], value["commune"], words)
    return str(value)


def _figures(answer: Comparison, words: Words) -> list[tuple[Cell, ...]]:
    labels = words.labels
    rows: list[tuple[Cell, ...]] = []
    for figure in _FIGURES:
        values = [getattr(total, figure) for total in answer.totals]
        euros = figure.endswith("_eur")
        write = labels.euros if euros else labels.number
        rows.append((labels(f"ask.figure.{figure}"), *(write(value) for value in values)))
    return rows


def _basins(answer: Comparison, words: Words) -> list[tuple[Cell, ...]]:
    labels = words.labels
    return [
        (
            words.basin(each.basin),
            *(
                labels(
                    "ask.compare.basin", share=labels.percent(share), persons=labels.number(persons)
                )
                for share, persons in zip(each.shares, each.persons, strict=True)
            ),
        )
        for each in answer.basins
    ]


def _choices(answer: Comparison, words: Words) -> list[tuple[Cell, ...]]:
    return [
        (
            place(each.service, each.commune, words),
            *(words.labels.number(count) for count in each.sites),
            _reason(each, answer.inputs, words),
        )
        for each in answer.choices
    ]


def _reason(choice: Choice, inputs: tuple[Input, ...], words: Words) -> str:
    keys = dict.fromkeys(key for reasons in choice.reasons for key in reasons)
    if not keys and len(inputs) == 1:
        return _key(inputs[0].key)
    return ", ".join(_key(key) for key in keys) or words.labels("ask.compare.together")


def _table(key: str, titles: list[str], rows: list[tuple[Cell, ...]], words: Words) -> Sheet:
    columns = tuple(
        Column(title, "text", 44 if n in {0, len(titles) - 1} else 18)
        for n, title in enumerate(titles)
    )
    name = table(f"compare_{key}", "", [], words.labels).table.name
    return Sheet(Table(name, columns, tuple(rows)), tuple(range(len(columns))))
