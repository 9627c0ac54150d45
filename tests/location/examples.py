"""How many examples a test tries: few as a rule, more with ``EXAMPLES=3000 pytest ...``."""

import os

from hypothesis import HealthCheck, settings


def examples(few):
    """Settings of a test of so many examples, or of as many as the environment asks for."""
    many = int(os.environ.get("EXAMPLES", "0"))
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=max(few, many), deadline=None, suppress_health_check=slow if many else []
    )
