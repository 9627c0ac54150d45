"""Support functions: who shares what with whom, who hosts, and how the gain is divided."""

from optimiser.sharing.solve import share

__all__ = ["share"]
