"""Thousands of territories and scenarios, on several processes or machines, once each."""

from optimiser.campaign.run import Ended, run

__all__ = ["Ended", "run"]
