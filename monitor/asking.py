"""Asking the deployed model: as the benchmark asks and reads, and never for ever.

A question goes through the benchmark's own solvers and its own reader. What brings no answer (a timeout, a
refused connection, HTTP 5xx, a key or a name that the server does not know) is an outage; what brings one is
data, also where the answer is empty, unreadable or a refusal. A model that cannot be asked in the audit's way
at all is neither: the call ends, and says what to change.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from inspect_ai.model import ChatMessageUser, GenerateConfig, Model, ModelName
from inspect_ai.solver import TaskState

from fiduciary._inspect import Transcript, init_active_model, init_transcript
from fiduciary.errors import UsageError
from fiduciary.monitor.canaries import Question
from fiduciary.safe_text import one_line
from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.choice_answer import read
from fiduciary.solvers.choosing import elicit
from fiduciary.solvers.framing import framing
from fiduciary.solvers.label_tokens import CannotAsk
from fiduciary.solvers.retries import NoAnswer

TRIES, PAUSE = 3, 1.0
"""Tries of one question, and seconds before the second; before every further one twice as many."""

AT_ONCE = 4
"""Questions in flight; others who use the endpoint should not notice the monitor."""

_LONGEST = 200
_SECRET_NAMES = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_AGAIN = (408, 409, 425, 429)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        chosen: own index of the option that a text states, or whose label was drawn; −1 where the answer
            names none.
        reason: why it names none, in the benchmark's words; None where it does.
        seconds: from sending the question to having the answer.
    """

    chosen: int
    reason: str | None
    seconds: float


class Outage(Exception):
    """No answer after all tries; the text says why, on one line and without secrets."""


class Endpoint:
    """A model that is asked as in its audit.

    Args:
        model: Inspect's model.
        config: settings of the audit's requests.
        seed: of the requests.
        timeout: seconds that one try may take.
    """

    def __init__(self, model: Model, config: Mapping[str, Any], seed: int, timeout: float) -> None:
        self._model, self._timeout = model, timeout
        self._elicit = elicit(seed)
        # Inspect alone would try for ever.
        self._config = GenerateConfig(**config).merge(GenerateConfig(max_retries=0))

    async def begin(self) -> None:
        """Set up what belongs to one round; to be called in the task that asks."""
        init_active_model(self._model, self._config)
        init_transcript(Transcript())  # the old one with all its events is let go

    async def ask(self, question: Question, number: int) -> Answer:
        """Ask one question for the ``number``-th time, as its metadata say; its seed depends on both.

        Raises:
            Outage: no answer after ``TRIES`` tries.
            CannotAsk: this model cannot be asked so.
        """
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
            begun = monotonic()
            try:
                async with asyncio.timeout(self._timeout):
                    state = await self._asked(question, number)
            except NoAnswer as error:
                problem, again = self._problem(error.__cause__ or error)
            except CannotAsk:
                raise
            except Exception as error:  # whatever a provider raises: there is no answer
                problem, again = self._problem(error)
            else:
                fault = _error(state)
                if fault is None:
                    return _answer(state, monotonic() - begun)
                problem, again = f"error instead of an answer: {fault}", True
            if not again:
                break
        raise Outage(presentable(problem))

    async def _asked(self, question: Question, number: int) -> TaskState:
        state = TaskState(
            model=ModelName(self._model),
            sample_id=question.id,
            epoch=number,
            input=question.text,
            messages=[ChatMessageUser(content=question.text)],
            metadata=dict(question.metadata),
        )
        for solve in (framing(question.system), self._elicit):
            state = await solve(state, _unused)
        return state

    def _problem(self, error: BaseException) -> tuple[str, bool]:
        """What went wrong, and whether another try can help."""
        last = getattr(error, "last_attempt", None)  # Inspect's retrying wraps what it gives up on
        if last is not None:
            error = last.exception() or error
        if isinstance(error, TimeoutError):
            return f"no answer within {self._timeout:g} s", True
        status = getattr(error, "status_code", None)
        message = str(getattr(error, "provider_message", None) or error) or type(error).__name__
        if isinstance(status, int):
            return f"HTTP {status}: {message}", status >= 500 or status in _AGAIN
        cause = error.__cause__
        if cause is not None and str(cause) not in message:
            message = f"{message} ({cause})"
        return message, True


async def _unused(state: TaskState, *args: Any, **settings: Any) -> TaskState:
    """Inspect's ``generate``, which neither framing nor the engine calls."""
    raise NotImplementedError


def _error(state: TaskState) -> str | None:
    """What came instead of an answer; a filtered answer is one."""
    errors = [a.error for a in answers_of(state).values() if a.error and a.stop_reason != "content_filter"]
    return errors[0] if errors else None


def _answer(state: TaskState, seconds: float) -> Answer:
    read_ = read(state)
    reason = None if read_.chosen >= 0 else read_.said.reason or read_.said.stated.reason or "no answer"
    return Answer(read_.chosen, reason, seconds)


async def ask_round(
    endpoint: Endpoint,
    questions: Sequence[tuple[int, Question]],
    number: int,
    keep: Callable[[int, Answer], None],
) -> Outage | None:
    """Ask the questions of a round that have no answer yet.

    Args:
        endpoint: who is asked.
        questions: place in the round, and question.
        number: of the round.
        keep: called with every answer when it is there.

    Returns:
        The outage that ended the round early, or None. Questions in flight by then are waited for, and
        their answers kept; no others are asked.

    Raises:
        UsageError: the model cannot be asked as in the audit, and asking again would not help.
    """
    await endpoint.begin()
    waiting = list(reversed(questions))
    outages: list[Outage] = []
    refused: list[CannotAsk] = []

    async def work() -> None:
        while waiting and not outages and not refused:
            place, question = waiting.pop()
            try:
                answer = await endpoint.ask(question, number)
            except CannotAsk as error:
                refused.append(error)
            except Outage as outage:
                outages.append(outage)
            else:
                keep(place, answer)

    workers: list[Awaitable[None]] = [work() for _ in range(min(AT_ONCE, len(questions)))]
    await asyncio.gather(*workers)
    if refused:
        raise UsageError(f"the model cannot be asked as in its audit: {refused[0]}")
    return outages[0] if outages else None


def presentable(text: str) -> str:
    """Text of an error for logs: one line, of bounded length, without keys that the environment holds."""
    for name, value in os.environ.items():
        if name.upper().endswith(_SECRET_NAMES) and len(value) >= 6:
            text = text.replace(value, "***")
    text = " ".join(one_line(text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
