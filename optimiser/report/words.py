"""Names of services, communes, basins and rules of one case, in the reader's language."""

from dataclasses import dataclass

from optimiser.case import Case
from optimiser.catalogue import Catalogue
from optimiser.labels import Labels
from optimiser.units import InseeCode, ServiceCode

_BASIN_RULES = frozenset({"basin_floor", "basin_capacity"})


def case_labels(catalogue: Catalogue, language: str) -> Labels:
    """Labels that also name the types of a user's own catalogue.

    Parameters
    ----------
    catalogue
        The catalogue.
    language
        One of `optimiser.labels.LANGUAGES`.

    Returns
    -------
    Labels
        A type without any name goes by its code.
    """
    known = Labels(language)
    extra = {
        f"service.{service.code}": service.names.get(language, service.code)
        for service in catalogue
        if service.names.get(language) or f"service.{service.code}" not in known
    }
    return Labels(language, extra)


@dataclass(frozen=True)
class Words:
    """Names as the reader knows them.

    Parameters
    ----------
    case
        Whose communes and basins are named.
    labels
        Words of the language.
    """

    case: Case
    labels: Labels

    def service(self, code: ServiceCode) -> str:
        """Name of a type of facility."""
        return self.labels(f"service.{code}")

    def theme(self, code: str) -> str:
        """Name of a theme."""
        return self.labels(f"theme.{code}")

    def commune(self, code: InseeCode) -> str:
        """Name of a commune, or its code where the territory does not hold it."""
        commune = self.case.territory.by_code.get(code)
        return commune.name if commune else code

    def basin(self, code: str) -> str:
        """Name of a basin, or its code where the territory does not hold it."""
        return self.case.territory.basins.get(code, code)

    def communes(self, codes: tuple[InseeCode, ...], limit: int = 5) -> str:
        """Names of the first communes, and how many more there are."""
        named = ", ".join(self.commune(code) for code in codes[:limit])
        rest = len(codes) - limit
        return named if rest <= 0 else self.labels.count("words.and_more", rest, names=named)

    def subject(self, rule: str, codes: tuple[str, ...]) -> str:
        """Names of what a rule is about.

        Parameters
        ----------
        rule
            Name of the rule; it tells a basin from a commune of the same code.
        codes
            Codes of service, theme, basin or commune.

        Returns
        -------
        str
            The names, with the separator of the language; empty for the whole territory.
        """
        return self.labels("words.separator").join(self._part(rule, code) for code in codes)

    def _part(self, rule: str, code: str) -> str:
        if code in self.case.catalogue:
            return self.service(code)
        if f"theme.{code}" in self.labels:
            return self.theme(code)
        return self.basin(code) if rule in _BASIN_RULES else self.commune(code)
