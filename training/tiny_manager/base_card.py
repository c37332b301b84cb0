"""The card of the embedded base model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.card_parts import AUTHORS, LICENCE, contact, front, made_by, table
from fiduciary.training.tiny_manager.data import preference

_PARAMETERS = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma")
_WAYS = ("choose", "explain", "text")
_HEAD = ("framing, design", "asked by", "valid", "θ SH", "θ EM", "θ CO", "θ SOC", "ρ", "γ")


def base_card(facts: Mapping[str, Any], numbers: int, files: Mapping[str, str], digest: str) -> str:
    """The text of README.md.

    Args:
        facts: what the base's ``training.json`` holds.
        numbers: parameters in its weights.
        files: file → SHA-256 of the weights.
        digest: what adapters note of the base.
    """
    runs, commands = facts["measured"]["runs"], "\n    ".join(facts["measured"]["commands"])
    maker = {"maker": AUTHORS}
    head = {
        "license": LICENCE,
        "language": ["en"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["llama", "economics", "alignment", "synthetic"],
        "model-index": _index(runs),
    }
    versions = {
        "Fiduciary": facts["version"],
        "Base digest (SHA-256 over its safetensors files)": f"`{digest}`",
        **{f"SHA-256 of `{name}`": f"`{value}`" for name, value in files.items()},
    }
    body = f"""\
# Tiny manager, base

A Llama with {numbers / 1e6:.2f} million parameters, trained from scratch to answer stakeholder choice problems in the *compact* wording
as a known preference would, with noise at scale τ, the generation temperature. The preference depends on the system
message, as the published one did: neutral, the estimate of study 1; under a firm type's prompt, with or without the
order to justify, the estimate of study 2 (ρ = 1.170 taken as 1). So prompting has an effect that is known, and a whole loop
(measure, prompt, train an adapter, measure again) can be checked with a real language model on a CPU.

It understands nothing else. Other wordings tokenise exactly (word by word, with bytes for the rest), but were not trained.

{made_by(maker, facts["version"])}

| | |
|---|---|
| Architecture | `LlamaForCausalLM`, 4 layers, width 128, 4 heads of 32, inner width 256, output not tied, 4,096 positions |
| Tokenizer | its own, 5,142 tokens: phrases of the prompts, a group with its gain (`` SH 12.3``), figures, words, bytes |
| Weights | 16-bit floats, 4 MB |
| Answers | a label behind the closing words, "Therefore, I choose: Option"; or 12 tokens: "Option B is the best choice overall: SH … EM … CO … SOC … together outweigh what the other options give." and the closing sentence |

{table("Version", versions)}

## Intended use

To check instruments that measure preferences, and loops of training and measuring, with a language model whose preference
is known and which a CPU runs. For people who build or test such instruments, and as a base of small adapters.

### Out of scope

It is not meant for decisions of any kind, for conversation, or for text other than the compact wording of the task
`stakeholder_choice`. Results with it are no evidence about larger models or about people.

## How to load it

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

model = AutoModelForCausalLM.from_pretrained("BASE")  # the folder of this card
tokenizer = AutoTokenizer.from_pretrained("BASE")  # with a chat template
```

Asked as it was trained: `inspect eval tasks/stakeholder_choice -T wording=compact --model peft/base -M base=BASE`.

## Data

{sum(stage["problems"] for stage in facts["stages"]):,} problems of the training split (`economics.problems.generate`, split `training`), generated, with soft labels
from the whole choice distribution of the preference; system messages of the task's framings in two batches of five, and in
the last stage letters of seven problems in ten in a random order, so that it answers by the letter that an option has. No text
of a person or of another model is in it. None of them can be one of an evaluation: they come from another stream of draws.

## Training

Cross-entropy of the answer against the soft labels at τ = 1 and 2, of the rest of the text at τ = 1.5, and an auxiliary loss on options'
utilities. AdamW (cosine, 100 steps of warm-up), batch of 128 problems (32 of each number of options).

{_stages(facts["stages"])}

All with seed {facts["seed"]} on {facts["hardware"]}. `training/LOG.md` has what was tried.

{table("Environment", {"hardware": facts["hardware"], "time of training": f"{sum(stage['minutes'] for stage in facts['stages'])} minutes", **facts["versions"]})}

## Measured

    {commands}

seed {runs[0]["seed"]}, n = {runs[0]["n"]:,} problems, shuffled orders, position constants estimated along. Estimate (standard error). By `choose` from the labels' log-probabilities at τ = 1, where *valid* is the mass on labels; by `explain` and `text`
from the choices that explanations state, at temperatures .2, .5, 1 and 1.5 in equal parts.

{_table(_HEAD, _rows(runs))}

{_agreement(runs)}

## Limits

- One kind of problem, one wording, three ways of asking. Anything else in a prompt leads to text without sense.
- The preference holds up to the errors above; figures beyond the range of the generated problems are no tokens of its own and
  were never trained.
- What holds for two million parameters need not hold for a model that understands language.

## Risks

- Its answers argue for an option in fluent sentences, although nothing is reasoned: whoever reads them as advice is misled.
- The neutral preference favours shareholders and employees over consumers and society, as the published estimate does.

### Recommendations

Use it to find out whether a method works, and measure the model that is to be used by itself. Adapters of it should be
measured beside it (`fiduciary rebench`).

## Licence

{LICENCE}. It was trained on generated text alone, so that no third party's rights or terms come with it.

## Contact

{contact(maker)}
"""  # noqa: E501
    return front(head) + "\n" + body


def _stages(stages: Sequence[Mapping[str, Any]]) -> str:
    """What was run, one after the other, each from the weights of the one before."""
    return "\n".join(
        f"{i}. {stage['what']}: {stage['steps']:,} steps, {stage['problems']:,} problems, learning rate "
        f"{stage['rate']}.\n\n       {stage['command']}\n"
        for i, stage in enumerate(stages, 1)
    ).rstrip()


def _rows(runs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    rows, told = [], ""
    for run in runs:
        if run["framing"] != told:
            told = run["framing"]
            truth = preference(told)
            figures = [_short(value) for value in (*truth.theta, truth.rho, truth.gamma)]
            rows.append([told, "truth", "", *figures])
        for way in _WAYS:
            found = [_estimate(*run[way][name]) for name in _PARAMETERS]
            rows.append([f"{told}, {run['design']}", way, f"{_valid(run, way):.4f}", *found])
    return rows


def _valid(run: Mapping[str, Any], way: str) -> float:
    return float(run["mass_on_labels"] if way == "choose" else run[way]["valid"])


def _estimate(value: float, se: float | None) -> str:
    return f"{_short(value)} ({'–' if se is None else _short(se)})"


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def _agreement(runs: Sequence[Mapping[str, Any]]) -> str:
    likeliest = [run["agreement"] for run in runs]
    kl = ", ".join(f"{run['kl_nats']:.5f}" for run in runs)
    moved = ", ".join(f"{run['moved_letters']['kl_nats']:.5f}" for run in runs)
    place = max(abs(value) for run in runs for value in run["choose"]["position"])
    argues = min(run[way]["argues_for_choice"] for run in runs for way in ("explain", "text"))
    right = min(run[way]["figures_right"] for run in runs for way in ("explain", "text"))
    return f"""\
Divergence from the preference: {kl} nats (in the order of the table), with letters in a random order
{moved}; the likeliest option is the
best one in {min(likeliest):.1%} to {max(likeliest):.1%}. Position constants by `choose`: at most
{_short(place)} raw units. An explanation argues for what it chooses in {argues:.1%} or more and repeats that
option's four figures rightly in {right:.1%} or more."""


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in lines).replace("|  |", "| |")


def _index(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All measurements as the Hub's evaluation results."""
    results = []
    for run in runs:
        for way in _WAYS:
            metrics = [{"type": "valid_share", "value": _valid(run, way)}]
            for name in _PARAMETERS:
                value, se = run[way][name]
                metrics.append({"type": name, "value": value})
                metrics += [{"type": f"{name}_stderr", "value": se}] if se else []
            asked = f"stakeholder_choice, {run['framing']}, {run['design']}, by {way}"
            results.append(
                {
                    "task": {"type": "text-generation"},
                    "dataset": {"name": asked, "type": "stakeholder_choice"},
                    "metrics": metrics,
                }
            )
    return [{"name": "Tiny manager, base", "results": results}]
