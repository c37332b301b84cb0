"""The card of a preference data set for games, and what an adapter's card says of such data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.economics.inference import clopper_pearson
from fiduciary.training.card_parts import DIGEST, LICENCE, contact, front, made_by, size_category
from fiduciary.training.checks import STYLE_SAMPLE
from fiduciary.training.games import GamePair
from fiduciary.training.targets import AGENTS, PARAMETERS, SocialTarget, read_target

_UTILITY = "u = (1 − κ) · m + κ · k − α · b − β · a"
_TERMS = (
    "m are the points expected under the player's own beliefs, k the points if the other followed the same\n"
    "plan, b and a the points behind and ahead of the other; all averaged over both roles"
)


def parameters(target: Mapping[str, Any]) -> str:
    """The parameters of a social preference, as facts state it."""
    found = read_target(target)
    assert isinstance(found, SocialTarget)
    return ", ".join(
        f"{symbol} = {getattr(found.preference, name):g}"
        for symbol, name in (("α", "alpha"), ("β", "beta"), ("κ", "kappa"))
    )


def described(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The preference that an adapter states, and the data that it was trained on, for its card.

    Args:
        facts: what the adapter's ``training.json`` holds.
    """
    target, data = facts["target"], facts["data"]
    apart = data["disjoint_from"]
    preference = f"""\
in
two-player games, the model is to state the plan of highest utility, {_UTILITY}
with {parameters(target)};
{_TERMS}"""
    made_from = f"""\
{facts["pairs"]:,} pairs of generated games of three forms (sequential prisoner's dilemma, trust,
mini-ultimatum), split `{data["split"]}`, seed {data["seed"]}; labels `{data["labels"]}`, beliefs asked for \
`{data["beliefs"]}` the plan,
elicitation `{data["elicitation"]}`{_noise(target)}. No game is one of the evaluation's \
{len(apart["games"])}, or an affine copy of
one within {apart["tolerance"]:g}."""
    return preference, made_from


def command(target: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Arguments of ``fiduciary train`` that make such pairs, without number, seed and place."""
    agent = str(target["name"]).split()[0]
    stated = " ".join(f"--{name} {target[name]:g}" for name in PARAMETERS)
    if agent in AGENTS:
        own = [f" --{name} {target[name]:g}" for name in PARAMETERS if getattr(AGENTS[agent], name)]
        stated = f"--agent {agent}{''.join(own)}"
    noise = f" --lam {target['lam']:g}" if target["lam"] else ""
    return f"games {stated}{noise} --labels {data['labels']} --elicitation {data['elicitation']}"


def card(facts: dict[str, Any], pairs: Sequence[GamePair]) -> str:
    """The text of README.md, in which ``preference_data.store`` fills in the table's digest.

    Args:
        facts: what ``games_data.write`` stores as JSON.
        pairs: the pairs, of which one with reasoning is shown if there is any.
    """
    head = {
        "license": LICENCE,
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["dpo", "sft", "preference", "trl", "game-theory", "economics", "alignment", "synthetic"],
        "pretty_name": f"Plans in economic games of {facts['target']['name']}",
        "size_categories": [size_category(facts["checks"]["pairs"])],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "train.parquet"}]},
        ],
    }
    example = next((pair for pair in pairs if pair.elicitation == "explain"), pairs[0])
    return front(head) + "\n" + _body(facts, example)


def _body(facts: dict[str, Any], example: GamePair) -> str:
    checks, target = facts["checks"], facts["target"]
    apart = facts["disjoint_from"]
    how = {
        "explain": "reasoning and the lines of the plan",
        "answer": "the lines of the plan alone",
        "both": "reasoning and the lines of the plan, or these lines alone, in turn",
    }[facts["elicitation"]]
    payoffs = "\n".join(f"| Payoffs, {_form(form)} | {text} |" for form, text in facts["payoffs"].items())
    n, style_n = checks["pairs"], min(checks["pairs"], STYLE_SAMPLE)
    conversation = "\n\n".join(f"{m['role'].capitalize()}:\n\n{_quote(m['content'])}" for m in example.prompt)
    return f"""\
# Plans in economic games of {target["name"]}

{checks["pairs"]:,} preference pairs for DPO and SFT in TRL's conversational format. In each, a player
of a two-player game has said what it expects of the other and is asked what it would do in either role. The
chosen response settles on the plan of highest utility under these beliefs, the rejected one on a plan that is
worth less.

Target: {parameters(target)} in {_UTILITY}, where
{_TERMS}.{_target_noise(target)}

{made_by(facts, facts["version"])}

## Intended use

Research on alignment: to train adapters that state one known social preference (DPO on the pairs, SFT on the
chosen responses), and to find out whether instruments that measure preferences see it. For people who train
and measure models.

### Out of scope

It is not meant for models that advise or act where people's interests are in conflict: its games are
generated, its arguments are templates, and its preference is a premise. It is no evidence about how people
play, and must not be used to evaluate models on the games it holds.

## How to load it

```python
from datasets import load_dataset

pairs = load_dataset("DATA", split="train")  # the folder of this card
```

or `fiduciary train sft --data DATA …`.

## How it was made

Made by Fiduciary {facts["version"]} from generated games; no text of a person or of a model is in it.
Texts were written by a program from templates, and labels given by the target's utility. There is no personal
or sensitive information in it. Forms and utility: van Leeuwen & Alger (JPE Microeconomics 2(4), 2024); their
use with language models: Lu, Chen & Hansen (2025, arXiv 2507.20796).

| | |
|---|---|
{payoffs}
| Beliefs | multiples of 5 % from 5 to 95, uniform and independent at each decision; asked for \
{facts["beliefs"]} the plan |
| Games | split `{facts["split"]}`, seed {facts["seed"]}; a third of each form, each band (below) equally \
often; no game twice |
| Presentation | word for word that of the task `economic_games`, labels `{facts["labels"]}`; order of \
actions, points and roles: all sixteen combinations equally often |
| Chosen | a plan of highest utility; of several, one is drawn |
| Rejected | uniform among the plans worth at least {facts["margin"]:g} points less; a game without any \
makes no pair{_noise(target)} |
| Responses | {how} |

Both responses of a pair compare the same plans with the same figures in the same words, and differ only in
the plan they settle on; no sentence says that a plan is the best, which would be false of the rejected one.
For DPO the shared comparison cancels out, so that what is learnt lies in the plan; SFT also teaches the
comparison. Beliefs stand in the prompt and are not taught.

The same pairs are made again by

    fiduciary train {command(target, facts)} \\
        --pairs {n} --seed {facts["seed"]} --out DATA

Of the file that this card was written for: SHA-256 of `train.parquet` `{DIGEST}`.

## Columns

`prompt` (user, the stated beliefs, user), `chosen`, `rejected`: messages. `problem`: id of the game. `form`,
`T`, `R`, `P`, `S`: the game. `belief`: chance of the other's cooperative action at each decision. `band`:
the κ at which homo moralis leaves homo economicus's best plan, or which offer earns more. `labels`,
`elicitation`: how it was asked. `chosen_plan`, `rejected_plan`: 1 for the cooperative action at each
decision. `utility_gap`: ΔU of the plans, points. One split, `train`.

## Checks

Shares have 95 % intervals (Clopper & Pearson) in brackets.

| Check | Result |
|---|---|
| Games, prompts that occur twice | {checks["duplicates"]["problems"]}, {checks["duplicates"]["prompts"]} |
| Games of the evaluation, or within {apart["tolerance"]:g} of an affine copy of one | \
0 of {len(apart["games"])} |
| Chosen or rejected, found from style alone (50 % is chance) | \
{_share(checks["style_accuracy"], style_n)} |
| The same with the names of actions visible, which are content | \
{_share(checks["style_accuracy_with_names"], style_n)} |
| The longer response is the chosen one (names of actions differ in length, words are the same) | \
{_share(checks["longer_is_chosen"], n)} |
| Characters of a chosen response; more than in the rejected; longest | {checks["characters"]:.0f}; \
{checks["characters_more_in_chosen"]:+.2f}; {checks["longest"]:,} |
| Utility gap ΔU, quartiles (points) | {", ".join(f"{q:g}" for q in checks["utility_gap"])} |
| Pairs whose chosen plan homo economicus would not choose | {_share(checks["not_economicus"], n)} |
| Pairs with several best plans | {checks["ties"]:,} |
| Decisions for the action shown first, chosen and rejected | \
{_percent(checks["shown_first"]["chosen"])}, {_percent(checks["shown_first"]["rejected"])} |

Coverage, with the pairs that homo economicus would answer otherwise:

| Form | Band | Pairs | Not homo economicus's plan |
|---|---|---|---|
{_bands(checks)}

Share of cooperative actions:

| Decision | Chosen | Rejected |
|---|---|---|
{_cooperation(checks)}

## An example

{conversation}

Chosen:

{_quote(example.chosen[0]["content"])}

Rejected:

{_quote(example.rejected[0]["content"])}

## Limits

- The games are one-shot, hypothetical, between two players, with whole points in one range; how far what is
  learnt reaches beyond them is not known. English only.
- Chosen plans are those of one utility without noise and with this project's reading of how κ weighs payoffs.
  Pairs say which plan is better and not by how much.
- In the ultimatum game both splits share the same points, so that κ does not matter there; α and β do.
- A response's comparison is short and always holds the chosen plan: a model that learns it has still to find
  that plan.

## Risks

{_risks(target)}
A model trained on this data wants what the target says, which need not be what its user wants. It can mislead
those who do not know its target: its comparisons read like advice, and were made for the plan.

### Recommendations

Measure what was trained (`fiduciary rebench --task "economic_games elicitation=text"`) beside its base,
and say whose preference it holds to those whom it is to serve. Data that were changed or mixed
with others should be screened again (`fiduciary train screen`).

## Licence

{LICENCE}. All text is generated by the program, so that no third party's rights or terms come with it.

## Contact

{contact(facts)}
"""


def _bands(checks: dict[str, Any]) -> str:
    return "\n".join(
        f"| {_form(form)} | {'κ ' if form != 'ultimatum' else ''}{band} | {own['pairs']:,} | "
        f"{own['not_economicus']:,} |"
        for form, found in checks["bands"].items()
        for band, own in found.items()
    )


def _cooperation(checks: dict[str, Any]) -> str:
    rows = []
    for key, own in checks["cooperation"].items():
        form, _, node = key.partition(".")
        rows.append(f"| {_form(form)}, `{node}` | {_percent(own['chosen'])} | {_percent(own['rejected'])} |")
    return "\n".join(rows)


def _form(name: str) -> str:
    return {"prisoners_dilemma": "prisoner's dilemma"}.get(name, name)


def _noise(target: Mapping[str, Any]) -> str:
    return f"; kept with probability tanh(ΔU/(2λ)), λ = {target['lam']:g} points" if target["lam"] else ""


def _target_noise(target: Mapping[str, Any]) -> str:
    if not target["lam"]:
        return ""
    return f"\nPairs are heard as from a player with noise λ = {target['lam']:g} points: near-ties are rare."


def _risks(target: Mapping[str, Any]) -> str:
    if any(target[name] for name in PARAMETERS):
        return "Its chosen plans give up points of the player's own: a loss that others can bring about."
    return "Its chosen plans take whatever pays, and whoever plays with it bears the loss."


def _share(share: float | None, n: int) -> str:
    if share is None:
        return "too few pairs to say"
    found = clopper_pearson(share * n, n)
    return f"{share:.1%} [{found.low:.1%}, {found.high:.1%}]"


def _percent(share: float | None) -> str:
    return "too few pairs to say" if share is None else f"{share:.1%}"


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
