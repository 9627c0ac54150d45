"""What differs between two plans: settings, figures, sites, and the map of one type."""

import streamlit as st

from optimiser.labels import Labels
from optimiser.report.words import Words
from optimiser.solution import Solution
from ui.cache import brief_of, pair_map, store
from ui.components import commune_map, table
from ui.differences import different_figures, different_settings, different_sites
from ui.results import Result, of_run
from ui.runs import latest
from ui.store import Record


def show(pair: tuple[Record, Record], labels: Labels) -> None:
    """Show the differences.

    Parameters
    ----------
    pair
        Two scenarios with a plan.
    labels
        Words of the visitor's language.
    """
    one, other = (_result(record, labels) for record in pair)
    if one is None or other is None:
        return
    words = one.words
    heads = (labels("ui.compare.first"), labels("ui.compare.second"))
    _three(
        labels("ui.compare.settings"),
        (labels("column.key"), *heads),
        different_settings(one.case.scenario, other.case.scenario),
        labels,
    )
    pages = [brief_of(each.run.id, labels.language).figures for each in (one, other)]
    _three(
        labels("brief.figures"),
        (labels("column.figure"), *heads),
        different_figures(pages[0], pages[1], words),
        labels,
    )
    _sites(one, other, words, heads)


def _result(record: Record, labels: Labels) -> Result | None:
    run = latest(store(), record)
    return of_run(run, labels.language) if run else None


def _three(
    caption: str,
    titles: tuple[str, str, str],
    rows: tuple[tuple[str, str, str], ...],
    labels: Labels,
) -> None:
    st.subheader(caption)
    if not rows:
        st.caption(labels("ui.compare.same"))
        return
    columns = zip(*rows, strict=True)
    table.show(dict(zip(titles, columns, strict=True)), caption)


def _sites(one: Result, other: Result, words: Words, heads: tuple[str, str]) -> None:
    labels = words.labels
    if not isinstance(one.answer, Solution) or not isinstance(other.answer, Solution):
        return
    found = different_sites(one.answer, other.answer)
    st.subheader(labels("ui.compare.sites"))
    if not found:
        st.caption(labels("ui.compare.same"))
        return
    table.show(
        {
            labels("column.service"): [words.service(each.service) for each in found],
            labels("column.commune"): [words.commune(each.commune) for each in found],
            heads[0]: [labels.number(each.first) for each in found],
            heads[1]: [labels.number(each.second) for each in found],
        },
        labels("ui.compare.sites"),
        numeric=heads,
    )
    codes = list(dict.fromkeys(each.service for each in found))
    service = st.selectbox(
        labels("column.service"), codes, format_func=words.service, key="compare-service"
    )
    drawn = pair_map(one.run.id, other.run.id, service, labels.language)
    if drawn:
        commune_map.show(drawn, "compare-map")
