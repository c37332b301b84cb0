"""What Inspect finds by name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from inspect_ai._util.registry import registry_lookup, registry_unqualified_name

from fiduciary import _registry

DECORATORS = {"task", "solver", "scorer", "metric", "modelapi"}


def decorated(root: Path) -> set[str]:
    """Names of all functions of the rooms that carry one of Inspect's decorators."""
    found = set()
    for room in ("tasks", "solvers", "scorers", "subjects"):
        for path in (root / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    names = {ast.unparse(d).split("(")[0] for d in node.decorator_list}
                    found |= {node.name} if names & DECORATORS else set()
    return found


def test_everything_decorated_is_imported_by_the_entry_point(root: Path) -> None:
    assert decorated(root) <= set(_registry.__all__)


@pytest.mark.parametrize("scorer", _registry.SCORERS)
def test_a_scorer_is_found_under_the_bare_name_that_logs_keep(scorer: object) -> None:
    name = registry_unqualified_name(scorer)
    assert registry_lookup("scorer", name) is scorer
    assert registry_lookup("scorer", f"inspect_ai/{name}") is None, "Inspect's own would be found instead"
