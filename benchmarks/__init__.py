"""Benchmarks of label efficiency and speed; see ``benchmarks/README.md``."""
