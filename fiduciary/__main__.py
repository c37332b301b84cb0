"""The command ``fiduciary``: a table of names, each loaded only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

from fiduciary.errors import CODES, DONE, UNUSABLE, UsageError, of_system

COMMANDS = {
    "show": ("fiduciary.show:main", "one question as a model sees it, and what a whole run would ask"),
    "plan": ("fiduciary.plan:main", "what a run of choices costs, and what precision that buys"),
    "report": ("fiduciary.report:main", "what logs say, for every task"),
    "board": ("fiduciary.leaderboard.build:main", "logs to one table, ranks for a principal, and a page"),
    "export": ("fiduciary.export.command:main", "choices as a table for R, Stata, Biogeme and xlogit"),
    "compare": (
        "fiduciary.comparison.command:main",
        "two states of a model, for CI; or neutral, prompted and fine-tuned; with tests",
    ),
    "dossier": (
        "fiduciary.dossier.command:main",
        "all evidence about one model, to decide whether to trust it",
    ),
    "monitor": ("fiduciary.monitor.command:main", "is a deployed model still the audited one"),
    "supervise": ("fiduciary.scorers.supervision.command:main", "a second model judges explanations"),
    "read": (
        "fiduciary.scorers.reading.command:main",
        "how each answer of a file would be read, and why",
    ),
    "inventory compare": (
        "fiduciary.scorers.inventory.command:main",
        "what training moved in inventories",
    ),
    "inventory import": ("fiduciary.tasks.inventory.command:main", "take in an inventory's official text"),
    "train": ("fiduciary.training.command:train", "pairs, games, screen, dpo, sft, scale: data and adapters"),
    "rebench": ("fiduciary.training.command:rebench", "measure base and adapters alike, and compare them"),
    "cards": ("fiduciary.cards.command:main", "grade data, model and adapter cards"),
    "serve": ("fiduciary.serving.launch:main", "a model in a container, for as long as it is needed"),
    "subject": ("fiduciary.subjects.server:main", "a subject of known preference, served at an address"),
    "chat": ("fiduciary.chat.command:main", "base and adapters side by side, in the browser"),
}
"""A command's words, the function that runs it (module:function), and what it is for."""

INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended."""


def usage() -> str:
    """The text of ``fiduciary --help``."""
    width = max(map(len, COMMANDS)) + 2
    listed = "\n".join(f"  {name:<{width}}{what}" for name, (_, what) in COMMANDS.items())
    codes = "\n".join(f"  {code}  {what}" for code, what in CODES.items())
    return (
        "usage: fiduciary COMMAND …\n\n"
        "Measures whether a model that decides for a principal wants what the principal wants.\n"
        "Ask a model with Inspect: inspect eval tasks/stakeholder_choice --model vllm/NAME (in a checkout),\n"
        "inspect eval fiduciary/stakeholder_choice --model vllm/NAME (anywhere). Then:\n\n"
        f"{listed}\n\n"
        "fiduciary COMMAND --help says more about each. Exit codes, of all of them:\n\n"
        f"{codes}\n\n"
        f"fiduciary serve … -- PROGRAM returns the program's own; {INTERRUPTED} is Ctrl-C."
    )


def find(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command that words name, and what is left for it.

    Raises:
        UsageError: no such command; names the nearest ones.
    """
    for size in (1, 2):
        name = " ".join(words[:size])
        if name in COMMANDS:
            return name, list(words[size:])
    families = {name.partition(" ")[0] for name in COMMANDS if " " in name}
    if words[0] in families:
        parts = [name for name in COMMANDS if name.startswith(f"{words[0]} ")]
        raise UsageError(f"fiduciary {words[0]} needs a second word: {' or '.join(parts)}")
    near = get_close_matches(words[0], [*COMMANDS, *families], n=3, cutoff=0.5)
    meant = f"; did you mean {' or '.join(near)}?" if near else "."
    raise UsageError(f"there is no command {words[0]!r}{meant} fiduciary --help lists them all.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code, one of :data:`fiduciary.errors.CODES`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(usage())
        return DONE if words else UNUSABLE
    try:
        name, rest = find(words)
        for place, word in enumerate(rest[:-1]):
            if word == "--rho" and rest[place + 1] == "-inf":
                rest[place : place + 2] = ["--rho=-inf"]  # argparse takes -inf for the name of an option
        module, _, function = COMMANDS[name][0].partition(":")
        code = int(getattr(import_module(module), function)(rest))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # A reader such as head has all that it wanted; Python must not flush again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (UsageError, OSError) as error:
        told = error if isinstance(error, UsageError) else of_system(error)
        print(f"error: {told}", file=sys.stderr)
        return told.code
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
