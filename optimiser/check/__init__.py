"""The judge: recomputes value, costs and every rule of a plan, and knows no solver.

It starts from the territory, the catalogue, the travel times and the scenario as given, and from
the decisions; it uses none of the figures that `optimiser.case` prepares for the model, so that an
error in one shows against the other.
"""

from dataclasses import replace

from optimiser.case import Case
from optimiser.check.measure import measure
from optimiser.check.rules import RULES, TOLERANCE, known_places
from optimiser.check.view import View
from optimiser.errors import VerificationError
from optimiser.solution import Decisions, Evaluation

__all__ = ["evaluate", "today", "verify"]


def today(case: Case) -> Decisions:
    """Decisions that leave everything as it is.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    Decisions
        Every existing site kept, nothing opened, no agreement.
    """
    sites = {
        (service.code, commune.code): count
        for service in case.services
        for commune in case.territory.members
        if (count := case.territory.count(commune.code, service.code))
    }
    return Decisions(sites=sites)


def evaluate(case: Case, decisions: Decisions) -> Evaluation:
    """Recompute what decisions are worth and which rules they break.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.

    Returns
    -------
    Evaluation
        Value, costs and violations.
    """
    view = View.of(case, decisions)
    evaluation = measure(view)
    # Nothing else can be said of decisions about places that do not exist.
    strange = tuple(known_places(view, evaluation))
    if strange:
        return replace(evaluation, violations=strange)
    violations = [violation for rule in RULES for violation in rule(view, evaluation)]
    return replace(evaluation, violations=tuple(violations))


def verify(case: Case, decisions: Decisions, *, claimed_score: float) -> Evaluation:
    """Evaluate decisions and refuse them when they break a rule or are worth less than claimed.

    They may be worth more: a solver that is cut short has not always drawn every consequence of
    what it decided, while the judge does.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.
    claimed_score
        What the solver says that they are worth.

    Returns
    -------
    Evaluation
        The recomputed value, with no violation.

    Raises
    ------
    VerificationError
        A rule is broken, or the score does not reach the claim.
    """
    evaluation = evaluate(case, decisions)
    complaints = [str(violation) for violation in evaluation.violations]
    # Solvers accept a constraint that is off by 1e-6 of its scale: so may the score.
    scale = max(1.0, evaluation.coverage_points)
    if not evaluation.score >= claimed_score - 10 * TOLERANCE * scale:
        complaints.append(f"score {evaluation.score:.6f}, claimed {claimed_score:.6f}")
    if complaints:
        raise VerificationError(complaints)
    return evaluation
