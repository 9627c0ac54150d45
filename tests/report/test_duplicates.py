import itertools

import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.report.duplicates import Ledger, ledger
from optimiser.report.sentences import pair_text
from optimiser.report.words import Words
from optimiser.solution import Evaluation, Solution
from tests.report.conftest import MINUTES, A, B, C, without_locks
from tests.small_cases import every_plan, small_case


def by_hand(case: Case, evaluation: Evaluation) -> dict[tuple[str, str, str], dict[str, float]]:
    """Every overlap, recounted with plain loops from the raw inputs."""
    found = {}
    members = case.territory.members
    codes = [c.code for c in case.territory.communes]
    table = case.travel.between([c.code for c in members], codes)
    for k, service in enumerate(case.services):
        public = [
            sum(part * c.ages.get(age, 0) for age, part in service.public.items()) for c in members
        ]

        def near(i: int, j: int, limit: float = service.exclusive_minutes) -> bool:
            return i == j or table[i, j] <= limit + 1e-9

        def nearest(i: int, sites: list[int], k: int = k) -> float:
            ways = [table[i, j] for j in range(len(codes)) if evaluation.agreed[k, j]]
            ways += [table[i, j] / (n**0.5 if i == j else 1) for j, n in enumerate(sites) if n]
            return min(ways, default=float("inf"))

        sites = [int(n) for n in evaluation.sites[k]]
        standing = [j for j, n in enumerate(sites) if n]
        crowded = []
        for i in range(len(members)):
            around = [j for j in range(len(members)) if near(i, j)]
            filled = max(1, -(-sum(public[j] for j in around) // service.persons_per_site))
            crowded.append(sum(sites[j] for j in around) > filled)
        for a, b in itertools.combinations_with_replacement(standing, 2):
            both = [i for i in range(len(members)) if near(i, a) and near(i, b)]
            shared = sum(public[i] for i in both)
            if shared <= 0 or (a == b and sites[a] < 2):
                continue
            losses = []
            for j in {a, b}:
                left = [n - (x == j) for x, n in enumerate(sites)]
                before = [nearest(i, sites) for i in range(len(members))]
                after = [nearest(i, left) for i in range(len(members))]
                lost = [i for i in range(len(members)) if after[i] > before[i] + 1e-6]
                stranded = sum(public[i] for i in lost if after[i] == float("inf"))
                minutes = sum(
                    public[i] * (after[i] - before[i]) for i in lost if after[i] < float("inf")
                )
                losses.append((stranded, minutes))
            stranded, minutes = min(losses)
            found[service.code, members[a].code, members[b].code] = {
                "shared": shared,
                "excess": sum(public[i] for i in both if crowded[i]),
                "stranded": stranded,
                "minutes": minutes,
            }
    return found


def listed(found: Ledger) -> dict[tuple[str, str, str], dict[str, float]]:
    return {
        (pair.service, pair.first, pair.second): {
            "shared": pair.shared_persons,
            "excess": pair.excess_persons,
            "stranded": pair.loss.stranded,
            "minutes": pair.loss.person_minutes,
        }
        for pair in (*found.duplicates, *found.needed)
    }


def same(case: Case, evaluation: Evaluation) -> None:
    expected, found = by_hand(case, evaluation), listed(ledger(case, evaluation))
    assert found.keys() == expected.keys()
    for key, figures in expected.items():
        assert found[key] == pytest.approx(figures)


def test_ledger_of_today_equals_a_recount_by_hand(case: Case, solution: Solution) -> None:
    same(case, solution.today)


def test_ledger_of_a_plan_equals_a_recount_by_hand(case: Case, solution: Solution) -> None:
    same(case, solution.evaluation)


@pytest.mark.parametrize("seed", range(12))
def test_ledger_of_random_networks_equals_a_recount_by_hand(seed: int) -> None:
    small = small_case(seed, members=4)
    for decisions in itertools.islice(every_plan(small), 0, None, 37):
        same(small, check.evaluate(small, decisions))


def test_neighbouring_pools_are_one_duplicate(case: Case, solution: Solution) -> None:
    pools = [p for p in ledger(case, solution.today).duplicates if p.service == "swimming_pool"]
    assert [(pair.first, pair.second) for pair in pools] == [(A, B)]
    pair = pools[0]
    # A and B reach both within 7 minutes. A and B together fill one pool of 4,000; around B,
    # which reaches C as well, 6,000 persons need two.
    assert pair.shared_persons == 4_000
    assert pair.excess_persons == 3_000
    # Without B, B loses 4 and C 1 minutes, D 2 and E 1; without A, A alone loses 4, C none.
    without_b = 1_000 * 4 + 2_000 * 1 + 4_000 * 2 + 500 * 1
    without_a = 3_000 * 4
    assert pair.loss.person_minutes == min(without_a, without_b)
    assert pair.loses == A
    assert pair.saved_eur_per_year == 200_000
    assert pair.grade == "B"
    assert pair.guarantee_lost_persons == 0


def test_two_sites_of_one_commune_are_a_pair_and_losing_one_lengthens_the_way_within_it(
    case: Case, solution: Solution
) -> None:
    found = ledger(case, solution.today)
    pair = next(p for p in (*found.duplicates, *found.needed) if p.first == p.second)
    assert (pair.service, pair.first) == ("library", A)
    assert pair.loss.persons == 3_000
    assert pair.loss.person_minutes == pytest.approx(3_000 * (2 - 2 / 2**0.5))
    assert pair.loss.stranded == 0


def test_an_overlap_whose_public_fills_both_sites_is_needed(case: Case, solution: Solution) -> None:
    # A's 3,000 persons fill two libraries of 2,000.
    needed = ledger(case, solution.today).needed
    assert ("library", A, A) in {(p.service, p.first, p.second) for p in needed}


def test_the_plan_removes_the_duplicate(case: Case, solution: Solution) -> None:
    assert ledger(case, solution.evaluation).duplicates == ()


def test_duplicates_that_cost_least_come_first(case: Case) -> None:
    crowded = check.today(without_locks(case))
    sites = {**crowded.sites, ("swimming_pool", C): 1, ("library", C): 3}
    found = ledger(case, check.evaluate(case, type(crowded)(sites))).duplicates
    costs = [(p.loss.stranded, round(p.loss.person_minutes, 6)) for p in found]
    assert len(costs) > 2
    assert costs == sorted(costs)


def test_pairs_have_sentences_with_their_figures(
    case: Case, solution: Solution, words: Words
) -> None:
    found = ledger(case, solution.today)
    for pair in (*found.duplicates, *found.needed):
        text = pair_text(pair, words)
        assert words.labels.euros(pair.saved_eur_per_year) in text
        assert words.commune(pair.first) in text
        assert "{" not in text


def test_minutes_of_the_fixture_are_those_of_its_table(case: Case) -> None:
    assert case.minutes == pytest.approx(MINUTES)
