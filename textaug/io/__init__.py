"""Labelled text as people have it, read as data sets and written again."""
