"""Land that a plan builds on: m² of a new site of each type, with their evidence."""

from collections.abc import Mapping

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import Entry
from optimiser.mobility import Factor
from optimiser.solution import Evaluation
from optimiser.units import ServiceCode


class Land(Entry):
    """Floor area of new sites; ``data/catalogue/land.toml``.

    Parameters
    ----------
    m2
        m² of one new site, by type.
    """

    m2: Mapping[ServiceCode, Factor]

    def of(self, service: ServiceCode) -> float:
        """m² of a new site; 0 for a type that the file does not know."""
        factor = self.m2.get(service)
        return 0.0 if factor is None else factor.base

    def built_m2(self, case: Case, planned: Evaluation) -> float:
        """m² newly built by a plan, as if no new site reused a building.

        Parameters
        ----------
        case
            The case.
        planned
            Its plan, as the judge sees it.
        """
        n = len(case.members)
        opened = np.maximum(0, planned.sites - case.existing[:, :n]).sum(axis=1)
        return float(
            sum(
                self.of(s.code) * int(count) for s, count in zip(case.services, opened, strict=True)
            )
        )
