"""The audit that a deployed model is held against: a finished log of choice problems."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.estimation.constants import offsets
from fiduciary.economics.monitoring import AuditedPreference, noise_p_value
from fiduciary.errors import UsageError
from fiduciary.eval_logs import UnusableLog, find, one_line, read_header
from fiduciary.leaderboard.choices import Answers, estimated, read_table, samples_of
from fiduciary.scorers.choice_table import Table

TASK = "stakeholder_choice"

TEMPERATURE = 0.5
"""Of a log's temperatures the one nearest to this is asked at: low ones tell more, the lowest too little
about options that are nearly as good."""

_ALIKE = ("framing", "trade_offs", "version")
_NOT_ASKED = ("max_connections", "adaptive_connections", "timeout", "attempt_timeout", "max_retries", "batch")
_ABOUT_THE_REQUEST = ("temperature", "seed", "cache", "system_message", "stream_idle_timeout", "num_choices")


@dataclass(frozen=True)
class Baseline:
    """What a log says about the model that was audited, and how it was asked.

    Attributes:
        file: the log's name.
        digest: SHA-256 of its content.
        model: who answered.
        created: when, ISO.
        audited: the preference, with its uncertainty and the share of missing answers.
        noise_p: p-value that noise grows with the temperature as a preference's would; None where the log
            cannot tell.
        constants: utils that places and letters have beside the preference, by name.
        framing: key of the task's framings.
        context: whether problems came with an industry and an objective.
        wordings: keys of the task's wordings.
        elicitation: how answers are asked for: ``choose``, or ``text`` also where the log continued its
            explanations: what a monitor sees of one of those is the choice that it states.
        trade_offs: of the problems.
        temperature: τ of the questions.
        config: settings of the run that belong to every request, such as ``max_tokens``.
    """

    file: str
    digest: str
    model: str
    created: str
    audited: AuditedPreference
    noise_p: float | None
    constants: Mapping[str, float]
    framing: str
    context: bool
    wordings: tuple[str, ...]
    elicitation: str
    trade_offs: str | tuple[str, ...]
    temperature: float
    config: Mapping[str, Any]

    def about(self) -> dict[str, Any]:
        """What a reader of the state wants to know."""
        return {
            "file": self.file,
            "sha256": self.digest,
            "model": self.model,
            "created": self.created,
            "framing": self.framing,
            "elicitation": self.elicitation,
            "wordings": list(self.wordings),
            "temperature": self.temperature,
            "noise_p": self.noise_p,
        }


def digest_of(path: str) -> str:
    """SHA-256 of a log's content: the same log under another name is the same baseline.

    Raises:
        UsageError: no such file.
    """
    with Path(_one_file(path)).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(path: str) -> Baseline:
    """Read and estimate the audit.

    Raises:
        UsageError: no log, of another task, unfinished, without an estimate, or with one that cannot be
            watched; the message says which and what is wanted.
    """
    file = _one_file(path)
    try:
        header = read_header(file)
    except UnusableLog as error:
        raise _refused(path, f"cannot be read: {error}") from None
    task = header.eval.task.rpartition("/")[2]
    if task != TASK:
        raise _refused(path, f"is a log of {task}")
    if header.status != "success":
        raise _refused(path, f"is not finished (status {header.status})")
    try:
        data = read_table(file)
    except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
        raise _refused(path, f"has samples that cannot be read: {one_line(error)}") from None
    if data.elicitation == "explain":
        data = replace(data, elicitation="text")
    answers = estimated(data)
    if answers.fit is None:
        raise _refused(path, f"allows no estimate of a preference: {answers.why}")
    metadata = _metadata(file, path)
    audited = _audited(answers, path)
    return Baseline(
        file=Path(file).name,
        digest=digest_of(file),
        model=header.eval.model,
        created=str(header.eval.created),
        audited=audited,
        noise_p=_noise_p(answers.data, audited, answers.fit.constants),
        constants=answers.fit.constants,
        framing=str(metadata["framing"]),
        context=bool(metadata["context"]),
        wordings=metadata["wordings"],
        elicitation=answers.data.elicitation,
        trade_offs=metadata["trade_offs"],
        temperature=_temperature(answers),
        config=_config(header),
    )


def _one_file(path: str) -> str:
    if "://" in path:
        raise UsageError(f"--baseline must be a file of this machine, got {path!r}")
    try:
        logs = find([path])
    except UsageError as error:
        raise UsageError(f"--baseline: {error}") from None
    if len(logs) > 1:
        raise UsageError(f"--baseline must be one log, got a folder with {len(logs)}: {path}")
    return logs[0]


def _refused(path: str, why: str) -> UsageError:
    return UsageError(f"--baseline must be a finished log of {TASK} with an estimate; {path} {why}")


def _audited(answers: Answers, path: str) -> AuditedPreference:
    """The preference, with answers counted as missing where no option was stated or drawn."""
    assert answers.fit is not None
    missing = int((answers.data.chosen < 0).sum())
    try:
        audited = AuditedPreference.from_fit(answers.fit)
    except ValueError as error:
        raise _refused(path, f"has an estimate that cannot be watched: {error}") from None
    return replace(audited, n=answers.data.n - missing, n_missing=missing)


def _noise_p(data: Table, audited: AuditedPreference, constants: Mapping[str, float]) -> float | None:
    """Where answers were drawn; probabilities hold no noise that could be tested."""
    if data.by_probability:
        return None
    offset = offsets(constants, data.position, data.label)
    return noise_p_value(audited.utility, data.welfare, offset, data.chosen, data.temperature)


def _temperature(answers: Answers) -> float:
    used = np.unique(answers.data.temperature)
    return float(used[np.argmin(np.abs(used - TEMPERATURE))])


def _metadata(file: str, path: str) -> dict[str, Any]:
    """How the samples were asked, which is the same for all of them but for the wording."""
    asked = [sample.metadata or {} for sample in samples_of(file)]
    out: dict[str, Any] = {}
    for name in _ALIKE:
        values = {tuple(v) if isinstance(v := metadata.get(name), list) else v for metadata in asked}
        if len(values) > 1 or None in values:
            shown = ", ".join(sorted(map(str, values)))
            raise _refused(path, f"has samples without one {name} for all ({shown})")
        out[name] = values.pop()
    out["context"] = any("industry" in metadata for metadata in asked)
    out["wordings"] = tuple(dict.fromkeys(str(metadata["wording"]) for metadata in asked))
    return out


def _config(header: EvalLog) -> dict[str, Any]:
    """What the run's settings put into every request; not what is chosen for each, nor how to wait."""
    merged = header.plan.config.merge(header.eval.model_generate_config)
    left_out = {*_NOT_ASKED, *_ABOUT_THE_REQUEST}
    return {k: v for k, v in merged.model_dump(exclude_none=True).items() if k not in left_out}
