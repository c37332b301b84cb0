"""Exported choices say what the log says, in every format, and lead to the same θ without this project."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from inspect_ai.log import write_eval_log
from scipy.optimize import minimize

from fiduciary.__main__ import main
from fiduciary.economics.estimation import CESFit
from fiduciary.export.columns import COLUMNS, LONGEST_NAME
from fiduciary.export.command import CODEBOOK, FORMS, PROGRAMS
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from tests.export.conftest import UNANSWERED, of_way

READ = {"csv": pd.read_csv, "parquet": pd.read_parquet, "stata": pd.read_stata}
GROUPS = ("sh", "em", "co", "soc")


@pytest.fixture(scope="module")
def exported(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The table as each format gives it back."""
    found = {}
    for form in FORMS:
        out = tmp_path_factory.mktemp(form) / "out"
        assert main(["export", str(logs), "--format", form, "--out", str(out)]) == 0
        [file] = out.glob("choices.*")
        assert {path.name for path in out.iterdir()} == {file.name, CODEBOOK, *PROGRAMS}
        found[form] = READ[form](file)
    return found


@pytest.fixture(scope="module")
def fits(logs: Path) -> dict[str, CESFit]:
    """Our own estimates, by way of asking."""
    return {way: fit(data) for kind in ("text", "both") for way, data in tables(of_way(logs, kind)).items()}


def estimated(rows: pd.DataFrame) -> np.ndarray:
    """θ, ρ and γ by the plainest likelihood and SciPy, from the columns alone."""
    rows = rows[rows["share"].notna()].sort_values(["choice", "option"])
    x = rows[[f"welfare_{group}" for group in GROUPS]].to_numpy() + rows[["shift"]].to_numpy()
    dummies = pd.concat(
        [
            pd.get_dummies(rows[name].replace("", None), dtype=float)
            for name in ("place_constant", "label_constant")
        ],
        axis=1,
    ).to_numpy()
    tau, share = rows["temperature"].to_numpy(), rows["share"].to_numpy()
    begins = np.flatnonzero(np.diff(rows["choice"], prepend=-1))
    counts = np.diff([*begins, len(rows)])

    def parts(p: np.ndarray) -> tuple[np.ndarray, float, float]:
        theta = np.exp([*p[:3], 0.0])
        return theta / theta.sum(), 1 - np.exp(p[3]), np.exp(p[4])

    def loss(p: np.ndarray) -> float:
        theta, rho, gamma = parts(p)
        z = (gamma * (x**rho @ theta) ** (1 / rho) + dummies @ p[5:]) / tau
        z -= np.repeat(np.maximum.reduceat(z, begins), counts)
        return float(-(share @ z) + np.log(np.add.reduceat(np.exp(z), begins)).sum())

    start = np.concatenate([[0, 0, 0, np.log(0.5), np.log(0.5)], np.zeros(dummies.shape[1])])
    found = minimize(loss, start, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    theta, rho, gamma = parts(found.x)
    return np.array([*theta, rho, gamma])


@pytest.mark.parametrize("form", FORMS)
def test_theta_from_the_stated_choices_of_a_file_is_ours(
    exported: dict[str, pd.DataFrame], fits: dict[str, CESFit], form: str
) -> None:
    """Four digits, with the two missing answers left out by both."""
    rows = exported[form].query("elicitation == 'text'")
    ours = fits["text"]
    expected = [*ours.theta, ours.rho, ours.gamma]
    assert rows["choice"].nunique() == 300 and ours.n == 300 - len(UNANSWERED)
    np.testing.assert_allclose(estimated(rows), expected, rtol=1e-4, atol=5e-5)


@pytest.mark.parametrize("way", ["choose", "explain"])
def test_shares_of_probabilities_are_what_is_estimated(
    exported: dict[str, pd.DataFrame], fits: dict[str, CESFit], way: str
) -> None:
    """The log-likelihood at our estimate, from the columns alone."""
    ours = fits[way]
    rows = exported["csv"].query("elicitation == @way and share.notna()")
    x = rows[[f"welfare_{group}" for group in GROUPS]].to_numpy() + rows[["shift"]].to_numpy()
    v = ours.gamma * (x**ours.rho @ ours.theta) ** (1 / ours.rho)
    for name in ("place_constant", "label_constant"):
        v = v + rows[name].map(ours.constants).fillna(0.0).to_numpy()
    z = pd.Series(v / rows["temperature"].to_numpy(), index=rows.index)
    total = np.log(np.exp(z - z.max()).groupby(rows["choice"]).transform("sum")) + z.max()
    assert float((rows["share"] * (z - total)).sum()) == pytest.approx(ours.loglik, abs=1e-6)


def test_all_formats_hold_the_same(exported: dict[str, pd.DataFrame]) -> None:
    first = exported["csv"]
    for other in (exported["parquet"], exported["stata"]):
        assert list(other) == list(first) == [column.name for column in COLUMNS]
        for column in COLUMNS:
            if column.kind == "text":
                there = other[column.name].replace("", None).fillna("–").astype(str)
                pd.testing.assert_series_equal(
                    there, first[column.name].fillna("–").astype(str), check_dtype=False
                )
            else:
                np.testing.assert_allclose(
                    other[column.name].astype(float), first[column.name].astype(float), rtol=1e-12
                )


def test_rows_say_what_was_shown_and_chosen(logs: Path, exported: dict[str, pd.DataFrame]) -> None:
    samples = of_way(logs, "text").samples or []
    rows = exported["csv"].query("elicitation == 'text'")
    width = rows["option"].max()
    assert len(rows) == len(samples) * width
    for number, sample in enumerate(samples[:40]):
        own = rows[rows["sample"] == sample.id].set_index("option")
        shown = own[own["available"] == 1]
        about = sample.metadata
        assert len(shown) == about["n_options"] and len(own) == width
        welfare = shown[[f"welfare_{group}" for group in GROUPS]].to_numpy()
        np.testing.assert_array_equal(welfare, about["welfare"])
        dollars = shown[[f"dollars_{group}" for group in GROUPS]].to_numpy()
        np.testing.assert_allclose(dollars, 100 * welfare)
        order = [option - 1 for option in shown.sort_values("place").index]
        assert order == about["order"]
        assert own["display_order"].iloc[0] == " ".join(str(i + 1) for i in order)
        assert "".join(shown.sort_values("place")["label"]) == about["labels"]
        if number in UNANSWERED:
            assert own["chosen"].isna().all() and own["share"].isna().all()
            assert set(own["missing"]) == {"no closing sentence"}
        else:
            assert shown["chosen"].idxmax() - 1 == (sample.scores or {})["chosen_option"].metadata["chosen"]
            assert shown["chosen"].sum() == shown["share"].sum() == 1
            assert own["missing"].isna().all()
        fills = own[own["available"] == 0]
        assert fills[["place", "label", "welfare_sh", "chosen", "share"]].isna().all(axis=None)


def test_a_choice_has_one_number_and_as_many_rows_as_any(exported: dict[str, pd.DataFrame]) -> None:
    table = exported["parquet"]
    assert table.groupby("choice").size().nunique() == 1
    assert len(table.groupby("choice")[["dataset", "sample", "epoch"]].nunique().drop_duplicates()) == 1
    assert table.groupby("dataset")["elicitation"].nunique().eq(1).all() and table["dataset"].nunique() == 3


def test_names_fit_stata_and_the_codebook_has_them_all(logs: Path, tmp_path: Path) -> None:
    assert all(re.fullmatch(rf"[a-z_]{{1,{LONGEST_NAME}}}", c.name) and len(c.label) <= 80 for c in COLUMNS)
    assert main(["export", str(logs), "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / CODEBOOK).read_text("utf-8")
    assert all(f"| `{column.name}` | {column.kind} | {column.unit} |" in text for column in COLUMNS)


def test_other_tasks_and_damaged_logs_are_named(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.eval"
    bad.write_bytes(b"no archive")
    again = tmp_path / "again.eval"
    again.write_bytes(Path(of_way(logs, "text").location).read_bytes())
    out = tmp_path / "out"
    assert main(["export", str(logs), str(bad), str(again), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "bad.eval: cannot be read" in said and "holds no choices between options (task" in said
    assert "again.eval: is the same run as" in said
    assert pd.read_csv(out / "choices.csv")["choice"].nunique() == 300 + 66 + 60
    assert main(["export", str(bad), "--out", str(out)]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert pd.read_csv(out / "choices.csv")["choice"].nunique() == 426


def test_formulas_are_disarmed_and_no_format_stumbles(logs: Path, tmp_path: Path) -> None:
    log = of_way(logs, "text")
    log.eval.model = "=1+1\x1b[31m\u202e"
    log.samples = (log.samples or [])[:20]
    log.samples[0].metadata["framing"] = "x" * 3000
    log.samples[1].metadata["framing"] = "half \ud83d of a character"
    file = tmp_path / "evil.eval"
    write_eval_log(log, str(file))
    for form in FORMS:
        assert main(["export", str(file), "--format", form, "--out", str(tmp_path / form)]) == 0
    with (tmp_path / "csv/choices.csv").open(encoding="utf-8", newline="") as table:
        assert {row["model"] for row in csv.DictReader(table)} == {"'=1+1 [31m "}


def test_another_export_replaces_all_of_it(logs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for form in ("csv", "stata"):
        assert main(["export", str(logs), "--format", form, "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {"choices.dta", CODEBOOK, *PROGRAMS}


def test_a_file_is_no_folder(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").touch()
    assert main(["export", str(logs), "--out", str(tmp_path / "out")]) == 2
    assert "is a file; name a folder" in capsys.readouterr().err
    assert os.path.getsize(tmp_path / "out") == 0
