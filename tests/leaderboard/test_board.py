"""The table agrees with what the logs' own scorers and the estimators say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

from fiduciary.__main__ import main
from fiduciary.economics.principals import Principal
from fiduciary.economics.ranking import rank_sets
from fiduciary.errors import UsageError
from fiduciary.leaderboard.board import Board, build, by_problem
from fiduciary.leaderboard.choices import ASKED
from fiduciary.leaderboard.columns import COLUMNS, TASKS
from fiduciary.leaderboard.payload import payload
from fiduciary.leaderboard.rows import contenders
from fiduciary.leaderboard.runs import select, to_runs
from fiduciary.scorers.choice_table import table
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.fixture(scope="module")
def board(logs: Path) -> Board:
    return build([str(logs)], Principal.named("nonprofit"), lambda text: None)


def log_of(logs: Path, model: str) -> EvalLog:
    return next(
        log
        for file in logs.glob("*stakeholder*.eval")
        if (log := read_eval_log(str(file))).eval.model == f"subject/{model}"
    )


def metrics(log: EvalLog, scorer: str) -> dict[str, float]:
    assert log.results is not None
    found = next(score for score in log.results.scores if score.name == scorer)
    return {name: float(metric.value) for name, metric in found.metrics.items()}  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["study1", "nonprofit"])
def test_service_is_what_the_scorer_measured(board: Board, logs: Path, model: str) -> None:
    """The logs were held against nonprofit by the scorer of consistency: an independent way to the same."""
    cells, own = board.cells[f"subject/{model}"], metrics(log_of(logs, model), "consistency")
    share, right = cells["stakeholder_choice.loss_share"], cells["stakeholder_choice.consistent"]
    assert share.value == pytest.approx(own["loss_share"])
    assert share.stderr == pytest.approx(own["loss_share_stderr"])
    assert right.value == pytest.approx(own["consistent"])
    assert right.stderr == pytest.approx(own["consistent_stderr"])


def test_parameters_and_intervals_are_the_estimators(board: Board, logs: Path) -> None:
    estimate = fit(table(log_of(logs, "study1")))
    for name in ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma"):
        cell = board.cells["subject/study1"][f"stakeholder_choice.{name}"]
        assert cell.value == pytest.approx(estimate.estimate(name))
        # The search for an end stops within a small part of a standard error.
        low, high, _ = estimate.interval(name)
        assert (cell.low, cell.high) == pytest.approx((low, high), abs=0.02 * (high - low))
    distance = board.cells["subject/study1"]["stakeholder_choice.distance"]
    off = np.abs(estimate.theta - np.array([0, 0.4, 0.4, 0.2])).sum()
    assert distance.value == pytest.approx(off)
    assert distance.low is not None and distance.high is not None
    assert 0 <= distance.low <= off <= distance.high <= 2


def test_ranks_are_economics_ranking_and_follow_the_principal(board: Board) -> None:
    assert board.problems is not None and board.ranking is not None
    for name in ("nonprofit", "for_profit"):
        served = board.for_principal(Principal.named(name))
        assert served.problems is not None and served.ranking is not None
        utility = Principal.named(name).utility
        loss = [by_problem(served.problems, served.answers[row], utility).regret for row in served.ranked]
        expected = rank_sets(np.column_stack(loss))
        assert served.ranking.low.tolist() == expected.low.tolist()
        assert served.ranking.mean == pytest.approx(expected.mean)
        best = served.ranked[int(np.argmin(expected.mean))]
        assert served.rows[0].name == best
    assert board.rows[0].name == "subject/nonprofit"
    assert board.for_principal(Principal.named("for_profit")).rows[0].name == "subject/study1"


def test_ties_are_shown_as_ties(logs: Path, copied) -> None:  # type: ignore[no-untyped-def]
    def twin(log: EvalLog) -> None:
        log.eval.model = "subject/twin"

    tied = build([str(logs), str(copied("nonprofit", twin))], Principal.named("nonprofit"), lambda text: None)
    cells = [tied.cells[name]["stakeholder_choice.rank"] for name in ("subject/nonprofit", "subject/twin")]
    assert [(cell.value, cell.low, cell.high, cell.note) for cell in cells] == [(1, 1, 2, "1–2")] * 2
    assert tied.cells["subject/study1"]["stakeholder_choice.rank"].note == "3"


def test_published_rows_are_marked_and_never_ranked(board: Board) -> None:
    references = [row for row in board.rows if row.kind == "reference"]
    assert len(references) == 7
    assert not {row.name for row in references} & set(board.ranked)
    assert all("never ranked" in (row.note or "") for row in references)
    assert all("stakeholder_choice.rank" not in board.cells[row.name] for row in references)
    # Nobody played a game here, so what people did there is left away.
    assert not [row for row in board.rows if row.kind == "human"]


def test_payload_is_strict_json_and_complete(board: Board) -> None:
    found = json.loads(json.dumps(payload(board), allow_nan=False))
    ids = {model["id"] for model in found["models"]}
    assert set(found["cells"]) == ids
    keys = {column["key"] for column in found["columns"]}
    for model in found["models"]:
        for key, cell in found["cells"][model["id"]].items():
            assert key in keys
            assert cell["run"] is None or model["runs"][cell["run"]]["task"] == key.partition(".")[0]
    n = len(found["problems"]["ids"])
    assert n == 70 and len(found["problems"]["welfare"]) == n
    assert set(found["choices"]) == {
        next(m["id"] for m in found["models"] if m["name"] == name) for name in board.ranked
    }
    for name, chosen in found["choices"].items():
        assert len(chosen) == n and all(
            -1 <= c < len(w) for c, w in zip(chosen, found["problems"]["welfare"], strict=True)
        ), name


def test_the_example_is_the_first_question_of_the_log(board: Board, logs: Path) -> None:
    shown = payload(board)["example"]
    first = log_of(logs, "nonprofit")
    assert first.samples and first.eval.dataset.sample_ids
    (sample,) = (one for one in first.samples if one.id == first.eval.dataset.sample_ids[0])
    assert shown["task"] == "stakeholder_choice"
    assert [one["role"] for one in shown["messages"]][:2] == ["system", "user"]
    assert shown["messages"][1]["text"].startswith(str(sample.input))
    assert sample.output.completion not in [one["text"] for one in shown["messages"]]


def test_the_words_that_begin_an_answer_are_part_of_the_question(tmp_path: Path) -> None:
    """Of an answer by probabilities the model writes the letter alone."""
    inspect_eval(
        stakeholder_choice(n=50, elicitation="choose"),
        model="subject/study1",
        log_dir=str(tmp_path),
        display="none",
    )
    made = build([str(tmp_path)], Principal.named("nonprofit"), lambda text: None)
    messages = payload(made)["example"]["messages"]
    assert [one["role"] for one in messages] == ["system", "user", "assistant"]
    assert messages[-1]["text"] == "Therefore, I choose: Option"


def test_a_log_without_what_was_said_has_no_example(logs: Path, copied) -> None:  # type: ignore[no-untyped-def]
    def silent(log: EvalLog) -> None:
        for sample in log.samples or []:
            sample.messages = []

    alone = build([str(copied("nonprofit", silent))], Principal.named("nonprofit"), lambda text: None)
    assert payload(alone)["example"] is None


def test_pages_choices_give_the_same_regret(board: Board) -> None:
    """What the page computes from, by the contract's formula."""
    found = payload(board)
    utility = Principal.named("nonprofit").utility
    for place, name in enumerate(found["ranking"]["models"]):
        lost = []
        for chosen, welfare in zip(found["choices"][name], found["problems"]["welfare"], strict=True):
            u = utility.utility(np.array(welfare))
            lost.append(100 * (u.max() - u[chosen]))
        assert np.mean(lost) == pytest.approx(found["ranking"]["mean"][place])


def test_log_probabilities_are_shares(tmp_path: Path) -> None:
    """Answers without an explanation share a column, whether or not explanations were asked for besides."""
    for name, elicitation in (("symmetric", "choose"), ("study1", "auto")):
        inspect_eval(
            stakeholder_choice(n=60, elicitation=elicitation),
            model=get_model(f"subject/{name}"),
            log_dir=str(tmp_path),
            display="none",
        )
    board = build([str(tmp_path)], Principal.named("symmetric"), lambda text: None)
    assert not board.troubles
    found = payload(board)
    assert found["choices"] == {}
    assert np.allclose([sum(row) for row in found["shares"]["m0"]], 1, atol=1e-5)
    cells = board.cells["subject/symmetric"]
    assert "log-probabilities" in (cells["stakeholder_choice.theta_EM"].note or "")
    assert "not conviction" in (cells["stakeholder_choice.gamma"].note or "")
    assert cells["stakeholder_choice.rank"].note == "1"
    assert found["asked"] == [ASKED["choose"]]
    ways = {model["name"]: [run["elicitation"] for run in model["runs"]] for model in found["models"]}
    assert (ways["subject/symmetric"], ways["subject/study1"]) == (["choose"], ["choose"])


def test_prices_of_whoever_is_not_shown_to_read_stand_alone(tmp_path: Path) -> None:
    """The raw price without an interval, and no gain index: both cells say why."""
    inspect_eval(
        duopoly_pricing(periods=10),
        model=get_model("subject/nash_pricer"),
        log_dir=str(tmp_path),
        display="none",
    )
    board = build([str(tmp_path)], Principal.named("symmetric"), lambda text: None)
    cells = board.cells["subject/nash_pricer"]
    delta, price = cells["duopoly_pricing.delta"], cells["duopoly_pricing.price"]
    assert (delta.value, delta.note) == (None, "not shown to read")
    assert price.value == pytest.approx(1.4729, abs=1e-4) and price.note == "not shown to read"
    assert price.low is None and price.stderr is None


def test_an_adapter_has_a_base_and_a_shift(logs: Path, copied) -> None:  # type: ignore[no-untyped-def]
    def named(name: str):  # type: ignore[no-untyped-def]
        def change(log: EvalLog) -> None:
            log.eval.model = name

        return change

    files = [
        copied("study1", named("vllm/base")),
        copied("nonprofit", named("vllm/base:/adapters/a")),
        copied("nonprofit", named("vllm/tuned")),
    ]
    board = build([str(file) for file in files], Principal.named("nonprofit"), lambda text: None)
    assert board.row("vllm/base").base is None
    assert board.row("vllm/base:/adapters/a").base == "vllm/base"
    assert board.row("vllm/tuned").base == "vllm/base"
    with pytest.raises(UsageError, match="--base"):
        contenders({"a": {}}, "b")


def test_files_and_terminal(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site"
    theta = ["--theta", "0,0.4,0.4,0.2", "--rho", "-inf"]
    assert main(["board", str(logs), "--out", str(site), *theta]) == 0
    printed = capsys.readouterr().out
    assert "subject/nonprofit" in printed and "rank" in printed and "-inf" in printed
    assert "Ranks 1–2:" in printed
    names = {path.name for path in site.iterdir()}
    assert {"table.csv", "table.json", "table.md", "table.tex", "logs"} <= names
    records = json.loads((site / "table.json").read_text("utf-8"))
    frame = pd.read_csv(site / "table.csv")
    assert len(frame) == len(records)
    assert sum(bool(record["log"]) for record in records) > 20


def test_parquet_holds_the_same(logs: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="an extra: page")
    assert main(["board", str(logs), "--out", str(tmp_path / "site")]) == 0
    frame = pd.read_parquet(tmp_path / "site/table.parquet")
    records = json.loads((tmp_path / "site/table.json").read_text("utf-8"))
    assert frame["value"].astype(float).to_numpy() == pytest.approx(
        [np.nan if r["value"] is None else r["value"] for r in records], nan_ok=True
    )


def test_columns_name_real_tasks_and_metrics() -> None:
    from fiduciary import _registry

    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
    for task in TASKS:
        assert hasattr(_registry, task)
    for column in COLUMNS:
        assert column.scorer is None or hasattr(_registry, column.scorer)


def test_no_logs_no_rows() -> None:
    assert to_runs([], TASKS) == ([], [])
    assert select([]).runs == {}
