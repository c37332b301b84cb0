"""Each planted fault is found and named, and no other; none is found in the project's own data."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from fiduciary.economics.games import GAMES
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate
from fiduciary.tasks.stakeholder_choice.prompts import render
from fiduciary.training.games import GameDesign
from fiduciary.training.games import build as build_games
from fiduciary.training.games import rows as game_data_rows
from fiduciary.training.games_situations import problem_id
from fiduciary.training.preference_pairs import PairDesign, build, rows
from fiduciary.training.screening import leakage, read, screen
from fiduciary.training.targets import SocialTarget
from tests.training.screening.conftest import FEW, check, verdicts

PROBLEM = generate(FEW.n, FEW.seeds[0], trade_offs="default")[17]


def text(row, column="chosen"):
    return row[column][0]["content"]


def say(row, words, column="chosen"):
    row[column][0]["content"] = words


def test_nothing_is_found_in_the_projects_own_data(screened, pairs):
    found = screened(pairs)
    assert verdicts(found) == {}
    assert found.verdict == "fine" and "nothing found" in found.sentence
    assert (found.type, found.conversational, found.rows) == ("preference", True, len(pairs))


def test_nothing_is_found_in_other_data(screened, letters):
    found = screened(letters)
    assert verdicts(found) == {}
    assert check(found, "places").verdict == "not applicable"


@pytest.mark.parametrize("profile", ["for_profit", "symmetric"])
@pytest.mark.parametrize("form", [{}, {"wordings": ("compact",), "voice": "terse", "elicitation": "all"}])
def test_no_problem_in_any_of_the_projects_data(screened, profile, form):
    given = [dict(row) for row in rows(build(PairDesign(Principal.named(profile), 300, seed=1, **form)))]
    found = screened(given)
    # A target that weighs a group with 0 is indifferent where only that group's gain differs.
    assert set(verdicts(found)) <= {"dominated"} and found.verdict != "problem"


def copies(given):
    for k in range(12):
        given.append({**given[k], "problem": f"other-{k}"})


def near_copies(given):
    for k in range(12):
        row = {**given[k], "problem": f"other-{k}"}
        row["prompt"] = [row["prompt"][0], {"role": "user", "content": row["prompt"][1]["content"] + " Now."}]
        row["chosen"] = [{"role": "assistant", "content": text(row) + f" Really, {k} times over."}]
        given.append(row)


def swapped(given):
    for k in range(6):
        given.append({**given[k], "chosen": given[k]["rejected"], "rejected": given[k]["chosen"]})


def first_place(given):
    """The option chosen stands first in four pairs of five: pairs of other places are left out."""
    first = [re.findall(r"^Option ([A-E]):", row["prompt"][1]["content"], re.MULTILINE)[0] for row in given]
    assert {"A", "B", "C"} <= set(first), "letters are out of their order in some pairs"
    given[:] = [row for k, row in enumerate(given) if row["chosen_option"] == first[k] or k % 9 == 0]


def stylish(given):
    for k, row in enumerate(given):
        if k % 4:
            say(row, text(row).replace("\n\n", " This is clearly so.\n\n"))


def lengthened(given):
    for row in given:
        say(
            row,
            text(row).replace("\n\n", " I have looked at this from every side that I could think of.\n\n"),
        )


def emptied(given):
    for row in given[:9]:
        say(row, "  ", "rejected")


def cut(given):
    for row in given[:9]:
        say(row, text(row, "rejected")[: len(text(row, "rejected")) // 2].rstrip(" .:0123456789"), "rejected")


def garbled(given):
    for row in given[:9]:
        say(row, text(row).replace(".", "\ufffd", 1))


def private(given):
    for row in given[:3]:
        row["prompt"][1]["content"] += "\nAsk maria.keller@example.org or +41 61 555 01 23."


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (copies, {"exact_duplicates"}),
        (near_copies, {"near_duplicates"}),
        (swapped, {"contradictions"}),
        (first_place, {"places"}),
        (stylish, {"style", "lengths", "length_only"}),
        (lengthened, {"style", "lengths", "length_only"}),
        (emptied, {"empty"}),
        (cut, {"truncated"}),
        (garbled, {"encoding"}),
        (private, {"personal"}),
    ],
)
def test_a_planted_fault_is_found_and_named(screened, pairs, plant, expected):
    found = screened(pairs, plant)
    named = verdicts(found)
    assert expected <= set(named), found.sentence
    # A cut or emptied response is shorter too, and a swapped pair repeats a prompt.
    assert set(named) - expected <= {"style", "length_only", "lengths", "near_duplicates"}
    for name in expected:
        one = check(found, name)
        assert one.verdict == ("note" if name == "personal" else "problem")
        assert one.title.lower() in found.sentence
    rows_shown = [e.row for name in expected for e in check(found, name).examples]
    assert rows_shown or expected & {"places", "style"}


def test_examples_name_the_rows(screened, pairs):
    found = check(screened(pairs, copies), "exact_duplicates")
    assert [(e.row, e.other) for e in found.examples] == [(len(pairs) + k + 1, k + 1) for k in range(5)]
    assert found.figure == 12 / (len(pairs) + 12)
    near = check(screened(pairs, near_copies), "near_duplicates")
    assert [(e.row, e.other) for e in near.examples] == [(len(pairs) + k + 1, k + 1) for k in range(5)]


def test_the_style_check_names_what_gives_it_away(screened, pairs):
    one = check(screened(pairs, stylish), "style")
    assert {"clearly", "this"} & {tell["word"] for tell in one.details["tells"]}
    assert one.baseline == 0.5 and one.low < one.figure < one.high and one.p <= 0.01
    assert one.figure == pytest.approx(0.75 + 0.25 * 0.5, abs=0.05)


def test_the_length_check_says_how_sure_it_is(screened, letters):
    def longer(given):
        for row in given[: len(given) // 2]:
            row["chosen"], row["rejected"] = sorted((row["chosen"], row["rejected"]), key=len, reverse=True)

    one = check(screened(letters, longer), "length_only")
    assert 0.68 < one.figure < 0.8 and one.low < one.figure < one.high and one.p < 1e-6
    assert one.verdict == "problem" and "longer" in one.sentence


def test_personal_data_is_counted_and_not_shown(screened, pairs):
    found = screened(pairs, private)
    one = check(found, "personal")
    assert one.details == {"mail_addresses": 3, "telephone_numbers": 3}
    assert all(e.text == "(not shown)" for e in one.examples) and "keller" not in str(one)


def shown_as(words):
    """An evaluation problem in other words, order, names or layout, asked of the first pair's model."""

    def plant(given):
        given[0]["prompt"][1]["content"] = words
        del given[0]["problem"]
        given[0]["problem"] = "other-name"

    return plant


def reworded():
    out = ["Pick one."]
    for k, gains in enumerate(PROBLEM.displayed(2)[::-1]):
        a, b, c, d = (f"{abs(100 * g):,.0f} francs" for g in gains)
        out.append(f"Plan {k + 1}: the town gets {d}, buyers {c}, the team {b} and the owner {a}.")
    return "\n".join(out)


def as_columns():
    w = np.abs(np.round(PROBLEM.displayed(2) * 100))
    names = ("Owners", "Crew", "Guests", "Village")
    return "\n".join(f"{n} get {', '.join(f'${g:,.0f}' for g in w[:, j])}." for j, n in enumerate(names))


def without_an_option():
    if PROBLEM.n_options < 3:
        pytest.fail("the problem is too small for this test")
    return render(PROBLEM, "plain", list(range(PROBLEM.n_options - 1)))


@pytest.mark.parametrize(
    "words",
    [
        lambda: render(PROBLEM, "plain", list(range(PROBLEM.n_options))),
        lambda: render(PROBLEM, "memo", list(range(PROBLEM.n_options))[::-1]),
        lambda: render(PROBLEM, "compact", list(range(PROBLEM.n_options))),
        reworded,
        as_columns,
        without_an_option,
    ],
)
def test_an_evaluation_problem_is_found_whatever_its_words(screened, pairs, words):
    one = check(screened(pairs, shown_as(words())), "leakage")
    assert one.verdict == "problem" and one.details == {"rows": 1}
    assert one.examples[0].row == 1 and PROBLEM.id in one.examples[0].text


def test_an_evaluation_problem_is_found_by_its_id(screened, pairs):
    def plant(given):
        given[4]["problem"] = PROBLEM.id

    one = check(screened(pairs, plant), "leakage")
    assert [e.row for e in one.examples] == [5]


def test_other_problems_of_the_evaluation_are_no_leak(screened, pairs):
    other = generate(40, 77)

    def plant(given):
        for row, problem in zip(given, other, strict=False):
            row["prompt"][1]["content"] = render(problem, "compact", range(problem.n_options))

    assert check(screened(pairs, plant), "leakage").verdict == "fine"


def test_problems_of_logs_are_found(tmp_path, pairs):
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample

    welfare = PROBLEM.displayed(2).tolist()
    samples = [
        Sample("figures", id=1, metadata={"problem": "mine", "welfare": welfare}),
        Sample("What does the kettle say to the stove at seven in the morning?", id="riddle"),
    ]
    eval(Task(samples), model="mockllm/model", log_dir=str(tmp_path / "logs"), display="none", score=False)
    given = [dict(row) for row in pairs[:50]]
    given[0] = {
        **given[0],
        "prompt": [{"role": "user", "content": render(PROBLEM, "ledger", range(PROBLEM.n_options))}],
    }
    given[1] = {**given[1], "prompt": [{"role": "user", "content": samples[1].input.upper()}]}
    path = tmp_path / "data.jsonl"
    path.write_text("".join(map(line, given)))
    one = leakage.logs(read(path), [str(tmp_path / "logs")])
    assert one.verdict == "problem" and [e.row for e in one.examples] == [1, 2]
    assert "mine" in one.examples[0].text and "riddle" in one.examples[1].text
    found = screen(read(path), evaluations=FEW, logs=[str(tmp_path / "logs")])
    assert verdicts(found)["leakage_logs"] == "problem"


def line(row):
    return json.dumps(row) + "\n"


def test_dominated_options(screened, pairs):
    def plant(given):
        for row in given:
            row["chosen"], row["rejected"] = row["rejected"], row["chosen"]

    one = check(screened(pairs, plant), "dominated")
    assert one.verdict == "problem" and one.details["chosen"] > 0.05 * len(pairs)
    assert check(screened(pairs), "dominated").details["chosen"] == 0


def test_labels_and_contradicting_labels(screened, letters):
    def unpaired(share):
        def plant(given):
            for k, row in enumerate(given):
                row["completion"], row["label"] = row.pop("chosen"), k % 100 < share
                del row["rejected"]

        return plant

    found = screened(letters, unpaired(50))
    assert found.type == "unpaired preference" and verdicts(found) == {}
    assert check(found, "labels").figure == 0.5
    assert check(screened(letters, unpaired(4)), "labels").verdict == "problem"

    def both(given):
        unpaired(50)(given)
        given += [{**row, "label": not row["label"]} for row in given[:5]]

    assert check(screened(letters, both), "contradictions").details == {"rows": 5}


@pytest.mark.parametrize("label", [True, False])
def test_choices_with_one_label_only(screened, pairs, label):
    def plant(given):
        given[:] = [{"prompt": r["prompt"], "completion": r["chosen"], "label": label} for r in given[:60]]

    found = screened(pairs, plant)
    assert check(found, "labels").verdict == "problem"
    assert check(found, "places").verdict == ("fine" if label else "not applicable")
    assert check(found, "style").verdict == "not applicable"


@pytest.mark.parametrize("n", [1, 2, 9])
def test_a_few_rows_are_enough_to_look_at(screened, pairs, n):
    def plant(given):
        del given[n:]

    found = screened(pairs, plant)
    assert found.rows == n and check(found, "style").verdict == "not applicable"


def test_the_check_of_places_allows_for_chance():
    """With places at random a verdict other than fine comes once in a thousand data sets."""
    from fiduciary.training.screening.balance import places
    from fiduciary.training.screening.table import Rows

    rng = np.random.default_rng(0)
    asked = "Choose.\nOption A: 1\nOption B: 2\nOption C: 3\n"
    found = []
    for _ in range(60):
        letters = tuple(f"Option {'ABC'[j]}." for j in rng.integers(0, 3, 200))
        some = Rows("d", (), "preference", False, (), (asked,) * 200, (asked,) * 200, letters, letters)
        found.append(places(some))
    assert sum(one.verdict != "fine" for one in found) <= 1
    assert np.mean([one.p < 0.2 for one in found]) == pytest.approx(0.2, abs=0.16)


def test_the_permutation_p_is_uniform_without_a_shortcut():
    from fiduciary.training.screening.shortcuts import _permutation_p

    rng = np.random.default_rng(1)
    p = [_permutation_p(rng.normal(size=(60, 8)), rng.permutation(60) % 5, rng) for _ in range(80)]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.1)
    tell = rng.normal(size=(60, 8)) + np.eye(8)[0] * 2
    assert _permutation_p(tell, rng.permutation(60) % 5, rng) <= 0.01


def test_examples_of_the_projects_voice_are_no_personal_data(pairs):
    from fiduciary.training.screening.texts import _MAIL, _PHONE

    for row in pairs:
        whole = row["prompt"][1]["content"] + text(row) + text(row, "rejected")
        assert not _MAIL.search(whole) and not _PHONE.search(whole)
    for number in ("+41 61 555 01 23", "(555) 010-2030", "555-010-2030", "+1-555-010-2030"):
        assert _PHONE.search(f"Call {number}, please.")
    for figure in ("$1,234,567", "12.5 33.1 4.0 7.2", "2026-01-05", "1.98 2.34 5.67", "0.25,0.25,0.25"):
        assert not _PHONE.search(f"It is {figure}.")


GAME = GAMES["prisoners_dilemma_2"]


def game_rows():
    design = GameDesign(SocialTarget.stated("homo_moralis"), 60)
    return [dict(row) for row in game_data_rows(build_games(design))]


def game_prompt(game):
    """A game in words of its own, with its payoffs stretched."""
    pairs = {"RR": (game.R, game.R), "TS": (game.T, game.S), "ST": (game.S, game.T), "PP": (game.P, game.P)}
    lines = [
        f"{name}: you earn {2 * a + 7:g} coins, she earns {2 * b + 7:g} coins"
        for name, (a, b) in pairs.items()
    ]
    return "Think it over.\n" + "\n".join(lines)


def test_nothing_is_found_in_the_projects_games(screened):
    assert verdicts(screened(game_rows())) == {}


@pytest.mark.parametrize("by", ["id", "columns", "text"])
def test_a_game_of_the_evaluation_is_found(screened, by):
    def plant(given):
        row = given[7]
        if by == "id":
            row["problem"] = problem_id(GAME)
        elif by == "columns":
            row["problem"] = "renamed"
            row.update(form=GAME.form, T=GAME.T, R=GAME.R, P=GAME.P, S=GAME.S)
        else:
            given[:] = [{k: r[k] for k in ("prompt", "chosen", "rejected")} for r in given]
            given[7]["prompt"] = [{"role": "user", "content": game_prompt(GAME)}]

    one = check(screened(game_rows(), plant), "leakage")
    assert one.verdict == "problem" and [e.row for e in one.examples] == [8]
    assert "prisoners_dilemma_2" in one.examples[0].text
