"""What came out: check and fix, describe, report, search."""
