"""Where a run keeps its things, so that it can be killed at any time and an adapter is whole or absent.

A run for ``OUT`` works in ``OUT.partial`` (data, caches, checkpoints). The finished adapter is put
together there too and appears as ``OUT`` by a rename; only then is ``OUT.partial`` removed.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from fiduciary.adapter_files import CHECKPOINTS
from fiduciary.parsing import read_object
from fiduciary.training.errors import TrainingError

WHOLE = "whole"
"""Empty file that is put into a checkpoint after everything else in it was written."""


class RunFolder:
    """The folders of one run.

    Attributes:
        out: the adapter's folder.
        partial: the run's own.
        kept: the adapters of checkpoints that are to stay, within the adapter to come.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.partial = out.with_name(f"{out.name}.partial")
        self.data = self.partial / "data"
        self.cache = self.partial / "cache"
        self.checkpoints = self.partial / "checkpoints"
        self.adapter = self.partial / "adapter"
        self.kept = self.adapter / CHECKPOINTS
        self.seconds = self.partial / "seconds.txt"

    def refuse_to_overwrite(self, resume: bool) -> None:
        """Stop where a finished adapter, or an unfinished run that is not asked for, is in the way."""
        if self.out.exists():
            raise TrainingError(f"{self.out} exists. Remove it, or name another folder.")
        if self.partial.exists() and not resume:
            raise TrainingError(
                f"{self.partial} holds a run that did not finish. Continue it with --resume, or remove it."
            )
        if resume and not (self.partial / "run.json").exists():
            raise TrainingError(f"there is nothing to resume at {self.partial}. Leave --resume out.")

    def begin(self, settings: dict[str, Any], resume: bool) -> None:
        """Note the settings of a new run, or hold a resumed one to those it began with."""
        note = self.partial / "run.json"
        if resume:
            try:
                before = read_object(note)
            except ValueError as error:
                raise TrainingError(f"{self.partial} cannot be resumed: {error}. Remove it.") from error
            changed = sorted(
                name for name in before.keys() | settings.keys() if before.get(name) != settings.get(name)
            )
            if changed:
                raise TrainingError(
                    f"the run in {self.partial} began with other settings ({', '.join(changed)}). Resume it "
                    f"with the same ones, or remove the folder to start again."
                )
            return
        self.partial.mkdir(parents=True)
        note.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")

    def last_checkpoint(self) -> Path | None:
        """The latest whole checkpoint; later ones, which a kill cut short, are removed."""
        steps = sorted(self.checkpoints.glob("checkpoint-*"), key=lambda p: -int(p.name.rpartition("-")[2]))
        for folder in steps:
            if (folder / WHOLE).exists():
                return folder
            shutil.rmtree(folder)
        return None

    def publish(self) -> None:
        """Make the finished adapter appear, and clear up."""
        os.replace(self.adapter, self.out)
        shutil.rmtree(self.partial, ignore_errors=True)
