"""The map of France: from which campaign, of which territory, and where it leads."""

import base64
import json
import shutil
from html import escape
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from optimiser.labels import LANGUAGES, Labels
from optimiser.report.kept import load
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.sources import epcis, load_catalogue, open_case
from optimiser.sources.national import index
from tests.campaign.few import EPCIS, lines
from tests.ui.opened import html, opened
from ui import campaigns
from ui.cache import store
from ui.runs import latest


@pytest.fixture
def shown(finished: Path, monkeypatch: pytest.MonkeyPatch) -> campaigns.Shown:
    monkeypatch.setenv("MAILLAGE_CAMPAIGN", str(finished))
    found = campaigns.shown()
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_campaign_the_page_says_how_to_get_one(language: str) -> None:
    app = opened("national", language)
    assert not app.exception
    assert [info.value for info in app.info] == [Labels(language)("ui.national.none")]


def test_a_folder_without_a_campaign_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILLAGE_CAMPAIGN", str(tmp_path))
    app = opened("national")
    assert not app.exception
    assert str(tmp_path) in " ".join(error.value for error in app.error).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_types_and_territories(shown: campaigns.Shown, language: str) -> None:
    app, labels = opened("national", language), Labels(language)
    assert not app.exception
    assert not app.error
    text = html(app)
    for service in load_catalogue():
        assert escape(labels(f"service.{service.code}")) in text
    for line in lines(shown.folder.path):
        assert escape(line["epci_name"]) in text


def test_a_campaign_under_way_is_shown_as_far_as_it_is(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    about = json.loads((folder / "campaign.json").read_text(encoding="utf-8"))
    (folder / "campaign.json").write_text(json.dumps({**about, "jobs": 99}), encoding="utf-8")
    monkeypatch.setenv("MAILLAGE_CAMPAIGN", str(folder))
    app = opened("national")
    assert not app.exception
    assert "99" in app.warning[0].value


def test_every_commune_of_the_campaign_is_drawn_with_its_own_minutes(
    shown: campaigns.Shown,
) -> None:
    codes = campaigns.france().codes
    rows = shown.folder.table("communes").to_pylist()
    coded = campaigns.minutes(shown, "default", "library", ("now", "planned"))
    for moment, text in coded.items():
        drawn = dict(zip(codes, np.frombuffer(base64.b64decode(text), "<u2"), strict=True))
        known = {r["commune"]: r[f"minutes_{moment}"] for r in rows if r["service"] == "library"}
        assert {code for code, value in drawn.items() if value != campaigns.UNKNOWN} == set(known)
        for code, minutes in known.items():
            if np.isfinite(minutes):
                assert 0 <= int(drawn[code]) - minutes * 10 < 1.01
            else:
                assert drawn[code] == campaigns.NOWHERE


def test_the_picture_holds_every_commune_that_has_an_outline() -> None:
    codes, france = campaigns.france().codes, index()
    assert len(codes) == len(set(codes)) == 34_871
    assert set(codes) <= set(france.codes)
    assert set(campaigns.france().epcis) == set(epcis())


def test_a_plan_of_the_campaign_is_opened_and_is_the_one_that_was_found(
    shown: campaigns.Shown,
) -> None:
    epci = EPCIS[0]
    app = opened("national", "fr")
    app.selectbox(key="national-search-").set_value(epci).run()
    assert not app.exception
    assert app.subheader[0].value.replace("\\", "") == epcis()[epci]
    app.button[0].click().run()
    assert not app.exception
    assert app.query_params["epci"] in (epci, [epci])
    run = latest(store(), store().base(epci, epcis()[epci]))
    assert run is not None
    line = next(
        x for x in lines(shown.folder.path) if x["epci"] == epci and x["question"] == "plan"
    )
    assert run.answer == line["answer"]
    answer = load(run.answer, open_case(Scenario(epci=epci)))
    assert isinstance(answer, Solution)
    assert answer.score == pytest.approx(line["objective"])


def test_a_plan_of_another_scenario_becomes_a_scenario_once(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tight"
    shutil.copytree(finished, folder)
    monkeypatch.setenv("MAILLAGE_CAMPAIGN", str(folder))
    asked = Scenario(epci=EPCIS[1], title="Tight")
    shown = campaigns.shown()
    assert shown is not None
    row = dict(shown.rows("default", EPCIS[1])["plan"])
    table = shown.folder.table("jobs")
    changed = [
        asked.model_dump_json() if job == row["job"] else text
        for job, text in zip(table["job"].to_pylist(), table["asked"].to_pylist(), strict=True)
    ]
    at = table.schema.get_field_index("asked")
    table = table.set_column(at, table.schema.field(at), pa.array(changed))
    for part in shown.folder.parts():
        (folder / "jobs" / f"{part}.parquet").unlink()
    pq.write_table(table, folder / "jobs" / "part-000000.parquet")
    for _ in range(2):
        app = opened("national", "fr")
        app.selectbox(key="national-search-").set_value(EPCIS[1]).run()
        app.button[0].click().run()
        assert not app.exception
    assert len([each for each in store().scenarios() if each.scenario == asked]) == 1
