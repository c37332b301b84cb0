"""Is this a model, is this an adapter, can vLLM serve them: answered before anything is started."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fiduciary.adapter_base import check_base
from fiduciary.adapter_files import read_adapter, refuse_links
from fiduciary.errors import UsageError
from fiduciary.parsing import read_object
from fiduciary.serving.errors import RefusedError
from fiduciary.tensor_files import tensors

RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""Ranks that vLLM can be told to make room for."""

Mounts = tuple[tuple[Path, str], ...]
"""What is mounted read-only: (on this machine, in the container)."""

_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_DOWNLOAD = re.compile(r"models--[^/]*--([^/]+)/snapshots/[^/]+$")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True)
class Model:
    """A checkpoint to serve.

    Attributes:
        mounts: its files; empty for one that is downloaded.
        hub: its name on the Hugging Face Hub, None for a folder.
    """

    mounts: Mounts = ()
    hub: str | None = None


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter.

    Attributes:
        name: under which it is served.
        rank: the largest of its layers.
        mounts: its files.
    """

    name: str
    rank: int
    mounts: Mounts

    @property
    def target(self) -> str:
        """Its folder in the container."""
        return f"/adapters/{self.name}"


def default_name(given: str) -> str:
    """The name that a model is served under unless another is given, as in runs/serve.sh.

    That of its folder or repository, in small letters. The model of the documents' commands,
    Llama-3.1-8B-Instruct, keeps the short name that they use; its base is told apart.

    Args:
        given: a folder, or a name on the Hugging Face Hub.
    """
    path = given.rstrip("/")
    # A download of the Hub: models--organisation--name/snapshots/commit.
    download = _DOWNLOAD.search(path)
    name = (download[1] if download else path.rpartition("/")[2]).encode().decode("latin-1")
    name = re.sub(r"[^a-z0-9._-]", "-", name.lower()).lstrip("-._")
    name = name.removeprefix("meta-") if re.fullmatch(r"meta-llama-3\.1-8b(-instruct)?", name) else name
    return {
        "llama-3.1-8b-instruct": "llama-3.1-8b",
        "llama-3.1-8b": "llama-3.1-8b-base",
    }.get(name, name or "model")


def served_name(name: str) -> str:
    """A name that a server can be asked by.

    Raises:
        RefusedError: it has characters other than letters, digits, dot, dash and underscore.
    """
    if not _NAME.fullmatch(name):
        raise RefusedError(f"'{name}' cannot be a model's name: use letters, digits, '.', '-' and '_'")
    return name


def model(given: str) -> Model:
    """The model that the command line names.

    Args:
        given: a folder, or a name on the Hugging Face Hub such as ``organisation/name``.

    Raises:
        RefusedError: neither; weights that are not safetensors; a file that is missing or not readable.
    """
    folder = Path(given).expanduser()
    if not folder.is_dir():
        if given.startswith(("/", ".", "~")) or not _HUB.fullmatch(given):
            raise RefusedError(f"model folder '{given}' does not exist (a Hub name is organisation/name)")
        return Model(hub=given)
    if not (folder / "config.json").is_file():
        raise RefusedError(f"no config.json in '{given}': give the folder of a Hugging Face checkpoint")
    try:
        refuse_links(folder)
    except UsageError as error:
        raise RefusedError(str(error)) from error
    _read_json(folder / "config.json")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        other = sorted(f.name for e in ("*.bin", "*.pt", "*.pth", "*.gguf") for f in folder.glob(e))
        raise RefusedError(
            f"no *.safetensors file in '{given}'"
            + (f" but {other[0]}, a format that can run code or is not Hugging Face's" if other else "")
            + ": only safetensors weights are served"
        )
    for file in weights:
        try:
            tensors(file)
        except (OSError, ValueError) as error:
            raise RefusedError(
                f"'{file}' cannot be served: {error} (a pointer of git-lfs? run git lfs pull)"
            ) from None
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        parts = _read_json(index).get("weight_map")
        named = {str(p) for p in parts.values()} if isinstance(parts, dict) else set()
        missing = sorted(named - {file.name for file in weights})
        if missing:
            raise RefusedError(f"'{given}' lacks {missing[0]} ({len(missing)} of {len(named)} files missing)")
    return Model(mounts=mounts(folder, "/model"))


def adapters(
    given: Sequence[str], base: str, taken: str, limit: int | None = None
) -> tuple[tuple[Adapter, ...], int]:
    """The adapters that the command line names, and the rank that the server makes room for.

    Args:
        given: ``NAME=DIR`` each.
        base: folder of the base model, or its name on the Hub.
        taken: the name under which the base is served.
        limit: largest rank; None for the smallest limit that fits all.

    Returns:
        The adapters, and the limit rounded up to one of ``RANKS``.

    Raises:
        RefusedError: not ``NAME=DIR``; a name given twice; no adapter there, or one for another base; a rank
            above the limit.
    """
    if limit is not None and not 1 <= limit <= RANKS[-1]:
        raise RefusedError(f"--max-lora-rank must be from 1 to {RANKS[-1]}, not {limit}")
    accepted: list[Adapter] = []
    for text in given:
        name, equals, folder = text.partition("=")
        if not (name and equals and folder):
            raise RefusedError(f"--adapter '{text}' is not NAME=DIR")
        if "/" in served_name(name):
            raise RefusedError(f"an adapter's name has no '/': '{name}'")
        if name in {taken, *(a.name for a in accepted)}:
            raise RefusedError(f"two models would be called '{name}': give the adapter another name")
        accepted.append(_adapter(name, Path(folder).expanduser(), base))
    largest = max((a.rank for a in accepted), default=0)
    room = next(r for r in RANKS if r >= limit) if limit is not None else RANKS[-1]
    for adapter in accepted:
        if adapter.rank > room:
            # Where no limit was asked for, it is vLLM's own.
            asked = (
                "raise --max-lora-rank"
                if limit is not None and adapter.rank <= RANKS[-1]
                else "train a smaller one"
            )
            raise RefusedError(
                f"adapter '{adapter.name}' has rank {adapter.rank}, above the limit {room}: {asked}"
            )
    return tuple(accepted), room if limit is not None else next(r for r in RANKS if r >= largest)


def wanted(command: Sequence[str], served: Sequence[str]) -> None:
    """Check that a command asks only for models that will be served.

    Args:
        command: words of the command that is to run.
        served: names of the model and its adapters.

    Raises:
        RefusedError: a ``vllm/NAME`` in it that is not served.
    """
    known = " or ".join(f"vllm/{name}" for name in served)
    for part in (part for word in command for part in word.removeprefix("--model=").split(",")):
        if not part.startswith("vllm/"):
            continue
        name, _, folder = part.removeprefix("vllm/").partition(":")
        if folder:
            raise RefusedError(
                f"'{part}' loads an adapter while serving: give it before --, --adapter NAME=DIR"
            )
        if name not in served:
            raise RefusedError(f"'{name}' is not served: ask for {known}")


def mounts(folder: Path, target: str) -> Mounts:
    """What to mount so that a container sees a folder's files.

    A folder whose files are links to elsewhere, as in Hugging Face's cache, would be one of broken links
    in a container: there every file is mounted by itself.

    Args:
        folder: on this machine.
        target: in the container.

    Raises:
        RefusedError: a file that other users, hence the container's, may not read.
    """
    folder = folder.resolve()
    files = [folder / entry.name for entry in os.scandir(folder) if entry.is_file()]
    closed = [p for p in (folder, *files) if not p.stat().st_mode & stat.S_IROTH]
    if closed or not folder.stat().st_mode & stat.S_IXOTH:
        raise RefusedError(
            f"the container's user may not read '{closed[0] if closed else folder}': chmod -R a+rX '{folder}'"
        )
    if all(folder in file.resolve().parents for file in files):
        return ((folder, target),)
    return tuple((file.resolve(), f"{target}/{file.name}") for file in sorted(files))


def _adapter(name: str, folder: Path, base: str) -> Adapter:
    try:
        found = read_adapter(folder)
        check_base(found, base)
    except UsageError as error:
        raise RefusedError(str(error)) from error
    return Adapter(name, found.rank, mounts(folder, f"/adapters/{name}"))


def _read_json(file: Path) -> dict[str, object]:
    try:
        return read_object(file)
    except (OSError, ValueError) as error:
        raise RefusedError(f"'{file}' cannot be read: {error}") from None
