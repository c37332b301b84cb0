"""What a monitor knows between two calls, as files in one folder.

    monitor.json   how it was set up: baseline, model, questions, detector; written once
    state.json     where it stands, replaced in one step after every round
    journal.jsonl  answers of the round under way, each on the disk before the next is asked
    audits.jsonl   one line for every round, outage and reset
    lock           held while a monitor works here

A kill at any point leaves a folder that the next call goes on from: a round's answers are in the journal
until the round is in state.json, whose last line is added to audits.jsonl by the next call if need be.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fiduciary.economics.monitoring import Detector
from fiduciary.economics.monitoring import State as Evidence
from fiduciary.errors import UsageError, unwritable
from fiduciary.monitor.asking import Answer
from fiduciary.monitor.canaries import Question
from fiduciary.monitor.files import (
    add_once,
    append_line,
    as_line,
    locked,
    read_lines,
)
from fiduciary.parsing import parse_json
from fiduciary.whole_files import write_whole

FORMAT = 2
"""Version of the files; another one is not read."""

UNLIKELY, ENOUGH = 0.01, 5
"""p-value below which the preference does not explain the baseline, and rounds of enrolment that then do."""

MONITOR, STATE, JOURNAL, AUDITS, LOCK = "monitor.json", "state.json", "journal.jsonl", "audits.jsonl", "lock"

_UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError)


@dataclass(frozen=True)
class Setup:
    """How a monitor was set up; never changes.

    Attributes:
        created: when, ISO.
        baseline: what the baseline's log is, its ``sha256`` above all.
        model: Inspect's name of the model that is watched.
        model_args: its arguments.
        seed: of canary set, calibration and requests.
        false_alarms: stated rate a round.
        shared_noise: spread of the logarithm of the noise that the answers of one round share, allowed for.
        later: by what share a change is found later for that.
        enrol: rounds that only teach what is normal.
        elicitation: how answers are asked for.
        config: settings of requests.
        questions: of every round.
        gain: standard error of θ with random problems over that with these.
        detector: with its threshold.
    """

    created: str
    baseline: Mapping[str, Any]
    model: str
    model_args: Mapping[str, Any]
    seed: int
    false_alarms: float
    shared_noise: float
    later: float
    enrol: int
    elicitation: str
    config: Mapping[str, Any]
    questions: tuple[Question, ...]
    gain: float
    detector: Detector

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "format": FORMAT,
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "baseline": dict(self.baseline),
            "questions": [question.to_json() for question in self.questions],
            "detector": self.detector.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Setup:
        """What :meth:`to_json` wrote."""
        fields = {name: stored[name] for name in cls.__dataclass_fields__}
        fields["questions"] = tuple(Question.from_json(question) for question in stored["questions"])
        fields["detector"] = Detector.from_json(stored["detector"])
        return cls(**fields)

    @property
    def promise(self) -> str:
        """The stated rate of false alarms, and what it assumes."""
        rate = f"1 in {1 / self.false_alarms:,.0f} audits"
        if self.shared_noise:
            return (
                f"{rate}, where the noise of an audit's answers may vary together (spread "
                f"{self.shared_noise:g}); a change is found {self.later:.0%} later for that"
            )
        return (
            f"{rate}, if an audit's answers are independent given the model; noise that they share raises it "
            "(--shared-noise .5 at the first call allows for some)"
        )

    @property
    def caution(self) -> str:
        """For which models the stated rate of false alarms may not hold, in words; "" where it holds."""
        noise_p = self.baseline.get("noise_p")
        if noise_p is None or noise_p >= UNLIKELY or self.enrol >= ENOUGH:
            return ""
        return (
            "the baseline's answers do not vary with the temperature as those of a preference with noise "
            f"would (p = {noise_p:.1g}): where a model decides by rules of its own, the first audits can "
            f"raise a false alarm that --enrol {ENOUGH} at the first call avoids"
        )

    @property
    def name(self) -> str:
        """A short name made from the content, which lines of several monitors are told apart by."""
        # Of the content, not of the folder: a monitor set up anew in the same place must not pass for it.
        return hashlib.sha256(as_line(self.to_json()).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Progress:
    """Where a monitor stands.

    Attributes:
        evidence: the detector's.
        rounds: finished, enrolment included; also the number of the round under way.
        lines: written to ``audits.jsonl``.
        last: the last of them.
        alarm: the line that raised the alarm in force, or None.
        before: the evidence before that audit, which a reset goes back to: had the answers since taught
            what is normal, a change would have become normal while somebody looked into it.
        outage: since when there are no answers (``since``, ``boot`` and ``uptime``: a ``clock.Moment``),
            why (``reason``), calls that found it so (``calls``); None while there are answers.
        missing: answers without an option so far, by reason.
        outages: that ended.
        outage_seconds: that they lasted.
        waiting: messages that no receiver has taken.
    """

    evidence: Evidence
    rounds: int = 0
    lines: int = 0
    last: Mapping[str, Any] | None = None
    alarm: Mapping[str, Any] | None = None
    before: Evidence | None = None
    outage: Mapping[str, Any] | None = None
    missing: Mapping[str, int] = field(default_factory=dict)
    outages: int = 0
    outage_seconds: float = 0.0
    waiting: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "format": FORMAT,
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "evidence": self.evidence.to_json(),
            "before": None if self.before is None else self.before.to_json(),
            "waiting": list(self.waiting),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Progress:
        """What :meth:`to_json` wrote."""
        fields = {name: stored[name] for name in cls.__dataclass_fields__}
        fields["evidence"] = Evidence.from_json(stored["evidence"])
        fields["before"] = None if stored["before"] is None else Evidence.from_json(stored["before"])
        fields["waiting"] = tuple(stored["waiting"])
        return cls(**fields)

    def with_missing(self, answers: Sequence[Answer]) -> dict[str, int]:
        """``missing`` with a round's answers added."""
        # From the whole round, never answer by answer: a call that resumes a round would count some twice.
        return dict(Counter(self.missing) + Counter(a.reason for a in answers if a.reason is not None))


class Folder:
    """A monitor's folder.

    Args:
        path: the folder; made by :meth:`alone`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def audits(self) -> Path:
        """The file of lines."""
        return self.path / AUDITS

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder against other monitors.

        Raises:
            UsageError: another one holds it, or it cannot be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Not a with statement: an OSError of the work inside is no fault of the folder's.
            holding = locked(self.path / LOCK, self.path)
            holding.__enter__()
        except OSError as error:
            raise unwritable(f"--state {self.path}", error) from None
        try:
            yield
        finally:
            holding.__exit__(None, None, None)

    def setup(self) -> Setup | None:
        """How the monitor here was set up; None where none was.

        Raises:
            UsageError: a file that cannot be read, or of another version.
        """
        stored = self._read(MONITOR)
        if stored is None:
            return None
        try:
            return Setup.from_json(stored)
        except _UNREADABLE as error:
            raise self._unreadable(MONITOR, error) from None

    def progress(self, setup: Setup) -> Progress:
        """Where the monitor here stands.

        Raises:
            UsageError: a file that cannot be read, or of another version.
        """
        stored = self._read(STATE)
        if stored is None:
            return Progress(setup.detector.start())
        try:
            return Progress.from_json(stored)
        except _UNREADABLE as error:
            raise self._unreadable(STATE, error) from None

    def begin(self, setup: Setup) -> None:
        """Write down how a monitor was set up."""
        write_whole(self.path / MONITOR, json.dumps(setup.to_json(), indent=1, allow_nan=False) + "\n")

    def commit(self, progress: Progress, *, answers_too: bool) -> None:
        """Write down where the monitor stands, then the line that says so.

        With ``answers_too`` the round is over and its answers are in there: the journal goes.
        """
        # The order is what makes a kill harmless. Until the state is replaced, the round is under way and its
        # answers are in the journal. After that the state holds the line, which the next call's `repair`
        # adds. A journal that was not removed in time holds a finished round, which `kept` passes over.
        self.save(progress)
        self.repair(progress)
        if answers_too:
            (self.path / JOURNAL).unlink(missing_ok=True)

    def save(self, progress: Progress) -> None:
        """Write down where the monitor stands, without a new line."""
        write_whole(self.path / STATE, json.dumps(progress.to_json(), indent=1, allow_nan=False) + "\n")

    def repair(self, progress: Progress) -> None:
        """Add the last line to ``audits.jsonl`` unless it is there."""
        # One line is enough: each is added here before the state can hold the next.
        add_once(self.audits, progress.last)

    def keep(self, number: int, place: int, answer: Answer) -> None:
        """Write down one answer of round ``number``."""
        append_line(self.path / JOURNAL, {"round": number, "place": place, **asdict(answer)})

    def kept(self, number: int) -> dict[int, Answer]:
        """Answers of round ``number`` by place."""
        return {
            record["place"]: Answer(record["chosen"], record["reason"], record["seconds"])
            for record in read_lines(self.path / JOURNAL)
            if record["round"] == number  # others are of a finished round, whose journal a kill left behind
        }

    def history(self) -> list[dict[str, Any]]:
        """All lines."""
        return read_lines(self.audits)

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.path / name
        try:
            stored = parse_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} cannot be read: {error}") from None
        version = stored.get("format") if isinstance(stored, dict) else None
        if version != FORMAT:
            raise UsageError(f"{path} has format {version!r}; this version reads {FORMAT}")
        return dict(stored)

    def _unreadable(self, name: str, error: Exception) -> UsageError:
        return UsageError(f"{self.path / name} cannot be read: {error!r}")
