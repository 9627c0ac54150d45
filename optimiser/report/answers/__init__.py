"""Answers to the planner's questions in words and tables: one file for each question."""
