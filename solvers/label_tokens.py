"""Log-probabilities of labels: how they are asked for, and when the first answers show that they cannot be.

vLLM returns the log-probabilities of given tokens (``logprob_token_ids``, at most 128), so that no label is
censored by the top twenty. Its server breaks other requests for top log-probabilities that run at the same
time, so one server is asked in one form only.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx
from inspect_ai.model import Model, ModelOutput
from rich.markup import escape

from fiduciary._inspect import PrerequisiteError

TOP_LOGPROBS = 20
"""The most that providers return."""

WORD_STARTS = "Ġ▁"
"""How tokenizers spell the blank before a word when a token is not decoded."""

ENOUGH = 16
"""Answers after which a label that never followed, or a log-probability that never came, is no accident."""

LEAST_MASS = 0.01
"""Probability of the labels together under which none of them followed the closing words."""

_TOKEN_ID = re.compile(r"token_id:\d+")
_BROKEN = -9999.0
_SECONDS = 20.0
_TRIES = 3


class CannotAsk(PrerequisiteError, RuntimeError):
    """This model cannot be asked so; the message names the way out."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


@dataclass
class Watch:
    """Looks at the first answers of a run, so that what cannot work stops after a few of them.

    One is made with each solver, so that runs do not share it.
    """

    _seen: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _good: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def saw(self, output: ModelOutput, labels: Sequence[str], closing: str, model: str) -> None:
        """Take one answer in.

        Args:
            output: the token that followed the closing words.
            labels: what should have followed them.
            closing: the closing words.
            model: who was asked; one task may be put to several.

        Raises:
            CannotAsk: no log-probabilities, tokens only as ids, or no label behind the closing words, in
                none of the first ``ENOUGH`` answers; or log-probabilities broken by other requests.
        """
        key = (model, closing)
        broken = is_broken(output)
        if not output.choices or self._good[key] or (output.error and not broken):
            return
        self._seen[key] += 1
        tokens = first_tokens(output)
        mass = sum(math.exp(logprob) for token, logprob in tokens.items() if label_of(token) in labels)
        if not broken and mass >= LEAST_MASS:
            self._good[key] += 1
            return
        if self._seen[key] < ENOUGH:
            return
        if not tokens:
            raise CannotAsk(
                f"the provider returned no log-probabilities in {ENOUGH} answers: ask for texts with "
                "-T elicitation=text"
            )
        if all(_TOKEN_ID.fullmatch(token) for token in tokens):
            raise CannotAsk("the server returns tokens as ids: start it without --return-tokens-as-token-ids")
        if broken:
            raise CannotAsk(
                "the server's log-probabilities are broken by other requests that run at the same time: ask "
                "it from one program at a time"
            )
        most = max(tokens, key=lambda token: tokens[token])
        raise CannotAsk(
            f"no label ({', '.join(labels)}) followed the closing words {closing!r} in {ENOUGH} answers (the "
            f"likeliest token was {most!r}): the server may not continue the assistant's turn, or a label is "
            "more than one token for this tokenizer; ask for texts with -T elicitation=text"
        )


def first_tokens(output: ModelOutput) -> dict[str, float]:
    """Log-probabilities of what the first token could have been; empty where none were returned."""
    choice = output.choices[0] if output.choices else None
    if choice is None or choice.logprobs is None or not choice.logprobs.content:
        return {}
    first = choice.logprobs.content[0]
    # Some providers return the sampled token only, others list it among the top ones.
    tokens = {top.token: float(top.logprob) for top in first.top_logprobs or []}
    tokens.setdefault(first.token, float(first.logprob))
    return {token: logprob for token, logprob in tokens.items() if not math.isnan(logprob)}


def is_broken(output: ModelOutput) -> bool:
    """Whether the server mixed the request up with others: a token at −9999 in place of the labels.

    vLLM 0.32 does so, with status 200, for some requests of a batch in which several ask for probabilities
    by token, and for those that ask for the likeliest ones beside them.
    """
    return min(first_tokens(output).values(), default=0.0) <= _BROKEN


def label_of(token: str) -> str:
    """A token without the blank before it, however the tokenizer spells that."""
    return token.strip().strip(WORD_STARTS)


async def label_settings(model: Model, labels: Sequence[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a request that returns the labels' log-probabilities, exactly where the server can.

    Args:
        model: who is asked.
        labels: what may follow the closing words.
        settings: of the request so far; its ``extra_body`` is kept.

    Raises:
        CannotAsk: a label that is more than one token for the model's tokenizer, with and without a blank.
    """
    tokens = await _token_ids(model, tuple(labels))
    if tokens is None:
        return {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
    body = {**(settings.get("extra_body") or {}), "logprob_token_ids": tokens}
    return {"logprobs": True, "extra_body": body}


_Server = tuple[str, str]
_known: dict[tuple[_Server, str], list[int]] = {}
_has_tokenizer: dict[_Server, bool] = {}
_locks: dict[_Server, anyio.Lock] = {}


async def _token_ids(model: Model, labels: tuple[str, ...]) -> list[int] | None:
    """Every one-token spelling of every label, from the server's tokenizer; None where it has none to ask."""
    url = str(getattr(model.api, "base_url", None) or "")
    if type(model.api).__name__ != "VLLMAPI" or not labels or not url:
        return None
    name = str(model.api.model_name).partition(":")[0]
    server = (url, name)
    key = str(getattr(model.api, "api_key", "") or "")
    # Many questions begin at once, and one of them asks. One form for one server: never both.
    async with _locks.setdefault(server, anyio.Lock()):
        if _has_tokenizer.get(server) is False:
            return None  # none of vLLM's servers, or an old one: the top twenty have to do
        if missing := [label for label in labels if (server, label) not in _known]:
            # A proxy stands between this machine and others, not between two programs of one. One client for
            # all that is missing: to make one takes longer than to ask.
            async with _client(trust_env=not _is_local(url)) as client:
                if server not in _has_tokenizer:
                    _has_tokenizer[server] = await _tokens(client, url, name, key, missing[0]) is not None
                    if not _has_tokenizer[server]:
                        return None
                for label in missing:
                    _known[server, label] = await _single(client, url, name, key, label)
        return list(dict.fromkeys(token for label in labels for token in _known[server, label]))


async def _single(client: httpx.AsyncClient, url: str, name: str, key: str, label: str) -> list[int]:
    """The one-token spellings of a label."""
    spelt = [await _tokens(client, url, name, key, spelling) for spelling in (label, f" {label}")]
    single = [tokens[0] for tokens in spelt if tokens is not None and len(tokens) == 1]
    if None in spelt:
        raise CannotAsk(f"the tokenizer at {url} stopped answering")
    if not single:
        raise CannotAsk(
            f"the label {label!r} is more than one token for {name}: ask for texts with -T elicitation=text"
        )
    return single


async def _tokens(client: httpx.AsyncClient, url: str, name: str, key: str, text: str) -> list[int] | None:
    """A text's tokens by the server's tokenizer; None where it has none, or did not answer in three tries."""
    address = f"{url.rstrip('/').removesuffix('/v1')}/tokenize"
    body = {"model": name, "prompt": text, "add_special_tokens": False}
    for _ in range(_TRIES):
        try:
            response = await client.post(address, json=body, headers={"Authorization": f"Bearer {key}"})
        except httpx.HTTPError:
            continue
        if response.status_code != httpx.codes.OK:
            return None
        try:
            return [int(token) for token in response.json()["tokens"]]
        except (ValueError, KeyError, TypeError):
            return None
    return None


def _client(*, trust_env: bool) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_SECONDS, trust_env=trust_env)


def _is_local(url: str) -> bool:
    return any(f"//{host}" in url for host in ("127.0.0.1", "localhost", "[::1]"))
