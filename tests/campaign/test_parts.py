"""Parts of a campaign: its file, its tables as bytes, its pace, its report."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.campaign.pace import Pace
from optimiser.campaign_question import Campaign, Job
from optimiser.campaign_result import SCHEMAS, TABLES, pack, table_of, unpack
from optimiser.errors import CampaignError, MaillageError
from optimiser.labels import LANGUAGES, Labels, describe_error
from optimiser.report.campaign.document import campaign_document
from optimiser.report.campaign.figures import campaign_figures
from optimiser.report.campaign.files import write_report
from optimiser.scenario import Scenario
from optimiser.sources import epcis
from optimiser.sources.campaign_file import read_campaign
from optimiser.sources.campaign_folder import open_campaign
from tests.campaign.few import EPCIS, FEW, lines


def written(folder: Path, text: str) -> Path:
    path = folder / "campaign.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_campaign_file_names_territories_scenarios_and_questions(tmp_path: Path) -> None:
    (tmp_path / "tight.toml").write_text("[budget]\ncapital_eur = 0\n", encoding="utf-8")
    (tmp_path / "plain.toml").write_text("", encoding="utf-8")
    text = """title = "Two budgets"
epci = ["200067106", "Porte du Hainaut"]
scenarios = ["tight.toml", "plain.toml"]
questions = ["plan"]
seconds = 5
"""
    campaign = read_campaign(written(tmp_path, text))
    assert campaign.epcis == ("200067106", "200042190")
    jobs = campaign.jobs()
    assert [(job.epci, job.name) for job in jobs] == [
        (epci, name) for epci in campaign.epcis for name in ("tight", "plain")
    ]
    assert jobs[0].scenario.budget.capital_eur == 0
    assert len({job.key for job in jobs}) == 4


def test_all_of_france_is_one_word(tmp_path: Path) -> None:
    campaign = read_campaign(written(tmp_path, 'epci = "all"\n'))
    assert set(campaign.epcis) == set(epcis())
    assert len(campaign.jobs()) == 2 * len(epcis())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('epci = "some"\n', ["line", "epci"]),
        ("", ["epci"]),
        ("epci = []\n", ["epci"]),
        ('epci = "all"\nquestion = ["plan"]\n', ["question", "questions"]),
        ('epci = "all"\nquestions = ["plan", "dance"]\n', ["questions"]),
        ('epci = ["200067106", "Pays Basque"]\n', ["200067106", "twice"]),
        ('epci = "all"\nscenarios = ["no.toml"]\n', ["no.toml", "No such file"]),
        ('epci = ["Atlantis-sur-Mer"]\n', ["Atlantis-sur-Mer"]),
        ('epci = "all"\nseconds = 0\n', ["seconds"]),
    ],
)
def test_a_wrong_campaign_file_is_said_in_words(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(MaillageError) as found:
        read_campaign(written(tmp_path, text))
    words = " ".join(describe_error(found.value, Labels("en")))
    for each in said:
        assert each.casefold() in words.casefold() or each == "line"


def test_equal_questions_have_equal_keys_and_others_have_others() -> None:
    job = FEW.jobs()[0]
    again = Campaign("Other title", EPCIS, {"default": Scenario()}, seconds=20.0)
    assert again.jobs()[0].key == job.key
    assert again.key == FEW.key
    assert Job(job.name, job.question, job.scenario, 21.0).key != job.key
    assert Job("other", job.question, job.scenario, 20.0).key != job.key


def test_tables_travel_as_bytes_whole_or_not_at_all() -> None:
    tables = {
        "jobs": table_of("jobs", {"job": ["a"], "notes": [["x", "y"]], "gap": [float("inf")]}),
        "communes": table_of("communes", {"job": ["a"] * 2, "minutes_now": [1.5, float("inf")]}),
    }
    content = pack(tables)  # type: ignore[arg-type]
    back = unpack(content)
    for name in TABLES:
        assert back[name] == tables.get(name, SCHEMAS[name].empty_table())
    for cut in (0, 5, len(content) // 2, len(content) - 1):
        with pytest.raises(ValueError, match=r"\w"):
            unpack(content[:cut])


@given(st.lists(st.floats(0.01, 60), min_size=60, max_size=60), st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_the_time_left_is_what_is_left_and_nothing_is_said_too_early(
    times: list[float], hands: int
) -> None:
    campaign = Campaign("", tuple(list(epcis())[:30]), {"default": Scenario()})
    pace = Pace(campaign.jobs())
    order = pace.order()
    assert sorted(job.key for job in order) == sorted(job.key for job in campaign.jobs())
    assert pace.left(hands) is None
    for n, (job, seconds) in enumerate(zip(order, times, strict=True)):
        pace.took(job, seconds)
        left = pace.left(hands)
        if left is not None:
            assert 0 <= left.least <= left.seconds <= left.most
            assert min(times[: n + 1]) * (59 - n) <= left.seconds * hands + 1e-6
            assert left.seconds * hands <= max(times[: n + 1]) * (59 - n) + 1e-6
    assert pace.left(hands) is not None


def test_equal_jobs_make_an_exact_time_left() -> None:
    campaign = Campaign("", tuple(list(epcis())[:50]), {"default": Scenario()})
    pace = Pace(campaign.jobs())
    for job in pace.order()[:80]:
        pace.took(job, 3.0)
    left = pace.left(2)
    assert left is not None
    assert (left.seconds, left.least, left.most) == pytest.approx((30.0, 30.0, 30.0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_lists_every_job_with_its_figures(
    finished: Path, tmp_path: Path, language: str
) -> None:
    labels = Labels(language)
    figures = campaign_figures(open_campaign(finished))
    paths = write_report(figures, tmp_path, labels)
    assert {path.name for path in paths} == {"campaign.xlsx", "campaign-report.json"}
    assert len(list(tmp_path.iterdir())) == 2
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "campaign.xlsx").read_bytes()))
    assert len(book.sheetnames) == 4
    rows = list(book.worksheets[1].iter_rows(min_row=5, values_only=True))
    assert len(rows) == len(FEW.jobs())
    known = {(line["epci"], line["question"]): line for line in lines(finished)}
    for row in rows:
        question = next(q for q in ("plan", "share") if labels(f"campaign.question.{q}") == row[3])
        line = known[str(row[0]), question]
        assert row[4] == labels("campaign.status.optimal")
        assert row[5] == pytest.approx(line["gap"])
        assert row[11:14] == pytest.approx(
            [line[f"saving_{case}_eur"] for case in ("low", "base", "high")]
        )
        assert (row[14] or "") == (line["grades"] or "")
    document = json.loads((tmp_path / "campaign-report.json").read_text(encoding="utf-8"))
    assert document == json.loads(json.dumps(campaign_document(figures, labels)))
    assert document["asked"] == document["done"] == 10
    total = next(t for t in document["totals"] if t["question"] == "share")
    assert total["saving_eur"]["base"] == pytest.approx(
        sum(line["saving_base_eur"] for line in known.values() if line["question"] == "share")
    )


def test_the_shares_of_all_territories_weigh_their_people(finished: Path) -> None:
    figures = campaign_figures(open_campaign(finished))
    rows = open_campaign(finished).table("services").to_pandas()
    plan = next(total for total in figures.totals if total.question == "plan")
    assert plan.access_planned == pytest.approx(
        rows["covered_planned"].sum() / rows["public"].sum()
    )
    for each in figures.services:
        own = rows[rows["service"] == each.service]
        assert each.opened - each.closed == each.sites_planned - each.sites_now
        assert each.public == pytest.approx(own["public"].sum())


def test_a_folder_without_a_campaign_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as found:
        open_campaign(tmp_path)
    assert str(tmp_path) in " ".join(describe_error(found.value, Labels("fr")))
