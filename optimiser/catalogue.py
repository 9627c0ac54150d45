"""What can be there: the types of facility, whom they serve, how near, and at what cost.

A catalogue is a TOML file that a planner can read and change; `optimiser.sources.catalogue_file`
reads it and this module validates it.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optimiser.units import Euros, Minutes, ServiceCode, Share

Grade: TypeAlias = Literal["A", "B", "C", "D"]
"""Evidence grade: A several studies agree, B one sound study, C a case, D an assumption."""

CostCase: TypeAlias = Literal["low", "base", "high"]

Lever: TypeAlias = Literal["decide", "open_only", "observe"]
"""What the communes and the EPCI decide: open and close, only open, or nothing."""

AgeGroup: TypeAlias = Literal["0_19", "20_64", "65_plus"]

Theme: TypeAlias = Literal["sport", "culture", "childhood", "health", "services", "tourism"]

Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Fraction: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class Entry(BaseModel):
    """Base of all catalogue entries: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


OWN = "scenario: facilities.values"
"""Source of a figure that the user gave."""


class Tier(Entry):
    """A distance class of access.

    Parameters
    ----------
    minutes
        Upper limit of the class.
    weight
        What a person of the public within it counts, from 0 to 1.
    """

    minutes: Positive
    weight: Annotated[float, Field(gt=0, le=1)]


class CostFigure(Entry):
    """Euros, with the evidence behind them.

    Parameters
    ----------
    per
        What the figure is counted by: a site, or a place of it.
    base, low, high
        Euros of 2024 (capital) or euros a year (running), in three cases.
    grade
        Evidence grade; ``D`` is an assumption.
    source
        Producer, title and year of the study, or how the assumption was made.
    """

    per: Literal["site", "place"] = "site"
    base: NotNegative
    low: NotNegative
    high: NotNegative
    grade: Grade
    source: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _ordered(self) -> "CostFigure":
        if not self.low <= self.base <= self.high:
            raise PydanticCustomError(
                "costs_not_ordered", "{expected}", {"expected": "low ≤ base ≤ high"}
            )
        return self

    def euros(self, case: CostCase, *, places: float = 0.0) -> Euros:
        """Euros of one site.

        Parameters
        ----------
        case
            Which of the three figures.
        places
            Places of the site.

        Returns
        -------
        float
            Euros, or euros a year for a running cost.
        """
        figure: float = getattr(self, case)
        return figure * places if self.per == "place" else figure


class Posts(Entry):
    """Full-time posts of one site, with the evidence behind them.

    Parameters
    ----------
    base
        Full-time equivalents.
    grade
        Evidence grade; ``D`` is an assumption.
    source
        Producer, title and year of the study, or how the assumption was made.
    """

    base: NotNegative
    grade: Grade
    source: Annotated[str, Field(min_length=3)]


class ServiceType(Entry):
    """A type of large facility.

    Parameters
    ----------
    code
        Key in the catalogue and in the equipment table.
    names
        Name in each language, for a type that the labels do not know.
    theme
        Family of the type, for polycentrality.
    structuring
        True when it radiates beyond its commune and counts towards the limits on concentration.
    lever
        What the bloc communal decides about it.
    public
        Part of each age group that the type is meant for.
    tiers
        Distance classes, nearest first, weights falling.
    guarantee_minutes
        The time within which the public should find a site; the limit of one of the tiers.
    exclusive_minutes
        Two sites that a commune reaches within this time are candidates for being duplicates.
    persons_per_site
        Public that one site can serve: more sites than that need are duplicates.
    minimum_public
        A new site needs this much public within the guaranteed time.
    minimum_host
        A new site stands in a commune of at least so many inhabitants.
    places_per_site, places_from
        Places of a new site, and the type of the equipment table that counts the places of the
        existing ones (empty: none does).
    weight
        Importance against the other types; each type counts the same at 1.
    lifetime_years
        Over which the capital is written off.
    capital_eur, running_eur, closing_eur
        Cost to open a site, to run it for a year, to close it.
    agreement_eur_per_person
        Yearly fee to a neighbour for each person of ours within the widest tier of its site.
    posts
        Full-time posts of one site; None: not known.
    """

    code: ServiceCode
    names: Mapping[str, str] = Field(default_factory=dict)
    theme: Theme
    structuring: bool
    lever: Lever
    public: Mapping[AgeGroup, Fraction]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    guarantee_minutes: Positive
    exclusive_minutes: NotNegative
    persons_per_site: Positive
    minimum_public: NotNegative = 0.0
    minimum_host: NotNegative = 0.0
    places_per_site: NotNegative = 0.0
    places_from: str = ""
    weight: NotNegative = 1.0
    lifetime_years: Annotated[int, Field(ge=1, le=100)] = 30
    capital_eur: CostFigure
    running_eur: CostFigure
    closing_eur: CostFigure
    agreement_eur_per_person: CostFigure
    posts: Posts | None = None

    @model_validator(mode="after")
    def _tiers_ordered(self) -> "ServiceType":
        minutes = [tier.minutes for tier in self.tiers]
        weights = [tier.weight for tier in self.tiers]
        if minutes != sorted(set(minutes)):
            raise PydanticCustomError("minutes_not_rising", "minutes of the tiers must rise")
        if weights != sorted(set(weights), reverse=True):
            raise PydanticCustomError("weights_not_falling", "weights of the tiers must fall")
        if self.guarantee_minutes not in minutes:
            allowed = ", ".join(f"{limit:g}" for limit in minutes)
            raise PydanticCustomError(
                "guarantee_not_a_tier", "guarantee_minutes: {expected}", {"expected": allowed}
            )
        if not any(self.public.values()):
            raise PydanticCustomError("no_public", "public: at least one age group above 0")
        if self.agreement_eur_per_person.per != "site":
            raise PydanticCustomError("fee_not_per_person", "agreement_eur_per_person: no per")
        return self

    @property
    def increments(self) -> tuple[Share, ...]:
        """Weight that each tier adds to the next wider one: w_r - w_{r+1}.

        Returns
        -------
        tuple of float
            One per tier; their sum is the weight of the nearest tier.
        """
        weights = [tier.weight for tier in self.tiers] + [0.0]
        return tuple(near - far for near, far in pairwise(weights))

    @property
    def reach_minutes(self) -> Minutes:
        """Limit of the widest tier."""
        return self.tiers[-1].minutes

    @property
    def guarantee_tier(self) -> int:
        """Index of the tier whose limit is the guaranteed time."""
        return [tier.minutes for tier in self.tiers].index(self.guarantee_minutes)


class OwnFigures(Entry):
    """The user's own figures of a type; None leaves the catalogue's.

    An amount stands for all three cost cases. What rests on it counts as an assumption, grade D:
    nobody but the user knows where it comes from.

    Parameters
    ----------
    capital_eur, running_eur, closing_eur
        Cost to open a site, to run it for a year, to close it; counted by site or by place as in
        the catalogue.
    agreement_eur_per_person
        Yearly fee to a neighbour for each person within reach of its site.
    persons_per_site
        Public that one site can serve.
    minimum_public, minimum_host
        Public that a new site needs, and inhabitants of the commune where it stands.
    places_per_site
        Places of a new site.
    posts
        Full-time posts of one site.
    """

    capital_eur: NotNegative | None = None
    running_eur: NotNegative | None = None
    closing_eur: NotNegative | None = None
    agreement_eur_per_person: NotNegative | None = None
    persons_per_site: Positive | None = None
    minimum_public: NotNegative | None = None
    minimum_host: NotNegative | None = None
    places_per_site: NotNegative | None = None
    posts: NotNegative | None = None

    def of(self, service: ServiceType) -> ServiceType:
        """Type with these figures in place of the catalogue's.

        Parameters
        ----------
        service
            As it stands in the catalogue.

        Returns
        -------
        ServiceType
            The source of a changed figure is `OWN`.
        """
        given: dict[str, float] = self.model_dump(exclude_none=True)
        changes: dict[str, object] = {**given}
        for name, value in given.items():
            before = getattr(service, name)
            if isinstance(before, CostFigure):
                changes[name] = CostFigure(
                    per=before.per, base=value, low=value, high=value, grade="D", source=OWN
                )
            elif name == "posts":
                changes[name] = Posts(base=value, grade="D", source=OWN)
        return service.model_copy(update=changes)


class Catalogue(Entry):
    """All types of facility that a scenario may choose from.

    Parameters
    ----------
    services
        Types by code, in the order in which they are shown.
    """

    services: Annotated[Mapping[ServiceCode, ServiceType], Field(min_length=1)]

    def with_own(self, values: Mapping[ServiceCode, OwnFigures]) -> "Catalogue":
        """Catalogue with the user's own figures; codes that it does not hold are left out."""
        known = {code: own for code, own in values.items() if code in self}
        changed = {code: own.of(self.services[code]) for code, own in known.items()}
        return self.model_copy(update={"services": {**self.services, **changed}})

    def __iter__(self) -> Iterator[ServiceType]:  # type: ignore[override]
        """Iterate over the types in their order."""
        return iter(self.services.values())

    def __getitem__(self, code: ServiceCode) -> ServiceType:
        """Type of that code; KeyError where there is none."""
        return self.services[code]

    def __contains__(self, code: object) -> bool:
        """Whether a type of that code exists."""
        return code in self.services
