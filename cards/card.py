"""Cards from wherever they lie, read as data: nothing in them is executed, rendered or followed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiduciary.cards import beside, body, front
from fiduciary.cards.beside import Beside
from fiduciary.cards.body import Section
from fiduciary.cards.front import Front
from fiduciary.errors import UsageError
from fiduciary.safe_text import one_line

KINDS = ("data", "model", "adapter")
CARD = "README.md"
MOST_BYTES = 2**20

_DATA_FIELDS = frozenset(
    """
    annotations_creators configs dataset_info dataset_name language_creators multilinguality size_categories
    source_datasets task_categories task_ids train-eval-index
    """.split()
)
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Card:
    """A card that was read.

    Attributes:
        file: where it lies.
        kind: one of ``KINDS``.
        front: its metadata.
        sections: its text.
        beside: what lies beside it.
        troubles: what was wrong with the file, in words.
    """

    file: str
    kind: str
    front: Front = front.EMPTY
    sections: tuple[Section, ...] = ()
    beside: Beside = beside.NOTHING
    troubles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The card's title, or the name of its folder."""
        title = next((section.title for section in self.sections if section.level == 1), "")
        return one_line(title)[:100].strip() or Path(self.file).resolve().parent.name


def find(given: Sequence[str | Path]) -> tuple[Path, ...]:
    """Cards that paths name: Markdown files, and every README.md in folders and below them, each once.

    Raises:
        UsageError: a path that does not exist or is not a card, or a folder without any.
    """
    found: dict[Path, None] = {}
    for path in map(Path, given):
        if path.is_file():
            if path.suffix.lower() not in (".md", ".markdown"):
                raise UsageError(f"not a card: {path} (cards are Markdown, such as {CARD})")
            found[path] = None
        elif path.is_dir():
            inside = (p for p in path.rglob(CARD) if p.is_file() and not _hidden(p, path))
            below = sorted(filter(_is_card, inside))
            if not below:
                raise UsageError(f"no card in {path}: no {CARD} with front matter, or beside a model or data")
            found |= dict.fromkeys(below)
        else:
            raise UsageError(f"no such card or folder: {path}")
    return tuple(found)


def read(path: Path, kind: str | None = None) -> Card:
    """Read a card and look at what lies beside it.

    Args:
        path: the Markdown file.
        kind: one of ``KINDS``; None infers it from the files and the metadata.

    Raises:
        UsageError: a file that cannot be read, is too large, or is not text.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UsageError(f"{path} has {size:,} bytes; cards of at most {MOST_BYTES:,} are read")
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if b"\x00" in raw:
        raise UsageError(f"{path} is not text")
    troubles: list[str] = []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8", "replace")
        troubles.append(f"not UTF-8 (byte {error.start}); what cannot be read is left out")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    yaml_text, before = front.split(text)
    fields = front.EMPTY
    if yaml_text is None:
        troubles.append("no front matter: the Hub and its tools see no metadata")
    else:
        try:
            fields = front.load(yaml_text)
        except front.FrontError as error:
            troubles.append(one_line(str(error)))
    troubles += [f"field {one_line(name)[:60]} stands twice; the last one counts" for name in fields.repeated]
    folder = path.parent
    around = beside.look(folder, hashes=_DIGEST.search(text) is not None)
    return Card(
        str(path),
        kind or _kind(fields.values, around),
        fields,
        body.sections(text.split("\n")[before:], before + 1),
        around,
        (*troubles, *map(one_line, around.unread)),
    )


def _kind(fields: Mapping[str, Any], around: Beside) -> str:
    """What a card is about, by the files beside it first, then by its metadata."""
    if "adapter_config.json" in around.names:
        return "adapter"
    if "config.json" in around.names:
        return "model"
    if "dataset_infos.json" in around.names or any(n.endswith(".parquet") for n in around.names):
        return "data"
    if fields.get("library_name") == "peft" or fields.get("base_model_relation") == "adapter":
        return "adapter"
    return "data" if _DATA_FIELDS & set(fields) else "model"


def _is_card(path: Path) -> bool:
    """Whether a README found in a folder is about data or a model, and not about the folder."""
    with path.open("rb") as file:
        if file.read(64).removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r")):
            return True
    about = ("adapter_config.json", "config.json", "dataset_infos.json")
    return any((path.parent / name).is_file() for name in about) or any(path.parent.glob("*.parquet"))


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "node_modules")) for part in path.relative_to(root).parts)
