"""How many labelled sentences augmentation is worth: ``python -m benchmarks.label_efficiency``."""
