"""The command that measures access, and what it writes."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from optimiser import check
from optimiser.case import Case
from optimiser.cli import app
from optimiser.report.access_measures import measure_access, measures_document
from optimiser.solution import Solution


def test_measures_of_the_small_territory(case: Case, solution: Solution) -> None:
    limits = [service.guarantee_minutes for service in case.services]
    for evaluation in (solution.today, solution.evaluation):
        for k, row in enumerate(measure_access(case, evaluation, limits)):
            assert row.within[k] == pytest.approx(evaluation.share(k))
            sites = float(evaluation.sites[k].sum())
            sites += float((evaluation.agreed[k] * case.existing[k]).sum())
            # What the public has, taken together, is what stands: unless nobody reaches it.
            assert float(row.two_step @ case.public[k]) / 100_000 <= sites + 1e-9


def test_the_document_is_plain_json(case: Case) -> None:
    found = measure_access(case, check.evaluate(case, check.today(case)), [10.0])
    document = json.loads(json.dumps(measures_document(case, found, [10.0]), allow_nan=False))
    assert set(document["services"]) == {service.code for service in case.services}


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "access.xlsx"
    run = CliRunner().invoke(app, ["access", "measure", "--minutes", "10", "--out", str(out)])
    assert run.exit_code == 0, run.output
    book = openpyxl.load_workbook(out)
    assert len(book.sheetnames) == 2
    assert book.worksheets[1].max_row > 47
    run = CliRunner().invoke(app, ["access", "measure", "--json", "--lang", "en"])
    assert run.exit_code == 0
    assert "apl" in json.loads(run.stdout)["services"]["library"]
