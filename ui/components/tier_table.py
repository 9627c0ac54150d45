"""Coverage of one type, tier by tier: today and after the plan."""

from collections.abc import Sequence

import numpy as np

from optimiser.case import Case
from optimiser.report.map_style import MinutesClass, classify, minutes_classes
from optimiser.report.words import Words
from optimiser.solution import Evaluation, Solution
from optimiser.units import FloatArray, ServiceCode
from ui.cache import answer_of
from ui.components import table
from ui.store import Run


def show(
    case: Case, today: Evaluation, run: Run | None, service: ServiceCode, words: Words
) -> None:
    """Show persons and shares within each class of minutes.

    Parameters
    ----------
    case, today
        The case, and today's network.
    run
        Run of a plan; None: today only.
    service
        The type.
    words
        Names of the case.
    """
    labels = words.labels
    k = [each.code for each in case.services].index(service)
    classes = minutes_classes(case.catalogue[service], labels)
    public = np.asarray(case.public[k])
    columns = {labels("ui.map.tier"): [each.label for each in classes]}
    answer = answer_of(run.id)[1] if run else None
    networks = [("now", today)]
    if isinstance(answer, Solution):
        networks.append(("planned", answer.evaluation))
    numeric = []
    for key, evaluation in networks:
        persons = persons_by_class(evaluation.minutes[k], public, classes)
        total = float(public.sum())
        titles = [labels(f"ui.map.{name}_{key}") for name in ("persons", "share")]
        columns[titles[0]] = [labels.number(each) for each in persons]
        columns[titles[1]] = [labels.percent(each / total if total else None) for each in persons]
        numeric += titles
    table.show(columns, labels("ui.map.tiers", service=words.service(service)), numeric=numeric)


def persons_by_class(
    minutes: FloatArray, public: FloatArray, classes: Sequence[MinutesClass]
) -> list[float]:
    """Public within each class of minutes.

    Parameters
    ----------
    minutes, public
        Minutes and persons (n).
    classes
        From `minutes_classes`.

    Returns
    -------
    list of float
        Persons; their sum is the whole public.
    """
    found = classify(minutes, classes)
    return [
        float(sum(p for p, c in zip(public.tolist(), found, strict=True) if c is each))
        for each in classes
    ]
