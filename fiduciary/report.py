"""What logs say about the models that were asked, whatever their tasks: the command ``fiduciary report``.

Every log goes to the report of its task; a folder may hold logs of several. A task says what it has to tell
as data (:mod:`scorers.reports`), and one renderer writes it as text, Markdown, LaTeX, JSON or CSV.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiduciary.errors import UsageError
from fiduciary.options import add_principal, stated_principal

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

    from fiduciary.eval_logs import Trouble
    from fiduciary.scorers.reports import Options, Report, Told

REPORTS = {
    "stakeholder_choice": "fiduciary.scorers.stakeholder_choice.report",
    "reachable": "fiduciary.scorers.reachable.report",
    "stated": "fiduciary.scorers.stated.report",
    "transitivity": "fiduciary.scorers.transitivity.report",
    "menus": "fiduciary.scorers.menus.report",
    "money_pump": "fiduciary.scorers.money_pump.report",
    "axioms": "fiduciary.scorers.axioms.report",
    "allocation": "fiduciary.scorers.allocation.report",
    "delegation": "fiduciary.scorers.delegation.report",
    "economic_games": "fiduciary.scorers.economic_games.report",
    "duopoly_pricing": "fiduciary.scorers.duopoly_pricing.report",
    "moral_dilemmas": "fiduciary.scorers.moral_dilemmas.report",
    "stress": "fiduciary.scorers.stress.report",
    "instruments": "fiduciary.scorers.instruments.report",
    "hexaco100": "fiduciary.scorers.inventory.report",
    "dark_tetrad": "fiduciary.scorers.inventory.report",
}
"""The module of each task's report. Its ``told(log, options)`` computes all that is said of a log, once, and
gives :class:`scorers.reports.Told`. Of what all logs gave, ``together(told, options)`` reports on several
and ``pictures(told, options, folder)`` draws, where a task has these."""

FORMS = ("text", "markdown", "json", "csv", "latex")

RESAMPLED = ("transitivity", "menus", "allocation")
INVENTORIES = ("hexaco100", "dark_tetrad")
PICTURED = ("allocation", "axioms", "delegation", "duopoly_pricing", "moral_dilemmas", "reachable", "stress")

OPTIONS = {
    **dict.fromkeys(("--principal", "--theta", "--rho"), ("stakeholder_choice", "reachable")),
    "--against": ("stakeholder_choice", "allocation"),
    "--sets": ("transitivity",),
    "--replications": RESAMPLED,
    "--types": ("economic_games",),
    "--retest": INVENTORIES,
    "--picture": PICTURED,
}
"""The tasks that an option is for, where it is not for all."""


def main(argv: Sequence[str] | None = None) -> int:
    """Report on every log; the exit code is 0, or 2 where a log cannot be used or there is none.

    Raises:
        UsageError: a path that is no log, no log of this project's tasks, or an option that the reports of
            these logs do not take.
    """
    given = _checked(_parser().parse_args(argv))
    principal = stated_principal(given)

    # After the arguments are read: these load Inspect, which takes most of a second.
    from fiduciary.eval_logs import code_of, read_own, tell
    from fiduciary.scorers.logs import task_of
    from fiduciary.scorers.rendering import check_places, deliver
    from fiduciary.scorers.reports import Options

    check_places(given.out, given.picture)
    by_report: dict[str, list[EvalLog]] = {}
    tasks: set[str] = set()
    found, troubles = read_own(given.logs, lambda header: task_of(header) in REPORTS)
    tell(troubles)
    for log in found:
        tasks.add(task_of(log))
        by_report.setdefault(REPORTS[task_of(log)], []).append(log)
    if not tasks:
        raise UsageError(f"no log of this project's tasks among {', '.join(given.logs)}")
    for name, takers in OPTIONS.items():
        if getattr(given, name[2:]) not in (None, False) and tasks.isdisjoint(takers):
            raise UsageError(
                f"argument {name} is for logs of {', '.join(takers)}; these are of {', '.join(sorted(tasks))}"
            )
    asked_for = {name: getattr(given, name) for name in Options.__annotations__}
    beside, unread = _beside(given, tasks)
    troubles += unread
    asked_for |= {"principal": principal, **beside}
    options = Options(**{name: value for name, value in asked_for.items() if value is not None})

    reports: list[Report] = []
    drawn: list[Path] = []
    for module, logs in by_report.items():
        of_task = import_module(module)
        usable, refused, damaged = _told(of_task, logs, options)
        troubles += damaged
        reports += [one.report for one in usable]
        if usable and hasattr(of_task, "together"):
            reports += of_task.together(usable, options)
        reports += refused
        if given.picture is not None and usable and hasattr(of_task, "pictures"):
            given.picture.mkdir(parents=True, exist_ok=True)
            drawn += of_task.pictures(usable, options, given.picture)
    deliver(reports, given.format, given.out, drawn if given.picture is not None else None)
    return code_of(troubles)


def _told(
    of_task: Any, logs: Sequence[EvalLog], options: Options
) -> tuple[list[Told], list[Report], list[Trouble]]:
    """What each log has to tell, and why the others cannot be used: a bad one stops no other."""
    from fiduciary.eval_logs import Trouble, one_line
    from fiduciary.scorers.reports import Section, report_of

    usable, refused, damaged = [], [], []
    for log in logs:
        try:
            usable.append(of_task.told(log, options))
        except UsageError:
            raise
        except Exception as error:  # samples that are not as the task writes them may fail anywhere
            why = one_line(error, 400)
            why = why if isinstance(error, ValueError) else f"{type(error).__name__}: {why}"
            refused.append(report_of(log, Section(body=(f"no report: {why}",))))
            damaged.append(Trouble(log.location, f"no report: {why}", damaged=True))
    return usable, refused, damaged


def _beside(given: argparse.Namespace, tasks: set[str]) -> tuple[dict[str, Any], list[Trouble]]:
    """What the logs are held against, read and estimated once for all of them, and what cannot be read.

    Raises:
        UsageError: logs that cannot be used for it.
    """
    found: dict[str, Any] = {}
    unread: list[Trouble] = []
    if given.against is not None:
        from fiduciary.scorers.stakeholder_choice.report import estimates_against

        found["against"] = estimates_against(given.against)
    if given.retest is not None:
        from fiduciary.scorers.inventory.logs import load

        found["retest"], unread = load([given.retest])
        if tasks.isdisjoint(found["retest"]):
            raise UsageError("--retest is of another inventory")
    return found, unread


def _checked(given: argparse.Namespace) -> argparse.Namespace:
    if not 0 < given.level < 1:
        raise UsageError(f"argument --level must lie strictly between 0 and 1, got {given.level:g}")
    if given.seed < 0:
        raise UsageError(f"argument --seed must be at least 0, got {given.seed}")
    if given.replications is not None and given.replications < 99:
        raise UsageError(f"argument --replications must be at least 99, got {given.replications}")
    if given.types is not None and given.types < 1:
        raise UsageError(f"argument --types must be at least 1, got {given.types}")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description="What logs say about the models that were asked. Every log gets the report of its task: "
        f"{', '.join(REPORTS)}.",
        epilog="Exit codes: 0; 2 for a path or an argument that cannot be used; all other logs are told.",
        allow_abbrev=False,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="log files, or folders of them")
    parser.add_argument("--format", choices=FORMS, default="text", help="of the report (text)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it is written (the terminal)")
    parser.add_argument("--level", type=float, default=0.95, metavar="P", help="of intervals (0.95)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of bootstrap and simulations (0)")

    def add(name: str, what: str, **more: object) -> None:
        parser.add_argument(name, help=f"{what} ({', '.join(OPTIONS[name])})", **more)  # type: ignore[arg-type]

    add("--picture", "folder that pictures are drawn into", type=Path, metavar="DIR")
    add_principal(parser, "who estimates are tested against, or contexts may serve; nobody by default")
    add("--against", "log of stakeholder_choice to compare with", metavar="LOG")
    add("--sets", "also a line for every choice set", action="store_true")
    add("--replications", "of bootstrap and simulations, default 999", type=int, metavar="N")
    add("--types", "also look for so many types among the logs, one a group", type=int, metavar="N")
    add("--retest", "a second run of the same model with another seed", metavar="LOG")
    return parser
