"""The card of a preference data set: Hugging Face's front matter, how it was made, what was checked."""

from __future__ import annotations

from typing import Any

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.economics.inference import clopper_pearson
from fiduciary.training.card_parts import (
    DIGEST,
    LICENCE,
    contact,
    front,
    listed,
    made_by,
    preferences_command,
    size_category,
)
from fiduciary.training.checks import STYLE_SAMPLE
from fiduciary.training.preference_pairs import Pair


def card(facts: dict[str, Any], example: Pair) -> str:
    """The text of README.md, in which ``preference_data.store`` fills in the table's digest.

    Args:
        facts: what ``preference_data.write`` stores as JSON.
        example: a pair to show.
    """
    head = {
        "license": LICENCE,
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["dpo", "preference", "trl", "economics", "alignment", "synthetic"],
        "pretty_name": f"Stakeholder choices of {facts['target']['name']}",
        "size_categories": [size_category(facts["checks"]["pairs"])],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "train.parquet"}]},
        ],
    }
    return front(head) + "\n" + _body(facts, example)


def _body(facts: dict[str, Any], example: Pair) -> str:
    checks, target = facts["checks"], facts["target"]
    weights = ", ".join(
        f"{weight:g} {who}" for who, weight in zip(ABBREVIATIONS, target["theta"], strict=True)
    )
    seeds = facts["disjoint_from"]
    drawn = "every problem gives a pair, unless all its options tie"
    if facts["draw"] == "gap":
        drawn = f"a pair is kept with probability tanh(γΔU/2), γ = {facts['gamma']:g} per raw unit"
    how = {
        "explain": "reasoning and a closing sentence; the prompt asks for reasoning and a letter",
        "text": "reasoning and a closing sentence, as the prompt asks",
        "choose": "the closing sentence alone, which names one letter",
        "all": "reasoning and a closing sentence (two kinds of prompts), or that sentence alone, in turn",
    }[facts["elicitation"]]
    trade_offs = ", ".join(f"{name} {count:,}" for name, count in checks["trade_offs"].items())
    n, style_n = checks["pairs"], min(checks["pairs"], STYLE_SAMPLE)
    return f"""\
# Stakeholder choices of {target["name"]}

{checks["pairs"]:,} preference pairs for DPO in TRL's conversational format. In each, a manager is asked to
choose one of two to five options from what shareholders, employees, consumers and society would gain. The
chosen response argues for the option with the highest utility, the rejected one for another.

Target: CES utility over welfare + {facts["shift"]:g} (hundreds of dollars), weights {weights},
ρ = {float(target["rho"]):g}.

{made_by(facts, facts["version"])}

## Intended use

Research on alignment: to train adapters that state one known preference (DPO on the pairs, SFT on the chosen
responses), and to find out whether instruments that measure preferences see it. For people who train and
measure models.

### Out of scope

It is not meant for models that decide for somebody or advise a firm: its figures are generated, its arguments
are templates, and its preference is a premise. It is no evidence about what people or firms want, and must
not be used to evaluate models on the problems it holds.

## How to load it

```python
from datasets import load_dataset

pairs = load_dataset("DATA", split="train")  # the folder of this card
```

or `fiduciary train dpo --data DATA …`.

## How it was made

Made by Fiduciary {facts["version"]} from generated problems; no text of a person or of a model is in it.
Texts were written by a program from templates, and labels given by the target's utility. There is no
personal or sensitive information in it.

| | |
|---|---|
| Problems | split `training`, seed {facts["seed"]}, trade-offs `{facts["trade_offs"]}` |
| Pairs | `{facts["draw"]}`: {drawn}; the rejected option is uniform among the worse ones |
| Wordings | {", ".join(facts["wordings"])}; framing {facts["framing"]}; order of options shuffled; \
letters of a third of the pairs in a random order too |
| Responses | {how}, voice `{facts["voice"]}`; both of a pair from the same template |

The writer of a response knows the problem, the option and the template, and not whether the response is
chosen or rejected. Utility is taken of the figures shown.

The same pairs are made again by

    fiduciary train {preferences_command(target, facts)} \\
        --pairs {checks["pairs"]} --seed {facts["seed"]} --out DATA

Of the file that this card was written for: SHA-256 of `train.parquet` `{DIGEST}`.

## Columns

`prompt`, `chosen`, `rejected`: messages. `problem`: id of the problem. `trade_off`, `n_options`, `wording`,
`elicitation`, `template`, `chosen_option`, `rejected_option`: what the pair is about. `utility_gap`: ΔU of
its options.

## Checks

Shares have 95 % intervals (Clopper & Pearson) in brackets.

| Check | Result |
|---|---|
| Problems, prompts that occur twice | {checks["duplicates"]["problems"]}, {checks["duplicates"]["prompts"]} |
| Problems shared with evaluations | 0 of {seeds["n"]:,} × seeds {", ".join(map(str, seeds["seeds"]))} \
× designs {", ".join(seeds["trade_offs"])} |
| Chosen or rejected, found from style alone (50 % is chance) | {_share(checks["style_accuracy"], style_n)} |
| The same with the stakeholders' names visible, which are content | \
{_share(checks["style_accuracy_with_names"], style_n)} |
| The longer response is the chosen one (amounts from $1,000 are longer, words are the same) | \
{_share(checks["longer_is_chosen"], n)} |
| Characters of a chosen response; more than in the rejected | {checks["characters"]:.0f}; \
{checks["characters_more_in_chosen"]:+.2f} |
| Utility gap ΔU, quartiles (raw units) | {", ".join(f"{q:g}" for q in checks["utility_gap"])} |
| Distribution of trade-offs | {trade_offs} |

Places in the order shown, first to last:

| Options | Pairs | Chosen | Rejected |
|---|---|---|---|
{_places(checks)}

## An example

{_quote(example.prompt[1]["content"])}

Chosen:

{_quote(example.chosen[0]["content"])}

Rejected:

{_quote(example.rejected[0]["content"])}

## Limits

The published trade-offs move one lever at a time; pairs made from them cannot teach the weights of a
preference that ignores shareholders, since all such preferences choose alike there. Pairs drawn by
`argmax` say which option is best and not by how much. One kind of decision, in English, from one program:
what is learnt from it for other decisions is open.

## Risks

{_risks(target)} A model trained on this data wants what the target says, which need not be what its user
wants, and argues for it in fluent sentences that were made for the option and are no reasons for it.

### Recommendations

Measure what was trained (`fiduciary rebench`) beside its base, and say whose preference it holds to
those whom it is to serve. Data that were changed or mixed with others should be screened again
(`fiduciary train screen`).

## Licence

{LICENCE}. All text is generated by the program, so that no third party's rights or terms come with it.

## Contact

{contact(facts)}
"""


def _risks(target: dict[str, Any]) -> str:
    left_out = [who for who, weight in zip(STAKEHOLDERS, target["theta"], strict=True) if weight == 0]
    if left_out:
        return f"Its chosen responses let {listed(left_out)} count for nothing, who would bear the loss."
    return "Its chosen responses go against some group wherever the groups are in conflict."


def _places(checks: dict[str, Any]) -> str:
    return "\n".join(
        f"| {k} | {sum(own['chosen']):,} | {' '.join(map(str, own['chosen']))} | "
        f"{' '.join(map(str, own['rejected']))} |"
        for k, own in checks["places"].items()
    )


def _share(share: float | None, n: int) -> str:
    if share is None:
        return "too few pairs to say"
    found = clopper_pearson(share * n, n)
    return f"{share:.1%} [{found.low:.1%}, {found.high:.1%}]"


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
