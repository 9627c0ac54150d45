"""What is asked about the years ahead: two sections of the scenario, frozen once it is valid."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from optimiser.catalogue import Entry, Finite, NotNegative
from optimiser.units import ServiceCode

Envelope: TypeAlias = Literal["even"] | NotNegative
"""Euros a year, or ``even``: what the plan costs, divided by the years."""

LineKind: TypeAlias = Literal["redistribution", "contribution"]

MOST_SUBSIDISED = 0.8
"""The owner bears a fifth at least (CGCT L1111-10)."""


class Subsidy(Entry):
    """What somebody else pays of the works on one type of facility.

    Parameters
    ----------
    service
        Type of facility.
    share
        Part of the capital spending of each year; all subsidies of a type together leave the
        fifth that the owner must bear (CGCT L1111-10).
    first_year, last_year
        Calendar years in which it is paid; None: no limit.
    most_eur_per_year
        Most that is paid in one year; None: no limit.
    """

    service: ServiceCode
    share: Annotated[float, Field(ge=0, le=0.8)]
    first_year: int | None = None
    last_year: int | None = None
    most_eur_per_year: NotNegative | None = None

    def paid(self, year: int) -> bool:
        """Whether it is paid in a calendar year."""
        return (self.first_year or year) <= year <= (self.last_year or year)


class Schedule(Entry):
    """How a plan is spread over years.

    Parameters
    ----------
    first_year, years
        First calendar year, and how many there are. What is done in a year is done at its end.
    capital_eur_per_year
        Capital of a year, in the catalogue's euros; None: no limit.
    carry_over
        True: what a year does not spend, the next ones may.
    change_eur_per_year
        Most by which the capital of a year may differ from that of the year before; None: no
        limit.
    build_years
        Years of works by type, instead of the rule: one below 1 M€, two below 10 M€, else three.
    transition_years
        Years until a shared function saves all that it will, in equal steps.
    staff_moved_per_year
        Most full-time posts that move in a year, of groups that start and of sites that close;
        None: the limit on support functions.
    temporary_rise_eur_per_year
        By how much the recurrent cost may exceed its limit before the last year.
    subsidies
        What others pay, by type and year.
    capital_price_growth, running_price_growth
        Yearly growth of building costs and of other prices, above nothing.
    """

    first_year: Annotated[int, Field(ge=2000, le=2100)] = 2026
    years: Annotated[int, Field(ge=1, le=20)] = 8
    capital_eur_per_year: Envelope | None = "even"
    carry_over: bool = True
    change_eur_per_year: NotNegative | None = None
    build_years: Mapping[ServiceCode, Annotated[int, Field(ge=1, le=10)]] = Field(
        default_factory=dict
    )
    transition_years: Annotated[int, Field(ge=1, le=10)] = 3
    staff_moved_per_year: NotNegative | None = None
    temporary_rise_eur_per_year: NotNegative = 0.0
    subsidies: tuple[Subsidy, ...] = ()
    capital_price_growth: Annotated[float, Field(ge=-0.05, le=0.2)] = 0.02
    running_price_growth: Annotated[float, Field(ge=-0.05, le=0.2)] = 0.02

    @model_validator(mode="after")
    def _owner_pays(self) -> "Schedule":
        for year in range(self.first_year, self.first_year + self.years):
            for service in {subsidy.service for subsidy in self.subsidies}:
                paid = sum(s.share for s in self.subsidies if s.service == service and s.paid(year))
                if paid > MOST_SUBSIDISED + 1e-9:
                    expected = f"{service}, {year}: ≤ {MOST_SUBSIDISED:g}"
                    raise PydanticCustomError(
                        "subsidies_too_high", "subsidies: {expected}", {"expected": expected}
                    )
        return self


class Line(Entry):
    """A flow of every year that the plan does not decide, and that can be varied.

    Parameters
    ----------
    name
        As people call it.
    kind
        ``redistribution`` goes from the EPCI to the communes, by inhabitant; ``contribution``
        leaves the EPCI for a joint syndicate.
    eur_per_year
        What is paid today.
    change_eur_per_year
        What is paid more (less, where negative) from ``first_year`` on.
    first_year
        Calendar year; None: the first of the schedule.
    """

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
    kind: LineKind
    eur_per_year: NotNegative = 0.0
    change_eur_per_year: Finite = 0.0
    first_year: int | None = None


MeasureName: TypeAlias = Literal["access", "equity", "car", "land", "running", "staff"]
"""A part of the impact score."""


class Weights(Entry):
    """How much each part of the impact score weighs against the others: a political choice.

    Parameters
    ----------
    access
        Share of the public within the guaranteed time, mean of the types.
    equity
        The same in the basin that has least of it.
    car
        CO2 of what users drive.
    land
        Land newly built.
    running
        Running cost per inhabitant.
    staff
        Posts that move.
    """

    access: NotNegative = 1.0
    equity: NotNegative = 1.0
    car: NotNegative = 1.0
    land: NotNegative = 1.0
    running: NotNegative = 1.0
    staff: NotNegative = 1.0

    @property
    def by_part(self) -> Mapping[MeasureName, float]:
        """Weight of each part."""
        return {name: float(getattr(self, name)) for name in get_args(MeasureName)}


class Finances(Entry):
    """Debt and self-financing of the communes and the EPCI together; there is no tax lever.

    Parameters
    ----------
    debt_ceiling_years
        Most years of self-financing (CAF) that the debt may amount to; None: no limit.
    debt_eur
        Debt today; None: ``debt_years_today`` times the CAF, or else the communes' accounts.
    debt_years_today
        Years of CAF that the debt amounts to today; None: from the accounts.
    caf_eur_per_year
        Gross self-financing today; None: the communes' net saving and the repayment of their debt.
    own_funds_eur_per_year
        Part of today's CAF, after all other investment, that this plan may use.
    repayment_years
        Years over which debt is repaid, the same part each year.
    interest_rate
        Of the debt, yearly.
    caf_growth
        Yearly growth of the CAF without the plan.
    epci_share_structuring, epci_share_local
        Part of the money of structuring facilities, and of the others, that the EPCI bears; the
        commune where they stand bears the rest.
    lines
        Flows that can be varied.
    """

    debt_ceiling_years: NotNegative | None = 10.0
    debt_eur: NotNegative | None = None
    debt_years_today: NotNegative | None = None
    caf_eur_per_year: Finite | None = None
    own_funds_eur_per_year: Finite = 0.0
    repayment_years: Annotated[int, Field(ge=1, le=40)] = 12
    interest_rate: Annotated[float, Field(ge=0, le=0.2)] = 0.03
    caf_growth: Annotated[float, Field(ge=-0.1, le=0.1)] = 0.0
    epci_share_structuring: Annotated[float, Field(ge=0, le=1)] = 1.0
    epci_share_local: Annotated[float, Field(ge=0, le=1)] = 0.0
    lines: tuple[Line, ...] = ()
