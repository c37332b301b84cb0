"""The command `fiduciary`: one table of names, nothing loaded before it is needed."""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fiduciary.__main__ import COMMANDS, main
from fiduciary.errors import CODES, DONE, OUTSIDE, UNUSABLE, OutsideError, unwritable
from fiduciary.serving.endpoint import Endpoint, served

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
        (["qqqq"], "there is no command 'qqqq'. fiduciary --help lists them all."),
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


GIVEN = {
    "plan": ("--principal nobody", "--rate 0"),
    "show": ("nothing_of_that_name", "stakeholder_choice"),
    "report": ("{none}", "{none}"),
    "board": ("{none}", "{none}"),
    "export": ("{none} --out {out}", "{none} --out {out}"),
    "compare": ("{none} {none}", "{none} {none}"),
    "study": ("{none}", "{none}"),
    "dossier": ("model {none} --out {out}", "model {none} --out {out}"),
    "monitor": ("--state {out} --baseline {none} --model mockllm/model", "--state {out}"),
    "supervise": ("{none} --supervisor mockllm/model --principal nonprofit", "{none}"),
    "read": ("{none}", "{none}"),
    "inventory compare": ("{none} {none}", "{none} {none}"),
    "inventory import": ("hexaco100 {none}", "hexaco100 {none}"),
    "train": ("screen {none}", "screen {none}"),
    "rebench": ("--base {none} --out {out} --adapter a={none} --principal nonprofit", "--out {out}"),
    "cards": ("{none}", "{none}"),
    "serve": ("{none}", "{none}"),
    "subject": ("nothing_of_that_name", "study1"),
    "chat": ("--url {none}", ""),
}
"""Command → words that name what does not exist, and words that an argument which is none follows."""


def ended(words: list[str]) -> int:
    """The exit code, whoever ends the command."""
    try:
        return main(words)
    except SystemExit as error:
        return int(str(error.code))


@pytest.mark.parametrize("argument", [False, True], ids=["path", "argument"])
@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_user_can_put_right_ends_every_command_with_2(
    name: str,
    argument: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"none": str(tmp_path / "none" / "there.eval"), "out": str(tmp_path / "out")}
    words = [*name.split(), *GIVEN[name][argument].format(**places).split()]
    assert ended([*words, "--no-such-argument"] if argument else words) == UNUSABLE
    assert "error" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_named(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, file = str(root / "tests" / "scorers" / "reference" / "explainer.eval"), tmp_path / "file"
    file.touch()
    for words in (["report", log], ["board", log]):
        assert main([*words, "--out", str(file / "below")]) == UNUSABLE
        assert str(file) in capsys.readouterr().err


def test_a_full_disk_and_a_server_that_is_gone_are_no_mistakes_of_the_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, code in ((errno.ENOSPC, OUTSIDE), (errno.ECONNREFUSED, OUTSIDE), (errno.EACCES, UNUSABLE)):
        assert unwritable("folder", OSError(number, "said so")).code == code
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(OutsideError, match="no server answers") as gone:
            served(Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}/v1"))
    monkeypatch.setattr("fiduciary.report.main", lambda _: (_ for _ in ()).throw(gone.value))
    assert main(["report"]) == OUTSIDE and "no server answers" in capsys.readouterr().err


def test_help_says_what_every_exit_code_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == DONE
    printed = capsys.readouterr().out
    assert all(f"  {code}  {what}" in printed for code, what in CODES.items())
