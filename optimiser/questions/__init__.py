"""The planner's questions: why, what if, what else, what a rule costs; one file for each."""
