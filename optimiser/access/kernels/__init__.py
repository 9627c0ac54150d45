"""Compiled loops of the road graph; numba compiles them once and keeps them."""
