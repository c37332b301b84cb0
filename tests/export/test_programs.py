"""The exported programs, run: R where it is there, Biogeme and xlogit where `make test-export` put them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from fiduciary.__main__ import main
from fiduciary.scorers.choice_table import table
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from tests.export.conftest import of_way

pytestmark = pytest.mark.slow

VENV = os.environ.get("VENV_EXPORT")
PYTHON = str(Path(VENV).absolute() / "bin/python") if VENV else None


@pytest.mark.parametrize(
    ("program", "runs_with", "form"),
    [
        ("estimate.R", shutil.which("Rscript"), "csv"),
        ("estimate_xlogit.py", PYTHON, "parquet"),
        ("estimate_biogeme.py", PYTHON, "csv"),
        ("estimate_biogeme.py", PYTHON, "stata"),
    ],
)
def test_a_program_finds_our_estimate_in_the_file(
    logs: Path, tmp_path: Path, program: str, runs_with: str | None, form: str
) -> None:
    """To four digits, where θ lies inside its bounds."""
    if runs_with is None:
        pytest.skip(f"{program} needs make test-export")
    stated = of_way(logs, "text")
    assert main(["export", stated.location, "--format", form, "--out", str(tmp_path / "out")]) == 0
    done = subprocess.run(
        [runs_with, str(tmp_path / "out" / program)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    printed = tmp_path / "printed.csv"
    printed.write_text(done.stdout)
    found = pd.read_csv(printed).set_index("parameter")["estimate"]
    ours = fit(table(stated))
    for name in ours.names:
        if name in found:
            assert found[name] == pytest.approx(ours.estimate(name), rel=1e-4, abs=5e-5)
    assert {"theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma"} <= set(found.index)
