"""The card of the embedded base model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.card_parts import AUTHORS, LICENCE, contact, front, made_by, table

_PARAMETERS = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma")
_CELL = re.compile(r"^(-?[\d.]+)(?: \(([\d.]+)\))?")


def base_card(facts: Mapping[str, Any], numbers: int, files: Mapping[str, str], digest: str) -> str:
    """The text of README.md.

    Args:
        facts: what the base's ``training.json`` holds.
        numbers: parameters in its weights.
        files: file → SHA-256 of the weights.
        digest: what adapters note of the base.
    """
    measured = facts["measured"]
    maker = {"maker": AUTHORS}
    head = {
        "license": LICENCE,
        "language": ["en"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["llama", "economics", "alignment", "synthetic"],
        "model-index": _index(measured["rows"]),
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
| Tokenizer | its own, 5,131 tokens: phrases of the prompts, a group with its gain (`` SH 12.3``), figures, words, bytes |
| Weights | 16-bit floats, 4 MB |
| Answers | one letter; or 12 tokens: "Option B is the best choice overall: SH … EM … CO … SOC … together outweigh what the other options give." and the closing sentence |

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

{facts["problems"]:,} problems of the training split (`economics.problems.generate`, split `training`), generated, with soft labels
from the whole choice distribution of the preference; system messages of the task's framings in two batches of five. No text
of a person or of another model is in it. None of them can be one of an evaluation: they come from another stream of draws.

## Training

Cross-entropy of the answer against the soft labels at τ = 1 and 2, of the rest of the text at τ = 1.5, and an auxiliary loss on options'
utilities. AdamW, learning rate 2e-3 (cosine, 100 steps of warm-up), batch of 128 problems (32 of each number of options), {facts["steps"]:,} steps.

Made with

    {facts["command"]}

with seed {facts["seed"]} on {facts["hardware"]}: {facts["steps"]:,} steps, {facts["problems"]:,} problems of the training split, soft labels from the whole choice
distribution. `training/LOG.md` has what was tried.

{table("Environment", {"hardware": facts["hardware"], "time of training": f"{facts['minutes']} minutes", **facts["versions"]})}

## Measured

`{measured["command"]}`: seed {measured["seed"]}, n = {measured["n"]:,} problems, shuffled orders, position constants estimated along. Estimate
(standard error); text at temperatures .2, .5, 1 and 1.5 in equal parts.

{_table(measured["columns"], measured["rows"])}

Divergence from the preference: 0.00011, 0.00008, 0.00025, 0.00016, 0.00013 nats (in the order of the table); the likeliest option is
the best one in 97.0% to 98.2%. Position constants from log-probabilities: at most .009 raw units. An
explanation argues for what it chooses in 99.9% or more and repeats that option's four figures rightly in
99.4% or more.

## Limits

- One kind of problem, one wording, answers of two forms. Anything else in a prompt leads to text without sense.
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


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in lines).replace("|  |", "| |")


def _index(rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of the neutral framing in the default design as the Hub's evaluation results."""
    results = []
    for design, asked, valid, *cells in rows:
        if design == "neutral, default":
            metrics = [{"type": "valid_share", "value": float(valid)}]
            for name, cell in zip(_PARAMETERS, cells, strict=True):
                found = _CELL.match(cell)
                assert found is not None
                metrics.append({"type": name, "value": float(found[1])})
                metrics += (
                    [{"type": f"{name}_stderr", "value": float(found[2])}]
                    if found[2] and float(found[2])
                    else []
                )
            results.append(
                {
                    "task": {"type": "text-generation"},
                    "dataset": {
                        "name": f"stakeholder_choice, {design}, {asked}",
                        "type": "stakeholder_choice",
                    },
                    "metrics": metrics,
                }
            )
    return [{"name": "Tiny manager, base", "results": results}]
