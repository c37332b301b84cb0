"""The re-benchmark from end to end, on the embedded model with adapters of noise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("peft")

from inspect_ai.log import list_eval_logs, read_eval_log

from fiduciary.__main__ import main
from fiduciary.economics.principals import Principal, logged

ROOT = Path(__file__).parents[3]
TASK = "stakeholder_choice n=60 wording=compact elicitation=both order=given"

KILLED = """
import os, signal, sys
import torch
torch.set_num_threads(1)
from fiduciary.training.rebench import progress
count = progress._Counter.count
def killed(self):
    count(self)
    if self.done == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
progress._Counter.count = killed
from fiduciary.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def command(tiny, adapters, tmp_path):
    """Arguments of a re-benchmark of the base, one adapter and the base again."""

    def arguments(*more: str, out: Path = tmp_path / "out", adapter: Path = adapters[0]) -> list[str]:
        start = ["rebench", "--base", str(tiny), "--adapter", f"one={adapter}", "--adapter", f"again={tiny}"]
        return [*start, "--out", str(out), "--engine", "transformers", "--principal", "nonprofit", *more]

    return arguments


def answers(out: Path) -> dict[str, dict[object, tuple[str, str]]]:
    """Model → sample → its unique name and answer, of the whole logs."""
    found = {}
    for info in list_eval_logs(str(out / "logs")):
        log = read_eval_log(info)
        if log.status == "success":
            assert log.eval.model not in found
            found[log.eval.model] = {s.id: (s.uuid, s.output.completion) for s in log.samples}
    return found


@pytest.mark.slow
def test_from_end_to_end_and_again(command, tmp_path, capsys):
    assert main(command("--task", TASK)) == 0
    said = capsys.readouterr().out
    assert "canary: one is applied" in said and "again is applied" not in said
    assert "\nRe-benchmark of  base, one, again\n===" in said
    out = tmp_path / "out"
    names = {path.name for path in out.iterdir()}
    assert {"comparison.json", "comparison.md", "comparison.png", "logs", "plan.json"} <= names
    assert not any(name.endswith((".part", ".part.png")) for name in names)
    stated = [
        read_eval_log(info, header_only=True).eval.metadata for info in list_eval_logs(str(out / "logs"))
    ]
    assert all(logged(metadata, "peft/one") == Principal.named("nonprofit") for metadata in stated)
    assert all(logged(metadata, "peft/again") is None for metadata in stated)
    read = json.loads((out / "comparison.json").read_text("utf-8"))
    assert [found["elicitation"] for found in read["comparisons"]] == ["choose", "explain"]
    for found in read["comparisons"]:
        assert list(found["estimates"]) == ["base", "one", "again"]
        assert all(estimate["n"] == 60 for estimate in found["estimates"].values())
        again = found["adapters"]["again"]
        assert again["alike"]["p_value"] > 0.001
        assert again["h1"] is None  # a base of random weights reads nothing
        assert found["adapters"]["one"]["target"]["name"] == "nonprofit"

    first = answers(out)
    assert sorted(first) == ["peft/again", "peft/base", "peft/one"]
    assert all(len(samples) == 60 for samples in first.values())
    text = {name: [answer for _, answer in samples.values()] for name, samples in first.items()}
    assert text["peft/base"] != text["peft/one"] and text["peft/base"] != text["peft/again"]

    logs = {path: path.stat().st_mtime_ns for path in (out / "logs").rglob("*.eval")}
    assert main(command("--task", TASK)) == 0
    assert {path: path.stat().st_mtime_ns for path in (out / "logs").rglob("*.eval")} == logs
    anew = json.loads((out / "comparison.json").read_text("utf-8"))
    assert anew["comparisons"] == read["comparisons"] and anew["shifts"] == read["shifts"]

    assert main(command("--task", "stakeholder_choice n=61 wording=compact")) == 2
    assert "other tasks" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_run_goes_on_and_keeps_what_is_finished(command, tmp_path):
    """Inspect writes finished samples to the disk as it goes on; they are not asked for again."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    arguments = command("--task", TASK)
    child = [sys.executable, "-c", KILLED, "100", *arguments]
    done = subprocess.run(child, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == -9, done.stderr
    out = tmp_path / "out"
    assert not (out / "comparison.json").exists()
    kept = {}
    for info in list_eval_logs(str(out / "logs")):
        log = read_eval_log(info)
        kept[log.eval.model] = {s.id: (s.uuid, s.output.completion) for s in log.samples or []}
    assert sum(map(len, kept.values())) > 0

    began = time.time()
    assert main(arguments) == 0
    whole = answers(out)
    assert all(len(samples) == 60 for samples in whole.values()) and len(whole) == 3
    for model, samples in kept.items():
        for name, answer in samples.items():
            assert whole[model][name] == answer
    assert (out / "comparison.json").stat().st_mtime >= began

    # Seeds belong to samples: what was interrupted ends with the answers of what was not.
    straight = tmp_path / "straight"
    assert main(command("--task", TASK, out=straight)) == 0
    for model, samples in answers(straight).items():
        agree = [whole[model][name][1] == answer for name, (_, answer) in samples.items()]
        assert sum(agree) >= 0.95 * len(agree)  # batches differ, and with them the last digits


def test_an_adapter_that_does_nothing_stops_before_any_question(command, make_adapter, tmp_path, capsys):
    nothing = make_adapter(tmp_path / "nothing", scale=0.0)
    assert main(command("--task", TASK, adapter=nothing)) == 2
    assert "adapter one is not applied, or does nothing" in capsys.readouterr().err
    assert not (tmp_path / "out" / "logs").exists()


def test_arguments_are_checked_before_anything_is_loaded(command, tmp_path, capsys):
    assert main(command("--task", "stakeholder_choice m=60")) == 2
    assert "takes no argument 'm'; it takes n, seed" in capsys.readouterr().err
    assert main(command("--task", "nothing")) == 2
    assert "there is no task nothing" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_ctrl_c_ends_it_with_a_way_on(command, tmp_path):
    """Inspect ends a stopped set without an error, and without the logs that were not begun."""
    arguments = command("--task", "stakeholder_choice n=2000 wording=compact elicitation=choose order=given")
    with subprocess.Popen(
        [sys.executable, "-m", "fiduciary", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "samples of stakeholder_choice" in line:
                process.send_signal(signal.SIGINT)
                break
        said.append(process.communicate(timeout=120)[0])
    assert process.returncode == 130, "".join(said)
    assert "give the same command again to continue" in "".join(said)
    assert "Traceback" not in "".join(said)
