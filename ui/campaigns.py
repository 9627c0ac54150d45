"""The campaign that this server shows: a folder that whoever starts it has named, and no other."""

import base64
import gzip
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from optimiser.report.campaign.figures import CampaignFigures, Row, campaign_figures
from optimiser.scenario import Scenario
from optimiser.sources.campaign_folder import CampaignFolder, open_campaign
from ui import runs
from ui.cache import store
from ui.session import Visit, open_epci, open_scenario

STATIC = Path(__file__).with_name("static")
NOWHERE, UNKNOWN = 65_534, 65_535
"""Codes of a commune that reaches no site, and of one without a result."""

_KEPT = 128
_FUZZ = 1e-3
"""Tenths are rounded up, so that nobody just beyond a limit is drawn within it."""


@dataclass(frozen=True)
class France:
    """Communes in the order of the picture.

    Parameters
    ----------
    codes
        INSEE codes.
    epcis
        SIREN codes in the order of the picture's borders.
    """

    codes: tuple[str, ...]
    epcis: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The campaign as the page needs it.

    Parameters
    ----------
    folder
        Its results.
    figures
        Added up.
    stamp
        Changes when there are more results.
    """

    folder: CampaignFolder
    figures: CampaignFigures
    stamp: str

    @property
    def scenarios(self) -> list[str]:
        """Scenarios with a plan of any territory."""
        return [t.scenario for t in self.figures.totals if t.question == "plan"]

    def rows(self, scenario: str, epci: str) -> dict[str, Row]:
        """Jobs of a territory by question."""
        return {
            row["question"]: row
            for row in self.figures.jobs
            if (row["scenario"], row["epci"]) == (scenario, epci)
        }


def shown() -> Shown | None:
    """Campaign of this server.

    Returns
    -------
    Shown or None
        None where none was named when the server was started.

    Raises
    ------
    CampaignError
        The folder that was named holds none.
    """
    named = os.environ.get("MAILLAGE_CAMPAIGN")
    if not named:
        return None
    folder = open_campaign(Path(named))
    return _shown(named, f"{folder.about['key']} {len(folder.parts())}")


def minutes(
    campaign: Shown, scenario: str, service: str, moments: Sequence[str]
) -> Mapping[str, str]:
    """Minutes to the nearest site of a type, of every commune in the order of the picture.

    Parameters
    ----------
    campaign
        From `shown`.
    scenario, service
        Of which plans.
    moments
        ``now``, ``planned``.

    Returns
    -------
    mapping
        Tenths of a minute by moment, 16 bits each, in base 64.
    """
    named = str(campaign.folder.path)
    return {
        moment: _minutes(named, campaign.stamp, scenario, service, moment) for moment in moments
    }


@st.cache_resource
def france() -> France:
    """Names of the picture.

    Returns
    -------
    France
        Read once.
    """
    content = json.loads(gzip.decompress((STATIC / "france.json.gz").read_bytes()))
    return France(tuple(content["codes"]), tuple(content["epcis"]))


def open_result(seen: Visit, campaign: Shown, row: Row) -> None:
    """Look at a territory from now on, with the plan that the campaign has found.

    Parameters
    ----------
    seen
        The visit.
    campaign
        From `shown`.
    row
        Job of the territory.
    """
    table = campaign.folder.table("jobs", ["job", "asked", "answer"])
    found = table.filter(pc.equal(table["job"], row["job"])).to_pylist()[0]
    scenario = Scenario.model_validate_json(found["asked"])
    if scenario == Scenario(epci=row["epci"]):
        record = store().base(row["epci"], row["epci_name"])
        open_epci(row["epci"])
    elif not seen.writes:
        # Only a planner may add a scenario to the store.
        open_epci(row["epci"])
        return
    else:
        title = seen.labels("ui.national.scenario", epci=row["epci_name"], scenario=row["scenario"])
        known = [r for r in store().scenarios() if (r.title, r.scenario) == (title, scenario)]
        record = known[0] if known else store().create(title, scenario)
        open_scenario(record)
    if found["answer"] and runs.latest(store(), record) is None:
        settings = {"seconds": campaign.folder.about["seconds"], "threads": 1}
        run = store().start(record, json.dumps(settings), json.dumps(runs.versions()))
        store().keep(run.id, found["answer"], "finished")


@st.cache_resource(max_entries=2, show_spinner=False)
def _shown(named: str, stamp: str) -> Shown:
    folder = open_campaign(Path(named))
    return Shown(folder, campaign_figures(folder), stamp)


@st.cache_resource(max_entries=2, show_spinner=False)
def _communes(named: str, stamp: str) -> pa.Table:
    del stamp
    folder = open_campaign(Path(named))
    columns = ["job", "service", "commune", "minutes_now", "minutes_planned"]
    return folder.table("communes", columns).unify_dictionaries()


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _minutes(named: str, stamp: str, scenario: str, service: str, moment: str) -> str:
    jobs = [row["job"] for row in _shown(named, stamp).figures.jobs if row["scenario"] == scenario]
    table = _communes(named, stamp)
    mine = pc.and_(pc.equal(table["service"], service), pc.is_in(table["job"], pa.array(jobs)))
    rows = table.filter(mine)
    at: Any = pc.index_in(rows["commune"], pa.array(france().codes)).to_numpy()
    values = rows[f"minutes_{moment}"].to_numpy()
    tenths = np.where(
        np.isfinite(values), np.minimum(np.ceil(values * 10 - _FUZZ), NOWHERE - 1), NOWHERE
    )
    drawn = np.full(len(france().codes), UNKNOWN, dtype="<u2")
    placed = ~np.isnan(at.astype(np.float64))
    drawn[at[placed].astype(np.int64)] = tenths[placed]
    return base64.b64encode(drawn.tobytes()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Served:
    """Access of one territory's public to one type.

    Parameters
    ----------
    name
        Of the EPCI.
    public
        Persons.
    now, planned
        Share of them within the guaranteed time.
    """

    name: str
    public: float
    now: float
    planned: float


def worst(campaign: Shown, scenario: str, service: str) -> tuple[Served, ...]:
    """Territories by access to a type after the plan, the worst served first.

    Parameters
    ----------
    campaign
        From `shown`.
    scenario, service
        Of which plans.

    Returns
    -------
    tuple of Served
        Those with a public.
    """
    return _worst(str(campaign.folder.path), campaign.stamp, scenario, service)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _worst(named: str, stamp: str, scenario: str, service: str) -> tuple[Served, ...]:
    campaign = _shown(named, stamp)
    names = {r["job"]: r["epci_name"] for r in campaign.figures.jobs if r["scenario"] == scenario}
    columns = ["job", "service", "public", "covered_now", "covered_planned"]
    table = campaign.folder.table("services", columns)
    rows = table.filter(pc.equal(table["service"], service)).to_pylist()
    found = [
        Served(
            names[row["job"]],
            row["public"],
            row["covered_now"] / row["public"],
            row["covered_planned"] / row["public"],
        )
        for row in rows
        if row["job"] in names and row["public"] > 0
    ]
    return tuple(sorted(found, key=lambda each: (each.planned, -each.public)))
