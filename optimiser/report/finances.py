"""Accounts of the communes, added up over the territory."""

from dataclasses import dataclass

from optimiser.territory import Territory
from optimiser.units import Euros

ACCOUNTS = ("personnel", "debt", "net_saving", "state_grant")


@dataclass(frozen=True, slots=True)
class Account:
    """One account of all members together.

    Parameters
    ----------
    account
        One of `ACCOUNTS`.
    total_eur
        Euros a year (outstanding euros for debt): per inhabitant times legal population; None
        where no account is known.
    per_inhabitant_eur
        The same, by inhabitant of the communes whose accounts are known.
    """

    account: str
    total_eur: Euros | None
    per_inhabitant_eur: Euros | None


@dataclass(frozen=True, slots=True)
class FinanceSummary:
    """Accounts of the members.

    Parameters
    ----------
    lines
        One an account.
    communes_known
        Members whose accounts the tables hold; the others are in no figure.
    """

    lines: tuple[Account, ...]
    communes_known: int


def finances(territory: Territory) -> FinanceSummary:
    """Add up the accounts of the members.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    FinanceSummary
        Totals in euros and means by inhabitant.
    """
    known = [(c.population, c.finances) for c in territory.members if c.finances is not None]
    population = sum(persons for persons, _ in known)
    lines = []
    for account in ACCOUNTS:
        if not population:
            lines.append(Account(account, None, None))
            continue
        total = sum(persons * getattr(f, f"{account}_eur") for persons, f in known)
        lines.append(Account(account, total, total / population))
    return FinanceSummary(tuple(lines), len(known))
