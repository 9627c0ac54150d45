"""What is asked about support functions: one section of the scenario, frozen once it is valid."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from optimiser.catalogue import CostCase, Entry, NotNegative, Positive
from optimiser.functions import FunctionCode

EVERY: Literal["all"] = "all"
"""Stands for every function in an opt-out, a veto or a wish."""

HostKind: TypeAlias = Literal["any", "communes", "epci"]
DivisionRule: TypeAlias = Literal["nucleolus", "shapley", "per_inhabitant", "per_use", "equal"]
Name: TypeAlias = Annotated[str, Field(min_length=1)]


class Participation(Entry):
    """A commune that stays out of a function's groups, or must be in one.

    Parameters
    ----------
    commune
        INSEE code, or name, of a member.
    function
        Code of the function, or ``all``.
    """

    commune: Name
    function: FunctionCode = EVERY


class Veto(Entry):
    """Two communes that do not sit in the same group.

    Parameters
    ----------
    commune, against
        INSEE codes, or names, of two members.
    function
        Code of the function, or ``all``.
    """

    commune: Name
    against: Name
    function: FunctionCode = EVERY


class Already(Entry):
    """A group that exists: its communes are left as they are.

    Parameters
    ----------
    function
        Code of the function.
    host
        Commune, ``epci``, or the name of a body outside, such as a syndicate.
    communes
        INSEE codes, or names, of members.
    """

    function: FunctionCode
    host: Name
    communes: Annotated[tuple[Name, ...], Field(min_length=1)]


class OwnValue(Entry):
    """The user's own figures for a function; what rests on them is an assumption, grade D.

    Parameters
    ----------
    saving
        Part of the cost that is saved at full scale; never above what a study supports.
    unit_cost_eur
        Euros a year of one unit of volume.
    """

    saving: Annotated[float, Field(ge=0, lt=1)] | None = None
    unit_cost_eur: Positive | None = None


class Sharing(Entry):
    """Who may share what with whom.

    Parameters
    ----------
    functions
        Functions to decide; empty: all for which there are figures.
    saving_case
        Case of the evidence on which is decided: low, base or high saving.
    overrun
        What moving costs in truth, as a multiple of the plan: 1, or 1.6 after the programmes that
        overran.
    transition_years
        Years over which the cost of moving is spread, at the discount rate of the budget.
    hosts
        Communes and the EPCI, communes only, or the EPCI only.
    host_communes
        Communes that accept to host; empty: all that are large enough.
    seat
        Commune in which the EPCI's own services sit; empty: the largest.
    same_basin
        True: a group does not cross the border of a basin.
    minutes_most
        Longest way between a member and its host; None: no limit.
    members_most
        Most communes in one group; None: no limit.
    groups_per_commune
        Most groups that one commune sits in; None: no limit.
    functions_per_host
        Most functions that one commune hosts; None: no limit.
    staff_moved_per_year
        Most full-time posts that change employer in one year; None: no limit.
    transition_budget_eur
        Most that moving may cost in all; None: no limit.
    minimum_saving_eur_per_year
        What sharing must save at least; None: nothing.
    opt_outs, joins
        Communes that stay out, and communes that must be in a group.
    vetoes
        Pairs of communes that do not sit together.
    already
        Groups that exist.
    division
        Rule by which the saving of a group is divided among its members.
    funds_facilities
        True: `maillage plan` shares functions too, and plans facilities with what that saves.
    values
        The user's own figures, by function.
    """

    functions: tuple[FunctionCode, ...] = ()
    saving_case: CostCase = "base"
    overrun: Annotated[float, Field(ge=1, le=3)] = 1.0
    transition_years: Annotated[int, Field(ge=1, le=30)] = 5
    hosts: HostKind = "any"
    host_communes: tuple[Name, ...] = ()
    seat: str = ""
    same_basin: bool = False
    minutes_most: NotNegative | None = 30.0
    members_most: Annotated[int, Field(ge=2)] | None = None
    groups_per_commune: Annotated[int, Field(ge=0)] | None = None
    functions_per_host: Annotated[int, Field(ge=0)] | None = None
    staff_moved_per_year: NotNegative | None = None
    transition_budget_eur: NotNegative | None = None
    minimum_saving_eur_per_year: float | None = None
    opt_outs: tuple[Participation, ...] = ()
    joins: tuple[Participation, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    already: tuple[Already, ...] = ()
    division: DivisionRule = "nucleolus"
    funds_facilities: bool = False
    values: Mapping[FunctionCode, OwnValue] = Field(default_factory=dict)
