"""Which action in which year: formulation F4 in PuLP, its solve, and choice and years at once."""

from optimiser.schedule.joint import schedule_jointly
from optimiser.schedule.solve import schedule

__all__ = ["schedule", "schedule_jointly"]
