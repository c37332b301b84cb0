"""What cannot be watched is said before anything is asked: argument, what was given, what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from fiduciary.monitor.baseline import digest_of, read
from fiduciary.monitor.begin import Given, set_up
from fiduciary.monitor.state import ENOUGH, UNLIKELY, Folder
from tests.leaderboard.conftest import unanswered
from tests.monitor.conftest import MODEL, Called, Watch
from tests.monitor.test_outage import free_port
from tests.monitor.watched import Watched

Call = Callable[..., Called]


@pytest.fixture
def changed(baseline: Path, tmp_path: Path) -> Callable[[Callable[[EvalLog], None]], str]:
    """A copy of the audit's log in which one thing is different."""

    def copy(change: Callable[[EvalLog], None]) -> str:
        log = read_eval_log(str(baseline))
        change(log)
        place = tmp_path / "changed.eval"
        write_eval_log(log, str(place))
        return str(place)

    return copy


def refused(called: Call, tmp_path: Path, *arguments: str) -> str:
    found = called("monitor", "--state", str(tmp_path / "state"), *arguments)
    assert found.code == 2
    assert found.out == ""
    assert "Traceback" not in found.err
    assert not (tmp_path / "state" / "monitor.json").exists()
    return found.err.splitlines()[-1]


def of_another_task(log: EvalLog) -> None:
    log.eval.task = "gsm8k"


def unfinished(log: EvalLog) -> None:
    log.status = "cancelled"


def in_two_framings(log: EvalLog) -> None:
    assert log.samples is not None
    log.samples[0].metadata["framing"] = "nonprofit"


def in_a_lost_wording(log: EvalLog) -> None:
    for sample in log.samples or []:
        sample.metadata["wording"] = "haiku"


def short(log: EvalLog) -> None:
    log.samples = (log.samples or [])[:20]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_another_task, "is a log of gsm8k"),
        (unfinished, "is not finished (status cancelled)"),
        (unanswered, "allows no estimate of a preference: not measured: 0 of"),
        (short, "allows no estimate of a preference: not measured: 20 valid answers"),
        (in_two_framings, "without one framing for all (neutral, nonprofit)"),
        (in_a_lost_wording, "asked in a wording haiku that this version does not have"),
    ],
)
def test_logs_that_are_no_baseline(
    changed: Callable[[Callable[[EvalLog], None]], str],
    called: Call,
    tmp_path: Path,
    server: Watched,
    change: Callable[[EvalLog], None],
    said: str,
) -> None:
    file = changed(change)
    error = refused(called, tmp_path, "--baseline", file, "--model", MODEL)
    assert "--baseline" in error
    assert said in error
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the first call needs --baseline"),
        (("--baseline", "LOG"), "the first call needs --model"),
        (
            ("--baseline", "nowhere.eval", "--model", MODEL),
            "--baseline: no such log file or folder: nowhere.eval",
        ),
        (
            ("--baseline", "s3://bucket/log.eval", "--model", MODEL),
            "--baseline must be a file of this machine",
        ),
        (("--baseline", "LOG", "--model", "assistant"), "--model must be provider/name"),
        (("--baseline", "LOG", "--model", "nobody/x"), "--model nobody/x: "),
        (
            ("--baseline", "LOG", "--model", "vllm/other"),
            "vllm/other is not served there; ask for vllm/watched",
        ),
        (
            ("--baseline", "LOG", "--model", "subject/nobody"),
            "unknown subject 'nobody'",
        ),
        (("--baseline", "LOG", "--model", "subject/study1", "-M", "x=1"), "takes no argument 'x'"),
        (("-M", "x"), "-M must be name=value, got 'x'"),
        (("--questions", "4"), "--questions must be a whole number from 5 to 200, got '4'"),
        (("--questions", "many"), "--questions must be a whole number"),
        (("--enrol", "-1"), "--enrol must be a whole number from 0"),
        (("--seed", "x"), "--seed must be a whole number"),
        (("--false-alarms", "0"), "--false-alarms must be a rate from 1/1000000 to 1/20, such as"),
        (("--false-alarms", "1/0"), "got '1/0'"),
        (("--false-alarms", "often"), "got 'often'"),
        (("--every", "soon"), "--every must be an interval such as 30s, 15m, 1h30m or 1d"),
        (("--every", "0s"), "--every must be an interval"),
        (("--timeout", "5"), "--timeout must be an interval"),
        (("--audits", "3"), "--audits goes with --every"),
        (("--every", "1h", "--audits", "0"), "--audits must be a whole number, at least 1, got '0'"),
        (("--metrics", ":9090"), "--metrics with a port goes with --every"),
        (("--metrics", ":99999", "--every", "1h"), "--metrics must be a file or an address such as :9090"),
        (("--metrics", "nowhere/x.prom"), "--metrics must be a file in a folder that exists"),
        (("--jsonl", "nowhere/x.jsonl"), "--jsonl must be a file in a folder that exists"),
        (("--webhook", "ftp://x"), "--webhook must be an address such as https://example.org/hook"),
        (("--status",), "holds no monitor; --baseline and --model set one up"),
        (("--reset", "why"), "holds no monitor"),
    ],
)
def test_arguments_of_no_use(
    called: Call, tmp_path: Path, baseline: Path, server: Watched, arguments: tuple[str, ...], said: str
) -> None:
    given = [str(baseline) if argument == "LOG" else argument for argument in arguments]
    assert said in refused(called, tmp_path, *given)
    assert server.requests == []


def test_without_a_server_for_vllm(
    called: Call, tmp_path: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    error = refused(called, tmp_path, "--baseline", str(baseline), "--model", MODEL)
    assert "VLLM_BASE_URL is not set" in error


def test_a_server_that_is_down_at_the_first_call_is_an_outage(
    called: Call, tmp_path: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", f"http://127.0.0.1:{free_port()}/v1")
    first = Watch(tmp_path / "state", called)
    found = first("--baseline", str(baseline), "--model", MODEL, "--questions", "6")
    assert found.code == 3
    assert "no server answers" in found.err
    assert first.progress.outage is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--model", "vllm/other"),
        ("--questions", "13"),
        ("--false-alarms", "1/500"),
        ("--enrol", "3"),
        ("--seed", "1"),
        ("-M", "gamma=2"),
    ],
)
def test_later_calls_must_mean_the_same_monitor(
    watch: Watch, server: Watched, arguments: tuple[str, str]
) -> None:
    found = watch(*arguments)
    assert found.code == 2
    assert found.err.startswith(f"error: {arguments[0]} ")
    assert "is not what the monitor in" in found.err
    assert server.requests == []


def test_the_state_of_another_baseline(
    watch: Watch, server: Watched, changed: Callable[[Callable[[EvalLog], None]], str]
) -> None:
    def tagged(log: EvalLog) -> None:
        log.eval.tags = ["another"]

    found = watch("--baseline", changed(tagged))
    assert found.code == 2
    assert "--baseline" in found.err
    assert "another log" in found.err


def test_the_same_baseline_elsewhere_and_the_same_arguments(
    watch: Watch, server: Watched, baseline: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "renamed.eval"
    copy.write_bytes(baseline.read_bytes())
    same = ("--model", MODEL, "--questions", "12", "--false-alarms", ".001", "--enrol", "0", "--seed", "0")
    assert watch("--baseline", str(copy), *same).code == 0


def test_what_is_read_of_the_baseline(baseline: Path) -> None:
    found = read(str(baseline))
    assert found.model == "subject/study1"
    assert (found.framing, found.elicitation, found.wordings) == ("neutral", "text", ("plain",))
    assert found.temperature == 0.5
    assert (found.audited.n, found.audited.n_missing) == (300, 0)
    assert found.config == {"max_tokens": 512}
    assert found.noise_p is not None and found.noise_p > UNLIKELY
    assert found.about()["noise_p"] == found.noise_p
    assert found.digest == digest_of(str(baseline.parent)), "a folder that holds one log names it"


def test_a_baseline_that_the_preference_does_not_explain(watch: Watch) -> None:
    """Whoever reads the state is told whom the stated rate is no promise for; enrolment mends it."""
    setup = watch.setup
    assert setup.caution == ""
    strange = replace(setup, baseline={**setup.baseline, "noise_p": 1e-9})
    assert f"--enrol {ENOUGH}" in strange.caution
    assert replace(strange, enrol=ENOUGH).caution == ""
    Folder(watch.path).begin(strange)
    said = watch("--status").out
    assert strange.caution in said
    assert said.index("false alarms") < said.index("caution")


@pytest.mark.slow
def test_setting_up_is_reproducible(
    calibrated: Path, baseline: Path, tmp_path: Path, server: Watched
) -> None:

    there: dict[str, Any] = json.loads((calibrated / "monitor.json").read_text())
    again = json.loads(
        json.dumps(set_up(Given(baseline=str(baseline), model=MODEL), lambda text: None).to_json())
    )
    there.pop("created")
    again.pop("created")
    assert again == there
