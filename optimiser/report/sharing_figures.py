"""Figures of shared functions that every face shows: by function, by commune, by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimiser import check_sharing
from optimiser.catalogue import CostCase, Grade
from optimiser.functions import CASES, FunctionCode
from optimiser.sharing.division import Divided
from optimiser.sharing_case import Origin, SharingCase
from optimiser.sharing_solution import SharingDecisions, SharingSolution
from optimiser.units import Euros, InseeCode, Share


@dataclass(frozen=True, slots=True)
class FunctionLine:
    """One function.

    Parameters
    ----------
    function
        Its code.
    groups, sharing
        Groups, and communes that sit in one.
    volume, unit
        Volume of all members, and what it is counted in.
    origins
        Where the volumes come from: number of communes by origin.
    now_eur
        Euros a year when every commune is alone, in the scenario's case.
    saving_eur
        Euros a year that the decision saves, by case; may be negative.
    grade, study
        Evidence of the saving; the study is empty for an assumption of the user.
    found
        What the study found: a key of the labels, or words.
    cost_grade
        Evidence of the euros of one unit.
    """

    function: FunctionCode
    groups: int
    sharing: int
    volume: float
    unit: str
    origins: Mapping[Origin, int]
    now_eur: Euros
    saving_eur: Mapping[CostCase, Euros]
    grade: Grade
    study: str
    found: str
    cost_grade: Grade

    def shared_eur(self, case: CostCase) -> Euros:
        """Euros a year with the decision: today's cost less the saving of the case."""
        return self.now_eur - self.saving_eur[case]

    def share_saved(self, case: CostCase) -> Share | None:
        """Saving as a part of today's cost; None where that is 0."""
        return self.saving_eur[case] / self.now_eur if self.now_eur else None


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune.

    Parameters
    ----------
    commune, basin
        Codes.
    groups, hosts
        Groups that it sits in, and hosts.
    alone_eur
        What the functions that it shares cost it alone, a year.
    contribution_eur
        What it pays for them when shared, a year.
    transfer_eur
        Change of its yearly compensation (attribution de compensation): what it pays to the hosts,
        less what it receives as one.
    gain_eur
        What it gains a year.
    """

    commune: InseeCode
    basin: str
    groups: int
    hosts: int
    alone_eur: Euros
    contribution_eur: Euros
    transfer_eur: Euros
    gain_eur: Euros


def function_lines(case: SharingCase, solution: SharingSolution) -> tuple[FunctionLine, ...]:
    """Lines of the functions, in the catalogue's order.

    Parameters
    ----------
    case, solution
        The case and its decision.

    Returns
    -------
    tuple of FunctionLine
        One for each function that was decided.
    """
    groups = solution.decisions.groups
    savings = {each: _savings(case, solution.decisions, each) for each in CASES}
    lines = []
    for f, function in enumerate(case.planned):
        own = [group for group in groups if group.function == function.code]
        origins: dict[Origin, int] = {}
        for i in range(len(case.members)):
            origin = case.origin(f, i)
            origins[origin] = origins.get(origin, 0) + 1
        user = function.code in case.asked.values and function.evidence is None
        grade = getattr(function.curve, "unit_cost_grade", function.grade)
        lines.append(
            FunctionLine(
                function=function.code,
                groups=len(own),
                sharing=sum(len(group.members) for group in own),
                volume=float(case.volumes[f].sum()),
                unit=function.unit,
                origins=origins,
                now_eur=float(case.alone_eur[f].sum()),
                saving_eur={each: savings[each].get(function.code, 0.0) for each in CASES},
                grade="D" if user else function.grade,
                study=function.evidence.source if function.evidence else "",
                found=function.evidence.found if function.evidence else "",
                cost_grade=grade,
            )
        )
    return tuple(lines)


def _savings(
    case: SharingCase, decisions: SharingDecisions, each: CostCase
) -> dict[FunctionCode, Euros]:
    found = check_sharing.evaluate(case, decisions, saving_case=each)
    savings: dict[FunctionCode, Euros] = {}
    for group, costs in zip(decisions.groups, found.groups, strict=True):
        savings[group.function] = savings.get(group.function, 0.0) + costs.saving_eur
    return savings


def commune_lines(case: SharingCase, divided: Sequence[Divided]) -> tuple[CommuneLine, ...]:
    """Lines of the communes, by basin (largest first), then by name.

    Parameters
    ----------
    case, divided
        The case, and its groups with the division of their savings.

    Returns
    -------
    tuple of CommuneLine
        One for each member.
    """
    f_of = {function.code: f for f, function in enumerate(case.planned)}
    order = list(case.territory.basins)
    lines = []
    for i, commune in enumerate(case.members):
        mine = [each for each in divided if commune.code in each.group.members]
        code = commune.code
        lines.append(
            CommuneLine(
                commune=code,
                basin=commune.basin,
                groups=len(mine),
                hosts=sum(each.group.host == code for each in mine),
                alone_eur=sum(float(case.alone_eur[f_of[each.group.function], i]) for each in mine),
                contribution_eur=sum(each.contribution_eur[code] for each in mine),
                transfer_eur=sum(each.transfer_eur[code] for each in mine),
                gain_eur=sum(each.chosen.shares_eur[code] for each in mine),
            )
        )
    names = case.territory.by_code
    return tuple(
        sorted(lines, key=lambda line: (order.index(line.basin), names[line.commune].name))
    )


def epci_transfer(case: SharingCase, divided: Sequence[Divided]) -> Euros:
    """What the EPCI pays as a host (positive) or receives (negative), a year."""
    return sum(each.transfer_eur.get(case.territory.code, 0.0) for each in divided)
