"""The embedded model: its tokenizer, its training sequences, its loop and what is saved."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from fiduciary.economics.problems import generate, stack  # noqa: E402
from fiduciary.economics.utility import profile  # noqa: E402
from fiduciary.solvers.asking import CLOSING  # noqa: E402
from fiduciary.tasks.stakeholder_choice.framings import FIRM_TYPES, SHORT_FRAMINGS  # noqa: E402
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, WORDINGS, render  # noqa: E402
from fiduciary.training.reasoning import TERSE, Shown, respond  # noqa: E402
from fiduciary.training.tiny_manager import data, loop  # noqa: E402
from fiduciary.training.tiny_manager.model import new_model, save_model  # noqa: E402
from fiduciary.training.tiny_manager.tokens import FORMS  # noqa: E402

SMALL = loop.Settings(minutes=1e4, per_count=8, max_steps=6, checkpoint=1e4, rate=3e-3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(new_model(0), folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder: Path):
    return transformers.AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("framing", SHORT_FRAMINGS)
@pytest.mark.parametrize("form", FORMS)
def test_sequences_are_what_the_tokenizer_makes_of_the_tasks_text(tokenizer, form: str, framing: str) -> None:
    """Also with letters out of their order, where the text says which option has which."""
    rng = np.random.default_rng(0)
    for problem, moved in zip(generate(32, 5), [0.0, 1.0] * 16, strict=True):
        order = rng.permutation(problem.n_options)
        named = data.letters(1, problem.n_options, moved, rng)
        labels = [LABELS[i] for i in named[0]]
        one = data.batch(problem.displayed(1)[order][None], form, framing, rng, named)
        asked = data.messages(problem, order.tolist(), form, framing, labels)
        assert [tokenizer.decode(label).strip() for label in one.labels[0]] == labels
        prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False)
        assert one.ids[0, : len(prompt)].tolist() == prompt
        text = tokenizer.decode(one.ids[0])
        assert text.startswith(
            tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
        )
        assert tokenizer(text, add_special_tokens=False)["input_ids"] == one.ids[0].tolist()
        letter = tokenizer.decode(one.ids[0, one.answer + 1]).strip()
        assert tokenizer.decode(one.ids[0, one.completion]) == "<|assistant|>"
        said = tokenizer.decode(one.ids[0, len(prompt) : -1])
        gains = [f"{w:.1f}" for w in problem.displayed(1)[order][labels.index(letter)]]
        assert said == (f"{CLOSING} {letter}." if form == "choose" else data.explanation(letter, gains))


def test_the_label_is_taught_where_the_task_reads_it(tokenizer) -> None:
    """The turn begun with the closing words ends just before the label, which is one token; also behind an
    explanation."""
    problem = generate(8, 5)[3]
    order = list(range(problem.n_options))
    for form, begun in (("choose", CLOSING), ("explain", None), ("text", None)):
        one = data.batch(problem.displayed(1)[None], form, "neutral", np.random.default_rng(1))
        said = data.explanation("B", [f"{w:.1f}" for w in problem.displayed(1)[1]])
        begun = begun or said.removesuffix(" B.")
        asked = [*data.messages(problem, order, form), {"role": "assistant", "content": begun}]
        ids = tokenizer.apply_chat_template(asked, continue_final_message=True, return_dict=False)
        labels = [tokenizer(f"{begun} {label}")["input_ids"][-1] for label in LABELS[: problem.n_options]]
        assert labels == one.labels[0].tolist()
        assert len(tokenizer(f"{begun} B")["input_ids"]) == len(tokenizer(begun)["input_ids"]) + 1
        last = one.answer if form == "choose" else one.ids.shape[1] - 4
        assert len(ids) == last + 1 and ids[-1] == one.ids[0, last]


def test_explanation_is_short_and_ends_with_the_closing_sentence(tokenizer) -> None:
    text = data.explanation("C", ["12.3", "-0.4", "9.0", "14.1"])
    assert len(tokenizer(text)["input_ids"]) <= 40
    assert text.startswith("Option C is the best choice overall")
    assert text.endswith(f"\n\n{CLOSING} C.")


def test_explanation_is_the_terse_voice_of_the_preference_pairs() -> None:
    shown = Shown(generate(5, 1)[-1].displayed(1), "compact")
    gains = [f"{w:.1f}" for w in shown.welfare[1]]
    assert data.explanation("B", gains) == respond(shown, 1, "text", TERSE, (0.25,) * 4)


def test_every_wording_and_any_text_come_back_exactly(tokenizer) -> None:
    problem = generate(5, 1)[-1]
    texts = [render(problem, wording, range(problem.n_options)) for wording in WORDINGS]
    texts += ["$1,234 – naïve 漢字 🙂\t\n\n  12.34", "A: SH 99.9 EM -3.2", "", " Option  B ."]
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        assert tokenizer.decode(ids) == text
        assert len(ids) < 1024


def test_a_problem_is_few_tokens(tokenizer) -> None:
    five = next(p for p in generate(40, 2) if p.n_options == 5)
    asked = data.messages(five, range(5), "choose")
    assert len(tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False)) <= 40


def test_labels_carry_the_preference_whatever_the_order() -> None:
    shown = stack([p for p in generate(60, 3) if p.n_options == 4], 1)
    one = data.batch(shown, "choose", "neutral", np.random.default_rng(0))
    turned = data.batch(shown[:, ::-1], "choose", "neutral", np.random.default_rng(0))
    np.testing.assert_allclose(one.utility[:, ::-1], turned.utility)
    np.testing.assert_allclose(data.target(one.utility, 0.5).sum(1), 1)


def test_a_share_of_the_letters_is_out_of_order() -> None:
    """Every letter comes to every place, and where none is moved all stand in their own."""
    rng = np.random.default_rng(0)
    own = np.arange(4)
    assert (data.letters(50, 4, 0.0, rng) == own).all()
    named = data.letters(4000, 4, 0.5, rng)
    assert (np.sort(named, axis=1) == own).all()
    in_order = (named == own).all(axis=1).mean()
    assert in_order == pytest.approx(0.5 + 0.5 / 24, abs=0.03)
    assert {tuple(row) for row in named.tolist()} >= {(3, 2, 1, 0), (1, 0, 2, 3), (1, 2, 3, 0)}


def test_training_problems_are_none_of_the_evaluations() -> None:
    taught = np.concatenate([w[:, :2].reshape(len(w), -1) for w in next(data.stream(0, 960)).values()])
    asked = [p.displayed(1)[:2].ravel() for seed in range(3) for p in generate(960, seed)]
    assert not {tuple(row) for row in taught.tolist()} & {tuple(row.tolist()) for row in asked}


def test_going_on_from_an_earlier_model_keeps_each_tokens_weights(tmp_path: Path) -> None:
    """Tokens are matched by text, since their numbers change when prompts do."""
    import json

    from safetensors.torch import load_file, save_file

    from fiduciary.training.tiny_manager.model import adopt
    from fiduciary.training.tiny_manager.tokens import vocabulary

    earlier = new_model(1)
    save_model(earlier, tmp_path)
    path = tmp_path / "tokenizer.json"
    tokenizer = json.loads(path.read_text("utf-8"))
    listed = list(tokenizer["model"]["vocab"])
    moved = [*listed[7:], *listed[:6]]  # one is unknown to it
    tokenizer["model"]["vocab"] = {token: number for number, token in enumerate(moved)}
    path.write_text(json.dumps(tokenizer), "utf-8")
    weights = load_file(tmp_path / "model.safetensors")
    turned = dict(weights)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        rows = [*range(7, len(listed)), *range(6)]
        turned[name] = weights[name][rows].contiguous()
    save_file(turned, tmp_path / "model.safetensors")

    fresh, model = new_model(0), new_model(0)
    new = adopt(model, tmp_path)
    assert new == [list(vocabulary())[6]]
    for name, own in model.state_dict().items():
        expected = earlier.state_dict()[name].half().float()
        if own.shape[0] == model.config.vocab_size:
            expected[6] = fresh.state_dict()[name][6]
            expected[len(listed) :] = fresh.state_dict()[name][len(listed) :]
        torch.testing.assert_close(own, expected)


def test_a_figure_beyond_the_tokens_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a single token"):
        data.figure_numbers(np.array([[99.0, 1.0, 1.0, 1.0]]))


def test_a_few_steps_lower_the_loss() -> None:
    torch.manual_seed(0)
    model = new_model(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    pools: dict = {}
    seen = []
    for step in range(12):
        batches = loop.step_batches(step, SMALL, pools)
        assert [b.labels.shape[1] for b in batches] == [2, 3, 4, 5]
        optimiser.zero_grad()
        total = sum(sum(loop.losses(model, one)) for one in batches)
        total.backward()
        optimiser.step()
        seen.append(total.item())
    assert np.isfinite(seen).all()
    assert seen[-1] < 0.8 * seen[0]


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "check", lambda *_: {"kl": 1.0, "kl_moved": 1.0, "kl_prompted": 1.0})
    loop.train(tmp_path / "whole", SMALL)
    real = loop.step_batches

    def killed(step: int, *rest):
        if step == 4:
            raise KeyboardInterrupt
        return real(step, *rest)

    often = dataclasses.replace(SMALL, checkpoint=0.0)
    monkeypatch.setattr(loop, "step_batches", killed)
    with pytest.raises(KeyboardInterrupt):
        loop.train(tmp_path / "broken", often)
    monkeypatch.setattr(loop, "step_batches", real)
    loop.train(tmp_path / "broken", SMALL)

    from safetensors.torch import load_file

    whole, broken = (
        load_file(tmp_path / name / "state" / "state.safetensors") for name in ("whole", "broken")
    )
    assert whole.keys() == broken.keys()
    for name in whole:
        torch.testing.assert_close(whole[name], broken[name])


def test_a_state_of_another_seed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "check", lambda *_: {"kl": 1.0, "kl_moved": 1.0, "kl_prompted": 1.0})
    one_step = dataclasses.replace(SMALL, max_steps=1)
    loop.train(tmp_path, one_step)
    with pytest.raises(ValueError, match="seed=0"):
        loop.train(tmp_path, dataclasses.replace(one_step, seed=1))


def test_saved_model_is_an_ordinary_checkpoint(folder: Path, tokenizer) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert type(model).__name__ == "LlamaForCausalLM"
    assert model.config.max_position_embeddings >= 1024
    assert model.config.vocab_size >= len(tokenizer)
    assert tokenizer.eos_token_id == model.config.eos_token_id
    assert 1e6 <= sum(p.numel() for p in model.parameters()) <= 6e6
    assert sum(f.stat().st_size for f in folder.iterdir() if f.is_file()) <= 8 * 2**20
    assert not any(f.suffix in {".bin", ".pt", ".pkl"} for f in folder.iterdir())
    ids = tokenizer("Option A", return_tensors="pt")["input_ids"]
    assert torch.isfinite(model(ids).logits).all()


SHIPPED = Path(__file__).parents[2] / "subjects" / "tiny_manager" / "base"


def test_each_framing_has_the_published_preference_under_its_prompt() -> None:
    assert data.preference("neutral") == profile("study1")
    assert data.preference("nonprofit") == data.preference("nonprofit_justify")
    np.testing.assert_allclose(data.preference("symmetric").theta, (0.340, 0.422, 0.114, 0.124))
    assert data.preference("for_profit").rho == 1  # printed as 1.170


@pytest.mark.slow
@pytest.mark.parametrize("framing", ["neutral", *(f"{kind}_justify" for kind in FIRM_TYPES)])
def test_shipped_base_has_the_preference_it_was_trained_on(framing: str) -> None:
    from fiduciary.training.tiny_manager.measure import load, measure

    found = measure(load(SHIPPED), 600, "default", framing, seed=11)
    assert found["agreement"] > 0.9
    assert found["mass_on_labels"] > 0.99
    assert found["choose"]["largest_theta_error"] < 0.05
    assert abs(found["choose"]["rho_error"]) < 0.2
    assert found["text"]["valid"] >= 0.99


def test_shipped_tokenizer_still_knows_the_tasks_prompts() -> None:
    """A changed prompt needs a newly trained base."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(SHIPPED)
    for problem in generate(8, 4):
        backwards = LABELS[: problem.n_options][::-1]
        for form, labels in product(FORMS, (LABELS, backwards)):
            asked = data.messages(problem, range(problem.n_options), form, labels=labels)
            ids = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False)
            assert len(ids) == data.OVERHEAD + data.PER_OPTION * problem.n_options + 3
