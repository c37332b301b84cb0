"""Plans by matching: the estimator's own probabilities as targets, and answers of whole plans."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("datasets")

from fiduciary.economics.games import plan_choices, plans
from fiduciary.economics.games.likelihood import ALPHA, BETA, KAPPA, LAM, PlanLikelihood
from fiduciary.scorers.reading.lines import read_lines
from fiduciary.tasks.economic_games.prompts import sheet
from fiduciary.tasks.economic_games.sheets import metadata_of
from fiduciary.training import games_data, preference_data
from fiduciary.training.command import train as main
from fiduciary.training.errors import TrainingError
from fiduciary.training.games import GameDesign, build
from fiduciary.training.games_matching import plans_to_match
from fiduciary.training.targets import SocialTarget, read_target

RECIPE = Path(__file__).parents[2] / "training" / "recipes" / "tiny-match.yaml"
MORALIS = SocialTarget.stated("homo_moralis", kappa=0.4)
DESIGN = GameDesign(MORALIS, 24, labels="both")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Half of the answers explained, half of the actions called by words."""
    out = tmp_path_factory.mktemp("data") / "games"
    games_data.write(DESIGN, out)
    return out


@pytest.fixture(scope="module")
def rows(data):
    return plans_to_match(preference_data.read(data), 5.0).table.to_list()


def test_probabilities_are_those_that_the_estimator_assumes(rows):
    """By the likelihood in c = (1, κ, α, β)/λ, of which the estimates are the maximum."""
    pairs = build(DESIGN)
    laid = plan_choices(
        [pair.situation.game for pair in pairs],
        [pair.situation.belief for pair in pairs],
        [pair.chosen_plan for pair in pairs],
    )
    c = np.zeros(4)
    c[[LAM, KAPPA]] = 1 / 5, 0.4 / 5
    expected = np.exp(PlanLikelihood.of(laid, (LAM, KAPPA, ALPHA, BETA)).log_probabilities(c))
    for row, situation in zip(rows, laid.situation, strict=True):
        own = row["probabilities"]
        assert own == pytest.approx(expected[situation, : len(own)], abs=1e-12)
        assert sum(own) == pytest.approx(1)


def test_every_plan_has_an_answer_that_the_tasks_reader_reads_as_it(rows):
    for row, pair in zip(rows, build(DESIGN), strict=True):
        game = pair.situation.game
        items = metadata_of(sheet(game, pair.labels, pair.presentation).decisions)
        for response, plan in zip(row["responses"], plans(game), strict=True):
            read = read_lines(response, items, "stop")
            assert [read[node.name].value for node in game.tree.nodes] == list(plan)


def test_answers_are_those_of_the_pairs_and_differ_in_the_plan_alone(rows):
    for row, pair in zip(rows, build(DESIGN), strict=True):
        listed = plans(pair.situation.game)
        assert row["prompt"] == pair.prompt
        assert row["responses"][listed.index(pair.chosen_plan)] == pair.chosen[0]["content"]
        assert row["responses"][listed.index(pair.rejected_plan)] == pair.rejected[0]["content"]


def test_the_noise_becomes_a_part_of_the_target(data):
    matched = plans_to_match(preference_data.read(data), 5.0)
    assert read_target(matched.target) == replace(MORALIS, lam=5.0)
    assert matched.facts["pairs_lam"] == 0


def test_what_cannot_be_matched_is_refused(data, pairs):
    read = preference_data.read(data)
    with pytest.raises(ValueError, match=r"lam .* must be finite and > 0, got 0"):
        plans_to_match(read, 0.0)
    with pytest.raises(TrainingError, match=r"choices of nonprofit.* leave --data out"):
        plans_to_match(preference_data.read(pairs), 5.0)
    noisy = preference_data.PreferenceData(
        read.table, read.facts | {"target": replace(MORALIS, lam=3).facts()}
    )
    with pytest.raises(TrainingError, match="λ = 3, and --lam says 5"):
        plans_to_match(noisy, 5.0)
    older = preference_data.PreferenceData(read.table.remove_columns("presentation"), read.facts)
    with pytest.raises(TrainingError, match="make them again"):
        plans_to_match(older, 5.0)


def match(base: Path, data: Path | None, out: Path, *more: str) -> int:
    command = ["match", "--recipe", str(RECIPE), "--base", str(base), "--out", str(out)]
    command += ["--warmup_steps", "1", "--per_device_train_batch_size", "6", "--logging_steps", "1"]
    return main([*command, *(["--data", str(data)] if data else []), "--max_length", "4096", *more])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "--lam L, points"),
        (("--lam", "0"), "must be finite and > 0, got 0"),
        (("--lam", "2", "--gamma", "2"), "that of plans in games is --lam"),
        (("--lam", "2", "--principal", "nonprofit"), "states homo_moralis kappa=0.4, and the command asks"),
        (("--lam", "2", "--problems", "25"), "holds 24 pairs, 25 were asked for"),
        (("--lam", "2", "--max_length", "100"), "max_length is 100"),
    ],
)
def test_a_command_that_cannot_be_leaves_one_line(base, data, tmp_path, capsys, more, message):
    assert match(base, data, tmp_path / "adapter", *more) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_noise_of_plans_without_games_is_refused(base, tmp_path, capsys):
    assert match(base, None, tmp_path / "adapter", "--lam", "2", "--principal", "nonprofit") == 2
    assert "name these with --data" in capsys.readouterr().err


def trainer(base: Path, data: Path, tmp_path: Path, *overrides: str):
    """A trainer that has not begun, and its rows."""
    from transformers import AutoTokenizer
    from trl import get_peft_config

    from fiduciary.training.folders import RunFolder
    from fiduciary.training.matching import MatchConfig, MatchTrainer
    from fiduciary.training.run import Method, Request, settings

    more = ("--max_length", "4096", *overrides)
    request = Request(RECIPE, tmp_path / "out", base=str(base), data=data, overrides=more)
    method = Method("match", MatchConfig, MatchTrainer, {}, ())
    config, model = settings(request, method, RunFolder(request.out))
    table = plans_to_match(preference_data.read(data), 5.0).table
    tokenizer = AutoTokenizer.from_pretrained(base)
    return MatchTrainer(str(base), config, table, tokenizer, get_peft_config(model), []), table.to_list()


def test_the_expected_loss_is_the_divergence_of_whole_plans(base, data, tmp_path, monkeypatch):
    """Σ p(x) (log p(x) − log q(x)) over all plans, with q of whole texts."""
    import torch

    own, rows = trainer(base, data, tmp_path, "--text_weight", "0")
    row = next(r for r in rows if len(r["responses"]) == 4 and len(r["responses"][0]) < 30)
    losses, logs = [], []
    whole = [
        own.tokenizer.apply_chat_template(
            [*row["prompt"], {"role": "assistant", "content": r}], return_dict=False
        )
        for r in row["responses"]
    ]
    # Plans that share a beginning part where their next tokens differ.
    for k, ids in enumerate(whole):
        with monkeypatch.context() as patched:
            patched.setattr(torch, "multinomial", lambda *_, k=k: torch.tensor([k]))
            with torch.no_grad():
                losses.append(own.compute_loss(own.model, {"rows": [row]}).item())
        with torch.no_grad():
            log_q = own.model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
        parting = {
            t for t in range(len(ids)) if len({tuple(o[: t + 1]) for o in whole if o[:t] == ids[:t]}) > 1
        }
        logs.append(sum(float(log_q[t - 1, ids[t]]) for t in parting))
    p = np.array(row["probabilities"])
    assert p @ losses == pytest.approx(p @ (np.log(p) - logs), rel=1e-4)


def test_a_batch_is_the_mean_of_its_rows(base, data, tmp_path, monkeypatch):
    import torch

    own, rows = trainer(base, data, tmp_path)
    monkeypatch.setattr(torch, "multinomial", lambda *_: torch.tensor([0]))
    with torch.no_grad():
        together = own.compute_loss(own.model, {"rows": rows[:3]}).item()
        apart = np.mean([own.compute_loss(own.model, {"rows": [row]}).item() for row in rows[:3]])
    assert together == pytest.approx(apart, rel=1e-4)


def test_training_moves_plans_towards_the_target_and_keeps_beliefs(base, data, tmp_path):
    out = tmp_path / "adapter"
    short = tmp_path / "data"
    games_data.write(replace(DESIGN, elicitation="answer", n=6), short)
    steps = ("--num_train_epochs", "6", "--learning_rate", "1e-2", "--keep_weight", "1")
    assert match(base, short, out, "--lam", "5", *steps) == 0
    facts = json.loads((out / "training.json").read_text("utf-8"))
    told = [record for record in facts["log"] if "divergence" in record]
    assert told[-1]["divergence"] < told[0]["divergence"] / 2
    assert told[0]["kept"] == pytest.approx(0, abs=1e-6) and told[-1]["kept"] > 1e-6
    assert read_target(facts["target"]) == replace(MORALIS, lam=5.0)
    card = (out / "README.md").read_text("utf-8")
    assert "softmax(u/λ), λ = 5 points" in card and "--data DATA --lam 5" in card and "θ" not in card
    assert "elicitation=text" in facts["ask"]
