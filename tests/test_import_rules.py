"""Who may import whom: the arrows between rooms run one way only."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOMS = (
    *("economics", "tasks", "solvers", "scorers", "subjects", "training", "leaderboard"),
    *("comparison", "dossier", "monitor", "cards", "chat", "serving", "export"),
)
OUTSIDE = ("benchmarks", "tests")
"""Packages of the checkout that no room may import."""

NUMERICAL = frozenset({"numpy", "scipy", "pandas"})
ASKING = NUMERICAL | {"inspect_ai", "anyio", "httpx", "pydantic", "rich", "yaml"}

ALLOWED: dict[str, frozenset[str]] = {
    "economics": NUMERICAL,
    "solvers": ASKING | {"economics"},
    # matplotlib: reports draw pictures. sklearn: the learner of the instruments' first stage.
    "scorers": ASKING | {"economics", "matplotlib", "sklearn"},
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
    # pyarrow: screening reads Parquet without the `datasets` package. jinja2: cards, chat templates' errors.
    # solvers: what is taught is the protocol that asks, its instruction and closing words.
    # comparison: what an adapter changed is told by the same engine as any other change.
    | {"matplotlib", "pyarrow", "jinja2", "solvers", "comparison"},
    # scorers: the table reads logs by the same functions as the metrics.
    "leaderboard": ASKING | {"scorers", "economics", "matplotlib", "pyarrow"},
    # leaderboard: answers are read by its reader. biogeme, xlogit: of programs that it gives away.
    "export": ASKING | {"leaderboard", "scorers", "economics", "pyarrow", "biogeme", "xlogit"},
    # leaderboard: logs are read and matched by its rows.
    "comparison": ASKING | {"leaderboard", "scorers", "economics"},
    # weasyprint: where the system lacks Pango, the document is written, and no PDF.
    "dossier": ASKING
    | {"leaderboard", "comparison", "monitor", "cards", "scorers", "economics", "matplotlib", "weasyprint"},
    # It asks in the benchmark's words and through its solvers.
    "monitor": ASKING | {"leaderboard", "scorers", "tasks", "solvers", "economics", "serving"},
    "cards": ASKING | {"pyarrow", "markdown_it"},
    # It draws in a choice problem as the task words it. gradio and what it runs on: an extra.
    "chat": ASKING | {"tasks", "solvers", "serving", "openai", "gradio", "fastapi", "uvicorn"},
    "serving": ASKING | {"docker", "openai"},
}
"""What a room may import besides the standard library and itself."""

PACKAGE = "fiduciary"
FLOOR = frozenset(
    {
        *("_inspect", "adapter_base", "adapter_files", "archives", "errors", "eval_logs", "log_headers"),
        *("numbers_in_text", "options", "parsing", "safe_text", "tensor_files", "whole_files"),
    }
)
"""Modules of the package itself that every room above the theory may import."""

EXCEPTIONS: dict[str, frozenset[str]] = {
    # A plan names tasks, which are found where Inspect finds them.
    "training/rebench/plan.py": frozenset({"_registry"}),
}


PRIVATE = re.compile(r"^inspect_ai\b.*\._")


def imported(source: str) -> list[tuple[int, str, int]]:
    """Every import of a source text, wherever it stands: (line, module, level of a relative one)."""
    found: list[tuple[int, str, int]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE and not node.level:
            found += [(node.lineno, f"{PACKAGE}.{alias.name}", 0) for alias in node.names]
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
    if "inspect_ai" in allowed:
        allowed |= FLOOR
    out = []
    for line, module, level in imported(source):
        package, _, inside = module.partition(".")
        name = inside.partition(".")[0] if package == PACKAGE else package
        if level:
            out.append(f"{path}:{line}: relative import; Inspect loads task files by path, where it fails")
        elif package in ROOMS:
            # With the checkout on the path it is found, and then exists twice.
            out.append(f"{path}:{line}: import {PACKAGE}.{module}, not {module}")
        elif name not in allowed:
            out.append(f"{path}:{line}: {room} may not import {module}")
        elif PRIVATE.search(module):
            out.append(f"{path}:{line}: private parts of Inspect are used in {PACKAGE}/_inspect.py alone")
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
        ("economics", "def f():\n    import fiduciary.tasks.stakeholder_choice"),
        ("economics", "if True:\n    from fiduciary.scorers import choice"),
        ("economics", "import importlib\nimportlib.import_module('fiduciary.subjects')"),
        ("economics", "from fiduciary._inspect import open_file"),
        ("solvers", "from fiduciary.tasks.stakeholder_choice import prompts"),
        ("scorers", "import numpy, fiduciary.solvers"),
        ("subjects", "from fiduciary import scorers"),
        ("tasks", "from fiduciary.training import pairs"),
        ("tasks", "from fiduciary.subjects import subject"),
        ("tasks", "from economics import problems"),
        ("tasks", "from inspect_ai.model._model import active_model"),
        ("training", "import fiduciary.subjects"),
        ("leaderboard", "from fiduciary.tasks import stakeholder_choice"),
        ("serving", "from fiduciary.economics import problems"),
        ("solvers", "from . import framing"),
        ("scorers", "import benchmarks"),
        ("subjects", "from tests import conftest"),
    ],
)
def test_checker_finds_a_violation(room: str, source: str) -> None:
    assert len(violations(room, f"{room}/made_up.py", source)) == 1


def test_checker_lets_the_allowed_pass() -> None:
    source = (
        "import math\nimport numpy as np\nfrom fiduciary.economics.utility import CES\n"
        "from fiduciary.tasks import _arguments\nfrom fiduciary._inspect import open_file"
    )
    assert violations("tasks", "tasks/made_up.py", source) == []


def test_no_file_imports_a_room_past_the_package(root: Path) -> None:
    """`python -m` and pytest put the checkout on the path, where a bare name would be a second module."""
    found = [
        f"{file.relative_to(root)}:{line}"
        for folder in (*OUTSIDE, "runs", PACKAGE, "docker")
        for file in (root / folder).glob("**/*.py")
        for line, module, _ in imported(file.read_text("utf-8"))
        if module.partition(".")[0] in ROOMS
    ]
    assert found == []


def test_the_package_links_to_every_room(root: Path) -> None:
    links = {path.name: path.resolve() for path in (root / PACKAGE).iterdir() if path.is_symlink()}
    assert links == {room: root.resolve() / room for room in ROOMS}


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
        for room in (*ROOMS, *OUTSIDE, PACKAGE, "runs", ".ci")
        for file in (root / room).rglob("*")
        if file.is_file() and (file.suffix in {".py", ".sh"} or room == ".ci")
        for number in machine_paths(file.read_text("utf-8"))
    ]
    assert found == []


def test_checker_finds_a_machine_path() -> None:
    folder = "/" + "home"
    assert machine_paths(f'fine = "data/x.csv"\nread("{folder}/me/x.csv")') == [2]
    assert machine_paths(f"https://example.org{folder}/page") == []
