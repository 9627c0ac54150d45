"""The public names of the package."""

import subprocess
import sys

import pytest

import optimiser


@pytest.mark.parametrize("name", optimiser.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(optimiser, name) is not None


def test_public_names_are_listed_once_and_sorted() -> None:
    assert optimiser.__all__ == sorted(set(optimiser.__all__))
    assert set(optimiser.__all__) == {n for names in optimiser._HOMES.values() for n in names}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = optimiser.nothing


def test_importing_the_package_loads_no_solver() -> None:
    program = "import sys, optimiser; print('pulp' in sys.modules or 'pandas' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "False"
