"""What is asked: the rules, budgets and wishes of one scenario; frozen once it is valid.

`optimiser.sources.scenario_file` reads the TOML file; `optimiser.case.Case` holds a scenario
against its territory.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from optimiser.catalogue import CostCase, Finite, Fraction, NotNegative, OwnFigures, Positive
from optimiser.schedule_scenario import Finances, Schedule, Weights
from optimiser.sharing_scenario import Sharing
from optimiser.units import ServiceCode

Floor: TypeAlias = Literal["today"] | Fraction
"""A share of the public, or ``today``: no less than what the present network gives."""


FilePath: TypeAlias = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f]*$")]
"""Path of a file or a folder; empty: none."""


class Section(BaseModel):
    """Base of the sections: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Objective(Section):
    """How coverage, money and duplicates are weighed against each other.

    Parameters
    ----------
    person_value_eur_per_year
        Euros a year that the territory accepts to pay for one inhabitant within the guaranteed
        time of one more type of facility. A political choice, not evidence.
    duplicate_weight
        What one person served twice costs, in persons served once.
    weights
        Importance of types, instead of the catalogue's.
    """

    person_value_eur_per_year: Annotated[float, Field(gt=0, le=1_000_000)] = 20.0
    duplicate_weight: NotNegative = 0.05
    weights: Mapping[ServiceCode, NotNegative] = Field(default_factory=dict)


class Budget(Section):
    """Money; capital and recurrent apart.

    Parameters
    ----------
    capital_eur
        Most that openings and closings may cost together; None: no limit.
    running_increase_eur_per_year
        Most that yearly running costs and agreement fees may rise above today's (negative: the
        least they must fall); None: no limit.
    cost_case
        Which of the catalogue's three cost cases is used.
    discount_rate
        Yearly, to spread capital over the lifetime of a building.
    """

    capital_eur: NotNegative | None = None
    running_increase_eur_per_year: Finite | None = 0.0
    cost_case: CostCase = "base"
    discount_rate: Annotated[float, Field(ge=0, le=0.2)] = 0.03


class Coverage(Section):
    """What the network must give.

    Parameters
    ----------
    basin_floor
        Least share of each type's public within the guaranteed time in every basin; None: none.
    basin_floors
        The same for single types, instead of ``basin_floor``.
    guarantee
        Least share of the whole territory's public within the guaranteed time, by type; 1 is a
        complete mesh.
    keep_capacity
        True: sites close only beyond what the public of their commune fills alone, and what the
        public of their basin needs.
    low_income_weight
        How much more a person counts where the median income is low: the weight is
        1 + this x the shortfall of the commune's income from the reference, as a share of it.
    reference_income_eur
        Income below which the weight rises, euros per consumption unit and year.
    """

    basin_floor: Floor | None = "today"
    basin_floors: Mapping[ServiceCode, Floor] = Field(default_factory=dict)
    guarantee: Mapping[ServiceCode, Fraction] = Field(default_factory=dict)
    keep_capacity: bool = True
    low_income_weight: NotNegative = 0.0
    reference_income_eur: Positive = 23_000.0


class Polycentrality(Section):
    """Limits on concentration.

    Parameters
    ----------
    themes_per_commune
        Themes on which one commune may receive new structuring facilities; None: no limit.
    structuring_per_commune
        Structuring facilities that a commune may hold after the plan, today's excepted; None: no
        limit.
    """

    themes_per_commune: Annotated[int, Field(ge=0)] | None = 1
    structuring_per_commune: Annotated[int, Field(ge=0)] | None = 6


class Neighbours(Section):
    """Agreements with the EPCIs around.

    Parameters
    ----------
    agreements
        Most facilities of neighbours that may be shared by agreement; None: no limit; 0: none.
    per_service
        Most of them of one type.
    """

    agreements: Annotated[int, Field(ge=0)] | None = 5
    per_service: Annotated[int, Field(ge=0)] | None = 2


class Duplicates(Section):
    """How duplicates are treated; inherited ones are always counted and never forbidden.

    Parameters
    ----------
    forbid_new
        True: no new site within the exclusive time of another one of its type.
    """

    forbid_new: bool = True


class Facilities(Section):
    """What the territory knows better than the catalogue.

    Parameters
    ----------
    values
        The user's own figures, by type.
    """

    values: Mapping[ServiceCode, OwnFigures] = Field(default_factory=dict)


class Buildings(Section):
    """Which ground new sites stand on.

    Parameters
    ----------
    new_land
        Most openings on new land: beyond the sites that close in the same commune, whose buildings
        can be used again; None: no limit; 0: existing buildings only.
    """

    new_land: Annotated[int, Field(ge=0)] | None = None


class Travel(Section):
    """Where travel times and people come from; paths are relative to the scenario's own folder.

    Parameters
    ----------
    times
        A file of travel times, or a folder of road graphs; empty: the estimate.
    cells
        A population grid of INSEE; empty: people are at the town hall.
    """

    times: FilePath = ""
    cells: FilePath = ""


class WithoutCar(Section):
    """Access of those who have no car: a tier of its own, for every type.

    Parameters
    ----------
    weight
        What one person of a type's public within the limit without a car counts, in persons
        within the nearest tier by car; 0: access without a car is not sought.
    mode
        How they travel.
    minutes
        Limit of the tier.
    times
        A file of travel times of that mode, or a folder of road graphs; empty: an estimate from
        distance at the mode's speed, which public transport does not have.
    """

    weight: Annotated[float, Field(ge=0, le=10)] = 0.0
    mode: Literal["bicycle", "walk", "transit"] = "bicycle"
    minutes: Annotated[float, Field(gt=0, le=240)] = 20.0
    times: FilePath = ""


class Lock(Section):
    """A decision taken beforehand.

    Parameters
    ----------
    service
        Type of facility.
    commune
        INSEE code, or name, of a member.
    """

    service: ServiceCode
    commune: Annotated[str, Field(min_length=1)]


class Scenario(Section):
    """One question about one territory.

    Parameters
    ----------
    title
        Shown on every result.
    epci
        SIREN code of the EPCI.
    services
        Types to plan; empty: all of the catalogue.
    objective, budget, coverage, polycentrality, neighbours, duplicates, buildings, facilities,
    travel, without_car
        See each section.
    forced, forbidden
        Where a site must, or must not, operate.
    sharing
        Which support functions may be shared, and how.
    schedule, finances
        How the plan is spread over years, and what pays for it.
    score
        Weights of the impact score.
    """

    title: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    epci: Annotated[str, Field(min_length=1)] = "200042190"
    services: tuple[ServiceCode, ...] = ()
    objective: Objective = Objective()
    budget: Budget = Budget()
    coverage: Coverage = Coverage()
    polycentrality: Polycentrality = Polycentrality()
    neighbours: Neighbours = Neighbours()
    duplicates: Duplicates = Duplicates()
    buildings: Buildings = Buildings()
    facilities: Facilities = Facilities()
    travel: Travel = Travel()
    without_car: WithoutCar = WithoutCar()
    forced: tuple[Lock, ...] = ()
    forbidden: tuple[Lock, ...] = ()
    sharing: Sharing = Sharing()
    schedule: Schedule = Schedule()
    finances: Finances = Finances()
    score: Weights = Weights()
