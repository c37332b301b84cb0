"""Choice matching: a LoRA adapter whose probabilities of the options are the target's.

For a problem with options j the target chooses with p* = softmax(γ U/τ). Where the task reads the label, the
loss is the cross-entropy of p* and the model's distribution over the whole vocabulary::

    L = −Σ_j p*_j log q(label_j) + w_t · L_text + w_k · KL(base ‖ model)

less the entropy of p*, which is constant, so that 0 is reached where p* = q and no other token has any
probability. L_text is the cross-entropy of explanations that were written for the model, a mean over their
tokens; KL is a mean over the tokens of explanations that the model wrote itself, and keeps them as they are.

In games the target states a plan x with p*(x) = softmax(u/λ), over several tokens. By the chain rule the
cross-entropy of whole answers is a sum over their tokens of those of next-token distributions::

    −Σ_x p*(x) log q(x) = E_{x ~ p*} Σ_t −Σ_v p*(v | x_<t) log q(v | x_<t)

with p*(v | x_<t) that of the plans that begin with x_<t. One plan is drawn a game and step, which leaves the
sum unbiased, and at each of its tokens the target's whole distribution is matched, so that chance decides
only behind which decisions the later ones are seen. The places where plans part make up the first term of L,
less the entropies, and all others L_text; KL is then a mean over the tokens of the player's stated beliefs,
of which a preference says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments, set_seed

from fiduciary.solvers.temperature import DEFAULT as TEMPERATURES
from fiduciary.training.checks import Evaluations, refuse_overlap
from fiduciary.training.errors import TrainingError
from fiduciary.training.games_matching import plans_to_match
from fiduciary.training.matching_batches import AlikeInBatches
from fiduciary.training.matching_data import TRAINED_CLOSINGS, TRAINED_WORDINGS, MatchDesign, make
from fiduciary.training.matching_layout import Laid, Layout, Stated
from fiduciary.training.preference_data import PreferenceData
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


def problems(request: Request, config: MatchConfig, given: PreferenceData | None) -> PreferenceData:
    """What a request asks for, with the target's probabilities: the plans of given games, or problems.

    Raises:
        TrainingError: no target, no noise, or a setting that is not allowed.
    """
    if given is not None:
        return _games(request, given)
    if request.lam is not None:
        raise TrainingError("--lam is the noise of plans in games: name these with --data.")
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


def _games(request: Request, given: PreferenceData) -> PreferenceData:
    if request.gamma is not None:
        raise TrainingError("--gamma is the noise of stakeholder choices; that of plans in games is --lam.")
    if request.lam is None:
        raise TrainingError(
            "say how noisy the target is: --lam L, points (its plans have probabilities softmax(utility / "
            "L); where L is small beside what plans differ by, nearly all is on the best one)."
        )
    return plans_to_match(given, request.lam)


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
        self.layout = Layout(processing_class, args.max_length)
        self._pad = processing_class.pad_token_id
        if self._pad is None:
            self._pad = processing_class.eos_token_id
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
        rows = sorted(self.train_dataset, key=_characters)
        laid = [self._longest(row) for row in rows[-32:]]
        room = self.args.max_explanation if any(row["part"] == "own" for row in rows) else 0
        longest = max(len(one.ids) for one in laid) + room
        if longest > self.args.max_length:
            raise TrainingError(
                f"the longest conversation may have {longest} tokens and max_length is "
                f"{self.args.max_length}: set max_length to {longest} or more, or max_explanation lower."
            )

    def _longest(self, row: Mapping[str, Any]) -> Laid | Stated:
        if row["part"] == "plan":
            longest = max(row["responses"], key=len)
            return self.layout.stated(row, row["responses"].index(longest))
        return self.layout.written(row) if row["part"] == "written" else self.layout.begun(row)

    def compute_loss(
        self, model: Any, inputs: Mapping[str, Any], return_outputs: bool = False, **_: Any
    ) -> torch.Tensor:
        """Mean over the rows; labels behind the closing words alone have a pass of their own."""
        rows = inputs["rows"]
        if rows[0]["part"] == "plan":
            return self._plans(model, rows).mean()
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
        laid = [self.layout.begun(row) for row in rows]
        logits = self._forward(model, [one.ids for one in laid], 1)[:, -1]
        return self._divergence(logits, rows)

    def _behind_explanations(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
        own = [row for row in rows if row["part"] == "own"]
        written = [row for row in rows if row["part"] == "written"]
        rows = [*own, *written]
        laid = [
            self.layout.begun(row, text)
            for row, text in zip(own, self._explanations(model, own), strict=True)
        ]
        laid += [self.layout.written(row) for row in written]
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
                places = [before[k] + place for place in one.text]
                kept = _divergence(reference[k, places], logits[k, places])
                loss[k] = loss[k] + self.args.keep_weight * kept
                self._note("kept", kept)
        return torch.stack(loss)

    def _plans(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
        """Loss of each row, whose whole responses have stated probabilities."""
        drawn = [int(torch.multinomial(torch.tensor(row["probabilities"]), 1)) for row in rows]
        laid = [self.layout.stated(row, k) for row, k in zip(rows, drawn, strict=True)]
        kept = bool(self.args.keep_weight)
        keep = max(len(one.ids) - min(one.response[:1] + (one.given[:1] if kept else [])) + 1 for one in laid)
        logits = self._forward(model, [one.ids for one in laid], keep)
        reference = self._reference(model, laid, keep) if kept else None
        before = [logits.shape[1] - len(one.ids) - 1 for one in laid]
        of = torch.tensor([k for k, one in enumerate(laid) for _ in one.response], device=logits.device)
        places = [before[k] + place for k, one in enumerate(laid) for place in one.response]
        log_q = torch.log_softmax(logits[of, places].float(), -1)
        asked = [wanted for one in laid for wanted in one.wanted]
        many = max(map(len, asked))
        tokens = torch.tensor([[*w, *[0] * (many - len(w))] for w in asked], device=log_q.device)
        wanted = torch.tensor([[*w.values(), *[0.0] * (many - len(w))] for w in asked]).to(log_q)
        at = log_q.gather(1, tokens)
        loss = (torch.special.xlogy(wanted, wanted) - wanted * at).sum(-1)
        parts = torch.tensor([len(w) > 1 for w in asked], device=log_q.device)
        zeros, tokens_of = (
            torch.zeros(len(laid), device=log_q.device),
            of[~parts].bincount(minlength=len(laid)),
        )
        divergence = zeros.index_add(0, of[parts], loss[parts])
        text = zeros.index_add(0, of[~parts], loss[~parts]) / tokens_of
        self._note("divergence", divergence.mean())
        self._note("text", text.mean())
        self._note("mass", (at.exp() * (wanted > 0))[parts].sum(-1).mean())
        self._note("best", (at.argmax(-1) == wanted.argmax(-1))[parts].float().mean())
        total = divergence + self.args.text_weight * text
        if reference is not None:
            whose = [k for k, one in enumerate(laid) for _ in one.given]
            places = [before[k] + place for k, one in enumerate(laid) for place in one.given]
            moved = _divergence(reference[whose, places], logits[whose, places])
            self._note("kept", moved)
            total = total + self.args.keep_weight * moved
        return total

    @torch.no_grad()
    def _reference(self, model: Any, laid: Sequence[Laid | Stated], keep: int) -> torch.Tensor:
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
            known = self.layout.label_tokens(row["closing"])
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
        prompts = [self.layout.ids(row["prompt"]) for row in rows]
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

    def _note(self, name: str, value: torch.Tensor) -> None:
        total = self._sums[name]
        total[0] = total[0] + value.detach()
        total[1] += 1


def _characters(row: Mapping[str, Any]) -> int:
    """Length of a row as text."""
    return sum(len(message["content"]) for message in row["prompt"]) + max(
        map(len, row.get("responses") or [row["written"]])
    )


def _divergence(base: torch.Tensor, model: torch.Tensor) -> torch.Tensor:
    """KL(base ‖ model) of logits (places, vocabulary), nats, a mean over places."""
    log_p, log_q = torch.log_softmax(base.float(), -1), torch.log_softmax(model.float(), -1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def _as_they_are(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rows": rows}
