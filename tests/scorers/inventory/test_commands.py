"""The commands on logs of subjects whose personality is known."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from benchmarks.faults.bad_logs import LEFT_OUT
from fiduciary.__main__ import main
from fiduciary.economics.psychometrics.scoring import percentile
from fiduciary.errors import UsageError
from fiduciary.scorers.inventory import report
from fiduciary.scorers.inventory.logs import Contender, base_first, identical_repeats, load, match
from fiduciary.scorers.inventory.table import administration
from fiduciary.scorers.reports import Figures, Options
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.hexaco100.task import hexaco100
from tests.economics.psychometrics.test_scoring import HEXACO

WAY = {"context": "together", "seed": 1}
"""One request a block, which is fast."""


def ask(folder: Path, task: Any = dark_tetrad, subject: str = "trait_profile", **more: Any) -> str:
    arguments = {**WAY, **more.pop("way", {})}
    model = get_model(f"subject/{subject}", memoize=False, **more)
    [log] = eval(task(**arguments), model=model, log_dir=str(folder), display="none", score_display=False)
    assert log.status == "success"
    return log.location


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A base, one that is higher on psychopathy, the base with other draws and some refusals; silence."""
    folder = tmp_path_factory.mktemp("inventory")
    return {
        "base": ask(folder / "base", mean=2.5, sadism=1.5, sd=0.6),
        "moved": ask(folder / "moved", mean=2.5, sadism=1.5, psychopathy=3.8, sd=0.6),
        "again": ask(folder / "again", mean=2.5, sadism=1.5, sd=0.6, refusals=0.15, way={"seed": 2}),
        "silent": ask(folder / "silent", refusals=1),
    }


def test_compare(logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [f"base={logs['base']}", f"moved={logs['moved']}", f"again={Path(logs['again']).parent}"]
    assert main(["inventory", "compare", *given, "--picture", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert (
        out.index("base: it reads") < out.index("are missing (refused") < out.index("that deviate from base")
    )
    assert "Items of dark_tetrad that deviate from base" in out
    assert "12 matched blocks: no p-value can be below 0.00049" in out
    assert "of the answers of again are missing (refused" in out and "answers of moved are missing" not in out
    assert not re.search(r"\bnan\b", out)
    picture = matplotlib.image.imread(tmp_path / "out" / "dark_tetrad.png")
    assert picture.shape[0] > 300 and picture.std() > 0.05

    file = tmp_path / "changes.csv"
    assert main(["inventory", "compare", *given, "--format", "csv", "--out", str(file)]) == 0
    cells = pd.read_csv(file)
    of_scales = cells[cells["column"] == "change"]
    assert len(of_scales) == 2 * (4 + 28)
    moved = cells[(cells.section == "moved against base") & (cells.table == "domains (Holm)")]
    change = moved[moved["column"] == "change"].set_index("row").value
    verdict = moved[moved["column"] == "verdict"].set_index("row").text
    assert verdict["Psychopathy"] == "changed"
    assert change["Psychopathy"] == pytest.approx(1.3, abs=0.2)
    # Equal seeds give equal draws: what was not moved did not move at all.
    assert (change.drop("Psychopathy") == 0).all()
    assert (verdict.drop("Psychopathy") == "equivalent").all()
    again = cells[cells.section == "again against base"]
    assert not again[again["column"] == "verdict"].text.str.startswith("changed").any()
    assert again[again["column"] == "change"].value.abs().max() > 0


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_model_without_any_answer(
    logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = logs["silent"]
    given = [logs["base"], f"silent={silent}", "--picture", str(tmp_path / "out")]
    assert main(["inventory", "compare", *given]) == 0
    out, err = capsys.readouterr()
    assert "100.0% of the answers of silent are missing (refused 336)" in out
    unmeasured = "not measured: 0 of 336 questions have a valid answer"
    assert f"silent: {unmeasured}" in out and "so nothing is compared" in out and "nan" not in out
    assert not list((tmp_path / "out").iterdir()) and "picture: none" in err
    assert main(["report", silent]) == 0
    out = capsys.readouterr().out
    assert f"no scores: {unmeasured}" in out
    assert "missing answers: 100.0%" in out and "nan" not in out


@pytest.mark.parametrize("subject", ["constant", "same_label", "chance"])
def test_whoever_does_not_read_gets_that_sentence_and_no_figures(
    subject: str, logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One meaning, one label, or for every statement answers from the same distribution."""
    chance = {"subject": "trait_profile", "mean": 3, "sd": 0.8}
    log = ask(tmp_path, **(chance if subject == "chance" else {"subject": subject}))
    assert main(["report", log]) == 0
    out = capsys.readouterr().out
    assert "not shown to read: its answers" in out and "no scores: not shown" in out
    assert "alpha" not in out and "flag:" in out
    header = read_eval_log(log, header_only=True)
    assert header.results is not None
    found = {name: m.value for score in header.results.scores for name, m in score.metrics.items()}
    assert found["reads"] == 0 and np.isnan(found["Psychopathy"]) and np.isnan(found["Psychopathy_stderr"])
    assert main(["inventory", "compare", logs["base"], log]) == 0
    out = capsys.readouterr().out
    assert "so nothing is compared" in out and "deviate" not in out


def test_the_base_is_named(logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    given = [f"one={logs['moved']}", f"two={logs['base']}"]
    assert main(["inventory", "compare", *given, "--base", "two"]) == 0
    assert "deviate from two" in capsys.readouterr().out
    assert main(["inventory", "compare", *given, "--base", "three"]) == 2
    assert "--base must name one of the models one, two, got 'three'" in capsys.readouterr().err


def test_report(logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", logs["base"], "--retest", logs["again"]]) == 0
    out = capsys.readouterr().out
    assert "Psychopathy" in out and "alpha" in out and "not persons" in out
    assert "no item is reversed" in out and "percentile" not in out
    assert "Test–retest: subject/trait_profile and subject/trait_profile, 12 blocks" in out
    assert re.search(r"items that both answered +28\n", out)


def test_a_retest_needs_another_seed(logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", logs["base"], "--retest", logs["moved"]]) == 2
    assert "--retest must be a run with another seed (-T seed=…); both have seed 1" in capsys.readouterr().err


def test_a_flag_without_reversed_items_says_what_else_it_may_be(tmp_path: Path) -> None:
    told = report.told(read_eval_log(ask(tmp_path, subject="constant", answer=1)), Options()).report
    flag = "flag: always disagrees (or the traits themselves: no item is reversed)"
    assert flag in told.sections[0].body


def test_a_reader_that_leaves_early_is_no_error(logs: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fiduciary", "inventory", "compare", logs["base"], logs["moved"]]
    reading = subprocess.Popen(
        [*command, "--picture", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reading.stdout is not None and reading.stderr is not None
    reading.stdout.close()
    said = reading.stderr.read()
    assert reading.wait() == 0 and "BrokenPipe" not in said and "Traceback" not in said
    assert len(list((tmp_path / "out").iterdir())) == 1


def tables(log: EvalLog) -> dict[str, Figures]:
    """The tables of its report by title."""
    told = report.told(log, Options()).report
    return {part.title: part for part in told.sections[0].body if isinstance(part, Figures)}


def test_report_of_the_hexaco(tmp_path: Path) -> None:
    way = {"context": "fresh", "wording": "plain", "labels": "numbers"}
    log = read_eval_log(ask(tmp_path, hexaco100, way=way, H=4.0, sd=0.5))
    own = tables(log)
    assert own["domains"].rows[0][0] == "H Honesty-Humility"
    assert own["facets"].rows[0][:2] == ("Sincerity", "H Honesty-Humility")
    assert "no percentiles: published norms hold for the official statements only" in own["domains"].notes

    for sample in log.samples or []:
        sample.metadata["instrument"] = {"name": "official", "sha256": "y"}
    official = tables(log)["domains"]
    data = administration(log)
    score = np.nanmean(HEXACO.keyed(data.agreement)[:, HEXACO.domains["H"]])
    assert official.columns[-1] == "percentile"
    assert official.rows[0][-1] == round(percentile(float(score), 3.19, 0.62))
    assert not any("no percentiles" in note for note in official.notes)


def test_json_holds_the_figures_of_the_log(logs: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert main(["report", logs["base"], "--format", "json", "--out", str(out)]) == 0
    [told] = json.loads(out.read_text("utf-8"))
    shown = {
        row[0]: row[1]
        for part in told["sections"][0]["body"]
        if isinstance(part, dict)
        for row in part["rows"]
    }
    header = read_eval_log(logs["base"], header_only=True)
    assert header.results is not None
    metrics = {name: m.value for score in header.results.scores for name, m in score.metrics.items()}
    assert shown["Psychopathy"]["value"] == pytest.approx(metrics["Psychopathy"])
    assert shown["Psychopathy"]["stderr"] == pytest.approx(metrics["Psychopathy_stderr"])
    assert shown["acquiescence"] == pytest.approx(metrics["acquiescence"])


def loaded(paths: list[str]) -> list[Contender]:
    found, troubles = load(paths)
    assert troubles == []
    return found["dark_tetrad"]


def test_names(logs: dict[str, str]) -> None:
    found = loaded([logs["base"], logs["moved"], logs["again"]])
    assert [c.name for c in found] == [
        "subject/trait_profile",
        "subject/trait_profile psychopathy=3.8",
        "subject/trait_profile refusals=0.15",
    ]
    twice = loaded([logs["base"], logs["base"]])
    assert [c.name for c in twice] == ["subject/trait_profile (1)", "subject/trait_profile (2)"]
    assert base_first(found, None) == found
    assert base_first(found, "subject/trait_profile psychopathy=3.8")[0] is found[1]


def altered(contender: Contender, **about: Any) -> Contender:
    return replace(contender, data=replace(contender.data, about={**contender.data.about, **about}))


def test_what_does_not_compare(logs: dict[str, str]) -> None:
    [base] = loaded([f"base={logs['base']}"])
    for different in (
        {"instrument": {"name": "official", "sha256": "y"}},
        {"elicitation": "both"},
        {"context": "fresh"},
        {"temperature": 0.5},
    ):
        with pytest.raises(UsageError, match=f"differ in {next(iter(different))}"):
            match(base, altered(base, **different))
    with pytest.raises(UsageError, match="answered versions 2-A and 3-A"):
        match(base, altered(base, version="3-A"))
    assert match(base, altered(base, version="2-B")).left_out == 0

    data = base.data
    fewer = replace(base, data=replace(data, group=data.group[:5], agreement=data.agreement[:5]))
    found = match(fewer, base)
    assert len(found.blocks) == 5 and found.left_out == 7
    other = replace(base, data=replace(data, group=tuple(f"{g}-r2" for g in data.group)))
    with pytest.raises(UsageError, match="no block"):
        match(base, other)


def test_blocks_are_matched_by_their_id(logs: dict[str, str]) -> None:
    [base] = loaded([logs["base"]])
    data = base.data
    turned = replace(base, data=replace(data, group=data.group[::-1], agreement=data.agreement[::-1].copy()))
    found = match(base, turned)
    np.testing.assert_array_equal(found.base, found.tuned)


def test_repeats(logs: dict[str, str]) -> None:
    [base] = loaded([logs["base"]])
    assert np.isnan(identical_repeats(base.data))
    same = replace(base.data, cell=(base.data.cell[0],) * 12, agreement=np.full((12, 28), 3.0))
    assert identical_repeats(same) == 1


@pytest.mark.parametrize("command", [["report"], ["inventory", "compare"]])
def test_logs_of_no_use(
    command: list[str], logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(tmp_path / "nowhere")]) == 2
    assert "no such log" in capsys.readouterr().err
    assert main([*command, str(tmp_path)]) == 2
    assert "no logs in the folder" in capsys.readouterr().err
    assert main(["inventory", "compare", logs["base"]]) == 2
    assert "needs logs of a base and of another model" in capsys.readouterr().err


def test_a_damaged_log_is_named_takes_no_others_place_and_ends_with_2(
    logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Be it the header that cannot be read, or samples of the newest log."""
    shutil.copytree(Path(logs["base"]).parent, tmp_path / "base")
    damaged = tmp_path / "base" / "newest.eval"
    LEFT_OUT["flipped"][1](Path(logs["base"]), damaged)
    (tmp_path / "base" / "cut.eval").write_bytes(damaged.read_bytes()[:99])
    os.utime(damaged, (2**31, 2**31))
    assert main(["inventory", "compare", str(tmp_path / "base"), logs["moved"], "--format", "json"]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 2
    assert "newest.eval: cannot be read" in said.err and "cut.eval: cannot be read" in said.err
    assert main(["inventory", "compare", logs["base"], logs["moved"], "--format", "json"]) == 0
    there = str(Path(logs["base"]).parent)
    assert capsys.readouterr().out == said.out.replace(str(tmp_path / "base"), there)
    assert main(["report", logs["again"], "--retest", str(tmp_path / "base")]) == 2
    assert main(["report", logs["again"], "--retest", logs["base"]]) == 0


@pytest.mark.parametrize(
    "given", [["--bound", "0"], ["--level", "1"], ["--level", "95"], ["--picture", __file__], ["--out", "."]]
)
def test_bad_arguments(given: list[str], logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inventory", "compare", logs["base"], logs["moved"], *given]) == 2
    assert f"argument {given[0]} " in capsys.readouterr().err
