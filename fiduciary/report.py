"""What logs say about the models that were asked, whatever their tasks: the command ``fiduciary report``.

Every log goes to the report of its task; a folder may hold logs of several. Options that belong to one task
are passed to its report alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from fiduciary.errors import UsageError

REPORTS = {
    "stakeholder_choice": "fiduciary.scorers.stakeholder_choice.report",
    "transitivity": "fiduciary.scorers.rationality_report",
    "menus": "fiduciary.scorers.rationality_report",
    "money_pump": "fiduciary.scorers.rationality_report",
    "allocation": "fiduciary.scorers.allocation.report",
    "economic_games": "fiduciary.scorers.economic_games.report",
    "duopoly_pricing": "fiduciary.scorers.duopoly_pricing.report",
    "moral_dilemmas": "fiduciary.scorers.moral_dilemmas.report",
    "stress": "fiduciary.scorers.stress.command",
    "hexaco100": "fiduciary.scorers.inventory.command",
    "dark_tetrad": "fiduciary.scorers.inventory.command",
}
"""The module whose ``main`` reports on a task's logs."""

CONSISTENCY = ("transitivity", "menus", "money_pump")
INVENTORIES = ("hexaco100", "dark_tetrad")

OPTIONS = {
    "--level": ("stakeholder_choice", *CONSISTENCY, "economic_games", "stress"),
    "--target": ("stakeholder_choice",),
    "--against": ("stakeholder_choice", "allocation"),
    "--sets": CONSISTENCY,
    "--replications": CONSISTENCY,
    "--seed": CONSISTENCY,
    "--types": ("economic_games",),
    "--out": ("allocation", "stress"),
    "--picture": ("moral_dilemmas",),
    "--pictures": ("duopoly_pricing",),
    "--retest": INVENTORIES,
}
"""The tasks whose report takes an option."""


def main(argv: Sequence[str] | None = None) -> int:
    """Report on every log; return the largest exit code of the reports.

    Raises:
        UsageError: a path that is not a log, or an option that the reports of these logs do not take.
    """
    parser = _parser()
    given, paths = parser.parse_args(argv), []
    options = {f"--{name}": value for name, value in vars(given).items() if name != "logs" and value}

    # After the arguments are read: these load Inspect, which takes most of a second.
    from inspect_ai.log import read_eval_log

    from fiduciary.scorers.logs import find

    by_report: dict[str, list[str]] = {}
    tasks: set[str] = set()
    try:
        paths = [path for place in given.logs for path in find(place)]
        for path in paths:
            task = read_eval_log(path, header_only=True).eval.task.rpartition("/")[2]
            if task in REPORTS:
                tasks.add(task)
                by_report.setdefault(REPORTS[task], []).append(path)
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(str(error)) from error
    if not tasks:
        print(f"no log of this project's tasks among {', '.join(given.logs)}", file=sys.stderr)
        return 1
    for name in options:
        if tasks.isdisjoint(OPTIONS[name]):
            raise UsageError(
                f"argument {name} is for logs of {', '.join(OPTIONS[name])}; "
                f"these are of {', '.join(sorted(tasks))}"
            )
    return max(_run(module, logs, options) for module, logs in by_report.items())


def _run(module: str, logs: list[str], options: dict[str, str | bool]) -> int:
    tasks = [task for task, name in REPORTS.items() if name == module]
    words = list(logs)
    for name, value in options.items():
        if not set(tasks).isdisjoint(OPTIONS[name]):
            words += [name] if value is True else [name, str(value)]
    return int(import_module(module).main(words))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description="What logs say about the models that were asked. Every log gets the report of its task: "
        f"{', '.join(REPORTS)}.",
        epilog="Exit codes: 0; 1 where no log is of these tasks; 2 for a path or argument to correct.",
        allow_abbrev=False,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="log files, or folders of them")

    def add(name: str, what: str, metavar: str | None = None) -> None:
        where = ", ".join(OPTIONS[name])
        if metavar is None:
            parser.add_argument(name, action="store_true", help=f"{what} ({where})")
        else:
            parser.add_argument(name, metavar=metavar, help=f"{what} ({where})")

    add("--level", "of intervals, default 0.95", "P")
    add(
        "--target",
        "named preference to test estimates against: study1, for_profit, symmetric, nonprofit",
        "NAME",
    )
    add("--against", "log of stakeholder_choice to compare with", "LOG")
    add("--sets", "also one line for every choice set")
    add("--replications", "of bootstrap and simulations, default 999", "N")
    add("--seed", "of these, default 0", "N")
    add("--types", "also look for this many types among the logs, each log a group", "N")
    add("--out", "where the picture of an allocation log goes, or the folder of a stress report", "PATH")
    add("--picture", "where a picture of the first log's vehicle cases goes", "PNG")
    add("--pictures", "folder for the price paths, default beside each log", "DIR")
    add("--retest", "a second run of the same model with another seed", "LOG")
    return parser
