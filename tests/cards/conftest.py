"""Cards written for the tests: one that says everything, and ways to write others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from fiduciary.cards import Graded, grade, read

FULL = """\
---
license: mit
language: [en]
library_name: peft
pipeline_tag: text-generation
base_model: acme/quill-1b
datasets: [acme/letters]
model-index:
- name: Quill letters
  results:
  - task: {type: text-generation}
    dataset: {name: Held-out letters, type: acme/letters}
    metrics:
    - {type: accuracy, value: 0.81}
---

# Quill for letters

A LoRA adapter that answers business letters in the tone of a small shop, trained on their correspondence.

**Developed by:** Acme Research, Basel

Version 1.2, made on 2026-01-05. Base revision 0123abc of acme/quill-1b.
SHA-256 of `adapter_model.safetensors`: `{digest}`.

## Intended use

Drafting replies for clerks of small shops, who read every draft before it leaves the house.

### Out of scope

Legal or medical correspondence, and letters that leave without a clerk's eye on them.

## How to use it

```python
model = PeftModel.from_pretrained(base, "acme/quill-letters")
```

## Training data

12,000 letters and replies of three shops, collected with consent. Letters of the evaluation were removed
from it by exact and fuzzy matching: 12,000 examples remain, none of them in the test set.

## Training procedure

Supervised fine-tuning, learning rate 1e-4, batch of 32, 3 epochs, seed 7, on one A100 GPU for 2 hours.
LoRA rank 8, alpha 16, target modules q_proj and v_proj. With transformers 5.23 and peft 0.21.

    python train.py --seed 7

## Evaluation

Asked 500 held-out questions greedily (temperature 0) beside the base, with the standard error in brackets.

| shop | base | adapter |
|---|---|---|
| bakery | 0.61 (0.02) | 0.81 (0.02) |
| florist | 0.55 (0.03) | 0.79 (0.02) |

## Limitations

Replies to complaints are too apologetic, and sums over ten thousand francs come out wrong now and then.

## Risks

A polite wrong answer can mislead customers who take it for a promise of the shop.

### Recommendations

Clerks should check every amount and date before a reply is sent, and mark drafts as machine-written.

## Licence

MIT for the adapter; the base has a licence of its own, Apache-2.0, which applies to merged weights.

## Contact

quill@acme.example
"""

WEIGHTS = {"a.lora_A.weight": [8, 4], "a.lora_B.weight": [4, 8]}


def safetensors(shapes: dict[str, list[int]]) -> bytes:
    """A safetensors file of zeros."""
    header, at = {}, 0
    for name, shape in shapes.items():
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(at)


Write = Callable[..., Path]


@pytest.fixture
def adapter(tmp_path: Path) -> Write:
    """Write a folder of an adapter with a card; further files by name."""

    def write(text: str = FULL, **files: str | bytes) -> Path:
        import hashlib

        folder = tmp_path / "adapter"
        folder.mkdir(exist_ok=True)
        weights = safetensors(WEIGHTS)
        text = text.replace("{digest}", hashlib.sha256(weights).hexdigest())
        config = {"r": 8, "lora_alpha": 16, "base_model_name_or_path": "acme/quill-1b"}
        contents: dict[str, str | bytes] = {
            "adapter_model.safetensors": weights,
            "adapter_config.json": json.dumps(config),
            "README.md": text,
        }
        contents |= {name.replace("__", "."): content for name, content in files.items()}
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        return folder / "README.md"

    return write


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Graded]:
    """Grade a text as a card of a kind, with nothing beside it."""

    def of(text: str, kind: str = "model") -> Graded:
        path = tmp_path / "README.md"
        path.write_text(text, encoding="utf-8")
        return grade(read(path, kind))

    return of


def status(result: Graded, item: str) -> str:
    """Status of an item."""
    return next(one.status for one in result.items if one.item.id == item)


def without(text: str, heading: str) -> str:
    """A card without a section of the second or third level."""
    lines: Sequence[str] = text.split("\n")
    start = lines.index(heading)
    level = heading.split(" ")[0]
    end = next(
        (
            k
            for k in range(start + 1, len(lines))
            if lines[k].startswith("#") and lines[k].split(" ")[0] <= level
        ),
        len(lines),
    )
    return "\n".join([*lines[:start], *lines[end:]])
