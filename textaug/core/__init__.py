"""Examples, tags, columns, augmenters and their randomness: what every other package builds on."""
