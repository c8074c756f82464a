"""Measurements of language models that rewrite."""
