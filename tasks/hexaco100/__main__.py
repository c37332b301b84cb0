"""``python -m tasks.hexaco100 import FILE``."""

import sys

from tasks._inventory.command import main

if __name__ == "__main__":
    sys.exit(main("hexaco100", "HEXACO-PI-R (100 items, self-report)"))
