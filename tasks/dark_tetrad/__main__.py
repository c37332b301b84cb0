"""``python -m tasks.dark_tetrad import FILE``."""

import sys

from tasks._inventory.command import main

if __name__ == "__main__":
    sys.exit(main("dark_tetrad", "Short Dark Tetrad (SD4, 28 items)"))
