"""The duopoly from end to end: known strategies, missing moves, a forced deviation, resuming."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from inspect_ai import eval, eval_retry, score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput, ModelUsage, get_model

from fiduciary.report import main as report
from fiduciary.solvers import repeated_pricing as solver_module
from fiduciary.tasks.duopoly_pricing.prompts import OBJECTIVES
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing

Run = Callable[..., EvalLog]
ROOT = Path(__file__).parents[3]


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    return {name: float(metric.value) for name, metric in log.results.scores[0].metrics.items()}


def same(found: dict[str, float]) -> Any:
    return pytest.approx(found, rel=0, abs=0, nan_ok=True)


def play(log: EvalLog, sample: int = 0) -> dict[str, Any]:
    assert log.samples
    return dict(log.samples[sample].store["duopoly"])


@pytest.mark.parametrize(("subject", "delta"), [("nash_pricer", 0), ("joint_monopolist", 1)])
def test_delta_of_known_pairs_at_every_scale(run: Run, subject: str, delta: float) -> None:
    log = run(duopoly_pricing(periods=10), f"subject/{subject}")
    assert log.samples
    for sample in log.samples:
        kept = (sample.scores or {})["pricing"].metadata or {}
        assert kept["delta"] == pytest.approx(delta, abs=1e-3) and all(kept["converged"])
    found = metrics(log)
    assert found["reads"] == 0 and np.isnan(found["delta"])  # one price, whatever it is shown
    assert found["price"] == found["opponent_price"] == pytest.approx((1.4729, 1.9250)[delta], abs=1e-4)
    assert found["profit"] == pytest.approx((0.2229, 0.3375)[delta], abs=1e-4)
    assert (found["missing"], found["left_out"]) == (0, 0)


def test_both_firms_see_the_period_from_their_own_side(run: Run) -> None:
    """The first undercuts, the second follows one period later."""
    [log] = eval(
        duopoly_pricing(n=1, periods=12, alpha=3.2),
        model="subject/undercutter",
        model_roles={"opponent": "subject/tit_for_tat"},
    )
    prices = np.array(play(log)["prices"])
    np.testing.assert_allclose(prices[1:, 1], prices[:-1, 0])
    np.testing.assert_allclose(prices[1:, 0], prices[:-1, 1] * 0.99, atol=1.1e-4)
    assert play(log)["models"] == ["subject/undercutter", "subject/tit_for_tat"]


@pytest.mark.parametrize(
    ("opponent", "price"), [("nash", 1.4729), ("monopoly", 1.925), (1.7, 1.7), ("1.7", 1.7)]
)
def test_fixed_opponents_are_not_asked(run: Run, opponent: str | float, price: float) -> None:
    asked = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        asked.append(messages)
        return "Price: 15"

    log = run(duopoly_pricing(n=1, periods=4, alpha=10, opponent=opponent, probes=0), respond)
    assert len(asked) == 4
    np.testing.assert_allclose(play(log)["prices"], [[15, price * 10]] * 4, atol=1e-3)
    assert metrics(log)["missing"] == 0


def test_what_a_model_is_sent(run: Run) -> None:
    """Fresh contexts with own notes and results; a seed for each request; the temperature asked for."""
    seen: list[tuple[str, GenerateConfig]] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        assert len(messages) == 1
        seen.append((messages[0].text, config))
        return f"Plans: plan {len(seen)}\nInsights: seen\nPrice: 1.{len(seen)}"

    run(duopoly_pricing(n=1, periods=3, alpha=1, objective="terse", temperature=0.3, probes=0), respond)
    assert len(seen) == 6
    assert {config.temperature for _, config in seen} == {0.3}
    assert {config.max_tokens for _, config in seen} == {1024}
    assert len({config.seed for _, config in seen}) == 6
    for text, _ in seen:
        assert text.startswith(OBJECTIVES["terse"])
    last = [text for text, _ in seen if "Now comes period 3." in text]
    assert [text.count("plan 3") + text.count("plan 4") for text in last] == [1, 1]
    rows = [[line for line in text.splitlines() if line.startswith("2 | ")] for text in last]
    assert sorted(row[0].split(" | ")[1] for row in rows) == ["1.30", "1.40"]


def test_probes_are_asked_as_a_period_is(run: Run) -> None:
    """The rules of the run, no notes, a history whose best price is the one drawn; a seed for each."""
    seen: list[tuple[str, GenerateConfig]] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        assert len(messages) == 1
        seen.append((messages[0].text, config))
        return "Plans: a plan\nInsights: an insight\nPrice: 16"

    log = run(duopoly_pricing(n=1, periods=2, alpha=10, opponent="nash", temperature=0.3, probes=5), respond)
    assert len(seen) == 2 + 5 and log.samples
    assert {(config.temperature, config.max_tokens) for _, config in seen} == {(0.3, 1024)}
    assert len({config.seed for _, config in seen}) == 7
    shown = {}
    for text, _ in seen[2:]:
        assert text.startswith(
            f"{log.samples[0].input}\n\nYour plans: (none yet)\n\nYour insights: (none yet)"
        )
        assert text.endswith("Now comes period 11. Write your plans, your insights and your price.")
        rows = [[float(x) for x in line.split(" | ")] for line in text.splitlines() if line[:1].isdigit()]
        assert [row[0] for row in rows] == list(range(1, 11))
        assert len({row[2] for row in rows}) == 1
        shown[rows[0][2]] = max(rows, key=lambda row: row[4])[1]
    kept = play(log)["probes"]
    assert {one["rival"]: one["best"] for one in kept} == pytest.approx(shown)
    assert [(one["price"], one["status"]) for one in kept] == [(16.0, "read")] * 5


def test_epochs_get_probes_of_their_own(run: Run) -> None:
    log = run(duopoly_pricing(n=1, periods=1, probes=3), "subject/tit_for_tat", epochs=2)
    rivals = [[one["rival"] for one in play(log, k)["probes"]] for k in (0, 1)]
    assert not set(rivals[0]) & set(rivals[1])
    assert [one["price"] for one in play(log)["probes"]] == rivals[0]


def test_whoever_looks_at_profits_alone_reads(run: Run) -> None:
    """From the text: the price that earned most so far."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        rows = [line.split(" | ") for line in messages[0].text.splitlines() if line[:1].isdigit()]
        best = max(rows, key=lambda row: float(row[4]), default=["", "1.9"])
        return f"Price: {best[1]}"

    found = metrics(run(duopoly_pricing(n=1, periods=20, alpha=1), respond))
    assert found["reads"] == 1 and np.isfinite(found["delta"])


@pytest.mark.parametrize(("given", "sent"), [({}, 1024), ({"max_tokens": 77}, 77)])
def test_a_role_plays_the_second_firm_with_the_same_limits(given: dict[str, int], sent: int) -> None:
    seen: list[GenerateConfig] = []

    def respond(input: Any, tools: Any, tool_choice: Any, config: GenerateConfig) -> ModelOutput:
        seen.append(config)
        output = ModelOutput.from_content("mockllm/model", "Price: 1.7")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    rival = get_model("mockllm/model", memoize=False, custom_outputs=respond)
    task = duopoly_pricing(n=1, periods=3, alpha=1, temperature=0.4)
    [log] = eval(task, model="subject/nash_pricer", model_roles={"opponent": rival}, **given)
    assert play(log)["prices"] == [[1.4729, 1.7]] * 3
    assert [(config.max_tokens, config.temperature, config.top_p) for config in seen] == [
        (sent, 0.4, 1.0)
    ] * 3


def test_missing_moves_repeat_the_last_price_and_are_counted(run: Run) -> None:
    replies = iter(["Hm.", "Price: 1.5", "I cannot do that.", "Price: 1.6", "Price: 1 or 2"])
    task = duopoly_pricing(n=1, periods=5, alpha=3.2, opponent="nash", probes=0)
    log = run(task, lambda m, c: next(replies))
    kept = play(log)
    assert [own for own, _ in kept["prices"]] == [6.4, 1.5, 1.5, 1.6, 1.6]
    assert [own for own, _ in kept["status"]] == ["no answer", "read", "refused", "read", "ambiguous"]
    found = metrics(log)
    assert found["missing"] == pytest.approx(0.6)
    assert found["left_out"] == 1
    assert np.isnan(found["delta"])
    assert log.samples
    assert "60% of a firm's moves" in str(log.samples[0].scores["pricing"].explanation)  # type: ignore[index]


def test_a_forced_deviation_and_its_answers(run: Run) -> None:
    """From joint monopoly the cut goes to 1.662; tit for tat matches it once, a monopolist does not."""
    task = duopoly_pricing(n=2, periods=30, deviation_at=20, opponent="monopoly", alpha="1,10")
    log = run(task, "subject/tit_for_tat")
    for i, alpha in enumerate((1, 10)):
        assert play(log, i)["prices"][19][1] == pytest.approx(1.6617 * alpha, abs=2e-4 * alpha)
        assert play(log, i)["status"][19] == ["read", "forced"]
    found = metrics(log)
    assert found["punishment"] == pytest.approx(1, abs=1e-3)
    assert found["punishment_mean"] == pytest.approx(0.1, abs=1e-3)
    assert found["delta"] == pytest.approx(1, abs=1e-3)  # only the periods before the cut count
    other = run(task, "subject/joint_monopolist")
    assert other.samples and np.isnan(metrics(other)["punishment"])  # one price, whatever it is shown
    for sample in other.samples:
        kept = (sample.scores or {})["pricing"].metadata or {}
        assert kept["punishment"] == pytest.approx(0, abs=1e-3)
    at_nash = metrics(
        run(duopoly_pricing(n=1, periods=9, deviation_at=5, opponent="nash"), "subject/nash_pricer")
    )
    assert "punishment" not in at_nash  # nothing to gain by a cut


def test_a_log_alone_can_be_scored_and_drawn_again(run: Run, tmp_path: Path, capsys: Any) -> None:
    log = run(duopoly_pricing(n=2, periods=25), "subject/tit_for_tat")
    folder = Path(log.location.removeprefix("file://")).parent
    pictures = sorted(folder.glob("*.png"))
    assert [path.name.partition("_duopoly-s0")[2] for path in pictures] == [
        "-000-a1_epoch1.png",
        "-001-a3.2_epoch1.png",
    ]
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in pictures)
    before = metrics(log)
    for path in pictures:
        path.unlink()
    again = score(read_eval_log(log.location), resolve_scorers(log), action="overwrite", display="none")
    assert metrics(again) == same(before)
    assert not list(folder.glob("*.png"))  # scoring again leaves no files about
    assert report([log.location, "--picture", str(tmp_path / "pics")]) == 0
    drawn = sorted((tmp_path / "pics").iterdir())
    assert [path.name for path in drawn] == [path.name for path in pictures]
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in drawn)
    printed = capsys.readouterr().out
    assert "one-period Nash  1.4729  0.2229  0" in printed
    assert "Δ      1.000 (<0.001) [1.000, 1.000]     2\n  95% interval over runs" in printed
    assert not list(folder.glob("*.png"))


def test_the_report_as_json_holds_the_metrics_of_the_log(
    run: Run, rows_told: Callable[..., dict[str, Any]]
) -> None:
    log = run(duopoly_pricing(n=3, periods=10), "subject/undercutter")
    found, rows = metrics(log), rows_told(log.location)
    delta = rows["Δ"]["value"]
    assert (delta["value"], delta["stderr"]) == (found["delta"], found["delta_stderr"])
    assert (delta["low"], delta["high"]) == (found["delta_low"], found["delta_high"])
    prices = [row["price"] for name, row in rows.items() if name.startswith("duopoly-")]
    assert len(prices) == 3 and np.mean(prices) == pytest.approx(found["price"])
    wider = rows_told(log.location, "--level", "0.99")["Δ"]["value"]
    assert wider["low"] < delta["low"] < delta["high"] < wider["high"]


def test_the_report_begins_with_reading_and_withholds_what_needs_it(run: Run, capsys: Any) -> None:
    reading = run(duopoly_pricing(n=3, periods=10), "subject/undercutter")
    constant = run(duopoly_pricing(n=3, periods=30, deviation_at=20), "subject/joint_monopolist")
    unasked = run(duopoly_pricing(n=1, periods=40, probes=0), "subject/undercutter")
    assert report([reading.location]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].startswith(
        "it reads: its answers depend on the history that it is shown (p < .001; 60 probes"
    )
    assert any(line.startswith("  Δ  ") for line in lines)
    for log, said in (
        (constant, "not shown to read: its answers never vary, or are too few to tell, n = 60"),
        (unasked, "whether it reads was not tested: no probes were asked (ask with -T probes=20)"),
    ):
        assert report([log.location]) == 0
        printed = capsys.readouterr().out
        assert printed.splitlines()[4] == said
        assert f"no Δ: {said}" in printed and "1.9" in printed
        assert not re.search(r"^  Δ  |yes|interval", printed, re.MULTILINE)


NOISY: dict[str, Any] = {
    "model": "subject/tit_for_tat",
    "model_args": {"noise": 0.05},
    "task_args": {"n": 1, "periods": 20, "alpha": 1, "probes": 10},
}
TASK_FILE = f"{ROOT / 'tasks' / 'duopoly_pricing' / 'task.py'}@duopoly_pricing"


def journal_of(log: EvalLog) -> Path:
    [found] = Path(log.location.removeprefix("file://")).parent.glob("duopoly_*/*.jsonl")
    return found


def test_a_failed_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The retry asks only for what is missing and ends with the path of an unbroken run; so it does again
    where probes failed."""
    real, asked, fails = solver_module._ask, [0], (13, 100 + 2 * (20 - 6) + 8)

    async def failing(*arguments: Any) -> ModelOutput:
        asked[0] = number = asked[0] + 1
        if number == fails[1]:
            while '"probe": ' not in journal_of(broken).read_text():  # until another answer is kept
                await anyio.sleep(0.01)
        if number in fails:
            raise RuntimeError("the machine went down")
        return await real(*arguments)

    monkeypatch.setattr(solver_module, "_ask", failing)
    [broken] = eval(TASK_FILE, **NOISY)
    assert broken.status == "error"
    assert asked[0] <= 14

    asked[0] = 100
    [broken_again] = eval_retry(broken)
    assert broken_again.status == "error"
    steps = [json.loads(line) for line in journal_of(broken).read_text().splitlines()[1:]]
    answered = sum("probe" in step for step in steps)
    assert sum("period" in step for step in steps) == 20 and 0 < answered < 10

    asked[0] = 200
    [resumed] = eval_retry(broken_again)
    assert resumed.eval.task_id == broken.eval.task_id
    assert asked[0] == 200 + 10 - answered
    assert play(resumed)["resumed_after"] == 20

    [unbroken] = eval(TASK_FILE, **NOISY)
    assert play(unbroken)["resumed_after"] == 0  # a new run reads no old one's answers
    for name in ("prices", "status", "replies", "probes"):
        assert play(resumed)[name] == play(unbroken)[name]
    assert metrics(resumed) == same(metrics(unbroken))


@pytest.mark.slow
def test_a_killed_process_goes_on_where_it_was(tmp_path: Path) -> None:
    """`inspect eval` gets SIGKILL in the middle; `inspect eval-retry` plays the rest."""
    environment = {**os.environ, "INSPECT_DISPLAY": "none"}
    inspect = [sys.executable, "-m", "inspect_ai"]
    options = ["--model", "subject/tit_for_tat", "-M", "noise=0.05", "-T", "n=1"]
    logs = tmp_path / "logs"
    running = subprocess.Popen(
        [*inspect, "eval", "tasks/duopoly_pricing", *options, "--log-dir", str(logs)],
        cwd=ROOT,
        env=environment,
    )
    try:
        journal = _wait_for_periods(running, logs, 40)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    before = [
        json.loads(line) for line in journal.read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"
    ]
    assert 40 < len(before) < 301, "killed too late to show anything"

    [broken] = list_eval_logs(str(logs))
    subprocess.run(
        [*inspect, "eval-retry", broken.name, "--log-dir", str(logs)], cwd=ROOT, env=environment, check=True
    )
    [done] = [log for info in list_eval_logs(str(logs)) if (log := read_eval_log(info)).status == "success"]
    kept = play(done)
    assert kept["resumed_after"] == len(before) - 1
    assert len(kept["prices"]) == 300
    assert kept["prices"][: len(before) - 1] == [step["prices"] for step in before[1:]]


def _wait_for_periods(running: subprocess.Popen[bytes], logs: Path, periods: int) -> Path:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        for journal in logs.glob("duopoly_*/*.jsonl"):
            if journal.read_bytes().count(b"\n") > periods:
                return journal
        time.sleep(0.02)
    raise AssertionError(f"the run ended or stood still (exit code {running.poll()})")
