"""Who gains and who pays: every line recomputed another way."""

from dataclasses import replace

import pytest

from optimiser.case import Case
from optimiser.catalogue import Catalogue, Posts
from optimiser.report.effects import (
    basin_effects,
    commune_effects,
    effects_table,
    shared_effects,
    touched,
    unknown_posts,
)
from optimiser.report.words import Words
from optimiser.solution import Solution
from tests.report.conftest import A, B, C, D


def test_persons_and_sites_are_counted_where_they_are(case: Case, solution: Solution) -> None:
    found = {e.place: e for e in commune_effects(case, solution.today, solution.evaluation)}
    assert (found[B].opened, found[B].closed) == (1, 1)
    assert (found[C].opened, found[C].closed) == (0, 1)
    assert (found[A].opened, found[A].closed) == (1, 1)
    assert (found[D].opened, found[D].closed) == (0, 0)


def test_gains_less_losses_are_the_change_within_the_guaranteed_time(
    case: Case, solution: Solution
) -> None:
    effects = commune_effects(case, solution.today, solution.evaluation)
    net = sum(e.gained_persons - e.lost_persons for e in effects)
    change = solution.evaluation.guaranteed.sum() - solution.today.guaranteed.sum()
    assert net == pytest.approx(change)


def test_the_lines_and_what_is_shared_add_up_to_the_money_of_the_plan(
    case: Case, solution: Solution
) -> None:
    now, planned = solution.today, solution.evaluation
    effects = commune_effects(case, now, planned)
    shared = shared_effects(now, planned)
    running = sum(e.running_change_eur for e in effects) + shared.fees_change_eur
    assert running == pytest.approx(planned.costs.recurrent_eur - now.costs.recurrent_eur)
    capital = sum(e.capital_eur for e in effects) - shared.spared_eur
    assert capital == pytest.approx(planned.costs.capital_eur)


def test_basins_are_the_sums_of_their_communes(case: Case, solution: Solution) -> None:
    effects = commune_effects(case, solution.today, solution.evaluation)
    basins = basin_effects(case, effects)
    assert [e.place for e in basins] == list(case.basins)
    for name in ("population", "nearer_persons", "farther_persons", "running_change_eur", "closed"):
        assert sum(getattr(e, name) for e in basins) == pytest.approx(
            sum(getattr(e, name) for e in effects)
        )


def test_a_plan_that_changes_nothing_touches_nobody(case: Case, unchanged: Solution) -> None:
    effects = commune_effects(case, unchanged.today, unchanged.evaluation)
    assert touched(effects) == ()
    assert all(e.nearer_persons == e.farther_persons == 0 for e in effects)


def test_the_table_names_basins_or_communes(case: Case, solution: Solution, words: Words) -> None:
    effects = commune_effects(case, solution.today, solution.evaluation)
    communes = effects_table(effects, words, basins=False)
    assert [row[0] for row in communes.rows] == [c.name for c in case.members]
    basins = effects_table(basin_effects(case, effects), words, basins=True)
    assert [row[0] for row in basins.rows] == ["Bassin 1", "Bassin 2"]


def test_posts_follow_the_sites_and_what_is_not_known_is_named(
    case: Case, solution: Solution
) -> None:
    now, planned = solution.today, solution.evaluation
    assert all(e.posts_change == 0 for e in commune_effects(case, now, planned))
    changed = unknown_posts(case, now, planned)
    assert changed
    posts = Posts(base=2.5, grade="D", source="test")
    services = {
        code: s.model_copy(update={"posts": posts}) for code, s in case.catalogue.services.items()
    }
    known = replace(case, catalogue=Catalogue(services=services))
    assert unknown_posts(known, now, planned) == ()
    for effect in commune_effects(known, now, planned):
        assert effect.posts_change == 2.5 * (effect.opened - effect.closed)
