"""Everything about an answer on shared functions, gathered once for every face."""

from collections.abc import Mapping
from dataclasses import dataclass

from optimiser.functions import FunctionCode
from optimiser.report.sharing_figures import (
    CommuneLine,
    FunctionLine,
    commune_lines,
    function_lines,
)
from optimiser.sharing.division import Divided, divide
from optimiser.sharing.sensitivity import Price, Variant, always_together, forming, prices, variants
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingSolution
from optimiser.solvers import Limits
from optimiser.units import InseeCode


@dataclass(frozen=True)
class SharingReport:
    """What the faces show of verified groups.

    Parameters
    ----------
    case, solution
        The case and its decision.
    functions, communes
        Lines by function and by commune.
    divided
        Groups, each with the division of its saving.
    checklist
        Legal steps (keys) with the functions that need them, for functions that are shared.
    variants, together, together_if_any, prices
        Sensitivity; empty where it was not asked for. Who sits together in every case, and in
        every case that forms a group at all.
    """

    case: SharingCase
    solution: SharingSolution
    functions: tuple[FunctionLine, ...]
    communes: tuple[CommuneLine, ...]
    divided: tuple[Divided, ...]
    checklist: Mapping[str, tuple[FunctionCode, ...]]
    variants: tuple[Variant, ...] = ()
    together: Mapping[FunctionCode, tuple[tuple[InseeCode, ...], ...]] | None = None
    together_if_any: Mapping[FunctionCode, tuple[tuple[InseeCode, ...], ...]] | None = None
    prices: tuple[Price, ...] = ()


def gather(
    case: SharingCase,
    solution: SharingSolution,
    *,
    limits: Limits | None = None,
    sensitivity: bool = True,
) -> SharingReport:
    """Gather everything about verified groups.

    Parameters
    ----------
    case, solution
        The case and its decision.
    limits
        Of each further solve of the sensitivity.
    sensitivity
        False: the sensitivity and the prices are left out.

    Returns
    -------
    SharingReport
        The report.
    """
    divided = divide(case, solution)
    limits = limits or Limits(gap=1e-3)
    found = variants(case, solution, limits) if sensitivity else ()
    return SharingReport(
        case=case,
        solution=solution,
        functions=function_lines(case, solution),
        communes=commune_lines(case, divided),
        divided=divided,
        checklist=_checklist(case, solution),
        variants=found,
        together=always_together(found) if sensitivity else None,
        together_if_any=always_together(forming(found)) if sensitivity else None,
        prices=prices(case, solution, limits) if sensitivity else (),
    )


def _checklist(case: SharingCase, solution: SharingSolution) -> dict[str, tuple[FunctionCode, ...]]:
    shared = {group.function for group in solution.decisions.groups}
    steps: dict[str, list[FunctionCode]] = {}
    for function in case.planned:
        if function.code in shared:
            for step in function.checklist:
                steps.setdefault(step, []).append(function.code)
    return {step: tuple(codes) for step, codes in steps.items()}
