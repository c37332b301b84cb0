"""An adaptive run asks what the answers leave open, stops when it is enough, and goes on after a break."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pytest
from inspect_ai import eval_retry
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

from fiduciary.economics.designs.adaptive import FIRST, standard_error
from fiduciary.leaderboard.log_files import Log
from fiduciary.leaderboard.runs import Run as BoardRun
from fiduciary.scorers.choice_table import table
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.stakeholder_choice.dataset import Design, build
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from tests.tasks.conftest import Run
from tests.tasks.stakeholder_choice.test_dataset import SETTINGS
from tests.tasks.stakeholder_choice.test_end_to_end import maximise, say

ASKED = {"n": 400, "elicitation": "text", "design": "adaptive", "stop_at": 0.02}


def err(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Mostly the best option; a fifth of the questions, always the same ones, get any answer."""
    draw = hashlib.sha256(messages[-1].text.encode()).digest()
    return say("AB"[draw[1] % 2]) if draw[0] % 5 == 0 else maximise(messages, config)


def ids(log: EvalLog) -> list[str]:
    return sorted(str(sample.id) for sample in log.samples or [])


def test_it_stops_when_the_standard_error_is_small_enough_and_says_what_it_did(run: Run) -> None:
    log = run(stakeholder_choice(**ASKED), err)
    assert log.status == "success", log.error
    data = table(log)
    assert FIRST < data.n < 400 and sorted(set(data.batch))[:2] == [0, 1]
    assert standard_error(fit(data)) <= 0.02
    about = log.eval.metadata or {}
    assert about["design"] == "adaptive" and about["stop_at"] == 0.02 and about["information"] > 2
    drawn = [s.metadata["drawn"] for s in log.samples or []]
    assert 0.1 < sum(drawn) / len(drawn) < 0.2
    assert all(s.metadata["weight"] > 0 for s in log.samples or [])


def test_it_asks_no_more_than_n(run: Run) -> None:
    log = run(stakeholder_choice(**ASKED | {"n": 130, "stop_at": 0}), err)
    assert len(log.samples or []) == 130


def test_after_a_break_the_same_batches_come_again_and_nothing_is_asked_twice(run: Run) -> None:
    unbroken = run(stakeholder_choice(**ASKED | {"n": 180, "stop_at": 0}), err)
    assert unbroken.status == "success", unbroken.error
    asked: list[str] = []

    def failing(messages: list[ChatMessage], config: GenerateConfig) -> str:
        asked.append(messages[-1].text)
        if len(asked) > 150:
            raise RuntimeError("the server is gone")
        return err(messages, config)

    failed = run(stakeholder_choice(**ASKED | {"n": 180, "stop_at": 0}), failing, max_samples=7)
    assert failed.status == "error"
    finished = [s for s in failed.samples or [] if s.error is None]
    assert FIRST < len(finished) < 180, "it breaks in a batch that answers chose"

    more: list[str] = []

    def working(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        more.append(input[-1].text)
        output = ModelOutput.from_content("mockllm/model", err(input, config))
        output.usage = finished[0].output.usage
        return output

    failed.eval.model_args = {"custom_outputs": working}
    [resumed] = eval_retry(failed, display="none")
    assert resumed.status == "success"
    assert ids(resumed) == ids(unbroken)
    assert len(more) == 180 - len(finished)
    assert not set(more) & {s.messages[-2].text for s in finished}


@pytest.mark.slow
def test_a_killed_process_goes_on_and_asks_nothing_twice(root: Path, tmp_path: Path) -> None:
    """`inspect eval` gets SIGKILL in a batch that answers chose; `inspect eval-retry` asks the rest."""
    environment = {**os.environ, "INSPECT_DISPLAY": "none"}
    inspect = [sys.executable, "-m", "inspect_ai"]
    arguments = [f"-T{name}={value}" for name, value in (ASKED | {"n": 300, "stop_at": 0}).items()]
    options = ["--model", "subject/study1", *arguments, "--max-samples", "2", "--log-buffer", "5"]
    running = subprocess.Popen(
        [*inspect, "eval", "tasks/stakeholder_choice", *options, "--log-dir", str(tmp_path)],
        cwd=root,
        env=environment,
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and running.poll() is None and _kept(tmp_path) <= FIRST + 5:
            time.sleep(0.2)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    [broken] = tmp_path.glob("*.eval")
    before = read_eval_log(str(broken))
    kept = {str(s.id): s.uuid for s in before.samples or []}
    assert before.status == "started" and FIRST < len(kept) < 300, "killed too early or too late"
    subprocess.run(
        [*inspect, "eval-retry", str(broken), "--log-dir", str(tmp_path)],
        cwd=root,
        env=environment,
        check=True,
    )
    [done] = [log for f in tmp_path.glob("*.eval") if (log := read_eval_log(str(f))).status == "success"]
    assert len(ids(done)) == len(set(ids(done))) == 300
    assert kept.items() <= {str(s.id): s.uuid for s in done.samples or []}.items(), "what was kept is kept"


def _kept(folder: Path) -> int:
    """Samples in the log so far."""
    for log in folder.glob("*.eval"):
        with suppress(BadZipFile), ZipFile(log) as archive:
            return sum(name.startswith("samples/") for name in archive.namelist())
    return 0


def test_an_efficient_run_begins_with_what_a_smaller_one_asks_and_holds_the_random_design() -> None:
    settings = SETTINGS | {"how": "efficient"}
    small, large = (build(Design(**settings | {"n": n})) for n in (60, 200))
    assert [s.id for s in large][:60] == [s.id for s in small]
    random = {s.id for s in build(Design(**SETTINGS | {"n": 30}))}
    assert random == {s.id for s in large if s.metadata["drawn"]}  # type: ignore[index]


def test_runs_of_another_design_share_no_column(run: Run) -> None:
    adaptive = [run(stakeholder_choice(**ASKED | {"n": 110}), err) for _ in range(2)]
    random = run(stakeholder_choice(n=20, elicitation="text"), err)
    one, two, other = (
        BoardRun(Log(str(k), log), "m", "m", "neutral") for k, log in enumerate([*adaptive, random])
    )
    assert one.differences(one) == []
    assert any("chose its own problems" in why for why in one.differences(two))
    assert any(why.startswith("design adaptive, not random") for why in one.differences(other))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"design": "clever"}, "design must be one of random, efficient, adaptive"),
        ({"design": "adaptive", "stop_at": -1}, "stop_at must be a standard error"),
        ({"design": "adaptive", "stop_at": "soon"}, "stop_at must be a standard error"),
        ({"stop_at": 0.02}, "stop_at must be left out with design=random"),
    ],
)
def test_what_cannot_be_is_refused_by_name(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        stakeholder_choice(**arguments)
