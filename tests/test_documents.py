"""The documents: links lead somewhere, and the commands, options and scripts that they name exist."""

from __future__ import annotations

import re
import runpy
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from inspect_ai import eval

from fiduciary.__main__ import find, main
from fiduciary._registry import stakeholder_choice
from tests.conftest import ROOT

DOCUMENTS = [
    path
    for path in sorted(chain(ROOT.glob("*.md"), ROOT.glob("*/*.md"), ROOT.glob("*/*/*.md")))
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _anchors(path: Path) -> set[str]:
    """The headings of a document as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands(path: Path) -> list[list[str]]:
    """The words of every ``fiduciary …`` in code, without comments."""
    text = path.read_text("utf-8")
    text = re.sub(r"\\\n\s*", "", text)
    fenced = re.findall(r"^```bash\n(.*?)^```", text, re.M | re.S)
    code = "\n".join([*fenced, *re.findall(r"^    (.*)$", text, re.M), *re.findall(r"`([^`]+)`", text)])
    lines = re.findall(r"^(?:.*&& )?fiduciary +([^#\n]+)", code, re.M)
    return [words for line in lines if (words := line.split(" -- ")[0].split())]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file) if file else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert lost == []


def test_the_readme_is_short_and_has_the_command_and_the_tests() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.split()) < 900
    for line in (
        "    inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b\n",
        "    make install",
        "    make test",
    ):
        assert line in text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_options_in_pages_are_known_to_their_commands(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = []
    for words in _commands(path):
        if words[0].startswith("-") or words[0].isupper():
            continue
        name, rest = find(words)  # raises for a command that does not exist
        with pytest.raises(SystemExit):
            main([*name.split(), *(rest[:1] if name == "train" else []), "--help"])
        known = set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
        unknown += [f"{name} {word}" for word in rest if word.startswith("--") and word not in known]
    assert unknown == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_scripts_in_pages_exist(path: Path) -> None:
    scripts = re.findall(r"\b((?:runs|docker)/\w+\.(?:sh|py))\b", path.read_text("utf-8"))
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_python_in_the_page_for_developers_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = stakeholder_choice(n=60, elicitation="choose")
    [log] = eval(task, model="subject/study1", log_dir=str(tmp_path), display="none")
    capsys.readouterr()
    text = (ROOT / "docs" / "extend.md").read_text("utf-8").replace("logs/….eval", log.location)
    snippets = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    assert snippets
    rng = np.random.default_rng(0)
    known = {"chosen": rng.integers(0, 2, 1000), "temperature": 1.0}
    for snippet in snippets:  # each goes on where the one before it ended
        file = tmp_path / "snippet.py"
        file.write_text(snippet, "utf-8")
        known = runpy.run_path(str(file), known)
    assert {"theta_SH", "rho", "gamma"} <= set(re.findall(r"^\w+", capsys.readouterr().out, re.M))


def test_nobody_is_told_to_install_a_name_that_is_not_registered() -> None:
    """The distribution is in no index: whoever took its name there would be installed."""
    advice = re.compile(r"(?:pip|pipx|uv|tool) (?:install|add)[^\n&;]*[\s'\"]fiduciary(?:\[|==|[\s'\"`.)]|$)")
    kinds = (".py", ".md", ".sh", ".yaml", ".toml", ".html", ".j2")
    files = (path for folder in ROOT.glob("[!.]*") for path in (folder, *folder.rglob("*")))
    pages = [path for path in files if path.suffix in kinds and path.is_file() and path != Path(__file__)]
    assert ROOT / "README.md" in pages and ROOT / "chat" / "command.py" in pages
    assert [path for path in pages if advice.search(path.read_text("utf-8"))] == []
