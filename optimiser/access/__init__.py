"""Access: minutes between communes, and the ways to obtain them."""

from optimiser.access.travel_times import TravelTimes

__all__ = ["TravelTimes"]
