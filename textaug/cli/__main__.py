"""``python -m textaug.cli``."""

from textaug.cli.app import main

main()
