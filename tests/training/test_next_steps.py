"""What a command ends with can be typed as it stands."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from fiduciary.economics.principals import Principal
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.training.adapter_card import asking, task_asked
from fiduciary.training.command import _rebench_parser, _train_parser
from fiduciary.training.command import train as main
from fiduciary.training.next_steps import after_adapter, after_comparison, first_process
from fiduciary.training.rebench.plan import TaskSpec, make_plan
from fiduciary.training.targets import SocialTarget

SHIPPED = Path(__file__).parents[2] / "subjects" / "tiny_manager"
CHOICES = {"wordings": ["compact"], "trade_offs": "default"}


def words(line: str, folder: Path) -> list[str]:
    """The command behind ``Next:``, split as a shell does."""
    assert line.startswith(f"Written to {folder}")
    return shlex.split(line.partition(". Next: ")[2])


def facts(data: dict[str, object], target: dict[str, object] | None = None) -> dict[str, object]:
    stated = target or Principal.named("nonprofit").facts()
    return {"base": {"name": "some base"}, "target": stated, "data": data}


def test_an_adapter_is_measured_as_it_was_trained(tmp_path: Path) -> None:
    folder = tmp_path / "my adapter"
    shutil.copytree(SHIPPED / "nonprofit", folder)
    fiduciary, command, *rest = words(after_adapter(folder), folder)
    assert (fiduciary, command) == ("fiduciary", "rebench")
    read = _rebench_parser().parse_args(rest)
    assert (read.adapter, read.base) == ([f"my-adapter={folder}"], "subjects/tiny_manager/base")
    plan = make_plan(str(SHIPPED / "base"), read.adapter, read.task, read.out)
    assert plan.tasks[0].label == "stakeholder_choice wording=compact elicitation=both"
    plan.tasks[0].make()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CHOICES | {"elicitation": "all"}, {"wording": "compact", "elicitation": "both"}),
        (CHOICES | {"elicitation": "text"}, {"wording": "compact", "elicitation": "text"}),
        (CHOICES | {"own": 0.25, "written": 0.25}, {"wording": "compact", "elicitation": "both"}),
        (CHOICES | {"own": 0, "written": 0}, {"wording": "compact", "elicitation": "choose"}),
        (CHOICES | {"own": 0.5, "written": 0.5}, {"wording": "compact", "elicitation": "explain"}),
        (
            {"wordings": ["plain", "memo"], "elicitation": "choose", "trade_offs": "joint"},
            {"wording": "plain,memo", "elicitation": "choose", "trade_offs": "joint"},
        ),
        (
            {"wordings": [*NEUTRAL_WORDINGS], "elicitation": "choose"},
            {"wording": "all", "elicitation": "choose"},
        ),
    ],
)
def test_wording_and_elicitation_are_those_of_the_training(
    data: dict[str, object], expected: dict[str, str]
) -> None:
    task, given = task_asked(facts(data))
    assert (task, given) == ("stakeholder_choice", expected)
    TaskSpec.parse(" ".join([task, *map("=".join, given.items())])).make()


@pytest.mark.parametrize(
    ("elicitation", "labels", "expected"),
    [
        ("answer", "neutral", {"labels": "neutral", "elicitation": "text"}),
        ("both", "labelled", {"labels": "labelled", "elicitation": "text", "explain": "true"}),
    ],
)
def test_games_are_asked_in_lines(elicitation: str, labels: str, expected: dict[str, str]) -> None:
    stated = SocialTarget.stated("homo_moralis").facts()
    data = {"task": "economic_games", "labels": labels, "elicitation": elicitation}
    task, given = task_asked(facts(data, stated))
    assert (task, given) == ("economic_games", expected)
    TaskSpec.parse(" ".join([task, *map("=".join, given.items())])).make()


def test_names_with_spaces_stay_one_word() -> None:
    command = asking(facts(CHOICES | {"elicitation": "choose"}), "my/new adapter")
    assert shlex.split(command)[-4:] == ["-M", "base=some base", "-M", "adapter=my/new adapter"]


def test_pairs_go_on_to_training_and_a_dose_to_a_comparison(tmp_path: Path, capsys) -> None:
    pytest.importorskip("datasets")
    pairs = tmp_path / "pairs"
    assert main(["pairs", "--principal", "nonprofit", "--pairs", "8", "--out", str(pairs)]) == 0
    _, command, *rest = words(capsys.readouterr().out.splitlines()[-1], pairs)
    read = _train_parser().parse_args(rest)
    assert (command, read.command, read.data) == ("train", "dpo", pairs)
    pytest.importorskip("torch")
    dose, whole = tmp_path / "dose", SHIPPED / "nonprofit"
    assert main(["scale", "--adapter", str(whole), "--strength", "2", "--out", str(dose)]) == 0
    _, command, *rest = words(capsys.readouterr().out.splitlines()[-1], dose)
    assert (command, _rebench_parser().parse_args(rest).adapter) == ("rebench", [str(whole), str(dose)])
    assert "ask" not in json.loads((dose / "training.json").read_text("utf-8"))


@pytest.mark.parametrize(("cards", "then"), [(True, "fiduciary report out/logs"), (False, "--write-cards")])
def test_a_comparison_goes_on_to_the_cards_or_to_the_report(cards: bool, then: str) -> None:
    line = after_comparison(Path("out"), ["comparison.md", "comparison.json"], cards=cards)
    assert line.startswith("Written to out: comparison.md, comparison.json, logs/. Next: ") and then in line


def test_of_several_processes_the_first_one_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert first_process()
    monkeypatch.setenv("RANK", "1")
    assert not first_process()
