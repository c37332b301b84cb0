"""The one engine that asks: every question with labelled options, and every text, goes through it.

A choice is asked in one of four ways:

``choose``
    The assistant's turn is begun with the closing words, and the next token's log-probabilities over the
    labels are read. One call, one token, no text to misread.
``explain``
    The model explains freely at the sample's temperature and chooses in its own words; then the same turn is
    continued with the closing words, and the labels' log-probabilities are those given that explanation. What
    the text itself stated stands beside them.
``text``
    The explanation and its closing sentence alone, for providers that continue no turn.
``both``
    ``choose`` and ``explain`` of the same problem, in two fresh contexts.

First tokens and texts can disagree (Wang et al. 2024, arXiv 2402.14499), so neither is mixed with the other.
With one token softmax(V/τ) is the sampler's own identity, so the temperature of ``choose`` says nothing about
the model: it asks at τ = 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    Content,
    ContentText,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.solver import TaskState
from inspect_ai.util import collect

from fiduciary._inspect import active_generate_config, active_model, run_is_set_up
from fiduciary.solvers.label_tokens import CannotAsk, Watch, is_broken, label_settings
from fiduciary.solvers.refusals import generate
from fiduciary.solvers.sampling import neutral_sampling, request_seed

ELICITATIONS = ("choose", "explain", "text", "both")

CLOSING = "Therefore, I choose: Option"
"""The closing words: what a label follows, begun for the model or written by it."""

CLOSINGS = (
    CLOSING,
    "My choice is Option",
    "I go with Option",
    "After weighing all this, I would take Option",
    "The firm should take Option",
    "So my answer is Option",
    "I decide in favour of Option",
    "Of these I pick Option",
)
"""Other words that a turn can be begun with, to see whether a choice depends on them."""

ANSWERS_STORE = "answers"
"""Where :func:`ask_all` leaves the answers, for the scorers (``scorers/answers.py`` reads them)."""

EXPLAINED = "/explained"
"""Follows the name of a question's explained answer, where ``both`` asks for two."""

LABEL_TEMPERATURE = 1.0
"""Log-probabilities are those of the model's own distribution, whatever the temperature plan."""

MAX_TOKENS = MappingProxyType({"choose": 1, "explain": 512, "text": 512, "both": 512})
"""Default length of an answer, for a task's ``GenerateConfig``: there ``--max-tokens`` overrides it."""

TRIES = 5
"""Times that a label is asked for where the server mixed it up with another request; no answer is lost."""

_CONTINUING = ("VLLMAPI", "SGLANGAPI")
"""Inspect's providers that continue the turn when the last message is the assistant's."""

_CLOSING_BEGINS = re.compile(r"\btherefore,? i choose\b", re.IGNORECASE)
_LONGEST_CLOSING = 60
"""Characters behind these words in a closing sentence; where more follows they are quoted, or thought."""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: unique within the sample; answers are kept under it, and the request's seed depends on it.
        messages: the whole context, instruction for the answer included.
        elicitation: ``choose``, ``explain`` or ``text``.
        labels: what may follow the closing words.
        temperature: τ ≥ 0 of a text.
        max_tokens: the longest text, unless the command line says otherwise (``--max-tokens``).
        closing: the closing words.
        said: with ``choose``, an explanation that stands before the closing words, from another question.
    """

    name: str
    messages: tuple[ChatMessage, ...]
    elicitation: str
    labels: tuple[str, ...] = ()
    temperature: float = 1.0
    max_tokens: int = MAX_TOKENS["text"]
    closing: str = CLOSING
    said: str = ""


@dataclass
class Answer:
    """What came back, as it is kept in the sample's store.

    Attributes:
        output: of the text, or of the one token of ``choose``.
        labels: of the one token that follows the closing words; None where a text alone was asked for.
    """

    output: ModelOutput
    labels: ModelOutput | None = None

    def turn(self, closing: str) -> ChatMessageAssistant:
        """The assistant's turn as a conversation goes on from it."""
        if self.labels is None:
            return ChatMessageAssistant(content=self.output.completion)
        said = "" if self.labels is self.output else self.output.completion
        # Some tokenizers put the blank before the label into its token, others leave it out.
        begun = str(continued(said, closing)).rstrip()
        return ChatMessageAssistant(content=f"{begun} {self.labels.completion.strip()}")

    def record(self) -> dict[str, Any]:
        """The answer as the store keeps it."""
        choice = self.output.choices[0] if self.output.choices else None
        token = self.labels.choices[0] if self.labels is not None and self.labels.choices else None
        return {
            "text": self.output.completion,
            "stop_reason": self.output.stop_reason if choice else None,
            "error": self.output.error or (self.labels.error if self.labels is not None else None),
            "logprobs": token.logprobs.model_dump() if token and token.logprobs else None,
        }


def named(labels: Sequence[str]) -> str:
    """The offered labels in words: ``A, B or C``."""
    return f"{', '.join(labels[:-1])} or {labels[-1]}" if len(labels) > 1 else labels[0]


def instruction(elicitation: str, labels: Sequence[str]) -> str:
    """The last paragraph of the user's text, which says how to answer."""
    if elicitation == "choose":
        return f"Answer with exactly one letter: {named(labels)}."
    if elicitation == "explain":
        return (
            "First explain your reasoning in a few sentences. "
            f"Then choose exactly one letter: {named(labels)}."
        )
    return (
        f'Explain your reasoning in a few sentences. Then end with one sentence that begins with "{CLOSING}" '
        f"and goes on with the letter of your option: {named(labels)}."
    )


def continues_turns(model: Model | None = None) -> bool:
    """Whether a provider continues a begun turn; without a model and outside of a run, taken as true."""
    if model is None:
        model = active_model() if run_is_set_up() else None
    if model is None:
        return True
    return type(model.api).__name__ in _CONTINUING or bool(getattr(model.api, "continues_turns", False))


def default_elicitation() -> str:
    """``choose`` where the provider of the model under evaluation allows it, else ``text``."""
    return "choose" if continues_turns() else "text"


def questions_of(
    state: TaskState,
    texts: Mapping[str, str],
    elicitation: str,
    labels: Sequence[str] | Mapping[str, Sequence[str]],
    *,
    instructed: bool = False,
    closing: str = CLOSING,
) -> list[Question]:
    """The questions of a sample: each text in a fresh context after the sample's system messages.

    Args:
        state: the sample; its metadata's ``temperature`` is that of texts.
        texts: the user's text, by the question's name.
        elicitation: one of ``ELICITATIONS``; ``both`` makes two questions of each.
        labels: of the options, of all questions or by name.
        instructed: whether the texts already say how to answer.
        closing: the words that turns are begun with.
    """
    before = system_messages(state.messages)
    asked = []
    for name, text in texts.items():
        offered = tuple(labels[name] if isinstance(labels, Mapping) else labels)
        for way in ("choose", "explain") if elicitation == "both" else (elicitation,):
            whole = text if instructed else f"{text}\n\n{instruction(way, offered)}"
            asked.append(
                Question(
                    name=name + EXPLAINED if elicitation == "both" and way == "explain" else name,
                    messages=(*before, ChatMessageUser(content=whole)),
                    elicitation=way,
                    labels=offered,
                    temperature=float(state.metadata["temperature"]),
                    closing=closing,
                )
            )
    return asked


def system_messages(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The system messages of a conversation, which every fresh context starts with."""
    return tuple(message for message in messages if message.role == "system")


async def ask(state: TaskState, question: Question, seed: int, watch: Watch) -> Answer:
    """Ask one question; the sample's own messages are left alone.

    Raises:
        CannotAsk: the first few answers show that this model cannot be asked so.
    """
    settings: dict[str, Any] = dict(neutral_sampling(state.model.api))
    settings["seed"] = request_seed(seed, f"{state.sample_id}/{question.name}", state.epoch)
    if question.elicitation == "choose":
        begun = continued(question.said, question.closing)
        token = await _label(question, question.messages, begun, settings, watch)
        return Answer(token, token)
    text = settings | {"temperature": question.temperature}
    if active_generate_config().max_tokens is None:
        text["max_tokens"] = question.max_tokens
    output = await generate(get_model(), question.messages, text)
    if question.elicitation == "text" or output.error or not output.choices:
        return Answer(output)
    begun = continued(output.choices[0].message.content, question.closing)
    # Noise of its own: one seed for both would tie the label to the explanation's first token.
    settings["seed"] = request_seed(seed, f"{state.sample_id}/{question.name}/label", state.epoch)
    return Answer(output, await _label(question, question.messages, begun, settings, watch))


async def ask_all(
    state: TaskState, questions: Sequence[Question], seed: int, watch: Watch
) -> dict[str, Answer]:
    """Ask all questions at the same time and keep their answers in the sample's store.

    Raises:
        ValueError: two questions with one name.
        CannotAsk: as :func:`ask`.
    """
    names = [question.name for question in questions]
    if len(set(names)) < len(names):
        raise ValueError(f"questions of sample {state.sample_id!r} share a name: {names}")
    asked = [ask(state, question, seed, watch) for question in questions]
    # Each of several gets a span of its own in the log, which one alone need not pay for.
    answers = [await asked[0]] if len(asked) == 1 else await collect(*asked)
    kept = dict(zip(names, answers, strict=True))
    keep(state, kept)
    return kept


def keep(state: TaskState, answers: Mapping[str, Answer]) -> None:
    """Add answers to the sample's store; the last one also becomes the sample's output."""
    stored = dict(state.store.get(ANSWERS_STORE, {}))
    for name, answer in answers.items():
        stored[name] = answer.record()
        state.output = answer.output
    state.store.set(ANSWERS_STORE, stored)


async def _label(
    question: Question,
    messages: Sequence[ChatMessage],
    begun: str | list[Content],
    settings: Mapping[str, Any],
    watch: Watch,
) -> ModelOutput:
    """The one token that follows the begun turn."""
    model = get_model()
    if not continues_turns(model):
        raise CannotAsk(
            f"{model} takes a begun turn for an earlier one, so its labels cannot be read: ask for texts "
            "with -T elicitation=text"
        )
    asked = {**settings, "temperature": LABEL_TEMPERATURE, "max_tokens": 1}
    asked |= await label_settings(model, question.labels, settings)
    turn = [*messages, ChatMessageAssistant(content=begun)]
    for _ in range(TRIES):
        output = await generate(model, turn, asked)
        if not is_broken(output):
            break
    else:
        output.error = "the server mixed log-probabilities up with those of other requests"
    watch.saw(output, question.labels, question.closing, str(model))
    return output


def continued(content: str | list[Content], closing: str) -> str | list[Content]:
    """An explanation with the closing words behind it, in place of those that the model wrote itself.

    Thought stays before it, in a part of its own, so that the closing words stand behind its end.
    """
    if isinstance(content, str):
        return f"{_without_closing(content)}\n\n{closing}".lstrip()
    text = "".join(part.text for part in content if isinstance(part, ContentText))
    others = [part for part in content if not isinstance(part, ContentText)]
    return [*others, ContentText(text=f"{_without_closing(text)}\n\n{closing}".lstrip())]


def _without_closing(text: str) -> str:
    """A text without the closing sentence that the model wrote at its end, and the marks before that.

    The full stop of the sentence before belongs to that sentence.
    """
    last = None
    for found in _CLOSING_BEGINS.finditer(text):
        last = found
    if last is not None:
        tail = text[last.end() :].strip()
        if len(tail) <= _LONGEST_CLOSING and "\n" not in tail:
            text = text[: last.start()].rstrip(" \t\r\n*_#>`~\"'-")
    return text.rstrip()
