"""One file for each page; no logic."""
