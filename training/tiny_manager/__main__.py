"""Train the embedded model, or write its cards again.

python -m fiduciary.training.tiny_manager --out DIR --minutes M
python -m fiduciary.training.tiny_manager cards FOLDER
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from fiduciary.training.errors import TrainingError


def main(argv: list[str] | None = None) -> int:
    """Read the command line and train, or write cards; return the exit code."""
    given = sys.argv[1:] if argv is None else argv
    if given and given[0] == "cards":
        return _cards(given[1:])
    from fiduciary.training.tiny_manager.loop import Settings, train

    parser = argparse.ArgumentParser(prog="python -m fiduciary.training.tiny_manager", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the model")
    for field in fields(Settings):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=type(field.default), default=field.default, help="%(default)s")
    values = vars(parser.parse_args(given))
    train(values.pop("out"), Settings(**values))
    return 0


def _cards(given: list[str]) -> int:
    from fiduciary.training.tiny_manager.cards import write_cards

    parser = argparse.ArgumentParser(
        prog="python -m fiduciary.training.tiny_manager cards",
        description="Write the cards of the base and its adapters again, from what is noted beside them.",
    )
    parser.add_argument(
        "folder", type=Path, help="folder that holds base and adapters (subjects/tiny_manager)"
    )
    try:
        for card in write_cards(parser.parse_args(given).folder):
            print(card)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
