"""Campaigns: every job once, whatever is killed, and the answers are those of the commands."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pytest

from optimiser.campaign import run
from optimiser.campaign.folder import Results
from optimiser.campaign.local import LocalCrew
from optimiser.campaign.run import Standing
from optimiser.campaign_question import Campaign
from optimiser.errors import CampaignError
from optimiser.labels import Labels, describe_error
from optimiser.planning import plan
from optimiser.report.costs import cost_ranges
from optimiser.report.kept import load
from optimiser.scenario import Coverage, Scenario
from optimiser.sharing import share
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Solution
from optimiser.sources import open_case
from optimiser.sources.campaign_folder import open_campaign
from optimiser.sources.open_sharing import open_sharing
from tests.campaign.few import EPCIS, FEW, by_key, lines, ran

ROOT = Path(__file__).parents[2]


def test_the_answers_are_those_of_the_single_commands(finished: Path) -> None:
    found = {(line["epci"], line["question"]): line for line in lines(finished)}
    assert set(found) == {(epci, question) for epci in EPCIS for question in ("plan", "share")}
    for epci in EPCIS[:2]:
        case = open_case(Scenario(epci=epci))
        answer = plan(case)
        assert isinstance(answer, Solution)
        line = found[epci, "plan"]
        assert line["status"] == answer.status.value == "optimal"
        assert line["objective"] == pytest.approx(answer.score, rel=2e-4, abs=1e-6)
        assert line["gap"] <= 1e-4
        kept = load(line["answer"], case)
        assert isinstance(kept, Solution)
        ranges = cost_ranges(case, kept.decisions)
        for name, euros in ranges.items():
            assert line[f"saving_{name}_eur"] == pytest.approx(-euros.running_change_eur)
        shared = share(open_sharing(Scenario(epci=epci)))
        assert isinstance(shared, SharingSolution)
        saving = found[epci, "share"]["objective"]
        assert saving == pytest.approx(shared.saving_eur, rel=2e-3, abs=1.0)


def test_every_commune_and_type_is_in_the_tables(finished: Path) -> None:
    # Read as another program would: a folder of Parquet files.
    communes = ds.dataset(finished / "communes").to_table().to_pandas()
    jobs = ds.dataset(finished / "jobs").to_table().to_pandas()
    services = ds.dataset(finished / "services").to_table().to_pandas()
    plans = jobs[jobs["question"] == "plan"].set_index("job")
    assert set(communes["job"]) == set(plans.index)
    for job, rows in communes.groupby("job"):
        assert rows["commune"].nunique() == plans.loc[job, "communes"]
        assert not rows.duplicated(["commune", "service"]).any()
        case = open_case(Scenario(epci=plans.loc[job, "epci"]))
        own = services[services["job"] == job].set_index("service")
        for service in case.services:
            here = rows[rows["service"] == service.code]
            within = here["minutes_planned"] <= np.float32(service.guarantee_minutes)
            covered = here.loc[within, "public"].sum()
            assert covered == pytest.approx(own.loc[service.code, "covered_planned"], rel=1e-4)


def test_a_second_run_repeats_nothing(finished: Path) -> None:
    before = by_key(finished)
    ended = ran(finished)
    assert (ended.standing.done, ended.standing.before) == (0, len(before))
    assert by_key(finished) == before


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(tmp_path: Path) -> None:
    crew = LocalCrew(2)
    killed: list[int] = []

    def kill_one(standing: Standing) -> None:
        if standing.done and crew.pids and not killed:
            killed.append(crew.pids[0])
            os.kill(killed[0], signal.SIGKILL)

    with Results(tmp_path, FEW) as results:
        run(FEW, results, crew, watch=kill_one)
    assert killed
    found = by_key(tmp_path)
    assert set(found) == {job.key for job in FEW.jobs()}
    assert {line["status"] for line in found.values()} == {"optimal"}
    assert sorted(line["attempts"] for line in found.values()) == [1] * 9 + [2]


def test_a_job_that_always_loses_its_worker_is_recorded_and_stops_nothing(tmp_path: Path) -> None:
    campaign = Campaign("", EPCIS[:1], {"default": Scenario()}, seconds=20.0)
    crew = LocalCrew(1)
    lost = {campaign.jobs()[0].key}

    def kill_it(_: Standing) -> None:
        for worker in crew._workers:
            if worker.job is not None and worker.job.key in lost:
                worker.process.kill()

    with Results(tmp_path, campaign) as results:
        # Killed before it can answer: a watcher that comes twice a second may be too late.
        begin = crew._hand

        def hand(*given: object) -> None:
            begin(*given)  # type: ignore[arg-type]
            kill_it(Standing(0, 0))

        crew._hand = hand  # type: ignore[method-assign]
        run(campaign, results, crew)
    found = by_key(tmp_path)
    failed = found[next(iter(lost))]
    assert failed["status"] == "failed"
    assert failed["attempts"] == 2
    assert "-9" in failed["reason_fr"]
    assert [line["status"] for key, line in found.items() if key not in lost] == ["optimal"]
    ended = ran(tmp_path, campaign, again=True)
    assert ended.standing.done == 1
    assert {line["status"] for line in lines(tmp_path)} == {"optimal"}


def test_a_job_that_fails_is_recorded_in_both_languages(tmp_path: Path) -> None:
    campaign = Campaign("", ("999999999", EPCIS[0]), {"default": Scenario()}, ("plan",), 20.0)
    ran(tmp_path, campaign)
    failed, answered = sorted(lines(tmp_path), key=lambda line: line["status"] != "failed")
    assert (failed["status"], answered["status"]) == ("failed", "optimal")
    assert "999999999" in failed["reason_fr"]
    assert failed["reason_fr"] != failed["reason_en"]


def test_a_question_without_an_answer_says_which_rules(tmp_path: Path) -> None:
    hard = Scenario(coverage=Coverage(guarantee={"theatre": 1.0}), services=("theatre",))
    closed = hard.model_copy(update={"budget": hard.budget.model_copy(update={"capital_eur": 0})})
    campaign = Campaign("", EPCIS[:1], {"closed": closed}, ("plan",), 20.0)
    ran(tmp_path, campaign)
    (line,) = lines(tmp_path)
    assert line["status"] == "infeasible"
    assert line["reason_en"]
    assert "Traceback" not in line["reason_en"]


def command(folder: Path) -> list[str]:
    names = [part for epci in EPCIS for part in ("--epci", epci)]
    program = "from optimiser.cli import main; main()"
    options = ["--workers", "1", "--out", str(folder), "--time-limit", "20", "--lang", "en"]
    return [sys.executable, "-c", program, "campaign", *names, *options]


def begun(folder: Path, jobs: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        command(folder), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while process.poll() is None and len(list(folder.glob("waiting/*.arrow"))) < jobs:
        time.sleep(0.01)
    return process


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(tmp_path: Path) -> None:
    # On a busy machine a campaign this small can end before the signal comes: then once more.
    for attempt in ("first", "second", "third"):
        folder = tmp_path / attempt
        process = begun(folder, 2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if process.returncode != 0:
            break
    assert process.returncode == 130
    assert "The same command goes on" in said
    before = by_key(folder)
    assert 2 <= len(before) < 10
    second = subprocess.run(command(folder), cwd=ROOT, capture_output=True, text=True, check=True)
    after = by_key(folder)
    assert set(after) == {job.key for job in FEW.jobs()}
    assert {key: after[key] for key in before} == before
    assert "10 jobs done of 10" in second.stdout


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_a_campaign_ended_by_force_leaves_no_process_and_repeats_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    process = begun(folder, 2)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate(timeout=60)
    assert children
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline, "a worker outlives the campaign"
        time.sleep(0.05)
    done = {file.stem: file.read_bytes() for file in folder.glob("waiting/*.arrow")}
    assert len(done) >= 2
    with Results(folder, FEW) as results:
        assert results.done() == set(done)
    before = by_key(folder)
    ran(folder)
    after = by_key(folder)
    assert set(after) == {job.key for job in FEW.jobs()}
    assert {key: after[key] for key in before} == before


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_part_that_was_cut_short_is_tidied_away(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(finished), str(folder)], check=True)
    before = by_key(folder)
    (folder / "communes" / "part-000009.parquet").write_bytes(b"half a file")
    (folder / "jobs" / "part-000009.parquet.half").write_bytes(b"half a file")
    (folder / "waiting" / "0123.arrow").write_bytes(b"\x10\0\0\0\0\0\0\0half")
    assert len(open_campaign(folder).table("communes")) > 0
    ran(folder)
    assert by_key(folder) == before
    names = {file.name for file in folder.rglob("*") if file.is_file()}
    assert not [name for name in names if "000009" in name or name.endswith((".half", ".arrow"))]


def words_of(error: CampaignError) -> str:
    return " ".join(describe_error(error, Labels("en")))


def test_a_folder_takes_one_campaign_only(finished: Path, tmp_path: Path) -> None:
    other = Campaign("Another", EPCIS[:1], {"default": Scenario()}, seconds=20.0)
    with pytest.raises(CampaignError) as found:
        Results(finished, other)
    assert "another campaign" in words_of(found.value)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CampaignError) as found:
        Results(tmp_path, FEW)
    assert "other files" in words_of(found.value)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
    with Results(finished, FEW), pytest.raises(CampaignError) as found:
        Results(finished, FEW)
    assert "Another run" in words_of(found.value)
    # The refusals have left it open for the next one.
    with Results(finished, FEW):
        pass


def test_results_of_other_data_do_not_mix(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(finished), str(folder)], check=True)
    about = json.loads((folder / "campaign.json").read_text(encoding="utf-8"))
    (folder / "campaign.json").write_text(json.dumps({**about, "data": "0"}), encoding="utf-8")
    with pytest.raises(CampaignError) as found:
        Results(folder, FEW)
    assert "other embedded data" in words_of(found.value)
    (folder / "campaign.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CampaignError):
        open_campaign(folder)
