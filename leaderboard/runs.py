"""Which run fills which cell: rows of the table, designs that may share a column, and what is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fiduciary.economics.principals import LOGGED_METHOD, Principal, PrincipalError, logged, stated
from fiduciary.economics.utility import PROFILES
from fiduciary.eval_logs import Trouble, one_line
from fiduciary.leaderboard.log_files import Log

_PER_ROW = frozenset({"framing", "context"})
"""Arguments that make a row of their own: a prompted model is another contender than a neutral one."""

_FREE = _PER_ROW | {"n", "principal", "theta", "rho"}
"""Arguments that do not part columns: the number of problems shows in their ids; the preference that choices
were held against is computed anew."""


@dataclass(frozen=True)
class Run:
    """One log as a candidate for a column.

    Attributes:
        row: name of the table's row that it belongs to.
        model: the model as the log names it.
        framing: "neutral", or the identity that its prompts gave.
        asked: the one way of asking whose answers count, where a log may hold several; None for the headline.
    """

    log: Log
    row: str
    model: str
    framing: str
    asked: str | None = None

    @property
    def file(self) -> str:
        """Where the log lies."""
        return self.log.file

    @property
    def task(self) -> str:
        """The task's bare name."""
        return task_of(self.log)

    @property
    def version(self) -> str:
        """The task's version, N-X."""
        return str(self.log.header.eval.task_version)

    @property
    def created(self) -> str:
        """When the run began, ISO."""
        return str(self.log.header.eval.created)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The task's arguments."""
        return self.log.header.eval.task_args

    @property
    def trained_for(self) -> Principal | None:
        """Whom the log says that the model was trained for."""
        return logged(self.log.header.eval.metadata, self.log.header.eval.model)

    @property
    def method(self) -> str | None:
        """How the log says that the model was trained, such as DPO."""
        about = self.log.header.eval
        stated = (about.metadata or {}).get(LOGGED_METHOD)
        return str(stated[about.model]) if isinstance(stated, Mapping) and about.model in stated else None

    @property
    def served(self) -> Mapping[str, str]:
        """What the server said of the weights that it serves; empty where it was not asked."""
        told = (self.log.header.eval.metadata or {}).get("served")
        return {str(k): str(v) for k, v in told.items()} if isinstance(told, Mapping) else {}

    @property
    def instructed_for(self) -> Principal | None:
        """Whom the framing of its prompts names."""
        name = self.framing.removesuffix("_justify")
        return Principal.named(name) if name in PROFILES else None

    @property
    def held_for(self) -> Principal | None:
        """Whose principal's interest its choices were held against: ``-T principal``, or θ and ρ."""
        with suppress(PrincipalError):
            return stated(*(self.arguments.get(name) for name in ("principal", "theta", "rho")))
        return None

    @property
    def elicitation(self) -> str | None:
        """How it asked, where the task has several ways: the one taken where the argument is ``auto``."""
        asked = (self.log.header.eval.metadata or {}).get("elicitation", self.arguments.get("elicitation"))
        return None if asked is None else str(asked)

    @property
    def ways(self) -> frozenset[str]:
        """The ways of asking whose answers to choice problems it holds."""
        asked = self.elicitation
        explained = asked == "both" or (self.log.header.eval.metadata or {}).get("explained")
        return frozenset(("choose", "explain") if explained else () if asked is None else (asked,))

    @property
    def seed(self) -> int | None:
        """The task's seed."""
        seed = self.arguments.get("seed")
        return seed if isinstance(seed, int) else None

    @property
    def samples(self) -> int:
        """Number of samples that the run was to answer."""
        results = self.log.header.results
        return results.total_samples if results else 0

    @property
    def commit(self) -> str | None:
        """Commit of the checkout that ran it, with ``+`` where it had changes."""
        revision = self.log.header.eval.revision
        return None if revision is None else revision.commit + ("+" if revision.dirty else "")

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens read and written by all models of the run."""
        usage = self.log.header.stats.model_usage.values()
        return sum(u.input_tokens for u in usage), sum(u.output_tokens for u in usage)

    @property
    def cost(self) -> float | None:
        """US dollars, where the log holds them."""
        costs = [u.total_cost for u in self.log.header.stats.model_usage.values()]
        return sum(c for c in costs if c is not None) if any(c is not None for c in costs) else None

    @cached_property
    def problems(self) -> frozenset[str]:
        """Ids of the samples asked."""
        about = self.log.header.eval
        ids = [str(i) for i in about.dataset.sample_ids or []]
        limit = about.config.limit
        if isinstance(limit, int):
            ids = ids[:limit]
        elif limit is not None:
            ids = ids[limit[0] : limit[1]]
        return frozenset(ids)

    def check(self) -> None:
        """Ask for everything that a header says of a run, so that what is wrong shows before it counts."""
        for name, asked in vars(type(self)).items():
            if isinstance(asked, property | cached_property):
                getattr(self, name)
        self.differences(self)

    def differences(self, other: Run) -> list[str]:
        """What keeps two runs of one task from sharing a column; empty where nothing does.

        Problem sets of which one contains the other are parts of one set: with the same seed a smaller n
        asks the beginning of what a larger one asks.
        """
        out = []
        own, others = self.version.partition("-")[0], other.version.partition("-")[0]
        if own != others:
            out.append(f"task version {self.version}, not {other.version}")
        for name in sorted(set(self.arguments) & set(other.arguments) - _FREE):
            a, b = self._argument(name), other._argument(name)
            if a != b:
                out.append(f"{name} {a}, not {b}")
        if "adaptive" in (self.arguments.get("design"), other.arguments.get("design")) and self is not other:
            out.append("an adaptive run chose its own problems, which no other run was asked")
        elif not (self.problems <= other.problems or other.problems <= self.problems):
            shared = len(self.problems & other.problems)
            out.append(f"problem set: {shared} of its {len(self.problems)} samples in common")
        return out

    def _argument(self, name: str) -> str:
        if name != "elicitation":
            return short(self.arguments[name])
        if self.asked is not None and self.task == "stakeholder_choice":
            return self.asked
        asked = str(self.elicitation)
        # The table holds the answers without explanation, which are the same questions.
        return "choose" if self.task == "stakeholder_choice" and asked == "both" else asked


@dataclass(frozen=True)
class Selection:
    """The runs of a table.

    Attributes:
        runs: row → task → the run that counts.
        notes: file → what the run's cells must say about it.
        troubles: what was left out, and why.
    """

    runs: Mapping[str, Mapping[str, Run]]
    notes: Mapping[str, str]
    troubles: tuple[Trouble, ...]


def task_of(log: Log) -> str:
    """A task's bare name."""
    return log.header.eval.task.rpartition("/")[2]


def short(value: Any, limit: int = 60) -> str:
    """An argument as text."""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def to_runs(
    logs: Sequence[Log], tasks: Sequence[str], elicitation: str | None = None
) -> tuple[list[Run], list[Trouble]]:
    """Runs that were finished, named by row; the other logs with the reason.

    Args:
        logs: headers.
        tasks: names of the tasks that the table knows.
        elicitation: the one way of asking for choices that counts; None for each log's headline.
    """
    troubles, kept = [], []
    for log in logs:
        if task_of(log) not in tasks:
            problem = f"a log of the task {log.header.eval.task}, for which the table has no columns"
            troubles.append(Trouble(log.file, problem))
        elif (why := _unfinished(log)) is not None:
            troubles.append(Trouble(log.file, why))
        else:
            kept.append(log)
    runs = []
    for log in kept:
        try:
            run = Run(log, _row(log, kept), log.header.eval.model, _framing(log), elicitation)
            run.check()
            if elicitation is None or run.task != "stakeholder_choice" or elicitation in run.ways:
                runs.append(run)
            else:
                troubles.append(Trouble(log.file, f"asked by {run.elicitation}, not by {elicitation}"))
        except Exception as error:  # a header says of itself whatever it likes
            troubles.append(Trouble(log.file, f"its header cannot be used: {one_line(error)}", damaged=True))
    return runs, troubles


def select(runs: Sequence[Run], *, mix: bool = False) -> Selection:
    """One run for each row and task.

    A column holds one version, seed and design: those of the run that most rows can be compared with (the
    newest of several such). Runs of another design are left out, or with ``mix`` let in where a row has
    no other. Of several runs that fit, the newest counts.
    """
    troubles: list[Trouble] = []
    notes: dict[str, str] = {}
    chosen: dict[str, dict[str, Run]] = defaultdict(dict)
    by_task: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_task[run.task].append(run)
    for task, of_task in by_task.items():
        reference = _reference(of_task)
        by_row: dict[str, list[Run]] = defaultdict(list)
        for run in of_task:
            by_row[run.row].append(run)
        for row, candidates in by_row.items():
            differing = {run.file: run.differences(reference) for run in candidates}
            fitting = [run for run in candidates if not differing[run.file]]
            others = [run for run in candidates if differing[run.file]]
            if mix and not fitting:
                fitting = others
            for run in others:
                what = "; ".join(differing[run.file])
                if run in fitting:
                    notes[run.file] = f"mixed: {what}"
                    troubles.append(
                        Trouble(run.file, f"mixed into the column of {task} by --mix, although: {what}")
                    )
                else:
                    troubles.append(
                        Trouble(
                            run.file,
                            f"left out of the column of {task}: {what} (as {reference.file}). A column holds "
                            "one design; --mix shows them together, or name these logs alone",
                        )
                    )
            if not fitting:
                continue
            newest = max(fitting, key=lambda run: (run.created, run.file))
            chosen[row][task] = newest
            troubles += [
                Trouble(
                    run.file, f"an older run of {task} under the name {row}; the newest counts: {newest.file}"
                )
                for run in fitting
                if run is not newest
            ]
    return Selection({row: dict(of) for row, of in chosen.items()}, notes, tuple(troubles))


def _reference(runs: Sequence[Run]) -> Run:
    """The run that most rows can share a column with; of several the newest, of these the largest."""

    def standing(run: Run) -> tuple[int, str, int]:
        rows = {other.row for other in runs if not other.differences(run)}
        return len(rows), run.created, len(run.problems)

    # Runs of one design stand alike: one of each is enough to ask.
    designs: dict[str, Run] = {}
    for run in runs:
        key = repr((run.version, sorted((k, str(v)) for k, v in run.arguments.items()), hash(run.problems)))
        if key not in designs or designs[key].created < run.created:
            designs[key] = run
    return max(designs.values(), key=standing)


def _unfinished(log: Log) -> str | None:
    header = log.header
    if header.status != "success":
        message = f": {header.error.message.splitlines()[0]}" if header.error and header.error.message else ""
        words = {
            "cancelled": "the run was cancelled",
            "error": "the run ended with an error",
            "started": "the run is still going on, or was broken off",
        }
        what = words.get(header.status, header.status)
        return f"{what}{message[:200]}; an unfinished run is not a result"
    if header.invalidated:
        return "the run was marked invalid"
    if header.results is None or not header.results.scores:
        return "the log holds no scores"
    return None


def _framing(log: Log) -> str:
    return str(log.header.eval.task_args.get("framing") or "neutral")


def _row(log: Log, among: Sequence[Log]) -> str:
    """The model, the arguments in which models of that name differ, and what its prompts said."""
    about = log.header.eval
    others = [other.header.eval.model_args for other in among if other.header.eval.model == about.model]
    names = sorted(set().union(*others))
    differ = [k for k in names if any(other.get(k) != about.model_args.get(k) for other in others)]
    parts = [about.model, *(f"{k}={short(about.model_args[k])}" for k in differ if k in about.model_args)]
    if _framing(log) != "neutral":
        context = ", with context" if about.task_args.get("context") else ""
        parts.append(f"({_framing(log)}{context})")
    return " ".join(parts)
