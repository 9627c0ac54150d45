"""The result on one page: figures, map, actions, sources."""

import streamlit as st

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.actions import list_actions
from optimiser.report.costs import assumptions, cost_lines
from optimiser.report.indicators import indicators
from optimiser.report.sentences import action_reason, action_title, conflict_text, relaxation_text
from optimiser.report.words import Words, case_labels
from optimiser.scenario import Scenario
from optimiser.solution import Infeasible, Solution
from ui.cache import answered, map_svg
from ui.components import key_figures, plan_map, table
from ui.session import scenario


def show(labels: Labels) -> None:
    """Draw the page.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    """
    asked = scenario(labels)
    with st.spinner(labels("cli.solving")):
        case, answer = answered(asked)
    words = Words(case, case_labels(case.catalogue, labels.language))
    st.title(case.territory.name)
    if isinstance(answer, Solution):
        _plan(asked, case, answer, words)
    elif isinstance(answer, Infeasible):
        st.error(labels("status.infeasible"))
        for rule, subject in answer.conflict:
            st.write(conflict_text(rule, subject, words))
        for relaxation in answer.relaxation:
            st.write(relaxation_text(relaxation, words))
    else:
        st.warning(labels("status.no_answer"))


def _plan(asked: Scenario, case: Case, solution: Solution, words: Words) -> None:
    labels = words.labels
    figures = indicators(case, solution.today, solution.evaluation)
    st.caption(
        labels(f"status.{solution.status.value}")
        + labels("words.separator")
        + labels("ui.gap", gap=labels.percent(solution.gap, 3))
    )
    key_figures.show(
        [
            (
                labels("ui.access_planned"),
                labels.percent(figures.planned),
                labels.signed_points((figures.planned or 0.0) - (figures.now or 0.0)),
            ),
            (
                labels("ui.running"),
                labels.euros(figures.running_planned_eur),
                labels.signed_euros(figures.running_change_eur),
            ),
            (labels("ui.capital_needed"), labels.euros(figures.capital_eur), ""),
        ]
    )
    share = assumptions(cost_lines(case, solution.today, solution.evaluation)).yearly
    st.caption(labels("ui.assumed", share=labels.percent(share, 0)))
    codes = [service.code for service in case.services]
    service = st.selectbox(labels("ui.column.service"), codes, format_func=words.service)
    k = codes.index(service)
    plan_map.show(
        map_svg(asked.model_dump_json(), service, labels.language),
        labels(
            "ui.map",
            service=words.service(service),
            now=labels.percent(solution.today.share(k)),
            planned=labels.percent(solution.evaluation.share(k)),
        ),
    )
    st.subheader(labels("part.actions.title"))
    actions = list_actions(case, solution).actions
    table.show(
        {
            labels("ui.column.action"): [action_title(action, words) for action in actions],
            labels("ui.column.reason"): [action_reason(action, words) for action in actions],
            labels("ui.column.capital"): [labels.euros(action.capital_eur) for action in actions],
            labels("ui.column.running"): [
                labels.signed_euros(action.recurrent_eur) for action in actions
            ],
        }
    )
    st.caption(labels("source.costs"))
    st.caption(labels("source.population"))
