"""Train the embedded model: ``python -m training.tiny_manager --out DIR --minutes M``."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from training.tiny_manager.loop import Settings, train


def main(argv: list[str] | None = None) -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m training.tiny_manager", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the model")
    for field in fields(Settings):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=type(field.default), default=field.default, help="%(default)s")
    values = vars(parser.parse_args(argv))
    train(values.pop("out"), Settings(**values))


if __name__ == "__main__":
    main()
