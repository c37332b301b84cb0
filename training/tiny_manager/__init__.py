"""The embedded language model: a small Llama trained from scratch towards a known preference.

It reads the compact wording of the stakeholder choice task and answers as the published neutral
estimate would: its answer distribution is trained towards softmax(V) of that preference, so that the
truth behind its choices is known and a whole measure–align–measure loop runs on a CPU.

    python -m fiduciary.training.tiny_manager --out DIR --minutes 40

``tokens`` makes its tokenizer, ``data`` its texts, ``model`` its weights at the start, ``loop`` trains
it, ``measure`` says what it wants.
"""
