"""The augmenters, one method in each file, and the default policy."""
