"""A territory as plain data, for programs: what is there before any question is asked."""

from optimiser.case import Case
from optimiser.check import evaluate, today
from optimiser.report.duplicates import ledger
from optimiser.report.finances import finances
from optimiser.report.indicators import indicators
from optimiser.report.plain import Json, plain
from optimiser.report.provenance import facility_vintages, travel_vintage

SCHEMA_VERSION = "1.0"


def territory_document(case: Case) -> dict[str, Json]:
    """Gather everything known of a territory.

    Parameters
    ----------
    case
        A case about it.

    Returns
    -------
    dict
        Plain values only; figures that do not exist, and minutes out of reach, are None.
    """
    territory = case.territory
    now = evaluate(case, today(case))
    figures = indicators(case, now, now)
    return {
        "schema_version": SCHEMA_VERSION,
        "code": territory.code,
        "name": territory.name,
        "population": territory.population,
        "communes": [plain(commune) for commune in territory.members],
        "basins": [
            {
                "code": row.basin,
                "name": territory.basins[row.basin],
                "communes": row.communes,
                "population": row.population,
                "access": plain(row.now),
            }
            for row in figures.basins
        ],
        "facilities": plain(facility_vintages(territory)),
        "sites": plain(
            tuple(f for f in territory.facilities if territory.by_code[f.commune].member)
        ),
        "services": [
            {
                "service": row.service,
                "sites": row.sites_now,
                "public": row.public,
                "access": plain(row.now),
                "running_eur_per_year": row.running_now_eur,
                "duplicated_persons": row.duplicated_now,
            }
            for row in figures.services
        ],
        "duplicates": plain(ledger(case, now)),
        "finances": plain(finances(territory)),
        "neighbours": {
            "communes": len(territory.neighbours),
            "epcis": plain({c.epci for c in territory.neighbours if c.epci}),
            "population": sum(commune.population for commune in territory.neighbours),
        },
        "travel": plain(travel_vintage(case)),
        "notes": list(territory.notes),
    }
