"""Training data for games: plans that the stated utility implies, asked as the task asks, apart from it."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.games import FORMS, GAMES, Game, SocialPreference, homo_moralis, plans
from fiduciary.economics.games.social_preference import TIE
from fiduciary.scorers.reading.lines import read_lines
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.training.checks import STYLE_SAMPLE
from fiduciary.training.command import train as main
from fiduciary.training.errors import TrainingError
from fiduciary.training.games import MARGIN, GameDesign, build, presentation, rows
from fiduciary.training.games_checks import measure
from fiduciary.training.games_situations import (
    BANDS,
    TOLERANCE,
    band,
    close_to,
    game_of,
    leaves_economicus,
    problem_id,
    refuse_evaluation_games,
    shape,
)
from fiduciary.training.style import mask
from fiduciary.training.targets import SocialTarget, read_target

ECONOMICUS = SocialTarget.stated("homo_economicus")
MORALIS = SocialTarget.stated("homo_moralis")
ALL = SocialTarget.stated(alpha=0.45, beta=0.35, kappa=0.25)

# How Llama 3 cuts text before merging bytes: common words and numbers up to 999 are one token each.
TOKENS = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\w]?[^\W\d_]+|\d{1,3}| ?[^\s\w]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@pytest.fixture(scope="module")
def pairs():
    return {
        target.label: build(GameDesign(target, 240, labels="both")) for target in (ECONOMICUS, MORALIS, ALL)
    }


def test_the_same_design_gives_the_same_pairs_and_a_smaller_one_their_beginning(pairs):
    assert build(GameDesign(MORALIS, 75, labels="both")) == pairs[MORALIS.label][:75]
    other = build(GameDesign(MORALIS, 75, seed=1, labels="both"))
    assert not {p.situation.problem for p in other} & {p.situation.problem for p in pairs[MORALIS.label][:75]}


@pytest.mark.parametrize("target", [ECONOMICUS, MORALIS, ALL], ids=lambda t: t.label)
def test_the_chosen_plan_is_a_best_one_and_the_rejected_is_worth_less(pairs, target):
    for pair in pairs[target.label]:
        game, belief = pair.situation.game, pair.situation.belief
        u = dict(zip(plans(game), target.preference.utilities(game, belief), strict=True))
        assert u[pair.chosen_plan] >= max(u.values()) - TIE
        assert u[pair.rejected_plan] <= max(u.values()) - MARGIN
        assert pair.utility_gap == pytest.approx(u[pair.chosen_plan] - u[pair.rejected_plan])


@pytest.mark.parametrize("name", [ECONOMICUS.label, ALL.label])
def test_prompts_are_word_for_word_the_tasks_and_its_scorer_reads_the_answers(pairs, name):
    some = pairs[name][::7]
    assert {(p.labels, p.elicitation, p.situation.game.form) for p in some} == {
        (labels, how, form)
        for labels in ("neutral", "labelled")
        for how in ("explain", "answer")
        for form in FORMS
    }
    for pair in some:
        game = pair.situation.game
        task = economic_games(
            game.form,
            payoffs=list(game.payoffs),
            repeats=160,
            labels=pair.labels,
            elicitation="text",
            explain=pair.elicitation == "explain",
        )
        shown = asdict(pair.presentation)
        sample = next(one for one in task.dataset if one.metadata["presentation"] == shown)
        asked, stated, wanted = pair.prompt
        questions, items = sample.metadata["questions"], sample.metadata["items"]
        assert asked == {"role": "user", "content": f"{sample.input}\n\n{questions['beliefs']}"}
        assert wanted == {"role": "user", "content": questions["plan"]}
        names = [node.name for node in game.tree.nodes]
        for item in items["beliefs"]:
            said = read_lines(stated["content"], items["beliefs"], "stop")[item["name"]].value
            chance = said / 100 if item["about"] == 1 else 1 - said / 100
            assert chance == pytest.approx(pair.situation.belief[names.index(item["name"])])
        for response, plan in ((pair.chosen, pair.chosen_plan), (pair.rejected, pair.rejected_plan)):
            read = read_lines(response[0]["content"], items["plan"], "stop")
            assert tuple(read[name].value for name in names) == plan


def test_the_conversation_is_the_one_that_the_task_has(pairs, tmp_path):
    from inspect_ai import eval

    import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation

    pair = next(p for p in pairs[MORALIS.label] if p.labels == "neutral" and p.elicitation == "answer")
    game = pair.situation.game
    task = economic_games(game.form, payoffs=list(game.payoffs), repeats=64, elicitation="text")
    shown = asdict(pair.presentation)
    task.dataset = task.dataset.filter(lambda one: one.metadata["presentation"] == shown)[:1]
    [log] = eval(task, model="subject/economicus", log_dir=str(tmp_path), display="none")
    messages = log.samples[0].messages
    assert [m.role for m in messages] == ["user", "assistant", "user", "assistant"]
    assert [messages[0].text, messages[2].text] == [pair.prompt[0]["content"], pair.prompt[2]["content"]]


@pytest.mark.parametrize("target", [ECONOMICUS, MORALIS, ALL], ids=lambda t: t.label)
def test_both_responses_are_the_same_but_for_the_plan(pairs, target):
    """The same sentences and figures up to the last paragraph, which does not say that a plan is better."""
    for pair in pairs[target.label]:
        one, other = (side[0]["content"].split("\n\n") for side in (pair.chosen, pair.rejected))
        assert one[:-2] == other[:-2] and len(one) == (1 if pair.elicitation == "answer" else len(one))
        names = tuple(
            name for node in pair.situation.game.tree.nodes for name in (node.other, node.cooperative)
        )
        hidden = (*sorted(names, key=len, reverse=True), *"JKMN")
        assert [mask(part, hidden) for part in one] == [mask(part, hidden) for part in other]
        assert one[-1] != other[-1]
        assert not re.search(r"best|highest|exceeds|beats", f"{one[-2:]}")


def test_style_says_nothing_and_a_shortcut_would_be_found(pairs):
    found = measure(pairs[MORALIS.label], 0)
    assert found["style_accuracy"] == 0.5
    planted = [
        replace(pair, chosen=[{"role": "assistant", "content": f"Right. {pair.chosen[0]['content']}"}])
        for pair in pairs[MORALIS.label]
    ]
    assert measure(planted, 0)["style_accuracy"] > 0.95
    assert STYLE_SAMPLE >= 240


def test_repeated_games_are_refused(pairs):
    with pytest.raises(TrainingError, match="repeat themselves"):
        measure([*pairs[MORALIS.label], pairs[MORALIS.label][0]], 0)


def test_forms_bands_and_presentations_are_balanced(pairs):
    found = pairs[ECONOMICUS.label]
    assert Counter(p.situation.game.form for p in found) == dict.fromkeys(FORMS, 80)
    for form, names in BANDS.items():
        own = [p for p in found if p.situation.game.form == form]
        assert Counter(p.situation.band for p in own) == dict.fromkeys(names, 80 // len(names))
        assert Counter(p.elicitation for p in own) == {"explain": 40, "answer": 40}
        assert Counter(p.labels for p in own) == {"neutral": 40, "labelled": 40}
    for start in range(0, 240, 16):
        assert len({presentation(0, turn) for turn in range(start, start + 16)}) == 16
    share = measure(found, 0)["shown_first"]
    assert 0.42 < share["chosen"] < 0.58 and 0.42 < share["rejected"] < 0.58


def test_targets_are_told_apart_where_they_differ(pairs):
    """The same games for both, and other plans in the bands below the moral one's κ."""
    one, other = pairs[ECONOMICUS.label], pairs[MORALIS.label]
    same = [
        a.situation == b.situation and a.presentation == b.presentation
        for a, b in zip(one, other, strict=True)
    ]
    assert np.mean(same) > 0.97
    assert not any(p.differs for p in one)
    for pair in other:
        kappa = leaves_economicus(pair.situation.game, pair.situation.belief)
        if pair.ties == 1 and pair.situation.game.form != "ultimatum" and abs(kappa - 0.4) > 0.02:
            assert pair.differs == (kappa < 0.4)
    assert 0.15 < np.mean([p.differs for p in other]) < 0.3


def test_no_game_is_the_evaluations_or_an_affine_copy_of_one(pairs):
    for found in pairs.values():
        for pair in found:
            game = pair.situation.game
            for other in GAMES.values():
                if other.form == game.form:
                    assert max(np.abs(np.subtract(shape(game), shape(other)))) > TOLERANCE
        refuse_evaluation_games(p.situation.problem for p in found)
    for name, game in GAMES.items():
        with pytest.raises(TrainingError, match=f"1 games of the data .* of {name}"):
            refuse_evaluation_games([problem_id(game), pairs[MORALIS.label][0].situation.problem])
    with pytest.raises(ValueError, match="not the id of a game"):
        refuse_evaluation_games(["some-other-problem"])


@given(
    name=st.sampled_from(sorted(GAMES)),
    scale=st.floats(0.1, 10),
    start=st.floats(-50, 50),
    kappa=st.sampled_from([0.0, 0.3, 0.7]),
    belief=st.lists(st.integers(1, 19), min_size=3, max_size=3),
)
def test_affine_copies_are_recognised_and_are_ranked_alike(name, scale, start, kappa, belief):
    game = GAMES[name]
    copy = Game(game.form, *(scale * x + start for x in game.payoffs))
    assert close_to(copy) is not None
    ours = [b / 20 for b in belief[: len(game.tree.nodes)]]
    preference = SocialPreference(0.3, 0.2, kappa)
    first, second = (preference.utilities(g, ours) for g in (game, copy))
    np.testing.assert_allclose(second - second[0], scale * (first - first[0]), atol=1e-8 * (1 + 100 * scale))


def test_an_id_names_its_game(pairs):
    for pair in pairs[MORALIS.label][:20]:
        assert game_of(pair.situation.problem) == pair.situation.game


def test_kappa_at_which_moralis_leaves_economicus(pairs):
    """By brute force on both sides of it; and no κ moves the plan where there is none."""
    for pair in pairs[MORALIS.label]:
        game, belief = pair.situation.game, pair.situation.belief
        kappa = leaves_economicus(game, belief)
        own = set(homo_moralis(0.0).best_plans(game, belief))
        if np.isnan(kappa):
            assert all(own & set(homo_moralis(k).best_plans(game, belief)) for k in (0.2, 0.6, 0.99))
        else:
            if kappa > 0.01:
                assert own & set(homo_moralis(kappa - 0.005).best_plans(game, belief))
            if kappa < 0.99:
                assert not own & set(homo_moralis(kappa + 0.005).best_plans(game, belief))
        assert band(game, belief) == pair.situation.band


def test_ties_are_drawn_among():
    """κ = 1 does not care what it does after a defection that it never meets."""
    found = build(GameDesign(SocialTarget.stated(kappa=1.0), 200, elicitation="answer"))
    own = [p for p in found if p.situation.game.form == "prisoners_dilemma" and p.ties > 1]
    assert len(own) > 20
    assert 0.25 < np.mean([p.chosen_plan[2] for p in own]) < 0.75
    assert all(p.utility_gap >= MARGIN for p in found)


def test_with_noise_near_ties_are_rare(pairs):
    noisy = build(GameDesign(replace(MORALIS, lam=10.0), 240, labels="both"))
    gaps = [np.median([p.utility_gap for p in found]) for found in (pairs[MORALIS.label], noisy)]
    assert gaps[1] > 1.3 * gaps[0]


@pytest.mark.parametrize(
    "target", [MORALIS, ALL, SocialTarget.stated("inequity_averse")], ids=lambda t: t.label
)
def test_responses_fit_into_the_tasks_length_of_an_answer(target):
    found = build(GameDesign(target, 150, labels="both", elicitation="explain"))
    assert max(len(TOKENS.findall(p.chosen[0]["content"])) for p in found) < 490


def test_rows_are_what_the_pairs_are(pairs):
    for pair, row in zip(pairs[ALL.label], rows(pairs[ALL.label]), strict=True):
        game = Game(row["form"], row["T"], row["R"], row["P"], row["S"])
        assert game == pair.situation.game and row["problem"] == problem_id(game)
        assert row["chosen_plan"] == "".join(map(str, pair.chosen_plan))
        assert len(row["belief"]) == len(game.tree.nodes)


@pytest.mark.parametrize("target", [ECONOMICUS, MORALIS, ALL, replace(MORALIS, lam=3.0)])
def test_targets_are_read_back(target):
    assert read_target(json.loads(json.dumps(target.facts()))) == target


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say whose preference: --agent homo_economicus"),
        (["--agent", "homo_ludens"], "agent must be one of homo_economicus, homo_moralis, inequity_averse"),
        (["--agent", "homo_economicus", "--kappa", ".4"], "homo_economicus has no parameters, got kappa"),
        (["--agent", "homo_moralis", "--beta", ".4"], "homo_moralis has kappa, got beta"),
        (["--agent", "homo_moralis", "--kappa", "1.4"], "kappa must lie in [0, 1], got 1.4"),
        (["--alpha", "nan"], "alpha must be a finite number"),
        (["--agent", "homo_moralis", "--lam", "-1"], "lam (noise λ, points) must be finite and >= 0"),
        (["--agent", "homo_moralis", "--pairs", "0"], "the number of pairs must be at least 1"),
        (["--agent", "homo_moralis", "--seed", "-1"], "the seed must be at least 0"),
        (["--alpha", "0", "--lam", "1e6"], "all but indifferent"),
    ],
)
def test_bad_arguments_are_named(tmp_path, capsys, arguments, message):
    assert main(["games", *arguments, "--pairs", "30", "--out", str(tmp_path / "x"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
