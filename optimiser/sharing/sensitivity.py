"""How much the decision hangs on the evidence, and what each political constraint costs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimiser import check_sharing
from optimiser.catalogue import CostCase
from optimiser.functions import CASES, FunctionCode
from optimiser.sharing.families import COUPLING
from optimiser.sharing.solve import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import EVERY
from optimiser.sharing_scenario import Sharing as Asked
from optimiser.sharing_solution import SharingDecisions, SharingSolution
from optimiser.solvers import Limits
from optimiser.units import Euros, InseeCode

_LEAST_SECONDS = 1.0
OVERRUN = 1.6
"""What moving costs after the programmes that overran, as a multiple of the plan."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The best decision under one case of the evidence.

    Parameters
    ----------
    saving_case, overrun
        Case of the evidence, and multiple of the cost of moving.
    solution
        The best decision there; None where none was found.
    kept_eur
        What the decision of the scenario saves there; may be negative.
    """

    saving_case: CostCase
    overrun: float
    solution: SharingSolution | None
    kept_eur: Euros


@dataclass(frozen=True, slots=True)
class Price:
    """What one political constraint costs.

    Parameters
    ----------
    rule
        ``opt_out``, ``veto``, ``same_basin``, ``hosts_epci`` or ``hosts_communes``.
    subject
        Codes of what it is about.
    imposed
        True where the scenario asks for it and it was lifted; false where it does not and it was
        imposed.
    saving_eur
        Yearly saving that it costs; to within ``within_eur``.
    within_eur
        Distance that the proofs of both decisions leave open.
    """

    rule: str
    subject: tuple[str, ...]
    imposed: bool
    saving_eur: Euros
    within_eur: Euros


def variants(case: SharingCase, solution: SharingSolution, limits: Limits) -> tuple[Variant, ...]:
    """Decide anew under each case of the evidence, and with the overrun.

    Parameters
    ----------
    case, solution
        The case and its decision.
    limits
        Of each solve; the time is that of all of them together.

    Returns
    -------
    tuple of Variant
        Low, base and high case at the scenario's overrun, then the scenario's case at 1.6.
    """
    asked = case.asked
    wanted = [(each, asked.overrun) for each in CASES]
    if asked.overrun < OVERRUN:
        wanted.append((asked.saving_case, OVERRUN))
    found = []
    clock = _Clock(limits, len(wanted) - 1)
    for each, overrun in wanted:
        same = (each, overrun) == (asked.saving_case, asked.overrun)
        other = case if same else _changed(case, {"saving_case": each, "overrun": overrun})
        answer = solution if same else share(other, clock.next())
        kept = check_sharing.evaluate(other, solution.decisions).saving_eur
        best = answer if isinstance(answer, SharingSolution) else None
        if best is not None and best.saving_eur < kept and not same and not _floor(case):
            # Within its gap the solve may miss what is already known to be better.
            best = _known(other, best, solution.decisions)
        found.append(Variant(each, overrun, best, kept))
    return tuple(found)


def forming(found: Sequence[Variant]) -> tuple[Variant, ...]:
    """Variants whose best decision forms a group.

    Parameters
    ----------
    found
        The variants.

    Returns
    -------
    tuple of Variant
        Those of them, in their order.
    """
    return tuple(v for v in found if v.solution and v.solution.decisions.groups)


def always_together(
    found: Sequence[Variant],
) -> Mapping[FunctionCode, tuple[tuple[InseeCode, ...], ...]]:
    """Communes that sit in one group in every variant.

    Parameters
    ----------
    found
        The variants.

    Returns
    -------
    mapping
        By function, sets of two communes or more; functions without any are left out.
    """
    places: list[dict[tuple[FunctionCode, InseeCode], str]] = []
    for variant in found:
        groups = variant.solution.decisions.groups if variant.solution else ()
        places.append(
            {(g.function, code): f"{n}" for n, g in enumerate(groups) for code in g.members}
        )
    together: dict[tuple[str, ...], list[InseeCode]] = {}
    for function, code in sorted(places[0]) if places else []:
        if all((function, code) in place for place in places):
            key = (function, *(place[function, code] for place in places))
            together.setdefault(key, []).append(code)
    result: dict[FunctionCode, list[tuple[InseeCode, ...]]] = {}
    for key, codes in together.items():
        if len(codes) > 1:
            result.setdefault(key[0], []).append(tuple(codes))
    return {function: tuple(sets) for function, sets in result.items()}


def prices(case: SharingCase, solution: SharingSolution, limits: Limits) -> tuple[Price, ...]:
    """Price each political constraint: each opt-out and veto, basins, and who may host.

    Parameters
    ----------
    case, solution
        The case and its decision.
    limits
        Of each solve; the time is that of all of them together.

    Returns
    -------
    tuple of Price
        Those that the scenario asks for, lifted one by one; and the others, imposed one by one.
    """
    found = []
    tied = any(getattr(case.asked, key) is not None for key in COUPLING)
    spread = max(0.0, solution.bound - solution.saving_eur)
    constraints = tuple(_constraints(case))
    clock = _Clock(limits, len(constraints))
    for rule, subject, imposed, functions, changes in constraints:
        # A constraint on one function leaves the others as they are, unless a rule ties them.
        alone = bool(functions) and not tied
        other = _changed(case, {**changes, "functions": functions} if alone else changes)
        answer = share(other, clock.next())
        if not isinstance(answer, SharingSolution):
            continue
        before = _saving(solution, functions) if alone else solution.saving_eur
        change = answer.saving_eur - before
        within = spread + max(0.0, answer.bound - answer.saving_eur)
        found.append(Price(rule, subject, imposed, change if imposed else -change, within))
    return tuple(found)


class _Clock:
    """Shares the time out among the solves that are still to come."""

    def __init__(self, limits: Limits, solves: int) -> None:
        self._limits = limits
        self._solves = solves
        self._began = time.perf_counter()

    def next(self) -> Limits:
        """Limits of the next solve: what the ones before did not use is its."""
        seconds = self._limits.seconds
        if seconds is None:
            return self._limits
        left = seconds - (time.perf_counter() - self._began)
        mine = max(_LEAST_SECONDS, left / max(1, self._solves))
        self._solves -= 1
        return replace(self._limits, seconds=mine)


def _constraints(
    case: SharingCase,
) -> Iterator[tuple[str, tuple[str, ...], bool, tuple[FunctionCode, ...], dict[str, object]]]:
    asked = case.asked
    for n, wish in enumerate(asked.opt_outs):
        rest = (*asked.opt_outs[:n], *asked.opt_outs[n + 1 :])
        subject = (wish.function, wish.commune)
        yield "opt_out", subject, True, _only(case, wish.function), {"opt_outs": rest}
    for n, veto in enumerate(asked.vetoes):
        others = (*asked.vetoes[:n], *asked.vetoes[n + 1 :])
        pair = (veto.function, veto.commune, veto.against)
        yield "veto", pair, True, _only(case, veto.function), {"vetoes": others}
    yield "same_basin", (), asked.same_basin, (), {"same_basin": not asked.same_basin}
    if asked.hosts == "any":
        yield "hosts_epci", (), False, (), {"hosts": "epci"}
    else:
        yield f"hosts_{asked.hosts}", (), True, (), {"hosts": "any"}


def _only(case: SharingCase, function: FunctionCode) -> tuple[FunctionCode, ...]:
    known = [f.code for f in case.planned]
    return () if function == EVERY else tuple(code for code in known if code == function)


def _saving(solution: SharingSolution, functions: tuple[FunctionCode, ...]) -> Euros:
    pairs = zip(solution.decisions.groups, solution.evaluation.groups, strict=True)
    return sum(costs.saving_eur for group, costs in pairs if group.function in functions)


def _floor(case: SharingCase) -> bool:
    return case.asked.minimum_saving_eur_per_year is not None


def _known(
    case: SharingCase, best: SharingSolution, decisions: SharingDecisions
) -> SharingSolution:
    found = check_sharing.evaluate(case, decisions)
    if found.violations:
        return best
    return SharingSolution(
        decisions=decisions,
        evaluation=found,
        status=best.status,
        stop=best.stop,
        bound=best.bound,
        solver=best.solver,
        seconds=best.seconds,
        nodes=best.nodes,
    )


def _changed(case: SharingCase, changes: Mapping[str, object]) -> SharingCase:
    asked: Asked = case.asked.model_copy(update=dict(changes))
    scenario = case.scenario.model_copy(update={"sharing": asked})
    return SharingCase(case.territory, case.functions, case.travel, scenario, case.given)
