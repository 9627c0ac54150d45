"""Answers for people and programs: figures first, then one module a format."""
