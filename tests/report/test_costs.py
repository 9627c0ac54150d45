import pytest

from optimiser.case import Case
from optimiser.report.costs import assumed_share, assumptions, cost_lines, cost_ranges
from optimiser.solution import Decisions, Solution


def test_lines_add_up_to_the_costs_of_the_judge(case: Case, solution: Solution) -> None:
    lines = cost_lines(case, solution.today, solution.evaluation)
    costs = solution.evaluation.costs
    yearly = sum(line.planned_eur for line in lines if line.yearly)
    once = sum(line.planned_eur for line in lines if not line.yearly)
    assert yearly == pytest.approx(costs.recurrent_eur)
    assert once == pytest.approx(costs.capital_eur)
    assert sum(line.now_eur for line in lines) == pytest.approx(solution.today.costs.recurrent_eur)


def test_each_line_carries_grade_and_source(case: Case, solution: Solution) -> None:
    lines = cost_lines(case, solution.today, solution.evaluation)
    graded = {(line.service, line.item): (line.grade, line.source) for line in lines}
    assert graded["swimming_pool", "running"] == ("B", "study of 200000")
    assert graded["swimming_pool", "agreement"][0] == "D"
    assert graded["library", "running"][0] == "C"


def test_lines_without_money_are_left_out(case: Case, solution: Solution) -> None:
    lines = cost_lines(case, solution.today, solution.evaluation)
    assert ("library", "agreement") not in {(line.service, line.item) for line in lines}
    assert all(line.now_eur or line.planned_eur for line in lines)


def test_savings_and_spending_count_alike_in_the_assumed_share() -> None:
    assert assumed_share([("D", -30.0), ("B", 70.0)]) == pytest.approx(0.3)
    assert assumed_share([("A", 5.0)]) == 0.0
    assert assumed_share([("D", 0.0)]) is None


def test_assumed_shares_of_the_plan(case: Case, solution: Solution) -> None:
    found = assumptions(cost_lines(case, solution.today, solution.evaluation))
    costs = solution.evaluation.costs
    fees = float(costs.fees_eur.sum())
    assert found.yearly == pytest.approx(fees / costs.recurrent_eur)
    assert found.capital == 1.0
    # Pools -200,000 and libraries -60,000 are graded B and C, the nursery 20 x 19,450 is B.
    assert found.change == pytest.approx(fees / (200_000 + 60_000 + 20 * 19_450 + fees))


def test_the_base_range_is_the_plan_itself(
    case: Case, solution: Solution, decisions: Decisions
) -> None:
    base = cost_ranges(case, decisions)["base"]
    now, planned = solution.today.costs, solution.evaluation.costs
    assert base.running_now_eur == pytest.approx(now.recurrent_eur)
    assert base.running_change_eur == pytest.approx(planned.recurrent_eur - now.recurrent_eur)
    assert base.capital_eur == pytest.approx(planned.capital_eur)


def test_low_and_high_cases_halve_and_double_every_amount(case: Case, decisions: Decisions) -> None:
    ranges = cost_ranges(case, decisions)
    assert list(ranges) == ["low", "base", "high"]
    base = ranges["base"]
    for other, factor in ((ranges["low"], 0.5), (ranges["high"], 2.0)):
        assert other.capital_eur == pytest.approx(factor * base.capital_eur)
        assert other.running_change_eur == pytest.approx(factor * base.running_change_eur)
