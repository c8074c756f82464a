"""Shares of a profile's examples."""

from hypothesis import settings

MANY = settings().max_examples  # of the profile that is loaded


def share(part):
    """Settings for a test that gets this share of the profile's examples."""
    return settings(max_examples=max(1, int(MANY * part)))
