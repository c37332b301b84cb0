"""Choice matching: a LoRA adapter whose probabilities of the options are the target's.

For a problem with options j the target chooses with p* = softmax(γ U/τ). Where the task reads the label, the
loss is the cross-entropy of p* and the model's distribution over the whole vocabulary::

    L = −Σ_j p*_j log q(label_j) + w_t · L_text + w_k · KL(base ‖ model)

less the entropy of p*, which is constant, so that 0 is reached where p* = q and no other token has any
probability. L_text is the cross-entropy of explanations that were written for the model, a mean over their
tokens; KL is a mean over the tokens of explanations that the model wrote itself, and keeps them as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments, set_seed

from fiduciary.solvers.asking import continued
from fiduciary.solvers.temperature import DEFAULT as TEMPERATURES
from fiduciary.tasks.stakeholder_choice.prompts import LABELS
from fiduciary.training.checks import Evaluations, refuse_overlap
from fiduciary.training.conversations import folded, laid_out, takes_system
from fiduciary.training.errors import TrainingError
from fiduciary.training.matching_batches import AlikeInBatches
from fiduciary.training.matching_data import TRAINED_CLOSINGS, TRAINED_WORDINGS, MatchDesign, make
from fiduciary.training.run import Method, Request, run


@dataclass
class MatchConfig(TrainingArguments):  # type: ignore[misc]
    """Settings of a recipe, besides those of transformers' ``TrainingArguments``.

    Attributes:
        trade_offs: design of the problems.
        wordings: names, with commas between them.
        closings: how many of the closing words that are for training; 1 for the task's own alone.
        own_share, written_share: shares of problems with the model's own, and with a written explanation.
        voice: of the written explanations.
        text_weight: w_t.
        keep_weight: w_k.
        max_explanation: tokens of the model's own explanations.
        max_length: tokens of the longest conversation.
        short_first: whether the first epoch begins with problems of few options and short wordings.
    """

    trade_offs: str = "default"
    wordings: str = ",".join(TRAINED_WORDINGS)
    closings: int = len(TRAINED_CLOSINGS)
    own_share: float = 0.25
    written_share: float = 0.25
    voice: str = "varied"
    text_weight: float = 1.0
    keep_weight: float = 0.0
    max_explanation: int = 160
    max_length: int = 1024
    short_first: bool = False
    model_init_kwargs: dict[str, Any] | str | None = field(default=None)
    trust_remote_code: bool = False


def train(request: Request) -> Path:
    """Train an adapter by choice matching; returns its folder."""
    curves = ("divergence", "mass", "best", "text", "kept")
    return run(request, Method("match", MatchConfig, MatchTrainer, {}, curves, problems))


def problems(request: Request, config: MatchConfig) -> Any:
    """The problems that a request asks for, with the target's probabilities.

    Raises:
        TrainingError: no target, no γ, or a setting that is not allowed.
    """
    if request.target is None:
        raise TrainingError("say whose choices are matched: --principal NAME, or --theta with --rho.")
    if request.gamma is None:
        raise TrainingError(
            "say how sharply the target tells better from worse: --gamma G, per hundred dollars (its choice "
            "probabilities are softmax(G × utility); 1 leaves many near-ties open, 4 few)."
        )
    if not 1 <= config.closings <= len(TRAINED_CLOSINGS):
        raise TrainingError(
            f"closings must lie between 1 and {len(TRAINED_CLOSINGS)}, got {config.closings}."
        )
    try:
        design = MatchDesign(
            request.target,
            request.gamma,
            10_000 if request.pairs is None else request.pairs,
            request.seed,
            config.trade_offs,
            tuple(config.wordings.split(",")),
            TRAINED_CLOSINGS[: config.closings],
            config.own_share,
            config.written_share,
            config.voice,
        )
    except ValueError as error:
        raise TrainingError(f"{error}.") from error
    data = make(design)
    refuse_overlap(data.table["problem"], Evaluations())
    return data


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


class MatchTrainer(Trainer):  # type: ignore[misc]
    """Trains on rows of :mod:`training.matching_data`, laid out and explained as the step comes to them."""

    def __init__(
        self,
        model: str,
        args: MatchConfig,
        train_dataset: Any,
        processing_class: Any,
        peft_config: Any,
        callbacks: Sequence[Any],
    ) -> None:
        from peft import get_peft_model

        set_seed(args.seed)  # the adapter's first weights are drawn here
        loaded = AutoModelForCausalLM.from_pretrained(model, **dict(args.model_init_kwargs or {}))  # type: ignore[arg-type]
        if args.gradient_checkpointing:
            loaded.enable_input_require_grads()
        args.remove_unused_columns = False
        args.label_names = []
        # One process may take two passes where another takes one, and would wait for it to send its buffers,
        # which never change.
        args.ddp_broadcast_buffers = False
        args.ddp_find_unused_parameters = False
        self.tokenizer = processing_class
        self._system = takes_system(processing_class)
        self._pad = processing_class.pad_token_id
        if self._pad is None:
            self._pad = processing_class.eos_token_id
        self._tokens: dict[str, dict[str, int]] = {}
        self._sums: dict[str, list[Any]] = defaultdict(lambda: [0.0, 0])
        super().__init__(
            get_peft_model(loaded, peft_config),
            args,
            data_collator=_as_they_are,
            train_dataset=train_dataset,
            processing_class=processing_class,
            callbacks=list(callbacks),
        )
        self.check_lengths()

    def check_lengths(self) -> None:
        """Look at the longest conversations there can be, before any work.

        Raises:
            TrainingError: longer than the recipe allows.
        """
        rows = sorted(
            self.train_dataset, key=lambda row: len(row["prompt"][-1]["content"]) + len(row["written"])
        )
        laid = [self._whole(row) if row["part"] == "written" else self._laid(row) for row in rows[-32:]]
        room = self.args.max_explanation if any(row["part"] == "own" for row in rows) else 0
        longest = max(len(one.ids) for one in laid) + room
        if longest > self.args.max_length:
            raise TrainingError(
                f"the longest conversation may have {longest} tokens and max_length is "
                f"{self.args.max_length}: set max_length to {longest} or more, or max_explanation lower."
            )

    def compute_loss(
        self, model: Any, inputs: Mapping[str, Any], return_outputs: bool = False, **_: Any
    ) -> torch.Tensor:
        """Mean over the rows; labels behind the closing words alone have a pass of their own."""
        rows = inputs["rows"]
        alone = [row for row in rows if row["part"] == "choose"]
        explained = [row for row in rows if row["part"] != "choose"]
        total: Any = 0.0
        if alone:
            total = total + self._labels_alone(model, alone).sum()
        if explained:
            total = total + self._behind_explanations(model, explained).sum()
        return total / len(rows)

    def _get_train_sampler(self, train_dataset: Any = None) -> AlikeInBatches:
        rows = self.train_dataset if train_dataset is None else train_dataset
        steps = self.args.gradient_accumulation_steps * self.args.world_size
        batch = self.args.per_device_train_batch_size * steps
        return AlikeInBatches(rows["length"], batch, self.args.seed, self.args.short_first)

    def floating_point_ops(self, inputs: Mapping[str, Any]) -> int:
        """Not counted: batches are texts here."""
        return 0

    def log(self, logs: dict[str, float], *arguments: Any, **keywords: Any) -> None:
        """Add the means since the last time of what the loss consists of."""
        if "loss" in logs:
            logs |= {name: round(float(value) / n, 6) for name, (value, n) in self._sums.items() if n}
            self._sums.clear()
        super().log(logs, *arguments, **keywords)

    def _labels_alone(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
        laid = [self._laid(row) for row in rows]
        logits = self._forward(model, [one.ids for one in laid], 1)[:, -1]
        return self._divergence(logits, rows)

    def _behind_explanations(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
        own = [row for row in rows if row["part"] == "own"]
        written = [row for row in rows if row["part"] == "written"]
        rows = [*own, *written]
        laid = [self._laid(row, text) for row, text in zip(own, self._explanations(model, own), strict=True)]
        laid += [self._whole(row) for row in written]
        # Counted from the end, where all conversations of a batch are aligned.
        keep = max(len(one.ids) - min([one.label, *one.text]) + 1 for one in laid)
        logits = self._forward(model, [one.ids for one in laid], keep)
        before = [
            logits.shape[1] - len(one.ids) - 1 for one in laid
        ]  # a place is told by the logits before it
        at_label = torch.stack([logits[k, before[k] + one.label] for k, one in enumerate(laid)])
        loss = list(self._divergence(at_label, rows))
        reference = self._reference(model, laid, keep) if own and self.args.keep_weight else None
        for k, one in enumerate(laid):
            if not one.text:
                continue
            log_q = torch.log_softmax(logits[k, [before[k] + place for place in one.text]].float(), -1)
            if k >= len(own):
                said = torch.tensor([one.ids[place] for place in one.text], device=log_q.device)
                text = -log_q.gather(1, said[:, None]).mean()
                loss[k] = loss[k] + self.args.text_weight * text
                self._note("text", text)
            elif reference is not None:
                log_p = torch.log_softmax(reference[k, [before[k] + p for p in one.text]].float(), -1)
                kept = (log_p.exp() * (log_p - log_q)).sum(-1).mean()
                loss[k] = loss[k] + self.args.keep_weight * kept
                self._note("kept", kept)
        return torch.stack(loss)

    @torch.no_grad()
    def _reference(self, model: Any, laid: Sequence[Laid], keep: int) -> torch.Tensor:
        """What the base says at the same places."""
        base = self.accelerator.unwrap_model(model)
        with base.disable_adapter():
            return self._forward(base, [one.ids for one in laid], keep)

    def _divergence(self, logits: torch.Tensor, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
        """KL(p* ‖ q) of each row, nats, over the whole vocabulary."""
        log_q = torch.log_softmax(logits.float(), -1)
        out = []
        for row, own in zip(rows, log_q, strict=True):
            wanted = torch.tensor(row["probabilities"], dtype=own.dtype, device=own.device)
            known = self._label_tokens(row["closing"])
            at = own[[known[label] for label in row["labels"]]]
            out.append((torch.special.xlogy(wanted, wanted) - wanted * at).sum())
            self._note("divergence", out[-1])
            self._note("mass", at.exp().sum())
            self._note("best", (at.argmax() == wanted.argmax()).float())
        return torch.stack(out)

    def _forward(self, model: Any, rows: Sequence[list[int]], keep: int) -> torch.Tensor:
        """Logits at the last ``keep`` places of conversations that end together."""
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self._pad)
        mask = torch.zeros_like(ids)
        for k, row in enumerate(rows):
            ids[k, longest - len(row) :] = torch.tensor(row)
            mask[k, longest - len(row) :] = 1
        ids, mask = ids.to(self.args.device), mask.to(self.args.device)
        places = (mask.cumsum(1) - 1).clamp(min=0)
        out = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            use_cache=False,
            logits_to_keep=min(keep, longest),
        )
        return torch.as_tensor(out.logits)

    @torch.no_grad()
    def _explanations(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """What the model in training writes, at one of the task's temperatures."""
        if not rows:
            return []
        writer = self.accelerator.unwrap_model(model)
        prompts = [self._ids(row["prompt"]) for row in rows]
        longest = max(map(len, prompts))
        ids = torch.tensor([[self._pad] * (longest - len(p)) + p for p in prompts], device=self.args.device)
        mask = torch.tensor(
            [[0] * (longest - len(p)) + [1] * len(p) for p in prompts], device=self.args.device
        )
        temperature = TEMPERATURES[int(torch.randint(len(TEMPERATURES), ()))]
        writer.eval()
        out = writer.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=True,
            temperature=temperature,
            top_k=0,
            top_p=1.0,
            max_new_tokens=self.args.max_explanation,
            pad_token_id=self._pad,
        )
        writer.train()
        return list(self.tokenizer.batch_decode(out[:, longest:], skip_special_tokens=True))

    def _laid(self, row: Mapping[str, Any], text: str = "") -> Laid:
        """A turn that is begun up to the label, behind an explanation or behind nothing."""
        begun = str(continued(text, row["closing"]))
        ids = self._ids([*row["prompt"], {"role": "assistant", "content": begun}])
        if (
            text and len(ids) > self.args.max_length
        ):  # what is no language may be longer when it is read again
            return self._laid(row, text[: len(text) // 2])
        explanation = begun.removesuffix(row["closing"]).rstrip()
        if not explanation:
            return Laid(ids, len(ids), [])
        start = len(self._ids(row["prompt"]))
        stop = len(self._ids([*row["prompt"], {"role": "assistant", "content": explanation}]))
        return Laid(ids, len(ids), list(range(start, min(stop, len(ids)))))

    def _whole(self, row: Mapping[str, Any]) -> Laid:
        """A written turn with its closing sentence and its end."""
        turns = [*row["prompt"], {"role": "assistant", "content": row["written"]}]
        turns = turns if self._system else folded(turns)
        ids = list(self.tokenizer.apply_chat_template(turns, return_dict=False))
        upto = row["written"].rindex(row["closing"]) + len(row["closing"])
        begun = {"role": "assistant", "content": row["written"][:upto]}
        label = len(self._ids([*row["prompt"], begun]))
        start = len(self._ids(row["prompt"]))
        return Laid(ids, label, [place for place in range(start, len(ids)) if place != label])

    def _ids(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        return laid_out(self.tokenizer, messages, system=self._system)

    def _label_tokens(self, closing: str) -> dict[str, int]:
        """The token of every label behind the closing words.

        Raises:
            TrainingError: a tokenizer in which a label is no single token.
        """
        if closing not in self._tokens:
            before = self._plain(closing)
            found = {label: self._plain(f"{closing} {label}") for label in LABELS}
            broken = [label for label, ids in found.items() if ids[:-1] != before]
            if broken:
                raise TrainingError(
                    f"in this model's tokenizer the label {broken[0]} behind {closing!r} is no token of its "
                    "own, so its probability cannot be matched."
                )
            self._tokens[closing] = {label: ids[-1] for label, ids in found.items()}
        return self._tokens[closing]

    def _plain(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _note(self, name: str, value: torch.Tensor) -> None:
        total = self._sums[name]
        total[0] = total[0] + value.detach()
        total[1] += 1


def _as_they_are(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rows": rows}
