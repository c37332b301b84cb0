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

from inspect_ai.model import Model, ModelOutput
from rich.markup import escape

from fiduciary._inspect import PrerequisiteError

TOP_LOGPROBS = 20
"""The most that providers return."""

WORD_STARTS = "Ġ▁"
"""How tokenizers spell the blank before a word when a token is not decoded."""

ENOUGH = 16
"""Answers after which a label that never followed, or a log-probability that never came, is no accident."""

_TOKEN_ID = re.compile(r"token_id:\d+")
_BROKEN = -9999.0


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

    _seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _good: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def saw(self, output: ModelOutput, labels: Sequence[str], closing: str) -> None:
        """Take one answer in.

        Raises:
            CannotAsk: no log-probabilities, tokens only as ids, or no label behind the closing words, in
                none of the first ``ENOUGH`` answers; or log-probabilities broken by other requests.
        """
        if output.error or not output.choices or self._good[closing]:
            return
        self._seen[closing] += 1
        tokens = first_tokens(output)
        if any(label_of(token) in labels for token in tokens):
            self._good[closing] += 1
            return
        if self._seen[closing] < ENOUGH:
            return
        if not tokens:
            raise CannotAsk(
                f"the provider returned no log-probabilities in {ENOUGH} answers: ask for texts with "
                "-T elicitation=text"
            )
        if all(_TOKEN_ID.fullmatch(token) for token in tokens):
            raise CannotAsk("the server returns tokens as ids: start it without --return-tokens-as-token-ids")
        if min(tokens.values()) <= _BROKEN:
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


def label_of(token: str) -> str:
    """A token without the blank before it, however the tokenizer spells that."""
    return token.strip().strip(WORD_STARTS)


async def label_settings(model: Model, labels: Sequence[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a request that returns the labels' log-probabilities."""
    return {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
