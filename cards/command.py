"""What data, model and adapter cards state, held against a checklist with sources.

    fiduciary cards subjects/tiny_manager
    fiduciary cards data/nonprofit adapters/nonprofit --out cards/

Paths are cards (README.md with the Hub's front matter) or folders, which are searched for cards. If a card is
silent about a question, it hides something or its makers do not know; either way the principal should ask.
Claims are checked against the files beside the card, and contradictions are named. --out receives cards.json
and cards.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from fiduciary.cards.card import KINDS, find, read
from fiduciary.cards.grading import grade
from fiduciary.cards.report import as_markdown, document, show
from fiduciary.errors import UsageError, unwritable
from fiduciary.safe_text import json_text
from fiduciary.whole_files import write_whole


def main(argv: Sequence[str]) -> int:
    """Grade cards; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary cards",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cards", nargs="+", metavar="PATH", help="cards, or folders of them")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for cards.json and cards.md")
    parser.add_argument(
        "--kind", choices=KINDS, help="what the cards are about (default: inferred from files and metadata)"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="of the report (text)"
    )
    options = parser.parse_args(argv)
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out {options.out} is a file; name a folder")
    graded = [grade(read(path, options.kind)) for path in find(options.cards)]
    text = json_text(document(graded), indent=2) + "\n"
    if options.format == "text":
        show(graded, Console())
    else:
        print(text if options.format == "json" else as_markdown(graded), end="")
    if options.out is not None:
        try:
            options.out.mkdir(parents=True, exist_ok=True)
            write_whole(options.out / "cards.json", text)
            write_whole(options.out / "cards.md", as_markdown(graded))
        except OSError as error:
            raise unwritable(options.out, error) from error
    return 0
