"""The report on logs of pairs and pumps."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.scorers import rationality_report as rationality
from fiduciary.tasks.menus.task import menus
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.transitivity.task import transitivity


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder with a log of each kind."""
    folder = tmp_path_factory.mktemp("logs")
    runs: list[tuple[Task, str]] = [
        (transitivity(n=9, elicitation="text", repeats=1, dominance=True), "subject/lexicographic"),
        (transitivity(n=9, elicitation="text", repeats=1, dominance=True), "subject/first_option"),
        (transitivity(n=9, elicitation="choose"), "subject/lexicographic"),
        (transitivity(n=2, m=7, elicitation="text", repeats=1, large=True), "subject/lexicographic"),
        (money_pump(n=9, repeats=1), "subject/lexicographic"),
        (menus(n=4, size=3, elicitation="text", repeats=1), "subject/lexicographic"),
        (menus(n=4, size=3, elicitation="text", repeats=1), "subject/first_option"),
        (menus(n=4, size=3), "subject/study1"),
        (menus(n=1, size=3, elicitation="text", repeats=1), "subject/refuser"),
    ]
    for task, model in runs:
        [log] = eval(
            task,
            model=get_model(model),
            log_dir=str(folder),
            display="none",
            score_display=False,
            log_realtime=False,
        )
        assert log.status == "success", log.error
    return folder


def test_report(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rationality.main([str(logs), "--sets", "--replications", "99"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("missing answers: 0 of ") == 7
    assert printed.count("not shown to read: its answers never vary") == 2
    assert printed.count("so no figure is shown and nothing is tested") == 3
    assert (
        "9 sets (0 incomplete), 9 triads (0 left out), 27 pairs (0 unasked, 0 in one order only)" in printed
    )
    assert "weak stochastic transitivity                 LR =     0.00  p = 1.0000  not rejected" in printed
    assert "chose the dominated option: 0.500" in printed
    assert "0-1 1/1 1/1" in printed
    assert "9 sets; probabilities are not sampled, so a circle is a circle and nothing is tested" in printed
    assert "a label drawn behind the closing words is counted" in printed
    assert printed.count("no test: probabilities are not sampled") == 2
    # Four sets that agree: [0, 1 − .025^¼].
    assert "distance of shares from one logit               0.000  [0.000, 0.602]" in printed
    assert printed.count("mass_outside, mean probability outside the labels: 0.0000") == 3
    assert "2 sets of 7 options, taken three at a time" in printed
    assert "fee $10 a trade, at most 9 trades, that is $90" in printed
    assert "no circle: the ring that came closest" in printed
    # 3 pairs in 2 places and a menu of three in 3; two menus with a decoy in 3 places each.
    assert "4 option sets of 3, 36 valid answers without a decoy and 24 with" in printed
    assert "chose the dominated decoy                       0.000  [0.000, 0.602]" in printed
    assert "overload from 2 to 3 options                   -0.000  no interval: all sets alike" in printed
    assert (
        "regularity                                       0.00 times what noise makes  p = 1.0000" in printed
    )
    assert "missing answers: 15 of 15 (100.0%): refused 15\nno valid answers" in printed


def test_nothing_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        rationality.main([str(tmp_path / "none")])
    assert "no such log file or folder" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        rationality.main([str(tmp_path), "--replications", "3"])
    assert "argument --replications: must be at least 99, got 3" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        rationality.main([str(tmp_path), "--seed", "-1"])
    assert "argument --seed: must be at least 0, got -1" in capsys.readouterr().err


def test_other_logs_are_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(__file__).parent / "reference" / "explainer.eval"
    assert rationality.main([str(other)]) == 1
    assert "no log of transitivity, menus, money_pump" in capsys.readouterr().err
