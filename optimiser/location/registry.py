"""The problems by the name that a command gives them: what each takes of a question."""

from collections.abc import Callable, Mapping

from numpy.typing import ArrayLike

from optimiser.errors import Finding, InputError
from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.cflp import cflp
from optimiser.location.facility_location import uflp
from optimiser.location.gradual_mclp import gradual_mclp, linear
from optimiser.location.lscp import lscp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.question import Question
from optimiser.location.result import Result
from optimiser.location.rules import Rules
from optimiser.solvers import Limits

Solver = Callable[[Question, Rules, Limits], Result]


def _mclp(q: Question, rules: Rules, limits: Limits) -> Result:
    return mclp(q.travel, q.weights, q.needed_radius, q.needed_count, rules=rules, limits=limits)


def _gradual(q: Question, rules: Rules, limits: Limits) -> Result:
    radius = q.needed_radius
    decay = linear(0.0, radius)
    return gradual_mclp(
        q.travel, q.weights, radius, decay, q.needed_count, rules=rules, limits=limits
    )


def _lscp(q: Question, rules: Rules, limits: Limits) -> Result:
    return lscp(q.travel, q.needed_radius, rules=rules, limits=limits)


def _lscp_b(q: Question, rules: Rules, limits: Limits) -> Result:
    return lscp_b(q.travel, q.weights, q.needed_radius, rules=rules, limits=limits)


def _median(q: Question, rules: Rules, limits: Limits) -> Result:
    return p_median(
        q.travel, q.weights, q.needed_count, nearest=q.nearest, rules=rules, limits=limits
    )


def _capacitated(q: Question, rules: Rules, limits: Limits) -> Result:
    room, count = q.needed_capacities, q.needed_count
    return capacitated_p_median(
        q.travel, q.weights, room, count, nearest=q.nearest, rules=rules, limits=limits
    )


def _center(q: Question, rules: Rules, limits: Limits) -> Result:
    return p_center(q.travel, q.needed_count, rules=rules, limits=limits)


def _dispersion(q: Question, rules: Rules, limits: Limits) -> Result:
    return p_dispersion(q.travel, q.needed_count, rules=rules, limits=limits)


def _costs(rules: Rules) -> ArrayLike:
    if rules.costs is None:
        raise InputError((Finding("option_missing", column="--site-cost"),))
    return rules.costs


def _uflp(q: Question, rules: Rules, limits: Limits) -> Result:
    return uflp(q.travel, q.weights, _costs(rules), rules=rules, limits=limits)


def _cflp(q: Question, rules: Rules, limits: Limits) -> Result:
    room, costs = q.needed_capacities, _costs(rules)
    return cflp(q.travel, q.weights, room, costs, nearest=q.nearest, rules=rules, limits=limits)


PROBLEMS: Mapping[str, Solver] = {
    "mclp": _mclp,
    "gradual-mclp": _gradual,
    "lscp": _lscp,
    "lscp-b": _lscp_b,
    "p-median": _median,
    "p-center": _center,
    "p-dispersion": _dispersion,
    "capacitated-p-median": _capacitated,
    "uflp": _uflp,
    "cflp": _cflp,
}
