"""Answers as JSON and back: decisions are kept, and the judge recomputes all figures from them."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from optimiser import check
from optimiser.case import Case
from optimiser.solution import (
    Answer,
    Decisions,
    Infeasible,
    NoAnswer,
    Relaxation,
    Solution,
    Status,
    StopReason,
    Transfer,
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptPlan(_Part):
    """Decisions of a plan, and how its solve ended."""

    kind: Literal["plan"] = "plan"
    sites: tuple[tuple[str, str, int], ...]
    agreements: tuple[tuple[str, str], ...]
    transfers: tuple[tuple[str, str, str], ...]
    themes: dict[str, tuple[str, ...]]
    status: Status
    stop: StopReason
    score: float
    bound: float
    solver: str
    seconds: dict[str, float]
    nodes: int


class KeptConflict(_Part):
    """Rules that conflict, and the smallest relaxation."""

    kind: Literal["infeasible"] = "infeasible"
    conflict: tuple[tuple[str, tuple[str, ...]], ...]
    relaxation: tuple[tuple[str, tuple[str, ...], float, float, str], ...]
    proven: bool
    seconds: dict[str, float]


class KeptNothing(_Part):
    """A solve without any answer."""

    kind: Literal["no_answer"] = "no_answer"
    stop: StopReason
    seconds: dict[str, float]


Kept: TypeAlias = Annotated[KeptPlan | KeptConflict | KeptNothing, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[KeptPlan | KeptConflict | KeptNothing] = TypeAdapter(Kept)


def dump(answer: Answer) -> str:
    """Write an answer.

    Parameters
    ----------
    answer
        Of a solve.

    Returns
    -------
    str
        JSON.
    """
    if isinstance(answer, Solution):
        found = answer.decisions
        kept: KeptPlan | KeptConflict | KeptNothing = KeptPlan(
            sites=tuple((s, c, n) for (s, c), n in sorted(found.sites.items())),
            agreements=tuple(sorted(found.agreements)),
            transfers=tuple((t.service, t.origin, t.destination) for t in found.transfers),
            themes=dict(found.themes),
            status=answer.status,
            stop=answer.stop,
            score=answer.score,
            bound=answer.bound,
            solver=answer.solver,
            seconds=dict(answer.seconds),
            nodes=answer.nodes,
        )
    elif isinstance(answer, Infeasible):
        kept = KeptConflict(
            conflict=answer.conflict,
            relaxation=tuple(
                (r.rule, r.subject, r.limit, r.needed, r.unit) for r in answer.relaxation
            ),
            proven=answer.proven,
            seconds=dict(answer.seconds),
        )
    else:
        kept = KeptNothing(stop=answer.stop, seconds=dict(answer.seconds))
    return kept.model_dump_json()


def parse(text: str) -> KeptPlan | KeptConflict | KeptNothing:
    """Read what `dump` wrote.

    Parameters
    ----------
    text
        JSON.

    Returns
    -------
    KeptPlan, KeptConflict or KeptNothing
        Not yet held against a case.

    Raises
    ------
    ValueError
        The text is something else.
    """
    return _ADAPTER.validate_json(text)


def load(text: str, case: Case) -> Answer:
    """Hold a kept answer against its case.

    Parameters
    ----------
    text
        From `dump`.
    case
        The case that was answered.

    Returns
    -------
    Solution, Infeasible or NoAnswer
        All figures of a plan are recomputed by the judge.

    Raises
    ------
    ValueError
        The text is no answer.
    VerificationError
        The judge refuses the plan: the data or the rules have changed since.
    """
    kept = parse(text)
    if isinstance(kept, KeptConflict):
        relaxation = tuple(Relaxation(*each) for each in kept.relaxation)
        return Infeasible(kept.conflict, relaxation, kept.proven, kept.seconds)
    if isinstance(kept, KeptNothing):
        return NoAnswer(kept.stop, kept.seconds)
    decisions = Decisions(
        sites={(s, c): n for s, c, n in kept.sites},
        agreements=frozenset(kept.agreements),
        transfers=tuple(Transfer(*each) for each in kept.transfers),
        themes=kept.themes,
    )
    return Solution(
        decisions=decisions,
        evaluation=check.verify(case, decisions, claimed_score=kept.score),
        today=check.evaluate(case, check.today(case)),
        status=kept.status,
        stop=kept.stop,
        bound=kept.bound,
        solver=kept.solver,
        seconds=kept.seconds,
        nodes=kept.nodes,
    )
