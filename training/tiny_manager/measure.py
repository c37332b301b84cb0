"""What the trained model wants: its preference recovered from labels behind the closing words and from text.

    python -m fiduciary.training.tiny_manager.measure DIR --n 5000

A plain loop over transformers. The suite's own task measures the same through a server; this needs
none.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import CESFit, fit_ces
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import ChoiceProblem, generate, stack
from fiduciary.economics.utility import CES
from fiduciary.solvers.asking import CLOSING
from fiduciary.tasks.stakeholder_choice.framings import SHORT_FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import COMPACT_DECIMALS, LABELS
from fiduciary.training.conversations import laid_out
from fiduciary.training.tiny_manager.data import letters, messages, preference

TOP = 20  # log-probabilities that servers return
CLOSED = re.compile(rf"(?:^|\s){CLOSING} ([A-Z])\.$")
ARGUED = re.compile(r"^Option ([A-Z])\b")
ROW = re.compile(r"SH (\S+) EM (\S+) CO (\S+) SOC (\S+) ")


@dataclass(frozen=True)
class Asked:
    """A batch of conversations with the same number of tokens.

    Attributes:
        rows: which problems they are.
        ids: (rows, tokens) token numbers.
    """

    rows: IntArray
    ids: torch.Tensor


@dataclass(frozen=True)
class Model:
    """A model and its tokenizer."""

    model: Any
    tokenizer: Any

    def ask(
        self,
        problems: Sequence[ChoiceProblem],
        orders: Sequence[IntArray],
        form: str,
        framing: str,
        named: Sequence[IntArray] | None = None,
    ) -> list[Asked]:
        """Tokenise conversations and gather those of equal length, at most 256 together.

        With ``choose`` the assistant's turn is begun with the closing words. ``named`` are the places in
        ``LABELS`` of the letters of the options in the order shown, by default in their own order.
        """
        begun = [{"role": "assistant", "content": CLOSING}] if form == "choose" else []
        if named is None:
            named = [np.arange(p.n_options) for p in problems]
        ids = [
            laid_out(
                self.tokenizer,
                [*messages(p, order.tolist(), form, framing, [LABELS[i] for i in own]), *begun],
                system=True,
            )
            for p, order, own in zip(problems, orders, named, strict=True)
        ]
        lengths = np.array([len(one) for one in ids])
        asked = []
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            for part in np.array_split(rows, -(-len(rows) // 256)):
                asked.append(Asked(part, torch.tensor([ids[i] for i in part])))
        return asked

    @torch.no_grad()
    def probabilities(
        self,
        problems: Sequence[ChoiceProblem],
        orders: Sequence[IntArray],
        framing: str = "neutral",
        named: Sequence[IntArray] | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """Probabilities (n, J) of the options in their own order, renormalised over the labels among
        the 20 likeliest tokens (NaN where a label is not), and the mass (n,) on all labels."""
        width = max(p.n_options for p in problems)
        if named is None:
            named = [np.arange(p.n_options) for p in problems]
        out, mass = np.full((len(problems), width), np.nan), np.zeros(len(problems))
        labels = [self.tokenizer(f" {label}")["input_ids"][0] for label in LABELS]
        for asked in self.ask(problems, orders, "choose", framing, named):
            logp = torch.log_softmax(self.model(asked.ids).logits[:, -1].float(), -1)
            worst = logp.topk(TOP).values[:, -1:]
            logp = logp[:, labels]
            shown = torch.where(logp >= worst, logp.exp(), torch.nan).numpy()
            for row, p in zip(asked.rows, shown, strict=True):
                p = p[named[row]]
                mass[row] = np.nansum(p)
                out[row, orders[row]] = p / mass[row]
        return out, mass

    @torch.no_grad()
    def answers(
        self,
        problems: Sequence[ChoiceProblem],
        orders: Sequence[IntArray],
        temperatures: FloatArray,
        seed: int,
        form: str = "text",
        framing: str = "neutral",
    ) -> list[str]:
        """Sampled texts, one a problem, untruncated but for 64 tokens, each at its temperature."""
        random = torch.Generator().manual_seed(seed)
        texts = [""] * len(problems)
        for asked in self.ask(problems, orders, form, framing):
            tau = torch.tensor(temperatures[asked.rows], dtype=torch.float32)[:, None]
            past, ids = None, asked.ids
            drawn = torch.empty(len(asked.rows), 0, dtype=torch.long)
            ended = torch.zeros(len(asked.rows), dtype=torch.bool)
            for _ in range(64):
                made = self.model(ids, past_key_values=past, use_cache=True)
                p = torch.softmax(made.logits[:, -1].float() / tau, -1)
                ids, past = torch.multinomial(p, 1, generator=random), made.past_key_values
                drawn = torch.cat([drawn, ids], 1)
                ended |= ids[:, 0] == self.tokenizer.eos_token_id
                if ended.all():
                    break
            for row, tokens in zip(asked.rows, drawn.tolist(), strict=True):
                stop = self.tokenizer.eos_token_id
                kept = tokens[: tokens.index(stop)] if stop in tokens else tokens
                texts[row] = self.tokenizer.decode(kept)
        return texts


def load(folder: Path) -> Model:
    """The model as anybody would load it."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    return Model(model, AutoTokenizer.from_pretrained(folder))


def measure(model: Model, n: int, design: str, framing: str = "neutral", seed: int = 0) -> dict[str, Any]:
    """Everything the model card reports, for one design.

    Args:
        model: what is measured.
        n: number of problems.
        design: a key of ``economics.problems.DESIGNS``.
        framing: system message; the truth is the preference that the base was taught under it.
        seed: seed of problems, orders and sampling.
    """
    problems = generate(n, seed, trade_offs=design)
    rng = np.random.default_rng([seed, 1])
    orders = [rng.permutation(p.n_options) for p in problems]
    temperatures = np.resize(TEMPERATURES, n)
    shown = stack(problems, COMPACT_DECIMALS)
    truth_is = preference(framing)
    utility = truth_is.utility(shown)
    truth = choice_probabilities(utility)
    soft, mass = model.probabilities(problems, orders, framing)
    moved = [letters(1, p.n_options, 1.0, rng)[0] for p in problems]
    soft_moved, mass_moved = model.probabilities(problems, orders, framing, moved)
    places = np.full(shown.shape[:2], -1)
    for i, order in enumerate(orders):
        places[i, order] = np.arange(len(order))
    out: dict[str, Any] = {
        "n": n,
        "seed": seed,
        "design": design,
        "framing": framing,
        **_agreement(soft, mass, truth, utility),
        "moved_letters": _agreement(soft_moved, mass_moved, truth, utility),
        "choose": _figures(fit_ces(shown, None, 1.0, probabilities=soft, position=places), truth_is),
    }
    for draws, form in enumerate(("text", "explain")):
        texts = model.answers(problems, orders, temperatures, 2 * seed + draws, form, framing)
        chosen, notes = read(texts, problems, orders)
        fit = fit_ces(shown, chosen, temperatures, position=places)
        out[form] = {"valid": float((chosen >= 0).mean()), **notes, **_figures(fit, truth_is)}
    return out


def read(
    texts: Sequence[str], problems: Sequence[ChoiceProblem], orders: Sequence[IntArray]
) -> tuple[IntArray, dict[str, float]]:
    """Chosen options (−1 where the text is not valid), and how many explanations argue for what they
    choose and repeat that option's figures rightly."""
    chosen = np.full(len(texts), -1)
    consistent = right = 0
    for i, (text, p, order) in enumerate(zip(texts, problems, orders, strict=True)):
        closed = CLOSED.search(text)
        place = ord(closed[1]) - ord("A") if closed else -1
        if not 0 <= place < p.n_options:
            continue
        chosen[i] = order[place]
        argued, row = ARGUED.search(text), ROW.search(text)
        consistent += bool(argued and closed and argued[1] == closed[1])
        figures = tuple(f"{w:.1f}" for w in p.displayed(COMPACT_DECIMALS)[chosen[i]])
        right += bool(row and row.groups() == figures)
    return chosen, {"argues_for_choice": consistent / len(texts), "figures_right": right / len(texts)}


def _agreement(
    soft: FloatArray, mass: FloatArray, truth: FloatArray, utility: FloatArray
) -> dict[str, float]:
    """Divergence from the preference, how often the likeliest option is the best one, mass on labels."""
    with np.errstate(divide="ignore", invalid="ignore"):  # padding
        divergence = np.nansum(np.where(truth > 0, truth * np.log(truth / soft), 0.0), axis=1)
    return {
        "kl_nats": float(divergence.mean()),
        "agreement": float((np.nanargmax(soft, 1) == np.nanargmax(utility, 1)).mean()),
        "mass_on_labels": float(mass.mean()),
    }


def _figures(fit: CESFit, truth: CES) -> dict[str, Any]:
    names = [*fit.names[:6]]
    return {
        **{name: [round(fit.estimate(name), 4), _number(fit.se(name))] for name in names},
        "position": np.round(list(fit.constants.values()), 3).tolist(),
        "largest_theta_error": round(float(np.abs(fit.theta - truth.theta).max()), 4),
        "rho_error": round(fit.rho - truth.rho, 4),
    }


def _number(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None


def main(argv: list[str] | None = None) -> None:
    """Print what was measured, a JSON list; the base's ``training.json`` holds it for its card."""
    parser = argparse.ArgumentParser(
        prog="python -m fiduciary.training.tiny_manager.measure", description=__doc__
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--n", type=int, default=5000)
    parser.add_argument("--design", nargs="+", default=["default", "published"])
    parser.add_argument("--framing", nargs="+", default=["neutral"], choices=list(SHORT_FRAMINGS))
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    model = load(options.folder)
    asked = [(design, framing) for framing in options.framing for design in options.design]
    print(json.dumps([measure(model, options.n, *one) for one in asked], indent=2))


if __name__ == "__main__":
    main()
