"""Answers in this process are what the base and its adapters say, whatever they are asked beside."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, GenerateConfig, get_model  # noqa: E402

import fiduciary._registry  # noqa: E402, F401 - makes peft/ known to Inspect without an installation
from fiduciary.economics.problems import generate  # noqa: E402
from fiduciary.solvers.asking import CLOSING, instruction  # noqa: E402
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS  # noqa: E402
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, render  # noqa: E402
from fiduciary.training.rebench.generation import Generator, Request  # noqa: E402


def request(number: int = 0, form: str = "text", **changes) -> Request:
    """A problem put to the base at temperature 1, with log-probabilities."""
    problem = generate(40, 3)[number]
    asked = instruction(form, LABELS[: problem.n_options])
    text = f"{render(problem, 'compact', range(problem.n_options))}\n\n{asked}"
    messages = ({"role": "system", "content": FRAMINGS["neutral"]}, {"role": "user", "content": text})
    messages += ({"role": "assistant", "content": CLOSING},) if form == "choose" else ()
    given = Request(messages, None, temperature=1.0, seed=number, max_tokens=48, top=20)
    return replace(given, **changes)


@pytest.fixture(scope="module")
def generator(tiny):
    torch.set_num_threads(1)
    return Generator(str(tiny), "cpu")


def same(one, other):
    assert (one.tokens, one.stop, one.prompt_tokens) == (other.tokens, other.stop, other.prompt_tokens)
    np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-4)


def test_an_answer_does_not_depend_on_what_else_is_in_the_batch(generator):
    """Prompts of several lengths, temperatures and ends in one batch."""
    asked = [
        request(i, temperature=(0.0, 0.2, 1.0, 1.5)[i % 4], max_tokens=(48, 3)[i % 2]) for i in range(16)
    ]
    alone = [generator.answer([one])[0] for one in asked]
    assert len({answer.prompt_tokens for answer in alone}) > 1
    assert len({len(answer.tokens) for answer in alone}) > 1
    for one, other in zip(alone, generator.answer(asked), strict=True):
        same(one, other)
    for one, other in zip(reversed(alone), generator.answer(asked[::-1]), strict=True):
        same(one, other)


def test_a_seed_decides_the_draws(generator):
    # So hot that two independent draws hardly ever agree: at 3 one pair in 25 still did.
    hot = request(temperature=10.0)
    first, again, other = generator.answer([hot, hot, replace(hot, seed=1)])
    same(first, again)
    assert first.tokens != other.tokens
    unseeded = generator.answer([replace(hot, seed=None)] * 4)
    assert len({tuple(answer.tokens) for answer in unseeded}) > 1


def test_temperature_zero_takes_the_likeliest_token(generator):
    [answer] = generator.answer([request(temperature=0.0)])
    assert [top[0][0] for top in answer.top] == answer.tokens
    [other] = generator.answer([request(temperature=0.0, seed=99)])
    assert other.tokens == answer.tokens


def test_log_probabilities_are_those_of_a_forward_pass(generator, tiny):
    """Top 20, before the temperature, with each token's own."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny).eval()
    for one in (request(temperature=0.2), request(1, temperature=3.0)):
        [answer] = generator.answer([one])
        prompt = generator.tokenizer.apply_chat_template(
            list(one.messages), add_generation_prompt=True, return_dict=False
        )
        with torch.no_grad():
            logits = model(torch.tensor([[*prompt, *answer.tokens]])).logits[0]
        for i, token in enumerate(answer.tokens):
            log = torch.log_softmax(logits[len(prompt) - 1 + i].float(), -1)
            best = log.topk(20)
            assert answer.logprobs[i] == pytest.approx(float(log[token]), abs=1e-4)
            np.testing.assert_allclose([v for _, v in answer.top[i]], best.values, atol=1e-4)
            assert len(answer.top[i]) == 20


def test_a_begun_turn_is_continued(generator):
    """What a model says is what it goes on with after its own beginning."""
    [whole] = generator.answer([request(temperature=0.0)])
    said = generator.tokenizer.decode(whole.tokens)
    begun, closing, rest = said.partition(CLOSING)
    messages = (*request().messages, {"role": "assistant", "content": begun + closing})
    [continued] = generator.answer([request(temperature=0.0, messages=messages)])
    assert generator.tokenizer.decode(continued.tokens) == rest != ""
    assert continued.prompt_tokens + len(continued.tokens) == whole.prompt_tokens + len(whole.tokens)


def test_only_the_last_position_is_turned_into_logits(generator, monkeypatch):
    """Logits of a whole prompt over a large vocabulary would not fit into memory."""
    lengths = []
    handle = generator._model.lm_head.register_forward_hook(
        lambda module, inputs, output: lengths.append(output.shape[1])
    )
    generator.answer([request(form="choose", max_tokens=1), request(1, "choose", max_tokens=1)])
    handle.remove()
    assert lengths == [1]


def test_tokens_that_differ_by_a_blank_are_listed_apart():
    """SentencePiece drops the blank before a word when a token is decoded alone."""
    from fiduciary.training.rebench.provider import _spelled

    class Pieces:
        def convert_ids_to_tokens(self, token):
            return ("A", "\u2581A", "\u0120A")[token]

        def decode(self, tokens):
            return ("A", "A", " A")[tokens[0]]

    assert [_spelled(Pieces(), token) for token in range(3)] == ["A", " A", " A"]


def test_draws_follow_the_probabilities_at_the_temperature(generator):
    """First tokens of 600 seeds against softmax(logits/τ)."""
    one = request(form="choose", temperature=1.5, max_tokens=1)
    found = [
        a for k in range(3) for a in generator.answer([replace(one, seed=200 * k + i) for i in range(200)])
    ]
    tokens, log = zip(*found[0].top[0], strict=True)
    p = np.exp(np.array(log) / 1.5)
    p /= p.sum()
    drawn = np.array([[a.tokens[:1] == [t] for t in tokens] for a in found]).mean(axis=0)
    assert (np.abs(drawn - p) < 4 * np.sqrt(p * (1 - p) / 600) + 0.005).all()


def test_where_an_answer_stops(generator):
    [whole] = generator.answer([request(temperature=0.0)])
    assert whole.stop == "stop" and 1 < len(whole.tokens) < 48
    [cut] = generator.answer([request(temperature=0.0, max_tokens=2)])
    assert (cut.stop, cut.tokens) == ("max_tokens", whole.tokens[:2])
    [exact] = generator.answer([request(temperature=0.0, max_tokens=len(whole.tokens))])
    assert exact.tokens == whole.tokens


def test_the_models_length_is_the_end(tiny):
    short = Generator(str(tiny), "cpu")
    length = short.answer([request(max_tokens=1)])[0].prompt_tokens
    short._room = length + 2
    [answer] = short.answer([request(temperature=0.0)])
    assert (answer.stop, len(answer.tokens)) == ("model_length", 2)
    short._room = length
    full, other = short.answer([request(), request(temperature=0.0)])
    assert (full.stop, full.tokens, full.logprobs, full.prompt_tokens) == ("model_length", [], [], length)
    assert other.stop == "model_length"


def apart(one, other):
    """Largest difference of the first token's log-probability."""
    return max(abs(a.logprobs[0] - b.logprobs[0]) for a, b in zip(one, other, strict=True))


def test_adapters_differ_and_leave_the_base_as_it_was(tiny, adapters, generator):
    """Adapters' dropout is off, also in the second one that is loaded."""
    own = Generator(str(tiny), "cpu")
    asked = [request(i, "choose", temperature=0.0) for i in range(6)]
    before = own.answer(asked)
    first = own.answer([replace(one, adapter=adapters[0]) for one in asked])
    second = own.answer([replace(one, adapter=adapters[1]) for one in asked])
    for answers in (first, second):
        assert apart(answers, before) > 1e-3
    assert apart(first, second) > 1e-3
    for one, other in zip(own.answer(asked), before, strict=True):
        same(one, other)
    for folder, answers in zip(adapters, (first, second), strict=True):
        for one, other in zip(own.answer([replace(r, adapter=folder) for r in asked]), answers, strict=True):
            same(one, other)


def test_an_adapter_is_what_peft_makes_of_it(tiny, adapters, generator):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny), adapters[0]).eval()
    own = Generator(str(tiny), "cpu")
    own.answer([request(adapter=adapters[1])])
    one = request(form="choose", adapter=adapters[0], max_tokens=1)
    [answer] = own.answer([one])
    prompt = own.tokenizer.apply_chat_template(
        list(one.messages), continue_final_message=True, return_dict=False
    )
    with torch.no_grad():
        log = torch.log_softmax(model(torch.tensor([prompt])).logits[0, -1], -1)
    best = log.topk(20)
    assert [token for token, _ in answer.top[0]][:3] == best.indices[:3].tolist()
    np.testing.assert_allclose([value for _, value in answer.top[0]], best.values, atol=1e-4)


def test_one_batch_has_one_adapter(generator, adapters):
    with pytest.raises(ValueError, match="one batch has one adapter"):
        generator.answer([request(), request(adapter=adapters[0])])


def ask(model, n=1, **config):
    """Outputs of n problems asked at once."""
    messages = ["\n\n".join(m["content"] for m in request(i).messages[1:]) for i in range(n)]

    async def main():
        wanted = [model.generate(text, config=GenerateConfig(**({"seed": 0} | config))) for text in messages]
        return await asyncio.gather(*wanted)

    return asyncio.run(main())


@pytest.fixture(scope="module")
def models(tiny, adapters):
    """The base, the base with a salt, and an adapter, as Inspect's models."""
    torch.set_num_threads(1)

    def make(name, **arguments):
        return get_model(f"peft/{name}", memoize=False, base=str(tiny), **arguments)

    return make("base"), make("twin", salt=7), make("one", adapter=str(adapters[0]))


def test_a_salt_gives_other_draws_of_the_same_model(models):
    base, twin, _ = models
    hot = {"temperature": 3.0, "max_tokens": 20}
    first, again, other = ask(base, **hot), ask(base, **hot), ask(twin, **hot)
    assert first[0].completion == again[0].completion != other[0].completion
    cold = {"temperature": 0.0, "max_tokens": 20}
    assert ask(base, **cold)[0].completion == ask(twin, **cold)[0].completion


def test_outputs_hold_what_inspect_needs(models, tiny):
    base, _, one = models
    [output] = ask(base, temperature=0.0, logprobs=True, top_logprobs=20)
    assert output.stop_reason == "stop" and output.model == "base"
    content = output.choices[0].logprobs.content
    assert "".join(entry.token for entry in content).strip() == output.completion.strip()
    assert all(len(entry.top_logprobs) == 20 for entry in content)
    assert content[0].top_logprobs[0].token == content[0].token
    assert output.usage.output_tokens == len(content) and output.usage.input_tokens > 10
    [output] = ask(one, max_tokens=1)
    assert (output.stop_reason, output.choices[0].logprobs) == ("max_tokens", None)


def test_base_and_adapters_asked_at_once_answer_as_alone(models):
    """Requests to three models share one queue."""
    config = GenerateConfig(temperature=1.0, max_tokens=12, seed=3)
    texts = [request(i).messages[1]["content"] for i in range(20)]

    async def alone():
        return [[(await model.generate(t, config=config)).completion for t in texts[:4]] for model in models]

    async def crowd():
        wanted = [model.generate(t, config=config) for t in texts for model in models]
        return [output.completion for output in await asyncio.gather(*wanted)]

    expected, found = asyncio.run(alone()), asyncio.run(crowd())
    for k in range(3):
        assert found[k::3][:4] == expected[k]


def test_the_engine_asks_it_by_begun_turns(models):
    from fiduciary.solvers.asking import continues_turns

    assert continues_turns(models[0])
    messages = [ChatMessageUser(content=request(form="choose").messages[1]["content"])]
    config = GenerateConfig(max_tokens=1, logprobs=True, top_logprobs=20)

    async def label():
        return await models[0].generate([*messages, ChatMessageAssistant(content=CLOSING)], config=config)

    output = asyncio.run(label())
    assert output.completion.strip() in ("A", "B", "C", "D", "E")
    top = output.choices[0].logprobs.content[0].top_logprobs
    assert {t.token for t in top[: generate(40, 3)[0].n_options]} <= {f" {label}" for label in LABELS}


def test_a_temperature_that_is_none(models):
    with pytest.raises(ValueError, match="temperature must be finite"):
        ask(models[0], temperature=-1.0)


def test_tokens_are_counted_by_the_bases_tokenizer(models, tiny):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny)
    text = request().messages[1]["content"]
    assert asyncio.run(models[0].api.count_text_tokens(text)) == len(tokenizer(text)["input_ids"])
