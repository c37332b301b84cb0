"""The command `fiduciary`: one table of names, nothing loaded before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fiduciary.__main__ import COMMANDS, main

HEAVY = ("inspect_ai", "numpy", "pandas", "scipy", "matplotlib", "torch")


def loaded_by(code: str, root: Path) -> set[str]:
    """The heavy packages that a program has loaded at its end, parts of SciPy by name."""
    names = (*HEAVY, "scipy.stats", "scipy.optimize")
    program = f"import json, sys\n{code}\nprint(json.dumps([m for m in {names!r} if m in sys.modules]))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_name_leads_to_a_function(name: str) -> None:
    module, _, function = COMMANDS[name][0].partition(":")
    assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("command", ["", "report", "read", "show", "train", "rebench"])
def test_help_loads_nothing_heavy(command: str, root: Path) -> None:
    words = [*command.split(), "--help"]
    code = f"from fiduciary.__main__ import main\ntry:\n    main({words!r})\nexcept SystemExit:\n    pass"
    assert loaded_by(code, root) == set()


def test_what_inspect_loads_at_every_start_is_light(root: Path) -> None:
    assert loaded_by("import fiduciary._registry", root) <= {"inspect_ai", "numpy", "scipy"}


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed and what in printed for name, (_, what) in COMMANDS.items())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bord"], "did you mean board"),
        (["dosier", "x"], "did you mean dossier"),
        (["inventory"], "inventory compare or inventory import"),
        (["inventory", "lost"], "inventory compare or inventory import"),
        (["xyzzy"], "--help lists them all"),
    ],
)
def test_an_unknown_word_is_refused_with_the_nearest_names(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_python_m_does_the_same(root: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "fiduciary"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 2 and "usage: fiduciary COMMAND" in done.stdout
