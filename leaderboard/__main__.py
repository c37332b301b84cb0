"""Leaderboard: which model serves this principal best, and how sure are we.

    python -m leaderboard logs/ --out site/ --principal nonprofit
    python -m leaderboard compare before/ after/ --fail-on regression
    python -m leaderboard study logs/study1 logs/study2 --out tables/
    python -m leaderboard cards subjects/tiny_manager
    python -m leaderboard monitor --baseline LOG --model vllm/NAME --state DIR
    python -m leaderboard dossier MODEL logs/ --principal nonprofit --out dossier/
    python -m leaderboard chat --help

`python -m leaderboard COMMAND --help` says more about each. Exit codes: 0; 1 for a regression that was to be
failed on; 2 for a path or an argument of no use, or logs of which nothing can be built.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

from leaderboard import build, compare, study
from leaderboard.cards import command as cards
from leaderboard.dossier import command as dossier
from leaderboard.monitor import command as monitor
from leaderboard.outputs import one_line
from leaderboard.reading import UsageError

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "build": build.main,
    "compare": compare.main,
    "study": study.main,
    "monitor": monitor.main,
    "cards": cards.main,
    "dossier": dossier.main,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, ``build`` where none is named; return the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or given[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if given else 2
    for k, name in enumerate(given[:-1]):
        if name == "--rho" and given[k + 1] == "-inf":
            given[k : k + 2] = ["--rho=-inf"]  # argparse takes -inf for the name of an option
    try:
        if given[0] == "chat":
            return _chat(given[1:])
        if given[0] in COMMANDS:
            return COMMANDS[given[0]](given[1:])
        return build.main(given)
    except UsageError as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _chat(given: Sequence[str]) -> int:
    if find_spec("leaderboard.chat") is None:
        raise UsageError("this installation has no chat")
    return int(import_module("leaderboard.chat.__main__").main(given))


if __name__ == "__main__":
    raise SystemExit(main())
