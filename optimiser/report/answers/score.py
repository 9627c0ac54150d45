"""The impact score of scenarios, its parts, and the weights that would turn the order, in words."""

from collections.abc import Sequence

from optimiser.impact.measures import MEASURES, Impact, Measure
from optimiser.impact.score import Pair, Score
from optimiser.labels import Labels
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.schedule_scenario import MeasureName
from optimiser.solution import Solution, Status
from optimiser.units import significant

_SCORES = "scenario:text:34 impact:points:12 "
_MEASURED = (
    "measure:text:40 scenario:text:30 measured:text:20 today_value:text:20+ in_all:text:24 "
    "points:points:10"
)
_SMALL = 0.001
"""Part of the weight below which one decimal of a percentage would say nothing."""

_FLIPS = "pair:text:50 measure:text:34 weight_now:points:12 weight_flip:points:12"


def score_page(
    found: Score,
    impacts: Sequence[Impact],
    titles: Sequence[str],
    plans: Sequence[Solution],
    words: Words,
) -> Page:
    """Word the score.

    Parameters
    ----------
    found
        The score.
    impacts
        One a scenario.
    titles
        Names of the scenarios.
    plans
        Their plans.
    words
        Names of the first scenario's case.

    Returns
    -------
    Page
        Scores and parts that add up, what each was measured at, and what flips the order.
    """
    labels, rank_of = words.labels, dict(zip(found.ranking, found.ranks, strict=True))
    sentences = [
        labels(
            "score.ranked",
            rank=str(rank_of[a]),
            scenario=titles[a],
            points=labels.number(float(found.totals[a]), 1),
        )
        for a in found.ranking
    ]
    sentences += [stability(pair, titles, labels) for pair in found.pairs]
    missing = [name for name in MEASURES if name not in found.names]
    if missing:
        names = ", ".join(labels(f"score.measure.{name}") for name in missing)
        sentences.append(labels("score.unmeasured", measures=names))
    return Page(
        question="score",
        title=labels("score.title"),
        sentences=(*sentences, labels("score.note")),
        tables=(
            scores_table(found, titles, labels),
            measures_table(impacts, titles, labels),
            flips_table(found, titles, labels),
        ),
        status=min((plan.status for plan in plans), key=(Status.FEASIBLE, Status.OPTIMAL).index),
        gap=max(plan.gap for plan in plans),
        data={"score": found, "impacts": list(impacts), "scenarios": list(titles)},
    )


def stability(pair: Pair, titles: Sequence[str], labels: Labels) -> str:
    """Say whether the order of two scenarios holds when weights move.

    Parameters
    ----------
    pair
        Two neighbours in the ranking.
    titles
        Names of the scenarios.
    labels
        Words of the language.

    Returns
    -------
    str
        That they tie; or the least shift of weight that makes them equal.
    """
    names = {"above": titles[pair.above], "below": titles[pair.below]}
    if pair.tied:
        return labels("score.ties" if pair.flips else "score.ties_always", **names)
    if pair.shift is None:
        return labels("score.stable", **names)
    digits = 1 if pair.shift >= _SMALL else 4
    return labels("score.flips", shift=labels.percent(pair.shift, digits), **names)


def scores_table(found: Score, titles: Sequence[str], labels: Labels) -> Sheet:
    """Scores, and the parts that add up to them.

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
    Sheet
        In the order of the ranking; the last row holds the weights.
    """
    kinds = _SCORES + " ".join(f"part_{name}:points:10" for name in found.names)
    rows: list[tuple[Cell, ...]] = [
        (titles[a], float(found.totals[a]), *found.parts[a].tolist()) for a in found.ranking
    ]
    rows.append((labels("score.weights"), 100.0, *(100 * found.weights).tolist()))
    return table("score_parts", kinds, rows, labels)


def measures_table(impacts: Sequence[Impact], titles: Sequence[str], labels: Labels) -> Sheet:
    """What each part was measured at, and its points on its own scale.

    Parameters
    ----------
    impacts
        One a scenario.
    titles
        Names of the scenarios.
    labels
        Words of the language.

    Returns
    -------
    Sheet
        One row a part and scenario.
    """
    rows = [
        (
            labels(f"score.measure.{name}"),
            title,
            _in_unit(each.of(name), each.of(name).value, labels),
            _in_unit(each.of(name), each.of(name).today, labels),
            _in_all(name, each, labels),
            each.of(name).points,
        )
        for name in MEASURES
        for each, title in zip(impacts, titles, strict=True)
    ]
    return table("score_measures", _MEASURED, rows, labels)


def flips_table(found: Score, titles: Sequence[str], labels: Labels) -> Sheet:
    """Single weights that turn the order of two neighbours, the others staying.

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
    Sheet
        Weights as the scenario writes them; who ties has no order to turn.
    """
    rows = []
    for pair in found.pairs:
        for flip in () if pair.tied else pair.flips:
            now = float(found.given[found.names.index(flip.name)])
            rows.append(
                (
                    labels("score.pair", above=titles[pair.above], below=titles[pair.below]),
                    labels(f"score.measure.{flip.name}"),
                    now,
                    flip.weight,
                )
            )
    return table("score_flips", _FLIPS, rows, labels)


_DIGITS = {"access": 1, "equity": 1, "car": 1, "land": 3, "running": 0, "staff": 2}
_SHARES = frozenset({"access", "equity"})


def _in_all(name: MeasureName, impact: Impact, labels: Labels) -> str:
    """Totals behind a part, where there are any."""
    if name == "car" and impact.car_km is not None:
        km = labels.number(significant(impact.car_km) / 1e6, 1)
        tonnes = labels.number(significant(impact.tonnes_co2e or 0.0))
        return labels("score.all.car", km=km, tonnes=tonnes)
    if name == "land":
        return labels("score.all.land", m2=labels.number(impact.built_m2))
    return (
        labels("score.all.staff", posts=labels.number(impact.posts, 1)) if name == "staff" else ""
    )


def _in_unit(measure: Measure, value: float | None, labels: Labels) -> str:
    digits = _DIGITS[measure.name]
    shares = measure.name in _SHARES
    if measure.name == "car" and value is not None:
        value = significant(value)
    text = labels.percent(value, digits) if shares else labels.number(value, digits)
    return labels(f"score.unit.{measure.name}", value=text)
