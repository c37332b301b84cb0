"""From weights to results in one command: `python -m serving --help`."""
