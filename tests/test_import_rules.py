"""Who may import whom: the arrows between rooms run one way only."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOMS = ("economics", "tasks", "solvers", "scorers", "subjects", "training", "leaderboard", "serving")
OUTSIDE = ("benchmarks", "tests")
"""Packages of the checkout that no room may import."""

NUMERICAL = frozenset({"numpy", "scipy", "pandas"})
ASKING = NUMERICAL | {"inspect_ai", "anyio", "pydantic", "rich", "yaml"}

ALLOWED: dict[str, frozenset[str]] = {
    "economics": NUMERICAL,
    "solvers": ASKING | {"economics"},
    # matplotlib: reports draw pictures.
    "scorers": ASKING | {"economics", "matplotlib"},
    "subjects": ASKING | {"economics"},
    # pypdf: reads the text of an inventory that a user has; an extra, imported where it is needed.
    "tasks": ASKING | {"solvers", "scorers", "economics", "pypdf"},
    "training": ASKING
    # scorers: the re-benchmark reads logs by the same table as the metrics.
    | {
        "tasks",
        "scorers",
        "economics",
        "torch",
        "transformers",
        "trl",
        "peft",
        "datasets",
        "accelerate",
        "safetensors",
    }
    # pyarrow: screening reads Parquet without the `datasets` package.
    | {"matplotlib", "pyarrow"},
    # scorers: the table reads logs by the same functions as the metrics.
    "leaderboard": ASKING | {"scorers", "economics", "matplotlib", "pyarrow"},
    "serving": ASKING | {"docker"},
}
"""What a room may import besides the standard library and itself."""

EXCEPTIONS: dict[str, frozenset[str]] = {
    # The file that the distribution's entry points load: it only gathers what Inspect must find by name.
    "tasks/_registry.py": frozenset({"subjects"}),
    # The chat draws in a choice problem as the task words it, as training does.
    "leaderboard/chat/problem.py": frozenset({"tasks", "solvers"}),
    # It asks a server with the benchmark's own sampling; the rest of the room only reads logs.
    "leaderboard/chat/server.py": frozenset({"openai", "solvers"}),
    # The monitor asks in the benchmark's words and through its solvers.
    "leaderboard/monitor/canaries.py": frozenset({"tasks", "solvers"}),
    "leaderboard/monitor/asking.py": frozenset({"solvers"}),
    # The chat's extra, loaded by the command once its arguments are checked.
    "leaderboard/chat/page.py": frozenset({"gradio", "fastapi"}),
    "leaderboard/chat/command.py": frozenset({"uvicorn"}),
    # The dossier's extra; without it the document is written, and no PDF.
    "leaderboard/dossier/pdf.py": frozenset({"weasyprint"}),
}


def imported(source: str) -> list[tuple[int, str, int]]:
    """Every import of a source text, wherever it stands: (line, module, level of a relative one)."""
    found: list[tuple[int, str, int]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, node.module or "", node.level))
        elif (
            # importlib.import_module("x") and __import__("x") are imports too.
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            found.append((node.lineno, str(node.args[0].value), 0))
    return found


def violations(room: str, path: str, source: str) -> list[str]:
    """What a file imports and should not, one line each."""
    allowed = ALLOWED[room] | EXCEPTIONS.get(path, frozenset()) | {room} | sys.stdlib_module_names
    out = []
    for line, module, level in imported(source):
        if level:
            out.append(f"{path}:{line}: relative import; Inspect loads task files by path, where it fails")
        elif module.partition(".")[0] not in allowed:
            out.append(f"{path}:{line}: {room} may not import {module}")
    return out


def files(root: Path, room: str) -> list[Path]:
    return sorted((root / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_room_keeps_to_the_rules(room: str, root: Path) -> None:
    found = [
        violation
        for file in files(root, room)
        for violation in violations(room, file.relative_to(root).as_posix(), file.read_text("utf-8"))
    ]
    assert found == []


def test_rooms_exist(root: Path) -> None:
    """Guards the test above against passing because it looked in the wrong place."""
    assert all(files(root, room) for room in ("economics", "tasks", "solvers", "scorers", "subjects"))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("economics", "import inspect_ai"),
        ("economics", "from torch import nn"),
        ("economics", "def f():\n    import tasks.stakeholder_choice"),
        ("economics", "if True:\n    from scorers import choice"),
        ("economics", "import importlib\nimportlib.import_module('subjects')"),
        ("solvers", "from tasks.stakeholder_choice import prompts"),
        ("scorers", "import numpy, solvers"),
        ("subjects", "from scorers._parse import read"),
        ("tasks", "from training import pairs"),
        ("tasks", "from subjects import subject"),
        ("training", "import subjects"),
        ("leaderboard", "from tasks import stakeholder_choice"),
        ("serving", "from economics import problems"),
        ("solvers", "from . import framing"),
        ("scorers", "import benchmarks"),
        ("subjects", "from tests import conftest"),
    ],
)
def test_checker_finds_a_violation(room: str, source: str) -> None:
    assert len(violations(room, f"{room}/made_up.py", source)) == 1


def test_checker_lets_the_allowed_pass() -> None:
    source = (
        "import math\nimport numpy as np\nfrom economics.utility import CES\nfrom tasks import _arguments"
    )
    assert violations("tasks", "tasks/made_up.py", source) == []
    assert violations("tasks", "tasks/_registry.py", "from subjects import subject") == []


def test_folders_without_python_stay_without_a_package(root: Path) -> None:
    """`import docker` must find the SDK, and shell scripts need no package."""
    assert not (root / "docker" / "__init__.py").exists()
    assert not (root / "runs" / "__init__.py").exists()


# The names are apart from their slashes, so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:root|home|Users|work|opt)/\w")


def machine_paths(text: str) -> list[int]:
    """Lines that name a folder of somebody's machine."""
    return [number for number, line in enumerate(text.splitlines(), 1) if MACHINE_PATH.search(line)]


def test_no_file_names_a_machine_path(root: Path) -> None:
    """What a file reads is given by an argument, or lies beside it."""
    found = [
        f"{file.relative_to(root)}:{number}"
        for room in (*ROOMS, *OUTSIDE, "runs", ".ci")
        for file in (root / room).rglob("*")
        if file.is_file() and (file.suffix in {".py", ".sh"} or room == ".ci")
        for number in machine_paths(file.read_text("utf-8"))
    ]
    assert found == []


def test_checker_finds_a_machine_path() -> None:
    folder = "/" + "home"
    assert machine_paths(f'fine = "data/x.csv"\nread("{folder}/me/x.csv")') == [2]
    assert machine_paths(f"https://example.org{folder}/page") == []
