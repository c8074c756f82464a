"""Filters: which results of an augmenter to keep."""
