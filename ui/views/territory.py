"""What is there: people, facilities, access and duplicates of today."""

import streamlit as st

from optimiser import check
from optimiser.labels import Labels
from optimiser.report.duplicates import ledger
from optimiser.report.indicators import indicators
from optimiser.report.provenance import facility_vintages
from optimiser.report.words import case_labels
from ui.cache import answered
from ui.components import key_figures, table
from ui.session import scenario


def show(labels: Labels) -> None:
    """Draw the page.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    """
    case, _ = answered(scenario(labels))
    words = case_labels(case.catalogue, labels.language)
    st.title(case.territory.name)
    today = check.evaluate(case, check.today(case))
    figures = indicators(case, today, today)
    pairs = ledger(case, today).duplicates
    key_figures.show(
        [
            (words("ui.communes"), words.number(len(case.members)), ""),
            (words("ui.population"), words.number(case.territory.population), ""),
            (words("ui.access_today"), words.percent(figures.now), ""),
            (words("ui.duplicates_today"), words.number(len(pairs)), ""),
        ]
    )
    vintages = {vintage.service: vintage for vintage in facility_vintages(case.territory)}
    rows = figures.services
    table.show(
        {
            words("ui.column.service"): [words(f"service.{row.service}") for row in rows],
            words("ui.column.sites"): [words.number(row.sites_now) for row in rows],
            words("ui.column.access"): [words.percent(row.now.share) for row in rows],
            words("ui.column.source"): [
                vintages[row.service].source if row.service in vintages else words("unit.none")
                for row in rows
            ],
        }
    )
    st.caption(words("source.population"))
