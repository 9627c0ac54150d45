"""The multi-service plan: the model, its solution, and why there is none."""

from optimiser.planning.solve import plan

__all__ = ["plan"]
