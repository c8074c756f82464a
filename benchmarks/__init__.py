"""What augmentation is worth and what it costs; see ``benchmarks/README.md``."""
