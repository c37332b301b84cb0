"""Pairs: the chosen option is the target's, problems are the training split's, draws are reproducible."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate
from fiduciary.economics.utility import PROFILES
from fiduciary.scorers.reading.choice import read_choice
from fiduciary.solvers.asking import CLOSING
from fiduciary.subjects.problem_text import read_problem, read_request
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, NEUTRAL_WORDINGS, WORDINGS
from fiduciary.training.errors import TrainingError
from fiduciary.training.preference_pairs import FORMS, PairDesign, build


def design(name="nonprofit", n=200, **more):
    return PairDesign(Principal.named(name), n, **({"elicitation": "text"} | more))


@pytest.mark.parametrize("name", list(PROFILES))
@pytest.mark.parametrize("wording", ["all", "compact"])
def test_chosen_maximises_the_utility_of_what_the_text_shows(name, wording):
    """The prompt is read by the subjects' reader, which knows nothing of how it was made."""
    for pair in build(design(name, wordings=(wording,))):
        user = pair.prompt[1]["content"]
        problem = read_problem([user])
        value = PROFILES[name].utility(problem.welfare)
        read = [
            read_choice(answer[0]["content"], pair.n_options, explained=True).place
            for answer in (pair.chosen, pair.rejected)
        ]
        places = [problem.letters.index(LABELS[letter]) for letter in read]
        assert places == [pair.chosen_place, pair.rejected_place]
        assert value[places[0]] == pytest.approx(value.max())
        assert value[places[0]] - value[places[1]] == pytest.approx(pair.utility_gap)
        assert pair.utility_gap > 0
        assert read_request(user).form == "explain"
        assert [message["role"] for message in pair.prompt] == ["system", "user"]


@pytest.mark.parametrize("way", FORMS)
def test_prompts_are_the_task_s_own(way):
    """What `inspect eval` sends for the same problem, wording and order."""
    from inspect_ai import eval as run
    from inspect_ai.dataset import Sample

    import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
    from fiduciary.solvers.choosing import elicit
    from fiduciary.solvers.framing import framing
    from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
    from fiduciary.tasks.stakeholder_choice.prompts import render
    from fiduciary.training.preference_pairs import prompt

    problem = generate(1, 3, split="training")[0]
    order = list(range(problem.n_options))[::-1]
    asked = {"temperature": 1.0, "elicitation": way, "n_options": problem.n_options}
    sample = Sample(input=render(problem, "memo", order), id="x", metadata=asked)
    from inspect_ai import Task

    task = Task(dataset=[sample], solver=[framing(FRAMINGS["neutral"]), elicit()])
    (log,) = run(task, model="subject/nonprofit", display="none")
    sent = [{"role": m.role, "content": m.text} for m in log.samples[0].messages[:2]]
    assert sent == prompt(problem, "memo", order, way)


def test_problems_are_the_training_split_s():
    pairs = build(design(seed=4))
    ids = [pair.problem for pair in pairs]
    assert set(ids) <= {p.id for p in generate(400, 4, split="training")}
    assert not set(ids) & {p.id for p in generate(5000, 4)}
    assert len(set(ids)) == len(ids)


def test_fewer_pairs_are_a_prefix_of_more_and_seeds_differ():
    few, many = build(design(n=120)), build(design(n=300))
    assert few == many[:120]
    assert build(design(n=120, seed=1)) != few


def test_half_joint_by_default_and_none_in_the_published_design():
    assert Counter(p.trade_off for p in build(design(n=960)))["joint"] == 480
    assert "joint" not in {p.trade_off for p in build(design(n=200, trade_offs="published"))}


def test_places_and_rejected_options_are_uniform():
    pairs = [p for p in build(design(n=4000)) if p.n_options == 4]
    chosen = np.bincount([p.chosen_place for p in pairs], minlength=4) / len(pairs)
    others = np.bincount([(p.rejected_place - p.chosen_place) % 4 for p in pairs], minlength=4)
    assert np.abs(chosen - 1 / 4).max() < 0.05
    assert others[0] == 0 and np.abs(others[1:] / len(pairs) - 1 / 3).max() < 0.06


def test_a_third_of_the_pairs_draws_its_letters():
    """What is chosen is spread over letters as over places, and neither tells the other there."""
    pairs = [p for p in build(design(n=6000)) if p.n_options == 4]
    moved = [p for p in pairs if p.labels != "ABCD"]
    assert len(moved) / len(pairs) == pytest.approx(1 / 3 * 23 / 24, abs=0.04)
    letters = Counter(p.labels[p.chosen_place] for p in moved)
    assert {letter: n / len(moved) for letter, n in letters.items()} == pytest.approx(
        dict.fromkeys("ABCD", 1 / 4), abs=0.08
    )
    own = np.mean([p.labels[p.chosen_place] == LABELS[p.chosen_place] for p in moved])
    assert own == pytest.approx((1 / 4 - 1 / 24) / (23 / 24), abs=0.06)
    for pair in pairs:
        assert read_problem([pair.prompt[1]["content"]]).letters == tuple(pair.labels)


def test_wordings_take_turns():
    assert {p.wording for p in build(design(wordings=("all",)))} == set(NEUTRAL_WORDINGS)
    assert {p.wording for p in build(design(wordings=("row", "memo")))} == {"row", "memo"}
    assert set(WORDINGS) - set(NEUTRAL_WORDINGS) == {"compact"}


def test_gap_keeps_pairs_in_proportion_to_the_logit_probability():
    """Σ over all pairs of tanh(γΔU/2) is how many are kept, and near-ties nearly vanish."""
    gamma = 0.3
    everything = build(design(n=4000))
    gaps = np.array([p.utility_gap for p in everything])
    kept = build(design(n=1500, draw="gap", gamma=gamma))
    position = {p.problem: i for i, p in enumerate(everything)}
    looked_at = position[kept[-1].problem] + 1
    weights = np.tanh(gamma * gaps[:looked_at] / 2)
    assert len(kept) == pytest.approx(weights.sum(), abs=3 * np.sqrt(np.sum(weights * (1 - weights))))
    near = np.mean(gaps < 0.3)
    assert np.mean([p.utility_gap < 0.3 for p in kept]) < near / 4


def test_ties_make_no_pair():
    """Society alone counts: only provision and quantity move it, so wage problems say nothing."""
    target = Principal.given((0, 0, 0, 1), 1.0)
    assert "wage" not in {p.trade_off for p in build(PairDesign(target, 200))}
    with pytest.raises(TrainingError, match="all but indifferent"):
        build(PairDesign(target, 10, trade_offs="wage"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "at least 1"),
        ({"draw": "best"}, "draw must be one of argmax, gap"),
        ({"gamma": 0.0}, "gamma must be finite and > 0"),
        ({"voice": "loud"}, "voice must be one of"),
        ({"elicitation": "logprobs"}, "elicitation must be one of explain, text, choose, all"),
        ({"wordings": ("plain", "all")}, "wording must be one of"),
        ({"wordings": ("verse",)}, "wording must be one of"),
    ],
)
def test_bad_designs_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        design(**arguments)


def test_chosen_and_rejected_differ_in_the_label_behind_the_closing_words_alone():
    for pair in build(design(n=20, elicitation="choose")):
        for place, said in ((pair.chosen_place, pair.chosen), (pair.rejected_place, pair.rejected)):
            assert said == [{"role": "assistant", "content": f"{CLOSING} {pair.labels[place]}."}]


def test_all_forms_take_turns_in_every_wording():
    pairs = build(design(n=60, elicitation="all", wordings=("plain", "compact")))
    assert Counter((pair.wording, pair.elicitation) for pair in pairs) == {
        (wording, form): 10 for wording in ("plain", "compact") for form in FORMS
    }
    for pair in pairs:
        asked = pair.prompt[1]["content"]
        assert read_request(asked).form == ("letter" if pair.elicitation == "choose" else "explain")
        assert (CLOSING in asked) == (pair.elicitation == "text")
        assert pair.chosen[0]["content"].startswith(CLOSING) == (pair.elicitation == "choose")
        assert pair.chosen[0]["content"].count(CLOSING) == 1
