"""Asking the deployed model: as the benchmark asks and reads, and never for ever.

A question goes through the benchmark's own solvers and its own reader. What brings no answer (a timeout, a
refused connection, HTTP 5xx, a key or a name that the server does not know) is an outage; what brings one is
data, also where the answer is empty, unreadable or a refusal.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from inspect_ai.model import ChatMessageUser, GenerateConfig, Model, ModelName, ModelOutput
from inspect_ai.solver import TaskState

from fiduciary._inspect import Transcript, init_active_model, init_transcript
from fiduciary.leaderboard.monitor.canaries import Question
from fiduciary.leaderboard.outputs import one_line
from fiduciary.scorers._reading import read
from fiduciary.solvers.elicitation import elicit
from fiduciary.solvers.framing import framing

TRIES, PAUSE = 3, 1.0
"""Tries of one question, and seconds before the second; before every further one twice as many."""

AT_ONCE = 4
"""Questions in flight; an endpoint in use by others is not to notice the monitor."""

_LONGEST = 200
_SECRET_NAMES = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_AGAIN = (408, 409, 425, 429)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        chosen: own index of the option, −1 where the answer names none.
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
        elicitation: as in the audit.
        config: settings of the audit's requests.
        seed: of the requests.
        timeout: seconds that one try may take.
    """

    def __init__(
        self, model: Model, elicitation: str, config: Mapping[str, Any], seed: int, timeout: float
    ) -> None:
        self._model, self._timeout = model, timeout
        self._elicitation, self._seed = elicitation, seed
        self._config = GenerateConfig(**config)

    async def ask(self, question: Question, number: int) -> Answer:
        """Ask one question for the ``number``-th time; its seed depends on both.

        Raises:
            Outage: no answer after ``TRIES`` tries.
        """
        seconds = 0.0

        async def generate(state: TaskState, **settings: Any) -> TaskState:
            nonlocal seconds
            state.output, seconds = await self._tried(state, GenerateConfig(**settings))
            return state

        state = TaskState(
            model=ModelName(self._model),
            sample_id=question.id,
            epoch=number,
            input=question.text,
            messages=[ChatMessageUser(content=question.text)],
            metadata=dict(question.metadata),
        )
        state = await framing(question.system)(state, generate)  # type: ignore[arg-type]
        state = await elicit(self._elicitation, self._seed)(state, generate)  # type: ignore[arg-type]
        answer = read(state)
        reason = None if answer.chosen >= 0 else answer.reading.reason or "no answer"
        return Answer(answer.chosen, reason, seconds)

    async def begin(self) -> None:
        """Set up what belongs to one round; to be called in the task that asks."""
        init_active_model(self._model, self._config)
        init_transcript(Transcript())  # the old one with all its events is let go

    async def _tried(self, state: TaskState, settings: GenerateConfig) -> tuple[ModelOutput, float]:
        once = settings.merge(GenerateConfig(max_retries=0))  # Inspect alone would try for ever
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
            begun = monotonic()
            try:
                async with asyncio.timeout(self._timeout):
                    output = await self._model.generate(state.messages, config=once)
            except Exception as error:  # whatever a provider raises: there is no answer
                problem, again = self._problem(error)
            else:
                if not output.error or output.stop_reason == "content_filter":
                    return output, monotonic() - begun
                problem, again = f"error instead of an answer: {output.error}", True
            if not again:
                break
        raise Outage(presentable(problem))

    def _problem(self, error: BaseException) -> tuple[str, bool]:
        """What went wrong, and whether another try can help."""
        last = getattr(error, "last_attempt", None)  # Inspect's retrying wraps what it gives up on
        if last is not None:
            error = last.exception() or error
        if isinstance(error, TimeoutError):
            return f"no answer within {self._timeout:g} s", True
        status = getattr(error, "status_code", None)
        said = str(getattr(error, "provider_message", None) or error) or type(error).__name__
        if isinstance(status, int):
            return f"HTTP {status}: {said}", status >= 500 or status in _AGAIN
        cause = error.__cause__
        if cause is not None and str(cause) not in said:
            said = f"{said} ({cause})"
        return said, True


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
    """
    await endpoint.begin()
    waiting = list(reversed(questions))
    outages: list[Outage] = []

    async def work() -> None:
        while waiting and not outages:
            place, question = waiting.pop()
            try:
                answer = await endpoint.ask(question, number)
            except Outage as outage:
                outages.append(outage)
            else:
                keep(place, answer)

    workers: list[Awaitable[None]] = [work() for _ in range(min(AT_ONCE, len(questions)))]
    await asyncio.gather(*workers)
    return outages[0] if outages else None


def presentable(text: str) -> str:
    """Text of an error for logs: one line, of bounded length, without keys that the environment holds."""
    for name, value in os.environ.items():
        if name.upper().endswith(_SECRET_NAMES) and len(value) >= 6:
            text = text.replace(value, "***")
    text = " ".join(one_line(text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
