"""Every word that a person reads, by language, and figures in the manner of that language."""

from optimiser.labels.book import LANGUAGES, Labels
from optimiser.labels.errors import describe_error

__all__ = ["LANGUAGES", "Labels", "describe_error"]
