"""A sound model is left alone, a changed one is found, and an alarm stays until it is looked into."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log

from fiduciary.economics.problems import generate
from fiduciary.monitor.canaries import POOL
from fiduciary.solvers.asking import instruction
from fiduciary.solvers.choosing import LABELS
from tests.monitor.conftest import MODEL, Called, Watch
from tests.monitor.watched import Watched, serving


def test_first_call_sets_up_and_audits_once(
    baseline: Path, tmp_path: Path, server: Watched, called: Callable[..., Called]
) -> None:
    first = Watch(tmp_path / "made" / "here", called)
    found = first("--baseline", str(baseline), "--model", MODEL, "--enrol", "2", "--questions", "6")
    assert found.code == 0
    assert "Baseline" in found.err
    assert "6 questions chosen" in found.err
    assert [line["verdict"] for line in first.lines] == ["enrolled", "enrolled", "holds"]
    assert len(server.requests) == 18
    assert len(set(server.asked())) == 18, "every question of every round has a seed of its own"
    assert first.progress.evidence.asked == 6
    assert first.progress.evidence.counts.sum() == 18
    assert first("--baseline", str(baseline), "--model", MODEL).code == 0  # the same again is the next audit
    assert first.progress.evidence.audits == 2


def test_a_sound_model_is_left_alone(watch: Watch, server: Watched) -> None:
    calls = [watch() for _ in range(6)]
    assert [call.code for call in calls] == [0] * 6
    assert calls[-1].out.startswith("holds ")
    assert "audit 6" in calls[-1].out
    lines = watch.lines
    assert [line["line"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert all(0 <= line["statistic"] < line["threshold"] for line in lines)
    assert all(line["questions"] == 12 and len(line["chosen"]) == 12 for line in lines)
    assert all(0 < line["latency"]["median"] <= line["latency"]["longest"] for line in lines)
    assert len(set(server.asked())) == 72


def instructed(problem: str, metadata: Mapping[str, Any]) -> str:
    return f"{problem}\n\n{instruction('text', LABELS[: metadata['n_options']])}"


def test_questions_are_asked_in_the_words_of_the_audit(watch: Watch, server: Watched, baseline: Path) -> None:
    """The system message, the instruction and the shape of the request are those of the log."""
    watch()
    sample = (read_eval_log(str(baseline)).samples or [])[0]
    system, user = sample.messages[0].text, sample.messages[1].text
    assert user == instructed(str(sample.input), sample.metadata)
    asked = {instructed(question.text, question.metadata) for question in watch.setup.questions}
    problems = {problem.id for problem in generate(POOL, 0)}
    for request in server.requests:
        assert [message["role"] for message in request["messages"]] == ["system", "user"]
        assert request["messages"][0]["content"] == system
        assert request["messages"][1]["content"] in asked
        assert (request["temperature"], request["max_tokens"], request["top_p"]) == (0.5, 512, 1.0)
    for question in watch.setup.questions:
        assert question.id in problems
        assert question.metadata["temperature"] == 0.5


def test_a_switch_is_found_and_stays_found(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Watched("switching", at=36, to="nonprofit")) as server:
        monkeypatch.setenv("VLLM_BASE_URL", server.url)
        codes = [watch().code for _ in range(9)]
        assert codes[:3] == [0, 0, 0]
        assert codes[-1] == 1
        alarm = next(line for line in watch.lines if line["verdict"] == "changed")
        assert alarm["audit"] <= 8, "60 questions after the switch"
        assert 2 <= alarm["since_audit"] <= 6
        assert "no longer holds the audited preference" in alarm["sentence"]
        assert alarm["most_likely"][0][1] > 0
    with serving(Watched()) as server:  # the old model is back: the alarm stays all the same
        monkeypatch.setenv("VLLM_BASE_URL", server.url)
        again = watch()
        assert again.code == 1
        assert "--reset" in again.out
        assert watch("--status").code == 1
        counts = watch.progress.evidence.counts.sum()
        back = watch("--reset", "rolled back to the audited version")
        assert back.code == 0
        assert watch.lines[-1]["verdict"] == "reset"
        assert watch.lines[-1]["reason"] == "rolled back to the audited version"
        after = watch.progress
        assert after.evidence.statistic == 0
        assert after.evidence.counts.sum() == 12 * (alarm["audit"] - 1) < counts, "the change taught nothing"
        assert watch().code == 0
        assert watch("--reset", "again").code == 2


def test_a_drift_is_found(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Watched("drifting", at=24, over=60, to="for_profit")) as server:
        monkeypatch.setenv("VLLM_BASE_URL", server.url)
        codes = [watch().code for _ in range(12)]
    assert codes[:2] == [0, 0]
    assert codes[-1] == 1


def test_a_model_that_begins_to_refuse_has_changed(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Watched("switching", at=24, to="study1", rate=0.6)) as server:
        monkeypatch.setenv("VLLM_BASE_URL", server.url)
        codes = [watch().code for _ in range(6)]
    assert codes[:2] == [0, 0]
    assert codes[-1] == 1
    assert watch.progress.missing.keys() == {"refused"}
    assert watch.lines[-1]["reasons"]["refused"] == watch.lines[-1]["missing"] > 0
    assert watch.lines[-1]["chosen"].count(-1) == watch.lines[-1]["missing"]


def test_a_long_alarm_does_no_harm(watch: Watch) -> None:
    """Months of audits under an alarm after months without: numbers stay numbers."""
    detector = watch.setup.detector
    evidence = detector.start()
    sound = [int(k) for k in detector.model.expected[:, :-1].argmax(axis=1)]
    for answers, audits in ((sound, 300), ([-1] * 12, 300)):
        for _ in range(audits):
            evidence = detector.audit(evidence, answers)
    assert evidence.alarmed
    text = json.dumps(evidence.to_json(), allow_nan=False)
    assert type(evidence).from_json(json.loads(text)).alarmed
    assert detector.finding(evidence).share == 1


def test_status_says_where_it_stands(watch: Watch, server: Watched) -> None:
    empty = watch("--status")
    assert empty.code == 0
    assert "0 audits" in empty.out
    watch()
    found = watch("--status")
    assert found.code == 0
    for text in ("holds", MODEL, "1 audit,", "1 in 1,000 audits", "subject/study1", "history"):
        assert text in found.out
    assert len(server.requests) == 12, "status asks nothing"


def test_a_schedule_audits_until_its_number(watch: Watch, server: Watched, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    found = watch("--every", "1s", "--audits", "3", "--jsonl", str(lines))
    assert found.code == 0
    assert [json.loads(line) for line in lines.read_text().splitlines()] == watch.lines
    assert len(watch.lines) == 3
