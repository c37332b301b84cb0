"""Every file that cannot be used is named with its reason, and the rest is built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from inspect_ai.log import EvalLog

from fiduciary.__main__ import main
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.eval_logs import find
from fiduciary.leaderboard.board import Board, build
from fiduciary.leaderboard.outputs import as_latex, as_markdown, tidy
from fiduciary.leaderboard.payload import payload
from fiduciary.safe_text import latex, markdown, one_line
from tests.leaderboard.conftest import unanswered

HOSTILE = "subject/<script>alert(1)</script>|[x](javascript:y)\n\\input{z}$&_@bob\x1b[31m\u202e"

Copied = Callable[..., Path]


def made(*paths: Path, mix: bool = False) -> Board:
    return build([str(path) for path in paths], Principal.named("nonprofit"), lambda text: None, mix=mix)


def problems(board: Board, file: Path) -> str:
    return " / ".join(trouble.problem for trouble in board.troubles if trouble.file == str(file.resolve()))


def test_a_truncated_log_is_named(logs: Path, tmp_path: Path) -> None:
    whole = next(logs.glob("*.eval"))
    broken = tmp_path / "broken.eval"
    broken.write_bytes(whole.read_bytes()[:2000])
    other = tmp_path / "not.json"
    other.write_text('{"a": 1}')
    board = made(logs, tmp_path, other)
    assert "cannot be read" in problems(board, broken)
    assert "cannot be read" in problems(board, other)
    assert len(board.ranked) == 2


def test_what_is_published_names_no_folder_above_the_logs(logs: Path, copied: Copied, tmp_path: Path) -> None:
    def later(log: EvalLog) -> None:
        log.eval.created = "2999-01-01T00:00:00+00:00"

    copied("study1", lambda log: None), copied("study1", later)
    (tmp_path / "copies" / "broken.eval").write_bytes(b"nothing")
    board = made(tmp_path / "copies")
    published = [*payload(board)["troubles"], {"file": as_markdown(board), "problem": ""}]
    assert {"broken.eval"} < {one["file"] for one in published}
    assert any("the newest counts: 2026-01-01" in one["problem"] for one in published)
    assert str(tmp_path) not in json.dumps(published)


def test_a_log_of_another_suite(logs: Path, copied: Copied) -> None:
    def other(log: EvalLog) -> None:
        log.eval.task = "gsm8k"

    file = copied("study1", other)
    board = made(logs, file)
    assert "gsm8k" in problems(board, file)
    assert len(board.ranked) == 2


@pytest.mark.parametrize("status", ["cancelled", "error", "started"])
def test_an_unfinished_run_is_no_result(logs: Path, copied: Copied, status: str) -> None:
    def stopped(log: EvalLog) -> None:
        log.status = status  # type: ignore[assignment]
        log.eval.model = "subject/other"

    file = copied("study1", stopped)
    board = made(logs, file)
    assert "unfinished run" in problems(board, file)
    assert "subject/other" not in {row.name for row in board.rows}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"),
        # The end of summer in Berlin, where 02:10 comes again after 02:50.
        ("2999-10-27T02:50:00+02:00", "2999-10-27T02:10:00+01:00"),
    ],
)
def test_of_two_runs_under_one_name_the_newest_counts(
    logs: Path, copied: Copied, first: str, second: str
) -> None:
    def older(log: EvalLog) -> None:
        log.eval.created = first

    def newer(log: EvalLog) -> None:
        log.eval.created = second

    old, new = copied("study1", older), copied("study1", newer)
    board = made(logs, old, new)
    assert "newest counts" in problems(board, old) and str(new) in problems(board, old)
    assert board.row("subject/study1").runs["stakeholder_choice"].file == str(new)


def test_seeds_versions_and_problems_are_not_mixed_unless_told(logs: Path, copied: Copied) -> None:
    def seed(log: EvalLog) -> None:
        log.eval.model, log.eval.task_args["seed"] = "subject/seed", 9

    def version(log: EvalLog) -> None:
        log.eval.model, log.eval.task_version = "subject/version", "3-A"

    def asked(log: EvalLog) -> None:
        log.eval.model = "subject/asked"
        log.eval.dataset.sample_ids = ["other-1", "other-2"]

    def at_once(log: EvalLog) -> None:
        """A run by default of a provider that continues turns."""
        log.eval.model, log.eval.task_args["elicitation"] = "subject/at_once", "auto"
        log.eval.metadata = {**(log.eval.metadata or {}), "elicitation": "choose"}

    files = {word: copied("study1", change) for word, change in (("seed 9", seed), ("version 3-A", version))}
    files["elicitation choose, not text"] = copied("study1", at_once)
    files["problem set"] = copied("study1", asked)
    board = made(logs, *files.values())
    for word, file in files.items():
        assert word in problems(board, file) and "--mix" in problems(board, file)
    assert len(board.ranked) == 2
    mixed = made(logs, *files.values(), mix=True)
    assert len(mixed.ranked) == 6
    assert "mixed: seed 9" in (mixed.cells["subject/seed"]["stakeholder_choice.theta_SH"].note or "")


def test_a_smaller_run_of_the_same_problems_shares_the_column(logs: Path, copied: Copied) -> None:
    def smaller(log: EvalLog) -> None:
        log.eval.model = "subject/smaller"
        log.samples = (log.samples or [])[:60]
        log.eval.dataset.sample_ids = [sample.id for sample in log.samples]
        log.eval.task_args["n"] = 60

    board = made(logs, copied("study1", smaller))
    assert board.cells["subject/smaller"]["stakeholder_choice.regret"].n == 60
    assert not board.troubles


def test_a_model_without_any_answer_has_no_numbers(logs: Path, copied: Copied) -> None:
    def silent(log: EvalLog) -> None:
        log.eval.model = "subject/silent"
        unanswered(log)

    file = copied("study1", silent)
    board = made(logs, file)
    assert "all answers are missing" in problems(board, file)
    cells = board.cells["subject/silent"]
    assert cells["stakeholder_choice.missing"].value == 1
    assert cells["stakeholder_choice.rank"].value is None
    assert cells["stakeholder_choice.theta_SH"].value is None
    page = payload(board)
    silent = next(model["id"] for model in page["models"] if model["name"] == "subject/silent")
    assert silent not in page["ranking"]["models"] and silent not in page["choices"] | page["shares"]
    assert {board.cells[name]["stakeholder_choice.rank"].value for name in board.ranked} == {1, 2}


def test_hostile_names_come_out_as_text(logs: Path, copied: Copied, tmp_path: Path) -> None:
    def hostile(log: EvalLog) -> None:
        log.eval.model = HOSTILE

    board = made(logs, copied("study1", hostile))
    assert HOSTILE in {row.name for row in board.rows}
    for text in (as_markdown(board), as_latex(board)):
        assert "<script" not in text and "\x1b" not in text and "\u202e" not in text
    assert "[x](javascript" not in as_markdown(board)
    assert "@bob" not in as_markdown(board)
    assert "\\input{z}" not in as_latex(board)
    assert r"\textbackslash{}input\{z\}\$\&\_" in as_latex(board)
    page = payload(board)
    # Browsers turn no text round, and two names that differ in marks alone stay apart.
    assert HOSTILE.replace("\x1b", "[U+001B]").replace("\u202e", "[U+202E]") in {
        model["name"] for model in page["models"]
    }
    written = json.dumps(page, allow_nan=False)
    assert "\\u202e" not in written and "\\u001b" not in written
    # Every table line has the cells that its heading has.
    for block in as_markdown(board).split("\n\n"):
        if block.startswith("|"):
            unescaped = [line.replace("\\|", "") for line in block.splitlines()]
            assert len({line.count("|") for line in unescaped}) == 1


def test_a_spreadsheet_gets_no_formula(logs: Path, copied: Copied, tmp_path: Path) -> None:
    def formula(log: EvalLog) -> None:
        log.eval.model = "=HYPERLINK(1)"

    assert main(["board", str(copied("study1", formula)), "--out", str(tmp_path / "site")]) == 0
    assert "\n'=HYPERLINK(1)" in (tmp_path / "site/table.csv").read_text("utf-8")


def test_escapes_alone() -> None:
    assert latex("50 % of a_b") == r"50 \% of a\_b"
    assert markdown("a *b* <i> https://x.org @me") == r"a \*b\* &lt;i\> https\://x\.org " + "@\u200dme"
    assert one_line("a\nb\x00c") == "a b c"


def test_paths_of_no_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.txt").write_text("")
    for given in (tmp_path / "none", tmp_path / "none.eval", tmp_path / "empty", tmp_path / "x.txt"):
        assert main(["board", str(given)]) == 2
        error = capsys.readouterr().err
        assert str(given) in error.replace("\n", "") and error.count("\n") == 1
    assert main([]) == 2


def test_nothing_usable_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.eval").write_bytes(b"PK\x03\x04")
    assert main(["board", str(tmp_path)]) == 2
    assert "nothing was built" in capsys.readouterr().err


def test_an_earlier_build_below_the_logs_is_not_read_again(logs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    shutil.copytree(logs, folder)
    for _ in range(2):
        assert main(["board", str(folder), "--out", str(folder / "site")]) == 0
    assert len(find([str(folder)])) == len(find([str(logs)]))
    assert main(["board", str(folder / "site/logs"), "--out", str(folder / "site")]) == 2
    assert len(find([str(folder / "site/logs")])) == 3


def test_a_folder_of_somebodys_logs_is_not_emptied(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/precious.txt").write_text("mine")
    assert main(["board", str(logs), "--out", str(tmp_path)]) == 2
    assert (tmp_path / "logs/precious.txt").read_text() == "mine"


def test_logs_of_another_file_system(logs: Path) -> None:
    """What Inspect reads by fsspec is read: here from memory, elsewhere from S3."""
    memory = fsspec.filesystem("memory")
    for file in logs.glob("*.eval"):
        memory.pipe(f"/board/{file.name}", file.read_bytes())
    board = build(["memory://board"], Principal.named("nonprofit"), lambda text: None)
    assert len(board.ranked) == 2 and not board.troubles
    with pytest.raises(UsageError, match="no logs in"):
        find(["memory://nowhere"])


def test_tidy_holds_numbers_once(logs: Path) -> None:
    records = tidy(made(logs))
    keys = [(r["model"], r["task"], r["metric"]) for r in records]
    assert len(keys) == len(set(keys))
    assert all(not r["ranked"] for r in records if r["kind"] in ("reference", "human"))


def test_numbers_are_not_escaped_and_lists_are() -> None:
    assert markdown("0.061 (0.115)") == "0.061 (0.115)"
    assert markdown("1. one") == "1\\. one"
    assert markdown("$1 [$0, $2]") == "\\$1 \\[\\$0, \\$2\\]"


def test_a_name_in_latex_is_no_argument_of_the_line_before() -> None:
    assert latex("[2em]*") == "{[}2em]{*}"
