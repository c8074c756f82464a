"""Small models, ready augmenters and servers that several tests share."""
