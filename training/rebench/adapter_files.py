"""An adapter's files as training and re-benchmark take them: for its base, with a target that can be read."""

from __future__ import annotations

from pathlib import Path

from fiduciary.adapter_base import check_base
from fiduciary.adapter_files import FACTS, AdapterFiles, read_adapter
from fiduciary.errors import UsageError
from fiduciary.tensor_files import short
from fiduciary.training.errors import TrainingError
from fiduciary.training.targets import read_target


def check_adapter(folder: Path, base: str | None = None) -> AdapterFiles:
    """An adapter's files.

    Args:
        folder: the adapter's.
        base: folder or name of the base it is to be used with; None checks the adapter alone.

    Raises:
        TrainingError: an incomplete LoRA adapter, one made for another base, or an invalid target.
    """
    try:
        found = read_adapter(folder)
        if base is not None:
            check_base(found, base)
    except UsageError as error:
        raise TrainingError(str(error)) from error
    try:
        if "target" in found.facts:
            read_target(found.facts["target"])
    except (LookupError, TypeError, ValueError) as error:
        why = short(str(error))
        raise TrainingError(
            f"{folder} is damaged: the target in {FACTS} is none ({why}). Copy or train it again."
        ) from error
    return found
