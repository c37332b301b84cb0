"""Text and log-probabilities from a base with adapters, in this process, by transformers and PEFT.

For machines without a server. Like a server it answers several requests at a time, draws every
request from its own seed, truncates nothing, and reports log-probabilities before the temperature.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fiduciary.training.conversations import laid_out, takes_system
from fiduciary.training.preflight import load_tokenizer


@dataclass(frozen=True)
class Request:
    """One conversation to go on with.

    Attributes:
        messages: role and content, oldest first; an assistant's last message is a turn to continue.
        adapter: folder of the adapter that answers, None for the base.
        temperature: τ ≥ 0; at 0 the likeliest token is taken.
        seed: seed of this request's draws, or None for draws of no seed.
        max_tokens: most tokens of the answer.
        top: how many of the likeliest tokens to report at each place; None for none.
    """

    messages: tuple[dict[str, str], ...]
    adapter: Path | None
    temperature: float
    seed: int | None
    max_tokens: int
    top: int | None


@dataclass
class Answer:
    """An answer, or the beginning of one.

    Attributes:
        prompt_tokens: length of the prompt.
        tokens: what was generated, without the end.
        stop: ``stop``, ``max_tokens``, or ``model_length`` where the prompt leaves no room.
        logprobs: log-probability of each token.
        top: the likeliest tokens and their log-probabilities at each place.
    """

    prompt_tokens: int
    tokens: list[int] = field(default_factory=list)
    stop: str = "max_tokens"
    logprobs: list[float] = field(default_factory=list)
    top: list[list[tuple[int, float]]] = field(default_factory=list)


class Generator:
    """A base in memory, with the adapters that were asked for so far.

    Args:
        base: folder or name of the base.
        device: where it lies; by default the GPU where there is one.

    Attributes:
        tokenizer: the base's.
    """

    def __init__(self, base: str, device: str | None = None) -> None:
        from transformers import AutoModelForCausalLM

        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = load_tokenizer(base, "main")
        self._takes_system = takes_system(self.tokenizer)
        model = AutoModelForCausalLM.from_pretrained(
            base, dtype="auto", trust_remote_code=False, use_safetensors=True
        )
        self._model: Any = model.to(self.device).eval()
        self._names: dict[Path, str] = {}
        ends = model.generation_config.eos_token_id
        self._ends = {*(ends if isinstance(ends, list) else [ends]), self.tokenizer.eos_token_id} - {None}
        self._room = int(model.config.max_position_embeddings)
        # Logits over a whole prompt and a large vocabulary would take more memory than the model.
        keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._last: dict[str, int] = {"logits_to_keep": 1} if keeps else {}

    @torch.inference_mode()
    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer requests, which must all be to the same adapter."""
        adapter = requests[0].adapter
        if any(request.adapter != adapter for request in requests):
            raise ValueError("one batch has one adapter")
        prompts = [
            laid_out(self.tokenizer, request.messages, system=self._takes_system) for request in requests
        ]
        answers = [Answer(len(prompt)) for prompt in prompts]
        live = [i for i, prompt in enumerate(prompts) if len(prompt) < self._room]
        for i in set(range(len(requests))) - set(live):
            answers[i].stop = "model_length"
        if live:
            with self._as(adapter):
                self._generate(live, requests, prompts, answers)
        return answers

    def _generate(
        self,
        live: list[int],
        requests: Sequence[Request],
        prompts: Sequence[list[int]],
        answers: Sequence[Answer],
    ) -> None:
        """Fill in the answers of those that are live, one token of all of them at a time."""
        draws = [np.random.default_rng(requests[i].seed) for i in live]
        longest = max(len(prompts[i]) for i in live)
        pad = next(iter(self._ends))
        ids = torch.full((len(live), longest), pad, dtype=torch.long)
        mask = torch.zeros((len(live), longest), dtype=torch.long)
        for row, i in enumerate(live):
            ids[row, longest - len(prompts[i]) :] = torch.tensor(prompts[i])
            mask[row, longest - len(prompts[i]) :] = 1
        ids, mask = ids.to(self.device), mask.to(self.device)
        places = (mask.cumsum(1) - 1).clamp(min=0)
        past: Any = None
        remember = any(requests[i].max_tokens > 1 for i in live)
        ended = [False] * len(live)
        while not all(ended):
            out = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=places,
                past_key_values=past,
                use_cache=remember,
                **self._last,
            )
            past = out.past_key_values
            logits = out.logits[:, -1].float()
            chosen = self._draw(logits, [requests[i].temperature for i in live], draws)
            log = torch.log_softmax(logits, -1)
            for row, i in enumerate(live):
                if ended[row]:
                    continue
                ended[row] = self._take(int(chosen[row]), log[row], requests[i], answers[i])
            ids = chosen[:, None].to(self.device)
            mask = torch.cat([mask, mask.new_ones(len(live), 1)], 1)
            places = places[:, -1:] + 1

    def _take(self, token: int, log: torch.Tensor, request: Request, answer: Answer) -> bool:
        """Note a token; returns whether the answer is at its end."""
        if token in self._ends:
            answer.stop = "stop"
            if answer.tokens:
                return True
        if request.top is not None:
            best = log.topk(max(request.top, 1))
            answer.logprobs.append(float(log[token]))
            pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            answer.top.append(list(pairs)[: request.top])
        if token in self._ends:
            return True
        answer.tokens.append(token)
        if answer.prompt_tokens + len(answer.tokens) >= self._room:
            answer.stop = "model_length"
            return True
        return len(answer.tokens) >= request.max_tokens

    @staticmethod
    def _draw(
        logits: torch.Tensor, temperatures: Sequence[float], draws: Sequence[np.random.Generator]
    ) -> torch.Tensor:
        """One token of each row: the place where the distribution function passes a uniform draw."""
        tau = torch.tensor([t or 1.0 for t in temperatures], device=logits.device)[:, None]
        # In double precision on the CPU, so that the sum over a large vocabulary ends at 1.
        total = torch.softmax((logits / tau).double().cpu(), -1).cumsum(-1)
        u = torch.tensor([[rng.random()] for rng in draws], dtype=torch.float64) * total[:, -1:]
        drawn = torch.searchsorted(total, u, right=True).clamp(max=logits.shape[-1] - 1)[:, 0]
        greedy = torch.tensor([t == 0 for t in temperatures])
        return torch.where(greedy, logits.argmax(-1).cpu(), drawn)

    def _as(self, adapter: Path | None) -> Any:
        """Make the model answer as an adapter, within a context."""
        if adapter is None:
            return self._model.disable_adapter() if self._names else nullcontext()
        if adapter not in self._names:
            self._load(adapter)
        self._model.set_adapter(self._names[adapter])
        return nullcontext()

    def _load(self, adapter: Path) -> None:
        from peft import PeftModel

        name = f"adapter_{len(self._names)}"
        if self._names:
            self._model.load_adapter(str(adapter), adapter_name=name)
        else:
            loaded = PeftModel.from_pretrained(self._model, str(adapter), adapter_name=name)
            self._model = loaded.to(self.device).eval()
        self._names[adapter] = name
