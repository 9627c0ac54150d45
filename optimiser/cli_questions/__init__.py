"""The planner's questions on the command line: each a command, mounted by `optimiser.cli`."""

from optimiser.cli_questions import decisions, networks, scenarios, years
from optimiser.cli_questions.shared import questions

__all__ = ["decisions", "networks", "questions", "scenarios", "years"]
