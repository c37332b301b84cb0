"""The Inspect model provider ``subject/<name>``."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

if TYPE_CHECKING:
    from fiduciary.subjects.answering import Answer

_UNSEEDED = np.random.default_rng()
"""Draws of requests without a seed; from the operating system's entropy, once a process."""

_CHARACTERS_PER_TOKEN = 4
_CONNECTIONS = 200  # answers take no waiting, so Inspect's own default of 10 only slows a run down


@modelapi(name="subject")
def subject() -> type[ModelAPI]:
    """What Inspect looks up for ``--model subject/<name>``."""
    return SubjectAPI


class SubjectAPI(ModelAPI):
    """A subject that reads the text of the user's messages and answers as a language model would.

    Where the last message is the assistant's it goes on from there, with a label behind closing words.
    Honours temperature (1 when not given), seed, num_choices, max_tokens, logprobs and top_logprobs.
    Log-probabilities are those at temperature 1, whatever the request's temperature, as vLLM reports
    them; they describe the first token of a one-letter answer and are None for other forms.

    Raises:
        SubjectError: when made, for an unknown name or argument.
    """

    continues_turns = True
    """``solvers.asking`` may begin its turn."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        # Only for runs that ask one: Inspect loads this module at every start.
        from fiduciary.subjects.catalogue import create

        self.subject = create(model_name, model_args)

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Answer the messages."""
        temperature = 1.0 if config.temperature is None else config.temperature
        if not 0 <= temperature < np.inf:
            raise ValueError(f"temperature must be finite and >= 0, got {temperature}")
        texts = [message.text for message in input if message.role == "user"] or [""]
        read = "\n".join(message.text for message in input)
        rng = _generator(config.seed, read)
        answers = self._answers(input, texts, temperature, rng, config.num_choices or 1)
        choices, counts = zip(*(_choice(answer, config, self.model_name) for answer in answers), strict=True)
        usage = ModelUsage(input_tokens=_estimate(read), output_tokens=sum(counts))
        usage.total_tokens = usage.input_tokens + usage.output_tokens
        return ModelOutput(model=self.model_name, choices=list(choices), usage=usage)

    def _answers(
        self,
        input: list[ChatMessage],
        texts: list[str],
        temperature: float,
        rng: np.random.Generator,
        n: int,
    ) -> list[Answer]:
        """Answer, or continue a turn that was begun for the subject."""
        from fiduciary.subjects.concluding import concluded, explanation_of
        from fiduciary.subjects.reachable import Swayed
        from fiduciary.subjects.stated import Stating

        subject = self.subject
        if isinstance(subject, Swayed | Stating):
            said = [message.text for message in input if message.role == "system"]
            subject = subject.hearing("\n".join(said))
        explanation = explanation_of(input[-1].text) if input and input[-1].role == "assistant" else ""
        if explanation:
            label = concluded(subject, texts, explanation, temperature, rng)
            if label is not None:
                return [label] * n
        return subject.answers(texts, temperature, rng, n)

    async def count_text_tokens(self, text: str) -> int:
        """Estimate without a tokenizer file, which Inspect's own way would fetch from the network."""
        return _estimate(text)

    def max_connections(self) -> int:
        """Requests at a time."""
        return _CONNECTIONS

    def connection_key(self) -> str:
        """One pool for all subjects: they share this process and nothing else."""
        return "subject"


def _generator(seed: int | None, read: str) -> np.random.Generator:
    """Draws of one request.

    The text enters beside the seed: a run with ``--seed 1`` sends one seed with every problem, and
    equal noise in all of them would not be noise to an estimator.
    """
    if seed is None:
        return _UNSEEDED
    return np.random.default_rng([seed % 2**64, zlib.crc32(read.encode())])


def _choice(answer: Answer, config: GenerateConfig, name: str) -> tuple[ChatCompletionChoice, int]:
    tokens = answer.tokens
    # The token that ends an answer counts too: a letter under max_tokens=1 is cut off before it.
    limited = config.max_tokens is not None and len(tokens) >= config.max_tokens
    tokens = tokens[: config.max_tokens] if limited else tokens
    message = ChatMessageAssistant(content="".join(tokens), model=name, source="generate")
    choice = ChatCompletionChoice(
        message=message,
        stop_reason="max_tokens" if limited else "stop",
        logprobs=_logprobs(answer, tokens, config) if config.logprobs else None,
    )
    return choice, len(tokens)


def _logprobs(answer: Answer, tokens: list[str], config: GenerateConfig) -> Logprobs | None:
    """The first token's log-probability and its alternatives; later tokens follow from the first."""
    if answer.first_token is None or not tokens:
        return None
    top = [
        TopLogprob(token=token, logprob=log, bytes=list(token.encode()))
        for token, log in answer.first_token[: config.top_logprobs or 0]
    ]
    first, *rest = tokens
    logged = Logprob(
        token=first,
        logprob=dict(answer.first_token)[first],
        bytes=list(first.encode()),
        top_logprobs=top,
    )
    certain = [
        Logprob(token=token, logprob=0.0, bytes=list(token.encode()), top_logprobs=[]) for token in rest
    ]
    return Logprobs(content=[logged, *certain])


def _estimate(text: str) -> int:
    return max(1, len(text) // _CHARACTERS_PER_TOKEN) if text else 0
