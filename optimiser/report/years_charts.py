"""The years ahead as Vega-Lite charts: the app shows them, and the PDF prints them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from optimiser.ahead import Ahead
from optimiser.catalogue import CostCase
from optimiser.impact.cases import FinanceCase
from optimiser.impact.score import Score
from optimiser.labels import Labels
from optimiser.report.answers.schedule import action_text
from optimiser.report.words import Words
from optimiser.schedule_solution import ActionKind, ScheduleSolution

Chart: TypeAlias = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

_ROW = 30
"""Pixels of one action: its name, and its bar below."""

_ABOVE: Mapping[str, Any] = {
    "labelAlign": "left",
    "labelPadding": -4,
    "labelLimit": 600,
    "labelOverlap": False,
    "domain": False,
    "ticks": False,
    "zindex": 1,
}
"""Names stand above their bars, so that narrow screens have room for both."""

KINDS: Mapping[ActionKind, str] = {
    "open": "#0072b2",
    "close": "#d55e00",
    "agreement": "#009e73",
    "share": "#cc79a7",
}
"""Colours that colour-blind readers tell apart (Okabe and Ito 2008)."""

_CASES: Mapping[CostCase, str] = {"low": "#d55e00", "base": "#0072b2", "high": "#009e73"}
_PARTS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")


def gantt(found: Ahead, answer: ScheduleSolution, words: Words) -> Chart:
    """Draw what is done when: a bar from the first year of works to the end of the last.

    Parameters
    ----------
    found, answer
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    dict
        A Vega-Lite specification; each bar of an action without works is its year.
    """
    labels, first = words.labels, found.plan.asked.first_year
    names = {kind: labels(f"years.kind.{kind}") for kind in KINDS}
    rows = []
    for action, year in sorted(answer.years.items(), key=lambda each: (each[1], each[0])):
        works = 1
        if action.kind == "open":
            works = found.plan.works_years(*found.plan.place(action))
        text = action_text(action, words)
        if action.number > 1:
            text += f" ({action.number})"
        rows.append(
            {
                "action": text,
                "begin": first + year - works,
                "end": first + year,
                "kind": names[action.kind],
            }
        )
    years = [first, first + found.plan.years]
    used = [kind for kind in KINDS if any(action.kind == kind for action in answer.years)]
    return {
        "$schema": _SCHEMA,
        "description": labels("years.chart.gantt"),
        "width": "container",
        "height": {"step": _ROW},
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 9, "yOffset": 9},
        "encoding": {
            "y": {
                "field": "action",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {**_ABOVE, "labelOffset": -5},
            },
            "x": {
                "field": "begin",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": years, "nice": False, "zero": False},
                "axis": {"format": "d", "tickMinStep": 1, "grid": True},
            },
            "x2": {"field": "end"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [names[kind] for kind in used],
                    "range": [KINDS[kind] for kind in used],
                },
                "legend": {"orient": "top"},
            },
        },
    }


def debt_chart(found: Ahead, cases: Mapping[CostCase, FinanceCase], words: Words) -> Chart:
    """Draw the debt in years of CAF, in three cases, under its ceiling.

    Parameters
    ----------
    found
        Plan and timetable.
    cases
        Money of each case.
    words
        Names of the case.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    labels, first = words.labels, found.plan.asked.first_year
    names = {name: labels(f"cost_case.{name}") for name in cases}
    rows = [
        {"year": first + t - 1, "case": names[name], "years": each.money.debt_years(t)}
        for name, each in cases.items()
        for t in range(1, found.plan.years + 1)
    ]
    title = labels("ask.column.debt_years")
    layers: list[Chart] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "point": True, "strokeWidth": 2},
            "encoding": {
                "x": _years(found),
                "y": _amount("years", title),
                "color": _colours(names, _CASES),
            },
        }
    ]
    ceiling = found.plan.finances.debt_ceiling_years
    if ceiling is not None:
        text = labels("years.ceiling", years=labels.number(ceiling, 1))
        mark = [{"ceiling": ceiling, "text": text, "year": first}]
        layers += [
            {
                "data": {"values": mark},
                "mark": {"type": "rule", "strokeDash": [6, 4], "color": "#c1121f"},
                "encoding": {"y": {"field": "ceiling", "type": "quantitative"}},
            },
            {
                "data": {"values": mark},
                "mark": {"type": "text", "align": "left", "dy": -6, "color": "#c1121f"},
                "encoding": {
                    "x": _years(found),
                    "y": {"field": "ceiling", "type": "quantitative"},
                    "text": {"field": "text"},
                },
            },
        ]
    description = labels("years.chart.debt")
    return {
        "$schema": _SCHEMA,
        "description": description,
        "width": "container",
        "height": 260,
        "layer": layers,
    }


def spending_chart(found: Ahead, answer: ScheduleSolution, words: Words) -> Chart:
    """Draw what is paid in each year, subsidies apart.

    Parameters
    ----------
    found, answer
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    dict
        A Vega-Lite specification, in millions of euros.
    """
    labels, money = words.labels, answer.evaluation.money
    own, others = labels("years.chart.own"), labels("ask.column.subsidies")
    rows = []
    for t in range(found.plan.years):
        paid = float(money.subsidies_eur[:, t].sum())
        year = found.plan.asked.first_year + t
        rows.append({"year": year, "who": own, "euros": (money.invested_eur[t] - paid) / 1e6})
        if paid:
            rows.append({"year": year, "who": others, "euros": paid / 1e6})
    used = [own, others] if any(row["who"] == others for row in rows) else [own]
    scale = {"domain": used, "range": ["#0072b2", "#e69f00"][: len(used)]}
    return {
        "$schema": _SCHEMA,
        "description": labels("years.chart.spending"),
        "width": "container",
        "height": 200,
        "data": {"values": rows},
        "mark": {"type": "bar"},
        "encoding": {
            "x": _years(found),
            "y": _amount("euros", labels("years.chart.millions")),
            "color": {
                "field": "who",
                "type": "nominal",
                "title": None,
                "scale": scale,
                "legend": {"orient": "top"},
            },
        },
    }


def score_chart(found: Score, titles: Sequence[str], labels: Labels) -> Chart:
    """Draw the scores as parts that add up.

    Parameters
    ----------
    found
        The score.
    titles
        Names of the scenarios.
    labels
        Words of the language.

    Returns
    -------
    dict
        A Vega-Lite specification: one bar a scenario, from 0 to 100.
    """
    names = [labels(f"ask.column.part_{name}") for name in found.names]
    rows = [
        {"scenario": titles[a], "part": names[i], "points": float(found.parts[a, i]), "place": i}
        for a in found.ranking
        for i in range(len(names))
    ]
    return {
        "$schema": _SCHEMA,
        "description": labels("score.chart"),
        "width": "container",
        "height": {"step": 48},
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 20, "yOffset": 10},
        "encoding": {
            "y": {
                "field": "scenario",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {**_ABOVE, "labelOffset": -12},
            },
            "x": {
                "field": "points",
                "type": "quantitative",
                "title": labels("ask.column.impact"),
                "scale": {"domain": [0, 100]},
            },
            "color": {
                "field": "part",
                "type": "nominal",
                "title": None,
                "sort": None,
                "scale": {"domain": names, "range": list(_PARTS[: len(names)])},
                "legend": {"orient": "bottom", "columns": 3},
            },
            "order": {"field": "place"},
        },
    }


def printed(chart: Chart, width: int) -> Chart:
    """The same chart for paper: of a given width, in the font of the page.

    Parameters
    ----------
    chart
        From a function of this module.
    width
        Pixels of the plot, without its axes.

    Returns
    -------
    dict
        A Vega-Lite specification for `optimiser.report.maps.to_svg`.
    """
    look = {"font": "Liberation Sans, Arial, DejaVu Sans", "view": {"stroke": None}}
    return {**chart, "width": width, "background": "white", "config": look}


def _years(found: Ahead) -> Chart:
    first = found.plan.asked.first_year
    domain = list(range(first, first + found.plan.years))
    axis = {"labelAngle": 0, "labelOverlap": True}
    return {"field": "year", "type": "ordinal", "title": None, "scale": {"domain": domain}} | {
        "axis": axis
    }


def _amount(field: str, title: str) -> Chart:
    return {"field": field, "type": "quantitative", "title": title}


def _colours(names: Mapping[CostCase, str], colours: Mapping[CostCase, str]) -> Chart:
    return {
        "field": "case",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [names[name] for name in names],
            "range": [colours[name] for name in names],
        },
        "legend": {"orient": "top"},
    }
