"""The shell: one file for each command."""
