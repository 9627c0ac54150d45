# Two commands for a fresh machine with git, make and Python 3.11: `make plan` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup plan app test check bench bench-full peers lock data clean

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	touch $@

plan: setup            ## the plan of the Porte du Hainaut, with its maps, in out/
	$(BIN)/maillage plan data/scenarios/porte-du-hainaut.toml --out out

app: setup             ## the web app
	$(BIN)/maillage app

test: setup            ## the tests
	$(BIN)/python -m pytest -n auto

check: setup           ## style, types, layers, docstrings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate --quiet optimiser ui

bench: setup           ## solver speed, as ratios (minutes)
	$(BIN)/python -m benchmarks

bench-full: peers      ## national sizes and the other solvers (hours); FACTS names the figures
	.venv-peers/bin/python -m benchmarks.location --peers --full --out .benchmarks
	.venv-peers/bin/python -m benchmarks.location.scaling

peers: .venv-peers/installed

.venv-peers/installed: pyproject.toml
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	touch $@

lock: setup            ## pin what is installed now
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

data: setup            ## rebuild data/ from the folder FACTS
	$(BIN)/python data/build_data.py --facts $(FACTS)

clean:
	rm -rf $(VENV) out
