"""The installed package: the command and its data, away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the unpacked wheel, as pip would lay it down."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from optimiser.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        cwd=installed.parent,
        env=environment,
        check=False,
    )


def test_the_wheel_is_what_runs(installed: Path) -> None:
    program = "import optimiser.sources as s; print(s.data_folder())"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    out = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=installed.parent,
        env=environment,
        check=True,
    )
    assert Path(out.stdout.strip()) == installed / "optimiser" / "embedded_data"


def test_the_command_plans_from_the_wheel(installed: Path) -> None:
    ran = run(installed, "plan", "--epci", "200042190", "--json")
    assert ran.returncode == 0, ran.stderr
    assert '"status": "optimal"' in ran.stdout


def test_the_command_writes_its_folder_from_the_wheel(installed: Path) -> None:
    out = installed.parent / "out"
    ran = run(installed, "plan", "--epci", "Saint-Flour", "--out", str(out))
    assert ran.returncode == 0, ran.stderr
    names = {path.name for path in out.iterdir()}
    assert {"plan.json", "plan.xlsx", "plan.gpkg", "maps"} <= names
