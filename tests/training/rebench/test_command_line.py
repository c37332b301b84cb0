"""`rebench` on the command line: help without packages, and one line for each thing to put right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fiduciary.__main__ import main

ROOT = Path(__file__).parents[3]

WITHOUT_TORCH = """
import sys
class NoTorch:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NoTorch())
from fiduciary.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)


def test_help_needs_no_package():
    """-S: not even site-packages."""
    done = run("-S", "-m", "fiduciary", "rebench", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--adapter [NAME=]DIR" in done.stdout


def test_unknown_arguments_are_refused():
    done = run("-m", "fiduciary", "rebench", "--base", "x", "--out", "x", "--adaptor", "x")
    assert done.returncode == 2 and "unrecognized arguments: --adaptor x" in done.stderr


def test_a_missing_torch_is_named(tmp_path, tiny):
    """The transformers engine, in the environment of `make test`."""
    arguments = ["rebench", "--base", str(tiny), "--adapter", f"again={tiny}", "--engine", "transformers"]
    task = ["--task", "stakeholder_choice n=4 wording=compact"]
    done = run("-c", WITHOUT_TORCH, *arguments, *task, "--out", str(tmp_path / "out"))
    assert done.returncode == 2, done.stderr
    assert "the package torch is missing" in done.stderr and "make train-env" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_target_is_a_profile_or_weights(tmp_path, tiny, capsys):
    command = ["rebench", "--base", str(tiny), "--adapter", f"again={tiny}", "--out", str(tmp_path / "out")]
    assert main([*command, "--principal", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
    assert main([*command, "--theta", "0,0.4,0.4,0.2"]) == 2
    assert "--rho must be given together with theta" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
