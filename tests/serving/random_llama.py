"""Write a tiny, randomly initialised Llama checkpoint for serving tests.

The directory it writes holds everything an inference server needs to treat the
model as an ordinary Llama chat checkpoint: ``config.json``,
``generation_config.json``, ``model.safetensors``, ``tokenizer.json``,
``tokenizer_config.json`` and a Llama-3-like ``chat_template.jinja``. The
tokenizer is a byte-level BPE trained here, on text generated here, so nothing
is downloaded. The same seed gives the same files.

    python tests/serving/random_llama.py --out /tmp/random-llama --seed 0

The weights are noise, with one deliberate exception. A Llama has no output
bias, so one hidden channel is kept constant (every embedding has the same
value there and no layer writes to it) and the output matrix reads two biases
from it: end-of-turn, so that generations end after a few dozen tokens, and the
option letters ``A``..``E`` with and without a leading space, so that code that
reads answer log-probabilities finds letters among the twenty likeliest tokens.
Which letter is likeliest remains noise that depends on the prompt.

Needs numpy, safetensors and tokenizers (all come with the serving
environment); neither torch nor transformers.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

BOS = "<|begin_of_text|>"
END_OF_TEXT = "<|end_of_text|>"
END_OF_TURN = "<|eot_id|>"
PAD = "<|finetune_right_pad_id|>"
SPECIAL = [BOS, END_OF_TEXT, PAD, "<|start_header_id|>", "<|end_header_id|>", END_OF_TURN]
LETTERS = "ABCDE"

VOCAB = 2048  # at most: merging stops when the text has no more pairs
HIDDEN = 128
INTERMEDIATE = 256
LAYERS = 4
HEADS = 4
KV_HEADS = 2
HEAD_DIM = 32

# The pattern Llama 3 splits text with before merging bytes.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHAT_TEMPLATE = """\
{{- bos_token }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}
    {{- message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

WORDS = """
the a of to and in is that for with as on are by or not if from at which this be
an it would will can than more less most only option choose answer question
client adviser fund bond stock share price cost fee risk return loan rate
interest income tax wealth saving market house pension annuity insurance premium
payment lottery gamble certain chance percent probability expected utility value
dollars pounds euros year years month today tomorrow delay prefer reject accept
offer portfolio diversified index volatility variance mean conflict disclose
recommend commission product suitable explain because therefore however should
must could may never always person people household worker manager investor
""".split()


def corpus(rng: random.Random, lines: int = 4000) -> list[str]:
    """Sentences with words, amounts, percentages and lettered options."""
    out = []
    for _ in range(lines):
        words = rng.choices(WORDS, k=rng.randint(6, 16))
        words[0] = words[0].capitalize()
        for _ in range(rng.randint(0, 3)):
            number = rng.choice(
                [f"${rng.randint(1, 99)}00", f"{rng.randint(1, 100)}%", str(rng.randint(0, 40))]
            )
            words.insert(rng.randint(1, len(words)), number)
        text = " ".join(words) + rng.choice([".", "?", ".", ":", "!"])
        kind = rng.random()
        if kind < 0.35:
            text += "\nAnswer: " + rng.choice(LETTERS)
        elif kind < 0.6:
            text += "\n" + "\n".join(f"{c}) {rng.choice(WORDS)}" for c in LETTERS)
        elif kind < 0.75:
            text = f"Option {rng.choice(LETTERS)} or option {rng.choice(LETTERS)}? " + text
        out.append(text)
    return out


def build_tokenizer(seed: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(random.Random(seed)), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A",
        pair=f"{BOS} $A {BOS}:1 $B:1",
        special_tokens=[(BOS, tokenizer.token_to_id(BOS))],
    )
    for text in [*LETTERS, *(f" {c}" for c in LETTERS)]:
        if len(tokenizer.encode(text, add_special_tokens=False).ids) != 1:
            raise RuntimeError(f"{text!r} is not a single token; use another seed")
    return tokenizer


def build_weights(seed: int, tokenizer: Tokenizer, vocab: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)

    def noise(rows: int, columns: int, std: float) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) * std).astype(np.float32)

    constant = 0  # the hidden channel no layer writes to
    weights: dict[str, np.ndarray] = {}
    embed = noise(vocab, HIDDEN, 1.0)
    embed[:, constant] = 6.0
    weights["model.embed_tokens.weight"] = embed
    for i in range(LAYERS):
        layer = f"model.layers.{i}"
        q, kv = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
        # Attention peaked and strong enough for the prompt to matter.
        std = HIDDEN**-0.5
        weights[f"{layer}.self_attn.q_proj.weight"] = noise(q, HIDDEN, 2 * std)
        weights[f"{layer}.self_attn.k_proj.weight"] = noise(kv, HIDDEN, 2 * std)
        weights[f"{layer}.self_attn.v_proj.weight"] = noise(kv, HIDDEN, std)
        weights[f"{layer}.self_attn.o_proj.weight"] = noise(HIDDEN, q, 2 * std)
        weights[f"{layer}.mlp.gate_proj.weight"] = noise(INTERMEDIATE, HIDDEN, std)
        weights[f"{layer}.mlp.up_proj.weight"] = noise(INTERMEDIATE, HIDDEN, std)
        weights[f"{layer}.mlp.down_proj.weight"] = noise(HIDDEN, INTERMEDIATE, std)
        weights[f"{layer}.self_attn.o_proj.weight"][constant] = 0.0
        weights[f"{layer}.mlp.down_proj.weight"][constant] = 0.0
        weights[f"{layer}.input_layernorm.weight"] = np.ones(HIDDEN, np.float32)
        weights[f"{layer}.post_attention_layernorm.weight"] = np.ones(HIDDEN, np.float32)
    weights["model.norm.weight"] = np.ones(HIDDEN, np.float32)

    # Logits of about unit spread around zero, plus the two biases.
    head = noise(vocab, HIDDEN, 1.0 * HIDDEN**-0.5)
    head[:, constant] = 0.0
    head[tokenizer.token_to_id(END_OF_TURN), constant] = 4.0
    for letter in LETTERS:
        for text in (letter, f" {letter}"):
            (token,) = tokenizer.encode(text, add_special_tokens=False).ids
            head[token, constant] = 2.5
    # Never sampled: the special tokens other than end of turn, and unused ids.
    for token in SPECIAL:
        if token != END_OF_TURN:
            head[tokenizer.token_to_id(token), constant] = -20.0
    head[tokenizer.get_vocab_size() :, constant] = -20.0
    weights["lm_head.weight"] = head
    return weights


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def write_model(out: Path, seed: int = 0, context: int = 8192) -> int:
    """Write the checkpoint to ``out`` and return the number of parameters."""
    tokenizer = build_tokenizer(seed)
    vocab = -(-tokenizer.get_vocab_size() // 64) * 64
    weights = build_weights(seed, tokenizer, vocab)

    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    (out / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": BOS,
            "eos_token": END_OF_TURN,
            "pad_token": PAD,
            "clean_up_tokenization_spaces": False,
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": context,
        },
    )
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL}
    eos = [ids[END_OF_TEXT], ids[END_OF_TURN]]
    write_json(
        out / "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": vocab,
            "hidden_size": HIDDEN,
            "intermediate_size": INTERMEDIATE,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "num_key_value_heads": KV_HEADS,
            "head_dim": HEAD_DIM,
            "hidden_act": "silu",
            "max_position_embeddings": context,
            "rms_norm_eps": 1e-05,
            "rope_theta": 500000.0,
            "attention_bias": False,
            "mlp_bias": False,
            "tie_word_embeddings": False,
            "bos_token_id": ids[BOS],
            "eos_token_id": eos,
            "pad_token_id": ids[PAD],
            "torch_dtype": "float32",
        },
    )
    # Truncated sampling as Llama 3.1 ships it, so that a server which applies
    # the model's own sampling defaults can be told from one which does not.
    write_json(
        out / "generation_config.json",
        {
            "bos_token_id": ids[BOS],
            "eos_token_id": eos,
            "pad_token_id": ids[PAD],
            "do_sample": True,
            "temperature": 0.6,
            "top_p": 0.9,
        },
    )
    save_file(weights, str(out / "model.safetensors"), metadata={"format": "pt"})
    return sum(w.size for w in weights.values())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory to write")
    parser.add_argument("--seed", type=int, default=0, help="weights and training text (default 0)")
    parser.add_argument("--context", type=int, default=8192, help="positions, at least 4096 (default 8192)")
    args = parser.parse_args(argv)
    if args.context < 4096:
        parser.error("--context must be at least 4096")
    parameters = write_model(args.out, args.seed, args.context)
    print(f"{args.out}: {parameters:,} parameters, seed {args.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
