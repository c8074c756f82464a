"""A run into a folder: shards, workers, manifest and card."""
