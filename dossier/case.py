"""What evidence is looked for in: the logs of one model and its alternatives, and the files given besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fiduciary.dossier.atlas import Atlas, read_atlas
from fiduciary.dossier.limits import Limits, read_limits
from fiduciary.dossier.pressed import Pressed, read_pressed
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.eval_logs import Trouble, find
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.board import build as build_board
from fiduciary.leaderboard.choices import Answers
from fiduciary.leaderboard.columns import CHOICE, TASKS
from fiduciary.leaderboard.log_files import Say, read_headers
from fiduciary.leaderboard.rows import Row
from fiduciary.leaderboard.runs import Run, to_runs

STRESS = "stress"
"""Task whose logs a table has no column for."""

LEVEL = 0.95
"""Of all intervals."""


@dataclass(frozen=True)
class Given:
    """What the command line names besides logs.

    Attributes:
        cards: files of cards, or folders of them.
        data: preference data sets, or stored screenings of them.
        monitor: folder of the monitor's state.
        supervision: what a supervising model found, a file or its folder.
        limits: by which the dossier judges.
        atlas: the table of what is hidden where.
    """

    cards: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    monitor: str | None = None
    supervision: str | None = None
    limits: Limits = field(default_factory=read_limits)
    atlas: Atlas = field(default_factory=read_atlas)


@dataclass(frozen=True)
class Case:
    """One model before one principal.

    Attributes:
        row: the model's row of the table.
        base: its base's row, None where it has none.
        board: the table of all models, for this principal.
        others: row → task → run, of tasks that the table has no column for.
        pressed: file → what the stress tests of the model and of its base show, or why they show nothing.
        folder: where commands are told to put further logs.
        left_out: logs that do not count, and why.
    """

    row: Row
    base: Row | None
    board: Board
    others: Mapping[str, Mapping[str, Run]]
    pressed: Mapping[str, Pressed | str]
    given: Given
    folder: str
    left_out: tuple[Trouble, ...] = field(default=())

    @property
    def model(self) -> str:
        """The model's name."""
        return self.row.name

    @property
    def limits(self) -> Limits:
        """By which it is judged."""
        return self.given.limits

    @property
    def atlas(self) -> Atlas:
        """Where something may be hidden."""
        return self.given.atlas

    @property
    def asked(self) -> str | None:
        """How its choices were asked for; None where there are none."""
        held = self.board.answers.get(self.model)
        return None if held is None else held.data.elicitation

    @property
    def principal(self) -> Principal:
        """Whose interest counts."""
        return self.board.principal

    @property
    def answers(self) -> Answers | None:
        """The model's answers to choice problems; None where there is no ground for figures."""
        return self.board.answers[self.model] if self.model in self.board.ranked else None

    def run(self, task: str, row: str | None = None) -> Run | None:
        """A row's run of a task, the model's own where none is named."""
        name = self.model if row is None else row
        held = next((one.runs for one in self.board.rows if one.name == name), {})
        return held.get(task) or self.others.get(name, {}).get(task)

    @property
    def any_run(self) -> Run:
        """Some run of the model: how it is called and with which arguments."""
        return next(iter({**self.others.get(self.model, {}), **self.row.runs}.values()))

    def prompted(self, row: str) -> list[Row]:
        """Rows of the same model whose prompts say whom it works for."""
        return [one for one in self.board.rows if one.stage == "prompted" and one.base == row]

    def trained(self, row: str) -> list[Row]:
        """Rows of models that were made from this one."""
        return [one for one in self.board.rows if one.stage == "fine-tuned" and one.base == row]


def gather(
    models: Sequence[str],
    logs: Sequence[str],
    principal: Principal,
    given: Given,
    say: Say,
    base: str | None = None,
) -> list[Case]:
    """Read logs once, for one case a model; no log's answers are estimated twice.

    Of several designs of a task, the one that most models share with the first model counts, as everywhere in
    one table; what is of another design is left out and named. A model all of whose runs are of another
    design is judged by its own.

    Raises:
        UsageError: paths without logs, or a model or base that no log names.
    """
    headers, unread = read_headers(find(logs), say)
    runs, unfit = to_runs(headers, (*TASKS, STRESS), given.limits.way)
    names = sorted({run.row for run in runs if run.framing == "neutral"})
    chosen = [named(model, names, "MODEL") for model in models]
    own = None if base is None else named(base, names, "--base")
    folder = next((path for path in logs if "://" in path or Path(path).is_dir()), "logs")
    answers: dict[str, Answers | str] = {}
    pressed: dict[str, Pressed | str] = {}

    def beside(model: str) -> dict[str, Case]:
        """The cases of all models whose runs can stand beside this one's."""
        kept, other = comparable(runs, model)
        files = [run.file for run in kept if run.task in TASKS]
        board = build_board(
            files, principal, say, base=own, level=LEVEL, found=answers, elicitation=given.limits.way
        )
        left_out = (*unread, *unfit, *other, *board.troubles)
        others: dict[str, dict[str, Run]] = defaultdict(dict)
        for run in sorted((run for run in kept if run.task not in TASKS), key=lambda run: run.created):
            others[run.row][run.task] = run  # the newest counts
        rows = {row.name: row for row in board.rows if row.ranked}
        cases = {}
        for name in dict.fromkeys(chosen):
            if name not in rows and name not in others:
                continue
            row = rows.get(name, Row(name, "model"))
            for one in (name, row.base):
                if one is not None and STRESS in others.get(one, {}):
                    file = others[one][STRESS].file
                    pressed[file] = pressed.get(file) or read_pressed(file, LEVEL)
            cases[name] = Case(row, rows.get(row.base or ""), board, others, pressed, given, folder, left_out)
        return cases

    found = beside(chosen[0])
    return [found.get(model) or beside(model)[model] for model in chosen]


def named(given: str, names: Sequence[str], argument: str) -> str:
    """The name that is meant: in full, or without its provider where that is enough.

    Raises:
        UsageError: no such name, or several.
    """
    if given in names:
        return given
    ending = [name for name in names if name.rpartition("/")[2] == given]
    if len(ending) == 1:
        return ending[0]
    known = ", ".join(names) or "none"
    what = "names several of" if ending else "is in none of"
    raise UsageError(
        f"{argument} {given!r} {what} these logs; finished runs without a framing are of: {known}"
    )


def comparable(runs: Sequence[Run], model: str) -> tuple[list[Run], list[Trouble]]:
    """Runs that can stand beside the model's own, task by task, and what was left out and why."""
    kept: list[Run] = []
    left_out: list[Trouble] = []
    by_task: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_task[run.task].append(run)
    for task, of_task in by_task.items():
        own = [run for run in of_task if run.row == model]
        if not own:
            kept += of_task
            continue

        def standing(run: Run, among: Sequence[Run] = of_task) -> tuple[int, int, str]:
            beside = {other.row for other in among if not other.differences(run)}
            return len(beside), len(run.problems), run.created

        reference = max(own, key=standing)
        for run in of_task:
            differs = run.differences(reference)
            if differs:
                what = f"left out of {task}: {'; '.join(differs)} (as {reference.file})"
                left_out.append(Trouble(run.file, what))
            else:
                kept.append(run)
    return kept, left_out


def choice_rows(case: Case) -> list[str]:
    """Names of the rows that answered choice problems."""
    return [name for name in case.board.ranked if CHOICE in case.board.row(name).runs]
