"""The tutorial: every command of the page runs and ends where it says; the notebook is the same page."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", PAGE, re.M | re.S)


def test_the_notebook_is_the_same_page() -> None:
    """It is made from the page by ``docs/notebook.py``."""
    written = runpy.run_path(str(ROOT / "docs" / "notebook.py"))["notebook"](PAGE)
    assert (ROOT / "docs" / "tutorial.ipynb").read_text("utf-8") == written
    assert written.count("%%bash") == len(BLOCKS)


@pytest.mark.slow
def test_every_command_of_the_page_runs_and_ends_where_it_says(tmp_path: Path) -> None:
    for room in ("tasks", "subjects", "training"):
        (tmp_path / room).symlink_to(ROOT / room)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "INSPECT_DISPLAY": "none",
    }
    said = ""
    for block in BLOCKS:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        said += done.stdout
    assert "it reads: its answers depend on what was asked" in said
    ends = re.findall(r"`((?:site|logs|dossiers)/[\w/.-]+\.(?:html|md))`", PAGE)
    assert len(ends) == 3
    assert [file for file in ends if not (tmp_path / file).is_file()] == []
