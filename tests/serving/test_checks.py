"""Models and adapters that cannot be served are refused before anything is started."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from fiduciary.serving import checks
from fiduciary.serving.errors import ServingError
from tests.serving.tiny_adapter import MODEL, write_adapter


def test_embedded_model_is_one_mount():
    assert checks.model(str(MODEL)).mounts == ((MODEL, "/model"),)


def test_name_of_the_hub():
    assert checks.model("organisation/name-1.0") == checks.Model(hub="organisation/name-1.0")


@pytest.mark.parametrize("given", ["/no/such", "./no", "~/no-such-folder", "nothing", "a/b/c"])
def test_neither_folder_nor_hub_name(given):
    with pytest.raises(ServingError, match="does not exist"):
        checks.model(given)


def test_other_formats_are_refused(checkpoint):
    (checkpoint / "model.safetensors").rename(checkpoint / "pytorch_model.bin")
    with pytest.raises(ServingError, match=r"pytorch_model\.bin.*only safetensors"):
        checks.model(str(checkpoint))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04\x95{",  # a pickle
        b"version https://git-lfs.github.com/spec/v1\n",
        (2**40).to_bytes(8, "little") + b"{",
    ],
)
def test_only_the_name_is_safetensors(checkpoint, content):
    (checkpoint / "model.safetensors").write_bytes(content)
    with pytest.raises(ServingError, match=r"is not a whole safetensors file.*git lfs pull"):
        checks.model(str(checkpoint))


def test_missing_config(checkpoint):
    (checkpoint / "config.json").unlink()
    with pytest.raises(ServingError, match=r"no config\.json"):
        checks.model(str(checkpoint))


def test_missing_shard(checkpoint):
    index = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (checkpoint / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ServingError, match=r"lacks model-2\.safetensors \(1 of 2"):
        checks.model(str(checkpoint))


def test_files_that_the_container_may_not_read(checkpoint):
    (checkpoint / "model.safetensors").chmod(0o600)
    with pytest.raises(ServingError, match=r"may not read .*model\.safetensors.*chmod"):
        checks.model(str(checkpoint))
    (checkpoint / "model.safetensors").chmod(0o644)
    checkpoint.chmod(0o700)
    with pytest.raises(ServingError, match="chmod"):
        checks.model(str(checkpoint))


def test_files_of_the_hubs_cache_are_mounted_one_by_one(checkpoint, tmp_path):
    snapshot = tmp_path / "models--some--model" / "snapshots" / "4f2a"
    snapshot.mkdir(parents=True)
    blobs = checkpoint.rename(tmp_path / "models--some--model" / "blobs")
    for file in blobs.iterdir():
        (snapshot / file.name).symlink_to(os.path.relpath(file, snapshot))
    found = checks.model(str(snapshot)).mounts
    assert found == tuple((blobs / n, f"/model/{n}") for n in ("config.json", "model.safetensors"))


@pytest.mark.parametrize("name", ["config.json", "notes.txt", "more"])
def test_links_out_of_a_model_mount_nothing(checkpoint, tmp_path, name):
    """Whoever made the folder would choose what of this machine the container sees."""
    secret = tmp_path / "secret"
    if (checkpoint / name).exists():
        (checkpoint / name).rename(secret)
    else:
        secret.write_text("private")
    (checkpoint / name).symlink_to(secret)
    with pytest.raises(ServingError, match=f"links that lead out of it \\(the first is {name}"):
        checks.model(str(checkpoint))


@pytest.mark.parametrize(("ranks", "expected"), [((4,), 8), ((8, 16), 16), ((17,), 32), ((257,), 320)])
def test_room_for_the_largest_rank(tmp_path, ranks, expected):
    given = [f"a{rank}={write_adapter(tmp_path / str(rank), rank, hidden=512)}" for rank in ranks]
    found, room = checks.adapters(given, "organisation/name", "base")
    assert room == expected
    assert tuple(a.rank for a in found) == ranks
    assert found[0].mounts == ((tmp_path / str(ranks[0]), f"/adapters/a{ranks[0]}"),)


def test_a_rank_may_be_a_layers_own(tmp_path):
    folder = write_adapter(tmp_path / "a", 4, r=64, rank_pattern={"q_proj": 4, "v_proj": 4})
    assert checks.adapters([f"a={folder}"], str(MODEL), "base")[1] == 64


@pytest.mark.parametrize(
    ("rank", "limit", "message"),
    [
        (600, None, "rank 600, above the limit 512: train a smaller one"),
        (64, 20, "rank 64, above the limit 32: raise --max-lora-rank"),
        (4, 513, "from 1 to 512"),
        (4, 0, "from 1 to 512"),
    ],
)
def test_rank_above_the_limit(tmp_path, rank, limit, message):
    folder = write_adapter(tmp_path / "a", rank, hidden=768)
    with pytest.raises(ServingError, match=message):
        checks.adapters([f"a={folder}"], "organisation/name", "base", limit)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden": 64}, r"is an adapter for another base: .*lora_A\.weight is \(4, 64\)"),
        ({"base_model_name_or_path": "some/other"}, None),  # the files are what counts
    ],
)
def test_an_adapter_fits_the_base_that_is_served(tmp_path, change, message):
    folder = write_adapter(tmp_path / "a", **change)
    if message is None:
        checks.adapters([f"a={folder}"], str(MODEL), "base")
        with pytest.raises(ServingError, match="trained on some/other, not on organisation/name"):
            checks.adapters([f"a={folder}"], "organisation/name", "base")
    else:
        with pytest.raises(ServingError, match=message):
            checks.adapters([f"a={folder}"], str(MODEL), "base")


def test_an_adapter_of_a_folder_is_held_to_what_the_hubs_cache_has(tmp_path, monkeypatch):
    """A path says nothing about whether a model of the Hub is the base; its weights do."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    named = {"base_model_name_or_path": "/models/mine"}
    fits = write_adapter(tmp_path / "fits", **named)
    wide = write_adapter(tmp_path / "wide", hidden=64, **named)
    trained = write_adapter(tmp_path / "trained", **named)
    (trained / "training.json").write_text(json.dumps({"base": {"name": "/models/mine", "digest": "0" * 64}}))
    for folder in (fits, wide, trained):
        with pytest.raises(ServingError, match=r"the folder /models/mine, which cannot be compared with o/n"):
            checks.adapters([f"a={folder}"], "o/n", "base")
    stored = tmp_path / "cache" / "models--o--n"
    (stored / "refs").mkdir(parents=True)
    (stored / "refs" / "main").write_text("4f2a")
    shutil.copytree(MODEL, stored / "snapshots" / "4f2a")
    assert checks.adapters([f"a={fits}"], "o/n", "base")[0][0].rank == 4
    with pytest.raises(ServingError, match=r"is an adapter for another base: .* and o/n has"):
        checks.adapters([f"a={wide}"], "o/n", "base")
    with pytest.raises(ServingError, match="trained on a base with other weights than o/n has"):
        checks.adapters([f"a={trained}"], "o/n", "base")


def test_limit_is_rounded_up(tmp_path):
    assert checks.adapters([f"a={write_adapter(tmp_path / 'a')}"], str(MODEL), "base", 20)[1] == 32


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a"], "NAME=DIR"),
        (["a="], "NAME=DIR"),
        (["a b={}"], "cannot be a model's name"),
        (["a/b={}"], "no '/'"),
        (["base={}"], "two models"),
        (["a={}", "a={}"], "two models"),
        (["a=/no/such"], "there is no adapter folder"),
    ],
)
def test_adapters_badly_given(tmp_path, given, message):
    folder = write_adapter(tmp_path / "a")
    with pytest.raises(ServingError, match=message):
        checks.adapters([text.format(folder) for text in given], str(MODEL), "base")


def test_folders_that_hold_no_adapter(tmp_path):
    folder = write_adapter(tmp_path / "a")
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA", "r": "many"}')
    with pytest.raises(ServingError, match="gives no rank"):
        checks.adapters([f"a={folder}"], str(MODEL), "base")
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(ServingError, match=r"has no adapter_model\.safetensors"):
        checks.adapters([f"a={folder}"], str(MODEL), "base")
    (folder / "adapter_config.json").unlink()
    with pytest.raises(ServingError, match=r"no adapter_config\.json"):
        checks.adapters([f"a={folder}"], str(MODEL), "base")


@pytest.mark.parametrize("words", ["--model vllm/base", "--model=vllm/base,vllm/a", "--model subject/x", ""])
def test_command_asks_for_what_is_served(words):
    checks.wanted(words.split(), ("base", "a"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--model vllm/b", "'b' is not served: ask for vllm/base or vllm/a"),
        ("--model=vllm/base,vllm/b", "'b' is not served"),
        ("--model vllm/base:/some/adapter", "--adapter NAME=DIR"),
    ],
)
def test_command_asks_for_another_model(words, message):
    with pytest.raises(ServingError, match=message):
        checks.wanted(words.split(), ("base", "a"))


def test_names(tmp_path: Path):
    assert checks.served_name("meta-llama/Llama-3.1-8B") == "meta-llama/Llama-3.1-8B"
    for name in ("", "-x", "a b", "a/b/c", "$(x)"):
        with pytest.raises(ServingError, match="cannot be a model's name"):
            checks.served_name(name)
