"""Translation engines behind back-translation."""
