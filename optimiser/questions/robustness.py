"""How robust a plan is: the best plans when weights, publics and minutes move within ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser import check
from optimiser.case import Case
from optimiser.questions.difference import moves
from optimiser.questions.parallel import ask_all
from optimiser.questions.workbench import Workbench
from optimiser.solution import Decisions, Place, Solution, Status
from optimiser.units import FloatArray, Share


@dataclass(frozen=True, slots=True)
class Ranges:
    """By which part figures may move, up or down; every value within is equally likely.

    Parameters
    ----------
    weights
        Of the weight of each type.
    public
        Of each age group of each commune.
    minutes
        Of the minutes between each pair of communes.
    """

    weights: Share = 0.2
    public: Share = 0.1
    minutes: Share = 0.1


@dataclass(frozen=True, slots=True)
class Robust:
    """How often the best plan of a moved case decides a place in a certain way.

    Parameters
    ----------
    service, commune
        The place.
    today, planned
        Sites that stand there, and sites in the plan; for an agreement 0 or 1.
    same
        Part of the samples whose best plan has as many sites there as the plan.
    """

    service: str
    commune: str
    today: int
    planned: int
    same: Share


@dataclass(frozen=True)
class Robustness:
    """How robust a plan is.

    Parameters
    ----------
    ranges, samples, seed
        What was drawn.
    actions
        Places that the plan changes, the least robust first.
    missed
        Places that the plan leaves alone and the best plan of a sample changes, the most frequent
        first.
    answered
        Samples that have a plan.
    holds
        Part of the answered samples in which the plan itself still breaks no rule.
    regret
        Part (answered,) of the best score that the plan lacks in each sample, whether or not it
        breaks a rule there; ascending.
    status
        ``optimal`` where the plan of each sample is proven.
    """

    ranges: Ranges
    samples: int
    seed: int
    actions: tuple[Robust, ...]
    missed: tuple[Robust, ...]
    answered: int
    holds: Share
    regret: tuple[Share, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class _Draw:
    ranges: Ranges
    seed: int
    number: int


@dataclass(frozen=True)
class _Sample:
    decisions: Decisions
    regret: Share
    holds: bool
    proven: bool


def robustness(
    bench: Workbench,
    ranges: Ranges | None = None,
    *,
    samples: int = 20,
    seed: int = 0,
    workers: int | None = None,
) -> Robustness:
    """Solve the case again with moved figures, and count what stays.

    Parameters
    ----------
    bench
        The case.
    ranges
        By how much figures may move.
    samples
        How many times.
    seed
        The same seed draws the same figures.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    Robustness
        Action by action.
    """
    ranges = ranges or Ranges()
    draws = [_Draw(ranges, seed, number) for number in range(samples)]
    found = [s for s in ask_all(bench, _sample, draws, workers=workers) if s is not None]
    now = check.today(bench.case)
    places = {(m.service, m.commune) for m in moves(bench.case, now, bench.best.decisions)}
    others = {
        (m.service, m.commune) for sample in found for m in moves(bench.case, now, sample.decisions)
    } - places
    actions = [_robust(bench, place, found) for place in sorted(places)]
    missed = [_robust(bench, place, found) for place in sorted(others)]
    return Robustness(
        ranges=ranges,
        samples=samples,
        seed=seed,
        actions=tuple(sorted(actions, key=lambda r: r.same)),
        missed=tuple(sorted(missed, key=lambda r: r.same)),
        answered=len(found),
        holds=sum(s.holds for s in found) / len(found) if found else 0.0,
        regret=tuple(sorted(s.regret for s in found)),
        status=Status.OPTIMAL if all(s.proven for s in found) else Status.FEASIBLE,
    )


def moved_case(case: Case, ranges: Ranges, seed: int, number: int) -> Case:
    """Draw a case whose figures have moved.

    Parameters
    ----------
    case
        The case.
    ranges
        By how much.
    seed, number
        Which draw.

    Returns
    -------
    Case
        Territory, travel times and weights changed; rules, costs and facilities as they were.
    """
    rng = np.random.default_rng([seed, number])

    def around(part: Share, shape: tuple[int, ...]) -> FloatArray:
        return 1.0 + part * rng.uniform(-1.0, 1.0, shape)

    weights = case.scenario.objective.weights
    factors = around(ranges.weights, (len(case.services),)).tolist()
    drawn = {
        s.code: weights.get(s.code, s.weight) * f
        for s, f in zip(case.services, factors, strict=True)
    }
    objective = case.scenario.objective.model_copy(update={"weights": drawn})
    communes = tuple(
        replace(
            commune,
            ages={
                group: persons * float(f)
                for (group, persons), f in zip(
                    commune.ages.items(),
                    around(ranges.public, (len(commune.ages),)),
                    strict=True,
                )
            },
        )
        for commune in case.territory.communes
    )
    minutes = case.travel.minutes * around(ranges.minutes, case.travel.minutes.shape)
    return Case(
        territory=replace(case.territory, communes=communes),
        catalogue=case.catalogue,
        travel=replace(case.travel, minutes=minutes),
        scenario=case.scenario.model_copy(update={"objective": objective}),
    )


def _sample(bench: Workbench, draw: _Draw) -> _Sample | None:
    case = moved_case(bench.case, draw.ranges, draw.seed, draw.number)
    # Differences below 0.01 % of the score are nothing beside the ranges.
    reply = Workbench(case, replace(bench.limits, gap=max(1e-4, bench.limits.gap))).find()
    if not isinstance(reply, Solution):
        return None
    kept = check.evaluate(case, bench.best.decisions)
    lacks = (reply.score - kept.score) / abs(reply.score) if reply.score else 0.0
    return _Sample(
        decisions=reply.decisions,
        regret=max(0.0, lacks),
        holds=not kept.violations,
        proven=reply.status is Status.OPTIMAL,
    )


def _robust(bench: Workbench, place: Place, samples: Sequence[_Sample]) -> Robust:
    planned = bench.value(bench.best.decisions, place)
    same = sum(bench.value(sample.decisions, place) == planned for sample in samples)
    member = place[1] in {commune.code for commune in bench.case.members}
    today = bench.case.territory.count(place[1], place[0]) if member else 0
    return Robust(*place, today, planned, same / len(samples) if samples else 0.0)
