"""The table itself: rows, columns, cells with intervals, and ranks for the stated principal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.inference import LEVEL
from fiduciary.economics.losses import Losses, losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.ranking import Ranking, rank_sets
from fiduciary.economics.utility import CES
from fiduciary.eval_logs import Trouble, find, one_line
from fiduciary.leaderboard.cells import (
    Cell,
    cell_of,
    from_log,
    missing_cell,
    no_service_cells,
    preference_cells,
    reads_cell,
    service_cells,
    shift_cell,
    usage_cells,
)
from fiduciary.leaderboard.choices import Answers, read_all
from fiduciary.leaderboard.columns import CHOICE, COLUMNS, SHIFTS, TASKS, Column
from fiduciary.leaderboard.log_files import Say, named_below, read_headers
from fiduciary.leaderboard.rows import Row, contenders, published
from fiduciary.leaderboard.runs import Selection, select, to_runs
from fiduciary.leaderboard.served import different_weights
from fiduciary.scorers.stakeholder_choice.wordings import FEWEST


@dataclass(frozen=True)
class Problems:
    """The choice problems that rows were asked, laid out together.

    Attributes:
        ids: of the problems, in the order first met.
        welfare: (options, 4) of each, raw units.
        shift: K.
        shares: row → (n, J), mean share of the row's answers on each option; NaN where none is.
        groups: (n,), cluster of each problem: its wording where answers are log-probabilities, which carry no
            noise but that of the words, and problems were dealt over several wordings; else its own.
        single: rows that gave one answer in text to every problem they were asked.
    """

    ids: tuple[str, ...]
    welfare: tuple[FloatArray, ...]
    shift: float
    shares: Mapping[str, FloatArray]
    groups: IntArray
    single: frozenset[str]

    def places(self, answers: Answers) -> IntArray:
        """(m,), which of the problems each answer is to."""
        place = {name: k for k, name in enumerate(self.ids)}
        return np.array([place[str(group)] for group in answers.data.groups], np.int64)


@dataclass(frozen=True)
class Board:
    """What logs add up to.

    Attributes:
        rows: contenders first, by rank where there is one, then published rows.
        columns: those with a cell.
        cells: row → column key → cell.
        answers: row → its answers to choice problems.
        problems: what ranks rest on; None where nobody is ranked.
        ranking: of ``ranked``, in that order; None where nobody is ranked. Who is not shown to read, or of
            whom too little was measured, is not ranked.
        level: of intervals and rank sets.
        troubles: files that were left out, and why.
    """

    title: str
    principal: Principal
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: Mapping[str, Mapping[str, Cell]]
    answers: Mapping[str, Answers]
    problems: Problems | None
    ranked: tuple[str, ...]
    ranking: Ranking | None
    level: float
    troubles: tuple[Trouble, ...]
    generated: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def row(self, name: str) -> Row:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)

    @property
    def published_troubles(self) -> list[Trouble]:
        """What was left out, without the folders that the logs lie in."""
        return named_below(self.troubles, (run.file for row in self.rows for run in row.runs.values()))

    def for_principal(self, principal: Principal) -> Board:
        """The same table with service and ranks for another principal."""
        return _finished(
            self.title,
            principal,
            [row for row in self.rows if row.ranked],
            self.answers,
            self.level,
            list(self.troubles),
            self.generated,
        )


def build(
    logs: Sequence[str],
    principal: Principal,
    say: Say,
    *,
    mix: bool = False,
    base: str | None = None,
    title: str = "Fiduciary leaderboard",
    level: float = LEVEL,
    found: dict[str, Answers | str] | None = None,
    elicitation: str | None = None,
) -> Board:
    """Read logs and make the table.

    Args:
        found: file → answers that were estimated before at this level, or why there are none; this table's
            are added. For several tables of the same logs.
        elicitation: the one way of asking for choices that counts; None for each log's headline.

    Raises:
        UsageError: paths without logs, or a base that is not a model's name.
    """
    selection, read_in, troubles = read(logs, say, level, mix=mix, found=found, elicitation=elicitation)
    rows = contenders(selection.runs, base)
    answers: dict[str, Answers] = {}
    for row in rows:
        if CHOICE in row.runs:
            file = row.runs[CHOICE].file
            one = answers[row.name] = read_in[file]
            if one.missing.all():
                troubles.append(Trouble(file, f"{row.name}: all answers are missing"))
            elif one.fit is None:
                troubles.append(Trouble(file, f"{row.name}: {one.why}"))
    rows = [_noted(row, selection) for row in rows]
    return _finished(title, principal, rows, answers, level, troubles)


def read(
    logs: Sequence[str],
    say: Say,
    level: float | None = None,
    *,
    mix: bool = False,
    found: dict[str, Answers | str] | None = None,
    elicitation: str | None = None,
) -> tuple[Selection, dict[str, Answers], list[Trouble]]:
    """The runs that logs hold, one for each model and task, answers to choices, and all that was left out.

    A log whose samples cannot be used takes no other's place: what counts is found again without it.

    Args:
        level: of the intervals of estimates; None for none.
        found, elicitation: as for :func:`build`.
    """
    headers, unread = read_headers(find(logs), say)
    runs, unfit = to_runs(headers, TASKS, elicitation)
    troubles = [*unread, *unfit]
    found = {} if found is None else found
    usable = []
    for run in runs:
        try:
            for column in COLUMNS:
                from_log(column, run.log.header)
            usable.append(run)
        except Exception as error:  # figures that no scorer of ours wrote
            troubles.append(Trouble(run.file, f"its figures cannot be used: {one_line(error)}", damaged=True))
    while True:
        selection = select(usable, mix=mix)
        files = [of[CHOICE].file for of in selection.runs.values() if CHOICE in of]
        found |= read_all([file for file in files if file not in found], level, say, elicitation)
        answers, bad = _apart({file: found[file] for file in files})
        if not bad:
            break
        troubles += [Trouble(file, f"its samples cannot be used: {why}", True) for file, why in bad.items()]
        usable = [run for run in usable if run.file not in bad]
    troubles += [*selection.troubles, *different_weights(usable)]
    for name, of in selection.runs.items():
        for task, run in of.items():
            if task != CHOICE and _all_missing(run, task):
                troubles.append(Trouble(run.file, f"{name}: all answers to {task} are missing"))
    return selection, answers, troubles


def _apart(found: Mapping[str, Answers | str]) -> tuple[dict[str, Answers], dict[str, str]]:
    """Answers that can stand in one table, and why others cannot: one id is one problem."""
    answers: dict[str, Answers] = {}
    bad: dict[str, str] = {}
    known: dict[str, bytes] = {}
    for file, one in found.items():
        if isinstance(one, str):
            bad[file] = one
            continue
        own = {
            str(group): options[exists].tobytes()
            for group, options, exists in zip(one.data.groups, one.data.welfare, one.data.exists, strict=True)
        }
        other = next((name for name in own if known.get(name, own[name]) != own[name]), None)
        if other is None:
            known |= own
            answers[file] = one
        else:
            bad[file] = f"{other} is another problem there than in the logs before it"
    return answers, bad


def lay_out(answers: Mapping[str, Answers]) -> Problems | None:
    """All problems of the rows that are given, one after another, and each row's shares."""
    ids: dict[str, int] = {}
    welfare: list[FloatArray] = []
    for one in answers.values():
        for group, options, exists in zip(one.data.groups, one.data.welfare, one.data.exists, strict=True):
            if str(group) not in ids:
                ids[str(group)] = len(ids)
                welfare.append(options[exists])
    if not ids:
        return None
    width = max(len(options) for options in welfare)
    shares, single = {}, set()
    for name, one in answers.items():
        places = np.array([ids[str(group)] for group in one.data.groups])
        answered = ~one.missing
        count = np.bincount(places[answered], minlength=len(ids))
        total = np.zeros((len(ids), width))
        own = one.shares.shape[1]
        np.add.at(total[:, :own], places[answered], np.nan_to_num(one.shares[answered]))
        with np.errstate(invalid="ignore"):
            shares[name] = np.where(count[:, None] > 0, total / count[:, None], np.nan)
        if not one.data.by_probability and len(np.unique(places)) == len(places):
            single.add(name)
    shift = next(iter(answers.values())).data.shift
    groups = _clusters(answers, ids)
    return Problems(tuple(ids), tuple(welfare), shift, shares, groups, frozenset(single))


def _clusters(answers: Mapping[str, Answers], ids: Mapping[str, int]) -> IntArray:
    own = np.arange(len(ids))
    wordings: dict[int, set[str]] = {k: set() for k in own.tolist()}
    for one in answers.values():
        for group, wording in zip(one.data.groups, one.data.wording, strict=True):
            wordings[ids[str(group)]].add(str(wording))
    names = sorted(set().union(*wordings.values()))
    dealt = all(len(each) == 1 for each in wordings.values())
    if not dealt or len(names) < FEWEST or any(one.data.elicitation != "choose" for one in answers.values()):
        return own
    return np.array([names.index(next(iter(wordings[k]))) for k in own.tolist()], np.int64)


def by_problem(problems: Problems, answers: Answers, utility: CES) -> Losses:
    """Mean loss of a row's answers to every problem, (n,); NaN where it answered none."""
    places, n = problems.places(answers), len(problems.ids)
    found = losses(answers.data.welfare, answers.shares, utility)
    answered = ~answers.missing
    count = np.bincount(places[answered], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [np.bincount(places[answered], part[answered], minlength=n) / count for part in found]
    return Losses(*means)


def _finished(
    title: str,
    principal: Principal,
    rows: Sequence[Row],
    answers: Mapping[str, Answers],
    level: float,
    troubles: list[Trouble],
    generated: str | None = None,
) -> Board:
    ranked = tuple(name for name, one in answers.items() if one.grounds.withheld is None)
    problems = lay_out({name: answers[name] for name in ranked})
    cells: dict[str, dict[str, Cell]] = {row.name: {} for row in rows}
    ranking = None
    if problems is not None:
        utility = principal.at(problems.shift)
        lost = {name: by_problem(problems, answers[name], utility) for name in ranked}
        regrets = np.column_stack([lost[name].regret for name in ranked])
        ranking = rank_sets(regrets, problems.groups, level=level)
        for k, name in enumerate(ranked):
            cells[name] |= service_cells(ranking, k, lost[name], problems.groups)
    for name, one in answers.items():
        if name not in ranked:
            cells[name] |= no_service_cells(one.grounds.brief or one.why)
        cells[name][f"{CHOICE}.reads"] = reads_cell(one)
        cells[name] |= preference_cells(one, principal.utility)
        cells[name][f"{CHOICE}.missing"] = missing_cell(one, level)
    by_name = {row.name: row for row in rows}
    for row in rows:
        for column in COLUMNS:
            if column.scorer is not None and column.task in row.runs:
                cell = from_log(column, row.runs[column.task].log.header, level)
                if cell is not None:
                    cells[row.name][column.key] = cell
        cells[row.name] |= usage_cells(list(row.runs.values()))
    for row in rows:
        for key, column in SHIFTS.items():
            if row.base in by_name and row.base is not None:
                shift = shift_cell(cells[row.name].get(key), cells[row.base].get(key), level)
                if shift is not None:
                    cells[row.name][column.key] = shift
    for row in rows:
        _with_notes(row, cells[row.name])
    present = {key for of in cells.values() for key in of}
    # A log may call its model whatever it likes, a published row's name included.
    beside = [row for row in published() if set(row.published) & present and row.name not in by_name]
    for row in beside:
        cells[row.name] = {
            key: cell_of(found, None, note or None) for key, (found, note) in row.published.items()
        }
    place = {name: k for k, name in enumerate(_order(ranked, ranking))}
    ordered = sorted(rows, key=lambda row: (place.get(row.name, len(place)), row.name))
    board = Board(
        title,
        principal,
        (*ordered, *beside),
        tuple(c for c in COLUMNS if any(c.key in of for of in cells.values())),
        cells,
        answers,
        problems,
        ranked,
        ranking,
        level,
        tuple(troubles),
    )
    return board if generated is None else replace(board, generated=generated)


def _order(ranked: Sequence[str], ranking: Ranking | None) -> list[str]:
    if ranking is None:
        return []
    means = [math.inf if math.isnan(mean) else mean for mean in ranking.mean]
    return [name for _, name in sorted(zip(means, ranked, strict=True))]


def _noted(row: Row, selection: Selection) -> Row:
    said = [selection.notes[run.file] for run in row.runs.values() if run.file in selection.notes]
    return replace(row, note="; ".join(dict.fromkeys(said)) or None)


def _with_notes(row: Row, cells: dict[str, Cell]) -> None:
    """Say in every cell of a mixed-in run that it is one."""
    if row.note is None:
        return
    for key, cell in cells.items():
        cells[key] = replace(cell, note="; ".join(filter(None, (cell.note, row.note))))


def _all_missing(run: object, task: str) -> bool:
    column = next(c for c in COLUMNS if c.key == f"{task}.missing")
    cell = from_log(column, run.log.header)  # type: ignore[attr-defined]
    return cell is not None and cell.value == 1.0
