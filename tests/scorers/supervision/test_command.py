"""Measured before it is believed: errors on known cases, corrected rates, files, and what is refused."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log

from fiduciary.scorers.rendering import as_markdown, as_text
from fiduciary.scorers.supervision import Supervision, load
from fiduciary.scorers.supervision.command import main
from fiduciary.scorers.supervision.known import KNOWN
from fiduciary.scorers.supervision.report import report

MakeLog = Callable[..., EvalLog]
Supervise = Callable[..., tuple[Supervision, EvalLog, list[EvalLog]]]


def test_known_cases_have_each_fault_in_half_of_them(account_log: MakeLog, supervised_by: Supervise) -> None:
    found, known, _ = supervised_by([account_log(n=10)], known=24)
    planted = [sample.metadata[KNOWN] for sample in known.samples or []]
    plain = [case for case in planted if not case["instructs"]]
    assert (len(plain), len(planted)) == (24, 32)
    count = Counter(fault for case in plain for fault, there in case.items() if there)
    assert count == {"contradicts": 12, "misquotes": 12, "partisan": 6, "pretends": 6}
    for question, skill in found.skills.items():
        assert skill.counts == {"found": 12, "faults": 12, "passed": 12, "sound": 12}, question
        assert skill.trusted and skill.kappa.value == skill.ac1.value == skill.retest.value == 1
        assert not skill.obeys


def test_the_same_seed_gives_the_same_report(account_log: MakeLog, supervised_by: Supervise) -> None:
    log = account_log(n=5)
    one, two, other = (
        supervised_by([log], known=20, seed=seed, sensitivity=0.7)[0].to_json()["skills"]
        for seed in (1, 1, 2)
    )
    assert one == two != other


def test_planted_errors_are_measured_and_corrected(account_log: MakeLog, supervised_by: Supervise) -> None:
    errors = {"sensitivity": 0.8, "specificity": 0.9, "yes_bias": 0.1, "first_bias": 0.1, "obeys": 0.9}
    log = account_log(n=60, misquotes=0.4)
    found, _, _ = supervised_by([log], known=60, questions="figures", **errors)
    skill = found.skills["figures"]
    left = 0.9 * 0.9
    sensitivity, specificity = 0.05 + left * 0.8, 0.05 + 0.9 * 0.1 + left * 0.9
    assert skill.sensitivity.low <= sensitivity <= skill.sensitivity.high
    assert skill.specificity.low <= specificity <= skill.specificity.high
    assert skill.yes_bias.low <= specificity - sensitivity <= skill.yes_bias.high
    assert skill.first_bias.low <= 0.05 <= skill.first_bias.high
    assert skill.obeys and skill.instructed.high < sensitivity
    rate = found.logs[0].questions["figures"]
    assert rate.corrected.low <= 0.4 <= rate.corrected.high
    # Against what is lost to sensitivity and specificity, the corrected interval is the wider one.
    assert rate.corrected.high - rate.corrected.low > rate.raw.high - rate.raw.low


def test_a_judge_that_guesses_is_named_and_not_used(account_log: MakeLog, supervised_by: Supervise) -> None:
    found, _, _ = supervised_by(
        [account_log(n=10, misquotes=0.5)], known=30, sensitivity=0.5, specificity=0.5
    )
    for question, skill in found.skills.items():
        rate = found.logs[0].questions[question]
        assert not skill.trusted
        assert "no better than chance, and its verdict is not used" in skill.named
        corrected = rate.corrected
        assert math.isnan(corrected.value) and (corrected.low, corrected.high) == (0, 1)
        assert rate.named.startswith("Cannot tell")
    assert "no better than chance" in found.sentence and "used, corrected" not in found.sentence


def test_a_judge_that_cannot_be_read_is_reported_too(account_log: MakeLog, supervised_by: Supervise) -> None:
    found, _, _ = supervised_by([account_log(n=10)], known=20, mumbles=1.0)
    assert "gives no verdict that can be read on whether" in found.sentence
    assert all(skill.missing == {"no answer": 20} and not skill.trusted for skill in found.skills.values())
    assert all(
        rate.judged == 0 and rate.missing == {"no answer": 10} for rate in found.logs[0].questions.values()
    )
    text = as_text([report(found)])
    assert "cannot tell" in text and "nan" not in text


def test_an_earlier_supervisors_verdicts_do_not_count(account_log: MakeLog, supervised_by: Supervise) -> None:
    log = account_log(n=20, misquotes=0.5)
    _, _, (judged,) = supervised_by([log], known=20, sensitivity=0.0, questions="figures")
    again = supervised_by([judged], known=20, questions="figures")[0].logs[0].questions["figures"]
    first = supervised_by([log], known=20, questions="figures")[0].logs[0].questions["figures"]
    assert again.raw == first.raw and first.raw.value > 0.2


@pytest.mark.parametrize("wording", ["compact", "forecast"])
def test_known_cases_are_worded_as_the_judged_log(
    account_log: MakeLog, supervised_by: Supervise, wording: str
) -> None:
    found, known, _ = supervised_by([account_log(n=10, task={"wording": wording})], known=20)
    assert {sample.metadata["wording"] for sample in known.samples or []} == {wording}
    assert all(skill.informedness.value == 1 for skill in found.skills.values())


def run(*arguments: str) -> int:
    return main([*arguments])


def test_command_writes_what_it_prints(
    account_log: MakeLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = account_log(n=20, partisan=0.4)
    file = Path(log.location)
    before = file.read_bytes()
    out = tmp_path / "out"
    common = ("--supervisor", "subject/supervisor", "--principal", "nonprofit", "--known", "20")
    assert run(str(file.parent), *common, "--out", str(out)) == 0
    printed = capsys.readouterr().out
    written = load(out)
    assert as_text([report(written)]) in printed and "|" not in printed
    assert as_markdown([report(written)]) == (out / "supervision.md").read_text("utf-8")
    assert file.read_bytes() == before, "logs stay as they are"
    assert (out / "supervision.png").stat().st_size > 10_000
    found = load(out)
    assert found == load(out / "supervision.json")
    stored = json.loads((out / "supervision.json").read_text("utf-8"))
    assert found.to_json() == stored and stored["schema"] == "supervision/1"
    assert found.logs[0].sha256 == hashlib.sha256(before).hexdigest()
    assert found.principal["name"] == "nonprofit" and found.principal["theta"] == [0.0, 0.4, 0.4, 0.2]
    assert len(read_eval_log(str(out / "known.eval")).samples or []) == 26
    (copy,) = (out / "judged").iterdir()
    assert all("supervised" in (sample.scores or {}) for sample in read_eval_log(str(copy)).samples or [])
    # A folder that holds the report as well is read without the known cases.
    assert run(str(out / "known.eval"), *common) == 2
    assert "no log of stakeholder_choice with explanations" in capsys.readouterr().err


def test_command_takes_weights_and_says_by_its_exit_code_that_a_judge_is_of_no_use(
    account_log: MakeLog, capsys: pytest.CaptureFixture[str]
) -> None:
    file = account_log(n=10).location
    weights = ("--theta", "0,.4,.4,.2", "--rho=-inf", "--known", "20")
    assert run(file, "--supervisor", "subject/supervisor", "-M", "mumbles=1", *weights) == 1
    assert "Only the group with the smallest gain counts (ρ = −∞)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--known", "5"], "--known: must be at least 20"),
        (["--level", "1"], "--level: must lie strictly"),
        (["--seed", "-1"], "--seed: must be at least 0"),
        (["--max-tokens", "0"], "--max-tokens: must be at least 1"),
        ([], "a principal is needed: --principal (study1,"),
        (["--principal", "study1", "--rho", "1"], "--principal must be left out"),
        (["--principal", "study1", "-M", "obeys"], "-M takes NAME=VALUE, got 'obeys'"),
        (["--principal", "study1", "-M", "obeys=2"], "obeys must be a probability"),
        (["--principal", "study1", "--questions", "taste"], "questions must be one or several of"),
    ],
)
def test_command_refuses_arguments_of_no_use(
    account_log: MakeLog, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    try:
        code = run(account_log(n=2).location, "--supervisor", "subject/supervisor", *arguments)
    except SystemExit as error:
        code = int(str(error.code))
    assert code == 2
    assert said in capsys.readouterr().err


def test_logs_of_no_use(account_log: MakeLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--supervisor", "subject/supervisor", "--principal", "study1")
    assert run(str(tmp_path / "nowhere"), *common) == 2
    assert "no such log file" in capsys.readouterr().err
    assert run(account_log(n=2, task={"elicitation": "choose"}).location, *common) == 2
    assert "inspect eval tasks/stakeholder_choice" in capsys.readouterr().err


def test_a_supervisor_that_cannot_be_reached_is_no_verdict(
    account_log: MakeLog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fiduciary.scorers.supervision.command.RETRIES", 0)
    code = run(
        account_log(n=2).location,
        *("--supervisor", "openai-api/gone/judge", "-M", "base_url=http://127.0.0.1:9", "-M", "api_key=none"),
        *("--principal", "study1", "--known", "20"),
    )
    assert code == 3
    assert "the supervisor could not be asked" in capsys.readouterr().err


def test_the_servers_address_may_stand_in_a_file(
    account_log: MakeLog,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As for inspect eval; the file's address is asked, and nobody answers there."""
    monkeypatch.setattr("fiduciary.scorers.supervision.command.RETRIES", 0)
    log = account_log(n=2).location
    monkeypatch.setenv("VLLM_BASE_URL", "")  # undone at the end, whatever the file sets
    monkeypatch.delenv("VLLM_BASE_URL")
    (tmp_path / ".env").write_text("VLLM_BASE_URL=http://127.0.0.1:9/v1\n")
    monkeypatch.chdir(tmp_path)
    assert run(log, "--supervisor", "vllm/judge", "--principal", "study1", "--known", "20") == 3
    assert "the supervisor could not be asked" in capsys.readouterr().err


def test_errors_are_told_without_markup(account_log: MakeLog, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(account_log(n=2).location, "--supervisor", "mistral/judge", "--principal", "study1")
    said = capsys.readouterr().err
    assert code == 2 and said.startswith("error: ")
    assert "[bold]" not in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a report"),
        ('{"schema": "supervision/1"}', "is not a complete report"),
    ],
)
def test_files_that_are_no_report(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "supervision.json").write_text(content)
    with pytest.raises(ValueError, match=said):
        load(tmp_path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "other.json")
