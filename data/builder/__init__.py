"""The parts of the script that builds the embedded data."""
