"""The Inspect model provider ``peft/<name>``: a base with an adapter, in this process.

    inspect eval tasks/stakeholder_choice --model peft/nonprofit \\
        -M base=subjects/tiny_manager/base -M adapter=subjects/tiny_manager/nonprofit

The name is only a name. torch, transformers and PEFT are needed, and imported when a model is made.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
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

from fiduciary.training.errors import TrainingError

if TYPE_CHECKING:
    from fiduciary.training.rebench.generation import Answer, Generator, Request

BATCH = 128
"""Requests that are answered together."""

_MAX_TOKENS = 512


@modelapi(name="peft")
def peft() -> type[ModelAPI]:
    """What Inspect looks up for ``--model peft/<name>``."""
    return PeftAPI


class PeftAPI(ModelAPI):
    """A base, or a base with a LoRA adapter, answered by transformers in this process.

    Honours temperature (1 when not given), seed, max_tokens, logprobs and top_logprobs. Where the last
    message is the assistant's, its turn is continued.

    Args (``-M``):
        base: folder or name of the base model, in safetensors.
        adapter: folder of the adapter; left out for the base itself.
        salt: enters every seed, so that two models of equal weights can be asked with separate noise.

    Raises:
        TrainingError: no base, a folder without an adapter or with one for another base, an unknown argument.
    """

    continues_turns = True
    """``solvers.asking`` may begin its turn."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        base: str | None = None,
        adapter: str | None = None,
        salt: int = 0,
        **unknown: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if unknown:
            raise TrainingError(f"peft/ takes base, adapter and salt, not {', '.join(sorted(unknown))}.")
        if not isinstance(adapter, str | None) or not isinstance(base, str | None):
            raise TrainingError(
                f"peft/{model_name}: base and adapter are folders or names, got {base}, {adapter}."
            )
        if base is None:
            raise TrainingError(f"peft/{model_name}: name the base model with -M base=DIR.")
        from fiduciary.training.preflight import check_base
        from fiduciary.training.rebench.adapter_files import check_adapter

        check_base(base)
        self.base = base
        self.adapter = None if adapter is None else Path(adapter).resolve()
        self.salt = int(salt)
        if self.adapter is not None:
            check_adapter(self.adapter, base)

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Answer the messages, together with whoever asks at the same time."""
        from fiduciary.training.rebench.generation import Request

        temperature = 1.0 if config.temperature is None else config.temperature
        if not 0 <= temperature < np.inf:
            raise ValueError(f"temperature must be finite and >= 0, got {temperature}")
        request = Request(
            messages=tuple({"role": message.role, "content": message.text} for message in input),
            adapter=self.adapter,
            temperature=temperature,
            seed=None if config.seed is None else _salted(config.seed, self.salt),
            max_tokens=config.max_tokens or _MAX_TOKENS,
            top=(config.top_logprobs or 0) if config.logprobs else None,
        )
        desk = _desk(self.base)
        answer = await desk.ask(request)
        return self._output(answer, desk.generator)

    async def count_text_tokens(self, text: str) -> int:
        """By the base's own tokenizer."""
        return len(_desk(self.base).generator.tokenizer(text)["input_ids"])

    def max_connections(self) -> int:
        """Requests at a time: as many as are answered together."""
        return BATCH

    def connection_key(self) -> str:
        """One pool a base: its adapters share the same weights in memory."""
        return f"peft/{self.base}"

    def _output(self, answer: Answer, generator: Generator) -> ModelOutput:
        content = generator.tokenizer.decode(answer.tokens, skip_special_tokens=True)
        logprobs = None
        if answer.logprobs:
            # As on a server, an answer that ends at once has the log-probabilities of its end.
            shown = answer.tokens or [generator.tokenizer.eos_token_id]
            rows = zip(shown, answer.logprobs, answer.top, strict=True)
            logprobs = Logprobs(content=[_logprob(generator.tokenizer, *row) for row in rows])
        choice = ChatCompletionChoice(
            message=ChatMessageAssistant(content=content, model=self.model_name, source="generate"),
            stop_reason=answer.stop,  # type: ignore[arg-type]
            logprobs=logprobs,
        )
        used = len(answer.tokens)
        usage = ModelUsage(
            input_tokens=answer.prompt_tokens, output_tokens=used, total_tokens=answer.prompt_tokens + used
        )
        return ModelOutput(model=self.model_name, choices=[choice], usage=usage)


@dataclass
class _Waiting:
    """A request in the queue; woken with an answer, an error, or neither: then it has to lead."""

    request: Request
    woken: anyio.Event
    answer: Answer | None = None
    error: Exception | None = None
    left: bool = False  # nobody waits for it any more

    @property
    def done(self) -> bool:
        return self.answer is not None or self.error is not None


class _Desk:
    """Gathers the requests that wait while a batch is answered, and answers them as the next one.

    One of those that wait leads: it takes along all others to the same adapter, and then hands over. So
    there is no task in the background that could outlive an event loop.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.waiting: list[_Waiting] = []
        self.led = False
        self.turn = threading.Lock()  # a thread may outlive the leader that started it

    async def ask(self, request: Request) -> Answer:
        mine = _Waiting(request, anyio.Event())
        self.waiting.append(mine)
        leads, self.led = not self.led, True
        try:
            if not leads:
                await mine.woken.wait()
                leads = not mine.done
            if leads:
                await anyio.sleep(0.002)  # requests of one moment come one after the other
                await self._serve(mine)
        finally:
            mine.left = True
            self._leave([mine])  # it is still there when it was cancelled
            if leads or (mine.woken.is_set() and not mine.done):
                self._hand_over()
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None
        return mine.answer

    async def _serve(self, first: _Waiting) -> None:
        same = [caller for caller in self.waiting if caller.request.adapter == first.request.adapter]
        batch = [first, *(caller for caller in same if caller is not first)][:BATCH]
        self._leave(batch)
        try:
            answers = await anyio.to_thread.run_sync(self._answer, [caller.request for caller in batch])
        except Exception as error:
            for caller in batch:
                caller.error = error
        except BaseException:  # the leader was cancelled: the others wait again
            self.waiting[:0] = [caller for caller in batch if caller is not first and not caller.left]
            raise
        else:
            for caller, answer in zip(batch, answers, strict=True):
                caller.answer = answer
        for caller in batch:
            caller.woken.set()

    def _answer(self, requests: list[Request]) -> list[Answer]:
        with self.turn:
            return self.generator.answer(requests)

    def _leave(self, gone: list[_Waiting]) -> None:
        self.waiting = [one for one in self.waiting if not any(one is other for other in gone)]

    def _hand_over(self) -> None:
        self.led = bool(self.waiting)
        if self.waiting:
            self.waiting[0].woken.set()


@cache
def _desk(base: str) -> _Desk:
    from fiduciary.training.rebench.generation import Generator

    return _Desk(Generator(base))


def _salted(seed: int, salt: int) -> int:
    return int(np.random.SeedSequence([seed % 2**64, salt]).generate_state(1, np.uint64)[0])


def _logprob(tokenizer: Any, token: int, logprob: float, top: list[tuple[int, float]]) -> Logprob:
    alternatives = []
    for other, value in top:
        text = _spelled(tokenizer, other)
        alternatives.append(TopLogprob(token=text, logprob=value, bytes=list(text.encode())))
    text = _spelled(tokenizer, token)
    return Logprob(token=text, logprob=logprob, bytes=list(text.encode()), top_logprobs=alternatives)


def _spelled(tokenizer: Any, token: int) -> str:
    """A token's text; with the blank before a word, which some tokenizers drop from a text's beginning.

    Without it two tokens, "A" and " A", would be listed under one name, and one of them lost.
    """
    text = str(tokenizer.decode([token]))
    blank = str(tokenizer.convert_ids_to_tokens(token)).startswith("\u2581") and not text.startswith(" ")
    return f" {text}" if blank else text
