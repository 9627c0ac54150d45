"""Shared by all tests."""

import os

from hypothesis import settings

# On a build server the same examples every time: a failure there must point at the change.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
