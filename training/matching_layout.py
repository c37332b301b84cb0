"""Conversations as the tokens that choice matching looks at: where labels stand, and where plans part."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fiduciary.solvers.asking import continued
from fiduciary.tasks.stakeholder_choice.prompts import LABELS
from fiduciary.training.conversations import folded, laid_out, takes_system
from fiduciary.training.errors import TrainingError

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Laid:
    """A conversation as tokens.

    Attributes:
        ids: all of it.
        label: place of the label, or where it would follow.
        text: places of the tokens that an explanation consists of, its label left out.
    """

    ids: list[int]
    label: int
    text: list[int]


@dataclass(frozen=True)
class Stated:
    """A conversation that ends in one of several whole responses.

    Attributes:
        ids: all of it.
        response: places of the response and of the turn's end.
        wanted: at each of these, the probability of every token that may stand there.
        given: places of the assistant's earlier turns.
    """

    ids: list[int]
    response: list[int]
    wanted: list[dict[int, float]] = field(repr=False)
    given: list[int]


def next_tokens(
    responses: Sequence[Sequence[int]], probabilities: Sequence[float], along: int
) -> list[dict[int, float]]:
    """The distribution of each token of a response, given the tokens before it.

    Of a distribution over whole sequences x, P(t | h) = Σ{P(x): x begins with h, t} / Σ{P(x): x begins
    with h}, at every beginning h of the sequence ``along``.

    Args:
        responses: sequences of tokens, none of them the beginning of another.
        probabilities: of each; that of ``along`` is > 0.
        along: which of them is followed.
    """
    going = list(range(len(responses)))
    out = []
    for place, said in enumerate(responses[along]):
        mass: dict[int, float] = defaultdict(float)
        for k in going:
            mass[responses[k][place]] += probabilities[k]
        total = sum(mass.values())
        out.append({token: p / total for token, p in mass.items()})
        going = [k for k in going if responses[k][place] == said]
    return out


class Layout:
    """Rows of ``matching_data`` and ``games_matching`` as tokens of one tokenizer.

    Args:
        tokenizer: with a chat template.
        max_length: tokens of the longest conversation with an explanation of the model's own.
    """

    def __init__(self, tokenizer: Any, max_length: int) -> None:
        self.tokenizer, self.max_length = tokenizer, max_length
        self._system = takes_system(tokenizer)
        self._labels: dict[str, dict[str, int]] = {}
        self._answers: dict[str, tuple[array[int], list[list[int]], list[int]]] = {}

    def begun(self, row: Row, text: str = "") -> Laid:
        """A turn that is begun up to the label, behind an explanation or behind nothing."""
        begun = str(continued(text, row["closing"]))
        ids = self.ids([*row["prompt"], {"role": "assistant", "content": begun}])
        # What is no language may be longer when it is read again.
        if text and len(ids) > self.max_length:
            return self.begun(row, text[: len(text) // 2])
        explanation = begun.removesuffix(row["closing"]).rstrip()
        if not explanation:
            return Laid(ids, len(ids), [])
        start = len(self.ids(row["prompt"]))
        stop = len(self.ids([*row["prompt"], {"role": "assistant", "content": explanation}]))
        return Laid(ids, len(ids), list(range(start, min(stop, len(ids)))))

    def written(self, row: Row) -> Laid:
        """A written turn with its closing sentence and its end."""
        ids = self._whole(row["prompt"], row["written"])
        upto = row["written"].rindex(row["closing"]) + len(row["closing"])
        begun = {"role": "assistant", "content": row["written"][:upto]}
        label = len(self.ids([*row["prompt"], begun]))
        start = len(self.ids(row["prompt"]))
        return Laid(ids, label, [place for place in range(start, len(ids)) if place != label])

    def stated(self, row: Row, along: int) -> Stated:
        """One of a row's whole responses, and at each of its tokens what all of them together ask for."""
        if row["problem"] not in self._answers:  # a template takes longer than a step of a small model
            self._answers[row["problem"]] = self._laid_out(row)
        before, responses, given = self._answers[row["problem"]]
        ids = [*before, *responses[along]]
        wanted = next_tokens(responses, row["probabilities"], along)
        return Stated(ids, list(range(len(before), len(ids))), wanted, given)

    def _laid_out(self, row: Row) -> tuple[array[int], list[list[int]], list[int]]:
        """Tokens of a prompt and of each response to it, and places of the assistant's earlier turns."""
        prompt = row["prompt"]
        before, given = array("l", self.ids(prompt)), list[int]()
        whole = [self._whole(prompt, response) for response in row["responses"]]
        for k, message in enumerate(prompt):
            if message["role"] == "assistant":
                given += range(len(self.ids(prompt[:k])), len(self.ids(prompt[: k + 1])))
        return before, [ids[len(before) :] for ids in whole], given

    def ids(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Tokens up to where the model goes on."""
        return laid_out(self.tokenizer, messages, system=self._system)

    def label_tokens(self, closing: str) -> dict[str, int]:
        """The token of every label behind the closing words.

        Raises:
            TrainingError: a tokenizer in which a label is no single token.
        """
        if closing not in self._labels:
            before = self._plain(closing)
            found = {label: self._plain(f"{closing} {label}") for label in LABELS}
            broken = [label for label, ids in found.items() if ids[:-1] != before]
            if broken:
                raise TrainingError(
                    f"in this model's tokenizer the label {broken[0]} behind {closing!r} is no token of its "
                    "own, so its probability cannot be matched."
                )
            self._labels[closing] = {label: ids[-1] for label, ids in found.items()}
        return self._labels[closing]

    def _whole(self, prompt: Sequence[Mapping[str, str]], response: str) -> list[int]:
        turns = [*prompt, {"role": "assistant", "content": response}]
        turns = turns if self._system else folded(turns)
        return list(self.tokenizer.apply_chat_template(turns, return_dict=False))

    def _plain(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])
