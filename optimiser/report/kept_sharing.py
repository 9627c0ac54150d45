"""Groups of shared functions as JSON and back: the judge recomputes what is kept."""

from pydantic import BaseModel, ConfigDict

from optimiser import check_sharing
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group, SharingDecisions, SharingSolution
from optimiser.solution import Status, StopReason


class KeptGroups(BaseModel):
    """Who shares what with whom, and how the solve ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: tuple[tuple[str, str, tuple[str, ...]], ...]
    status: Status
    stop: StopReason
    saving_eur: float
    bound: float
    solver: str
    seconds: dict[str, float]
    nodes: int


def dump(solution: SharingSolution) -> str:
    """Write verified groups.

    Parameters
    ----------
    solution
        Of a solve.

    Returns
    -------
    str
        JSON.
    """
    return KeptGroups(
        groups=tuple((g.function, g.host, g.members) for g in solution.decisions.groups),
        status=solution.status,
        stop=solution.stop,
        saving_eur=solution.saving_eur,
        bound=solution.bound,
        solver=solution.solver,
        seconds=dict(solution.seconds),
        nodes=solution.nodes,
    ).model_dump_json()


def load(text: str, case: SharingCase) -> SharingSolution:
    """Hold kept groups against their case.

    Parameters
    ----------
    text
        From `dump`.
    case
        The case that was answered.

    Returns
    -------
    SharingSolution
        All figures recomputed by the judge.

    Raises
    ------
    ValueError
        The text is something else.
    VerificationError
        The judge refuses the groups: the data or the rules have changed since.
    """
    kept = KeptGroups.model_validate_json(text)
    decisions = SharingDecisions(tuple(Group(*group) for group in kept.groups))
    return SharingSolution(
        decisions=decisions,
        evaluation=check_sharing.verify(case, decisions, claimed_eur=kept.saving_eur),
        status=kept.status,
        stop=kept.stop,
        bound=kept.bound,
        solver=kept.solver,
        seconds=kept.seconds,
        nodes=kept.nodes,
    )
