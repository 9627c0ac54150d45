"""Compiled loops of the location engine: plain functions on arrays, all chance from a seed."""
