"""The card of a preference data set: Hugging Face's front matter, how it was made, what was checked."""

from __future__ import annotations

from typing import Any

from economics.conventions import ABBREVIATIONS
from training.preferences import Pair

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card(facts: dict[str, Any], example: Pair) -> str:
    """The text of README.md.

    Args:
        facts: what ``preference_data.write`` stores as JSON.
        example: a pair to show.
    """
    checks = facts["checks"]
    n = checks["pairs"]
    size = next((name for below, name in _SIZES if n < below), "n>1M")
    target = facts["target"]
    front = [
        "---",
        "license: apache-2.0",
        "language: [en]",
        "task_categories: [text-generation]",
        "tags: [dpo, preference, trl, economics, alignment, synthetic]",
        f"pretty_name: 'Stakeholder choices of {target['name']}'",
        f"size_categories: ['{size}']",
        "configs:",
        "- config_name: default",
        "  data_files: [{split: train, path: train.parquet}]",
        "---",
    ]
    return "\n".join([*front, "", _body(facts, example)])


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
        "explain": "reasoning and a closing sentence",
        "answer": "one letter",
        "both": "reasoning and a closing sentence, or one letter, in turn",
    }[facts["elicitation"]]
    return f"""\
# Stakeholder choices of {target["name"]}

{checks["pairs"]:,} preference pairs for DPO in TRL's conversational format. In each, a manager is asked to
choose one of two to five options from what shareholders, employees, consumers and society would gain. The
chosen response argues for the option with the highest utility, the rejected one for another.

Target: CES utility over welfare + {facts["shift"]:g} (hundreds of dollars), weights {weights},
ρ = {target["rho"]:g}.

## How it was made

Made by Fiduciary {facts["version"]} from generated problems; no text of a person or of a model is in it.

| | |
|---|---|
| Problems | split `training`, seed {facts["seed"]}, trade-offs `{facts["trade_offs"]}` |
| Pairs | `{facts["draw"]}`: {drawn}; the rejected option is uniform among the worse ones |
| Wordings | {", ".join(facts["wordings"])}; framing {facts["framing"]}; order of options shuffled |
| Responses | {how}, voice `{facts["voice"]}`; both of a pair from the same template |

The writer of a response knows the problem, the option and the template, and not whether the response is
chosen or rejected. Utility is taken of the figures shown.

## Columns

`prompt`, `chosen`, `rejected`: messages. `problem`: id of the problem. `trade_off`, `n_options`, `wording`,
`template`, `chosen_option`, `rejected_option`: what the pair is about. `utility_gap`: ΔU of its options.

## Checks

| Check | Result |
|---|---|
| Problems, prompts that occur twice | {checks["duplicates"]["problems"]}, {checks["duplicates"]["prompts"]} |
| Problems shared with evaluations | 0 of {seeds["n"]:,} × seeds {", ".join(map(str, seeds["seeds"]))} \
× designs {", ".join(seeds["trade_offs"])} |
| Chosen or rejected, found from style alone (50 % is chance) | {_percent(checks["style_accuracy"])} |
| The same with the stakeholders' names visible, which are content | \
{_percent(checks["style_accuracy_with_names"])} |
| The longer response is the chosen one (amounts from $1,000 are longer, words are the same) | \
{_percent(checks["longer_is_chosen"])} |
| Characters of a chosen response; more than in the rejected | {checks["characters"]:.0f}; \
{checks["characters_more_in_chosen"]:+.2f} |
| Utility gap ΔU, quartiles (raw units) | {", ".join(f"{q:g}" for q in checks["utility_gap"])} |
| Trade-offs | {", ".join(f"{name} {count:,}" for name, count in checks["trade_offs"].items())} |

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
`argmax` say which option is best and not by how much.
"""


def _places(checks: dict[str, Any]) -> str:
    return "\n".join(
        f"| {k} | {sum(own['chosen']):,} | {' '.join(map(str, own['chosen']))} | "
        f"{' '.join(map(str, own['rejected']))} |"
        for k, own in checks["places"].items()
    )


def _percent(share: float | None) -> str:
    return "too few pairs to say" if share is None else f"{share:.1%}"


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
