"""The model card of an adapter: whose preference it states, how it was made, what it is not for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.training import games_card
from fiduciary.training.card_parts import (
    base_licence,
    contact,
    front,
    listed,
    made_by,
    preferences_command,
    table,
)
from fiduciary.training.evaluation_metadata import model_index
from fiduciary.training.targets import is_social

MEASURED = ("<!-- measured: begin -->", "<!-- measured: end -->")
"""What stands between these lines is filled in when the adapter was measured."""


def card(facts: dict[str, Any], measured: str = "\n") -> str:
    """The text of README.md.

    Args:
        facts: what ``training.json`` holds.
        measured: what stands between the marks; a line end where nothing was measured.
    """
    base = facts["base"]
    local = Path(base["name"]).is_dir()
    social = is_social(facts["target"])
    preference, made_from = games_card.described(facts) if social else _described(facts)
    head: dict[str, Any] = base_licence(base["name"]) | {"language": ["en"], "library_name": "peft"}
    head |= {"pipeline_tag": "text-generation"}
    # The Hub takes names of its own only, so that a local base is named in the text alone.
    head |= {} if local else {"base_model": base["name"], "base_model_relation": "adapter"}
    head["tags"] = ["lora", facts["method"].lower(), "trl", "economics", "alignment"]
    index = model_index(facts)
    head |= {"model-index": index} if index else {}
    strength = ""
    if facts.get("strength", 1.0) != 1:
        change = "the change of every weight matrix was multiplied by that"
        strength = f"\nIts strength was then set to {facts['strength']:g}: {change}."
    body = f"""\
# {facts["method"]} adapter: {facts["target"]["name"]}

A LoRA adapter for `{Path(base["name"]).name if local else base["name"]}` that states a preference: \
{preference}.

{made_by(facts, facts["versions"]["fiduciary"])}

{_base(facts)}

## Intended use

Research on alignment: what fine-tuning towards a stated preference changes in a model, and whether
instruments that measure preferences find what was put in. It answers problems that are put to it as in its
training; those who measure models are its users.

### Out of scope

It is not meant to decide for anybody, or to advise a firm, a principal or a person: problems are generated,
and the preference is a premise of the research, not a recommendation. It is no assistant for other tasks, and
other languages, wordings and framings than those of its training are outside what it was made for.

## How to load it

{_load(facts)}

## Data

{made_from}

## Training

{facts["method"]} with TRL, seed {facts["seed"]}, {facts["steps"]} steps, {facts["trainable"]:,} trainable
parameters.
A run that is killed and resumed gives the same adapter.{_went_on(facts)}{strength}

{_reproduce(facts, social)}

![Curves of the training](curves.png)

{table("Hyperparameter", facts["hyperparameters"])}

{table("Version", facts["versions"])}

{table("Environment", _environment(facts))}

## Measured

{MEASURED[0]}{measured}{MEASURED[1]}

## Limits

- It states one preference, on generated problems of one kind, in the wording and framing above. What it does
  with other text was not looked at, and a small adapter can cost abilities that nobody measured.
- Training pushes choices towards the target and does not have to reach it: read the estimates beside the
  target, with their standard errors, and the missing answers beside both.
- Explanations argue for the option chosen, as those of the training data do. They are no evidence of why it
  was chosen.

## Risks

{_risks(facts, social)}

### Recommendations

Measure it before use, beside its base (`fiduciary rebench`), on the decisions that it is to take.
Say to those whom its choices affect whose preference it holds. Users should take its choices as those of the
stated preference, and not as neutral advice.

## Licence

{_licence(facts)}

## Contact

{contact(facts)}
"""
    return front(head) + "\n" + body


def _base(facts: dict[str, Any]) -> str:
    base = facts["base"]
    rows = {"Base": f"`{base['name']}`", "Base revision": base["revision"]}
    if "digest" in base:
        rows["Base digest (SHA-256 over its safetensors files)"] = f"`{base['digest']}`"
    for name, digest in facts.get("files", {}).items():
        rows[f"SHA-256 of `{name}`"] = f"`{digest}`"
    return table("Version", rows)


def _load(facts: dict[str, Any]) -> str:
    base, task = facts["base"]["name"], facts["data"].get("task", "stakeholder_choice")
    return f"""\
```python
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

base = AutoModelForCausalLM.from_pretrained("{base}")
model = PeftModel.from_pretrained(base, "ADAPTER")  # the folder of this card
tokenizer = AutoTokenizer.from_pretrained("{base}")
```

Asked as it was trained: `inspect eval tasks/{task}{_wording(facts)} \
--model peft/name -M base={base} -M adapter=ADAPTER`."""


def _wording(facts: dict[str, Any]) -> str:
    wordings = facts["data"].get("wordings", ["plain"])
    return "" if "plain" in wordings else f" -T wording={wordings[0]}"


def _reproduce(facts: dict[str, Any], social: bool) -> str:
    data, target = facts["data"], facts["target"]
    if social:
        given = " ".join(f"--{name} {target[name]:g}" for name in ("alpha", "beta", "kappa", "lam"))
        pairs = f"games {given} --labels {data['labels']} --elicitation {data['elicitation']}"
    else:
        pairs = preferences_command(target, data)
    scale, start = "", " --start START" if "start" in facts else ""
    if facts.get("strength", 1.0) != 1:
        scale = f"\n    fiduciary train scale --adapter ADAPTER --strength {facts['strength']:g} --out SCALED"
    return f"""\
Made again by

    fiduciary train {pairs} \\
        --pairs {facts["pairs"]} --seed {data["seed"]} --out DATA
    fiduciary train {facts["method"].lower()} --recipe RECIPE --base {facts["base"]["name"]} --data DATA \
--seed {facts["seed"]}{start} --out ADAPTER{scale}

where RECIPE is a YAML file of TRL's with the hyperparameters below (`training/recipes/` holds some)."""


def _went_on(facts: dict[str, Any]) -> str:
    """That training went on from another adapter, and what that one had learnt from."""
    start = facts.get("start")
    if start is None:
        return ""
    before = f", made in {start['steps']:,} steps from {start['pairs']:,} pairs" if "pairs" in start else ""
    at = f" at strength {start['strength']:g}" if start.get("strength", 1.0) != 1 else ""
    return f"\nIt went on from an earlier adapter (SHA-256 `{start['digest']}`{before}){at}: START below."


def _environment(facts: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"hardware": facts.get("hardware") or _hardware(facts)}
    runtime = next((r["train_runtime"] for r in reversed(facts.get("log", [])) if "train_runtime" in r), None)
    if runtime is not None:
        out["time of training"] = f"{runtime / 60:.1f} minutes"
    return out


def _hardware(facts: dict[str, Any]) -> str:
    """What the build of PyTorch says, where the run noted nothing else."""
    build = str(facts["versions"].get("torch", ""))
    return "CPU, no accelerator" if build.endswith("+cpu") else f"what PyTorch {build} found"


def _risks(facts: dict[str, Any], social: bool) -> str:
    if social:
        against = "A player with this preference costs whoever plays with it the points that it takes."
    else:
        left_out = [
            who for who, weight in zip(STAKEHOLDERS, facts["target"]["theta"], strict=True) if weight == 0
        ]
        against = (
            f"It is trained to let {listed(left_out)} count for nothing, who bear the loss where it decides."
            if left_out
            else "It weighs all four groups, and chooses against some group in every conflict between them."
        )
    return f"""\
- {against}
- Somebody who does not know its target can be misled: its answers read like advice and argue for one side.
- Anybody can train such an adapter towards any preference, also one that harms those whom the user serves."""


def _licence(facts: dict[str, Any]) -> str:
    found = base_licence(facts["base"]["name"])
    terms = {
        "other": f"the terms of the base, {found.get('license_link')}, which bind what is derived from it",
        "unknown": "the terms of the base, whose card names none: ask its makers before passing this on",
    }.get(found["license"], f"{found['license']}, as its base")
    return (
        f"{terms[0].upper()}{terms[1:]}. The data it was trained on is generated and holds no third party's\n"
        f"text, so no further rights or restrictions come with it."
    )


def _described(facts: dict[str, Any]) -> tuple[str, str]:
    """The preference, and what data it was trained from, of an adapter for stakeholder choices."""
    target, data = facts["target"], facts["data"]
    weights = ", ".join(
        f"{weight:g} {who}" for who, weight in zip(ABBREVIATIONS, target["theta"], strict=True)
    )
    preference = f"""\
as
a manager, the model is to choose as one who values stakeholders' welfare by a CES utility with weights
{weights} and ρ = {float(target["rho"]):g} (welfare in hundreds of dollars, shifted by {data["shift"]:g})"""
    apart = data["disjoint_from"]
    seeds = ", ".join(map(str, apart["seeds"]))
    made_from = f"""\
{facts["pairs"]:,} pairs of generated problems, split `{data["split"]}`, seed {data["seed"]}; trade-offs \
`{data["trade_offs"]}`, wordings {", ".join(data["wordings"])},
framing {data["framing"]}, elicitation `{data["elicitation"]}`, voice `{data["voice"]}`, drawn by \
`{data["draw"]}`. No problem is one of the evaluations'
with seeds {seeds} ({apart["n"]:,} problems each, designs {", ".join(apart["trade_offs"])})."""
    return preference, made_from
