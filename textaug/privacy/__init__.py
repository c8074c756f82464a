"""Names, numbers and keys of pseudonymisation."""
