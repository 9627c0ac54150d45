"""The money of a plan, line by line, with the evidence behind each line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from optimiser.case import Case
from optimiser.catalogue import CostCase, CostFigure, Grade
from optimiser.check import evaluate
from optimiser.check import today as today_decisions
from optimiser.solution import Decisions, Evaluation
from optimiser.units import Euros, ServiceCode, Share

Item: TypeAlias = Literal["running", "agreement", "opening", "closing"]

CASES: tuple[CostCase, ...] = get_args(CostCase)


@dataclass(frozen=True, slots=True)
class CostLine:
    """Euros of one kind for one type of facility.

    Parameters
    ----------
    service
        Type of facility.
    item
        ``running`` and ``agreement`` are euros a year, ``opening`` and ``closing`` euros once.
    now_eur, planned_eur
        Today's and the plan's; a closing is net of what transfers spare.
    grade, source
        Evidence grade, and the study or assumption.
    """

    service: ServiceCode
    item: Item
    now_eur: Euros
    planned_eur: Euros
    grade: Grade
    source: str

    @property
    def change_eur(self) -> Euros:
        """Planned less today's."""
        return self.planned_eur - self.now_eur

    @property
    def yearly(self) -> bool:
        """Whether the euros recur every year."""
        return self.item in ("running", "agreement")


@dataclass(frozen=True, slots=True)
class Range:
    """Euros in one of the catalogue's cost cases.

    Parameters
    ----------
    running_now_eur, running_change_eur
        Euros a year of today's network, and how much the plan adds; negative: it saves.
    capital_eur
        Euros once.
    """

    running_now_eur: Euros
    running_change_eur: Euros
    capital_eur: Euros


def cost_lines(case: Case, now: Evaluation, planned: Evaluation) -> tuple[CostLine, ...]:
    """List the money by type and kind.

    Parameters
    ----------
    case
        The case of both.
    now, planned
        Today's network and the plan, as the judge values them.

    Returns
    -------
    tuple of CostLine
        In the order of the types; lines without money on either side are left out.
    """
    return tuple(
        line
        for k in range(len(case.services))
        for line in _lines(case, now, planned, k)
        if line.now_eur or line.planned_eur
    )


def _lines(case: Case, now: Evaluation, planned: Evaluation, k: int) -> Iterator[CostLine]:
    service = case.services[k]
    rows: Sequence[tuple[Item, CostFigure, Euros, Euros]] = (
        (
            "running",
            service.running_eur,
            float(now.costs.running_eur[k].sum()),
            float(planned.costs.running_eur[k].sum()),
        ),
        (
            "agreement",
            service.agreement_eur_per_person,
            float(now.costs.fees_eur[k].sum()),
            float(planned.costs.fees_eur[k].sum()),
        ),
        ("opening", service.capital_eur, 0.0, float(planned.costs.opening_eur[k].sum())),
        (
            "closing",
            service.closing_eur,
            0.0,
            float(planned.costs.closing_eur[k].sum() - planned.costs.spared_eur[k]),
        ),
    )
    for item, figure, before, after in rows:
        yield CostLine(service.code, item, before, after, figure.grade, figure.source)


def assumed_share(amounts: Sequence[tuple[Grade, Euros]]) -> Share | None:
    """Part of an amount of money that rests on assumptions (grade D).

    Parameters
    ----------
    amounts
        Grade and euros of each part; savings and spending count alike, by their size.

    Returns
    -------
    float or None
        From 0 to 1; None where there is no money.
    """
    total = sum(abs(euros) for _, euros in amounts)
    assumed = sum(abs(euros) for grade, euros in amounts if grade == "D")
    return assumed / total if total else None


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Parts of the money that rest on grade D assumptions.

    Parameters
    ----------
    yearly
        Of the plan's yearly money.
    change
        Of what changes in the yearly money.
    capital
        Of the capital.
    """

    yearly: Share | None
    change: Share | None
    capital: Share | None


def assumptions(lines: Sequence[CostLine]) -> Assumptions:
    """Measure how much of the money is assumed.

    Parameters
    ----------
    lines
        From `cost_lines`.

    Returns
    -------
    Assumptions
        Three shares.
    """
    yearly = [line for line in lines if line.yearly]
    return Assumptions(
        yearly=assumed_share([(line.grade, line.planned_eur) for line in yearly]),
        change=assumed_share([(line.grade, line.change_eur) for line in yearly]),
        capital=assumed_share(
            [(line.grade, line.planned_eur) for line in lines if not line.yearly]
        ),
    )


def cost_ranges(case: Case, decisions: Decisions) -> Mapping[CostCase, Range]:
    """Value the same decisions in each of the catalogue's cost cases.

    Parameters
    ----------
    case
        The case.
    decisions
        What was decided, under the scenario's own cost case.

    Returns
    -------
    mapping
        One range a case, ``low`` first. The change may be smallest in the high case: where a
        plan closes more than it opens, dearer sites save more.
    """
    ranges: dict[CostCase, Range] = {}
    for name in CASES:
        budget = case.scenario.budget.model_copy(update={"cost_case": name})
        variant = replace(case, scenario=case.scenario.model_copy(update={"budget": budget}))
        now = evaluate(variant, today_decisions(variant)).costs
        planned = evaluate(variant, decisions).costs
        ranges[name] = Range(
            running_now_eur=now.recurrent_eur,
            running_change_eur=planned.recurrent_eur - now.recurrent_eur,
            capital_eur=planned.capital_eur,
        )
    return ranges
