"""The problems by the name that a command gives them: to add one is to add a line."""

from collections.abc import Callable, Mapping

import numpy as np

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
    return p_median(q.travel, q.weights, q.needed_count, rules=rules, limits=limits)


def _center(q: Question, rules: Rules, limits: Limits) -> Result:
    return p_center(q.travel, q.needed_count, rules=rules, limits=limits)


def _dispersion(q: Question, rules: Rules, limits: Limits) -> Result:
    return p_dispersion(q.travel, q.needed_count, rules=rules, limits=limits)


def _uflp(q: Question, rules: Rules, limits: Limits) -> Result:
    costs = np.zeros(q.travel.candidates) if rules.costs is None else rules.costs
    return uflp(q.travel, q.weights, costs, rules=rules, limits=limits)


PROBLEMS: Mapping[str, Solver] = {
    "mclp": _mclp,
    "gradual-mclp": _gradual,
    "lscp": _lscp,
    "lscp-b": _lscp_b,
    "p-median": _median,
    "p-center": _center,
    "p-dispersion": _dispersion,
    "uflp": _uflp,
}
