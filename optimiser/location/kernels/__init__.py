"""Compiled loops of the location engine: plain functions on arrays, deterministic, no randomness
but what a seed gives.
"""
