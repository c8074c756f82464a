"""Augmented rows for training: expand, balance, the collator."""
