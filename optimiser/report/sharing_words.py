"""Names and sentences about shared functions, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.functions import FunctionCode
from optimiser.labels import Labels
from optimiser.report.sharing_figures import FunctionLine
from optimiser.sharing.division import Divided
from optimiser.sharing.sensitivity import Price, Variant
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import EVERY
from optimiser.sharing_solution import Group
from optimiser.solution import Relaxation
from optimiser.units import InseeCode

_NEAR = 0.01
NAMED = 6
"""Communes that a sentence names; the others are counted."""


@dataclass(frozen=True)
class SharingWords:
    """Names as the reader knows them.

    Parameters
    ----------
    case
        Whose communes and functions are named.
    labels
        Words of the language.
    """

    case: SharingCase
    labels: Labels

    def function(self, code: FunctionCode) -> str:
        """Name of a function; its code where no label has it."""
        if code == EVERY:
            return self.labels("sharing.every_function")
        key = f"function.{code}"
        return self.labels(key) if key in self.labels else code

    def commune(self, code: InseeCode) -> str:
        """Name of a commune, or of the EPCI; the code, or the name given, where it is neither."""
        if code == self.case.territory.code:
            return self.case.territory.name
        commune = self.case.territory.by_code.get(code)
        return commune.name if commune else code

    def communes(self, codes: tuple[InseeCode, ...], limit: int = NAMED) -> str:
        """Names of the first communes, and how many more there are."""
        named = ", ".join(self.commune(code) for code in codes[:limit])
        rest = len(codes) - limit
        return named if rest <= 0 else self.labels.count("words.and_more", rest, names=named)

    def basin(self, code: str) -> str:
        """Name of a basin."""
        return self.case.territory.basins.get(code, code)

    def study(self, line: FunctionLine) -> str:
        """Studies behind a saving and what they found, or that it is an assumption."""
        if not line.study:
            return self.labels("grade.D")
        key = f"study.{line.found}"
        found = self.labels(key) if key in self.labels else line.found
        if not found:
            return line.study
        return self.labels("sharing.study", study=line.study, found=found)

    def volume_rule(self, code: FunctionCode) -> str:
        """How the volume of a function is estimated where nobody entered it."""
        function = self.case.functions.functions[code]
        rule, unit = function.volume, f"unit_of.{function.unit}"
        # By million of personnel spending: a rate by euro has more zeros than one reads.
        rate = rule.rate * (1e6 if rule.per == "personnel_eur" else 1.0)
        digits = next((d for d in range(6) if abs(round(rate, d) / rate - 1) < _NEAR), 6)
        return self.labels(
            f"sharing.volume_rule.{rule.per}",
            rate=self.labels.number(rate, digits),
            unit=self.labels(unit) if unit in self.labels else function.unit,
        )

    def group(self, group: Group) -> str:
        """Who hosts whom."""
        others = tuple(code for code in group.members if code != group.host)
        return self.labels(
            "sharing.group", host=self.commune(group.host), members=self.communes(others)
        )

    def stability(self, divided: Divided) -> str:
        """Whether anybody has a reason to leave, and what would keep them."""
        labels, chosen = self.labels, divided.chosen
        rule = labels(f"division.{chosen.rule}")
        if not chosen.blocking:
            return labels("sharing.stable", rule=rule)
        texts = [
            labels(
                "sharing.blocked",
                rule=rule,
                communes=self.communes(chosen.blocking),
                euros=labels.euros(chosen.gained_eur),
            )
        ]
        if divided.subsidy_eur:
            texts.append(labels("sharing.subsidy", euros=labels.euros(divided.subsidy_eur)))
        else:
            texts.append(labels("sharing.core"))
        if divided.leavers:
            texts.append(
                labels.count(
                    "sharing.leavers",
                    len(divided.leavers),
                    communes=self.communes(divided.leavers),
                    euros=labels.euros(divided.leavers_loss_eur),
                )
            )
        elif divided.leavers_least:
            texts.append(labels.count("sharing.leavers_least", divided.leavers_least))
        return " ".join(texts)

    def price(self, price: Price) -> str:
        """What a political constraint costs."""
        key = "sharing.price.kept" if price.imposed else "sharing.price.added"
        return self.labels(
            key,
            rule=self.labels(
                f"sharing.constraint.{price.rule}",
                function="".join(self.function(code) for code in price.subject[:1]),
                communes=self.communes(price.subject[1:]),
            ),
            euros=self.labels.euros(price.saving_eur),
            within=self.labels.euros(price.within_eur),
        )

    def variant(self, variant: Variant) -> str:
        """Case of the evidence, and multiple of the cost of moving."""
        return self.labels(
            "sharing.variant",
            case=self.labels(f"saving_case.{variant.saving_case}"),
            overrun=self.labels.number(variant.overrun, 1),
        )

    def cases(self, variants: Sequence[Variant]) -> str:
        """Cases, one after the other."""
        return self.labels("words.separator").join(map(self.variant, variants))

    def asks(self, rule: str, subject: tuple[str, ...]) -> str:
        """What a rule of the scenario asks for."""
        return self.labels(f"sharing.rule.{rule}.asks", subject=self._subject(subject))

    def relaxed(self, relaxation: Relaxation) -> str:
        """By how much a rule would have to give way."""
        return self.labels(
            f"sharing.rule.{relaxation.rule}.relax",
            subject=self._subject(relaxation.subject),
            limit=self._figure(relaxation.limit, relaxation.unit),
            needed=self._figure(relaxation.needed, relaxation.unit),
        )

    def _subject(self, codes: tuple[str, ...]) -> str:
        known = self.case.functions
        parts = [self.function(code) if code in known else self.commune(code) for code in codes]
        return self.labels("words.separator").join(parts) or self.labels("words.whole_territory")

    def _figure(self, value: float, unit: str) -> str:
        if unit in ("eur", "eur_per_year"):
            return self.labels.euros_full(value)
        return self.labels.number(value, 1 if unit == "posts_per_year" else 0)
