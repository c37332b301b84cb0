"""TRL's formats are read from files and folders; everything else is refused in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet  # noqa: E402

from fiduciary.training.command import train as main  # noqa: E402
from fiduciary.training.errors import TrainingError  # noqa: E402
from fiduciary.training.screening import read, screen  # noqa: E402
from tests.training.screening.conftest import FEW  # noqa: E402

ROOT = Path(__file__).parents[3]


def said(*texts):
    return [{"role": role, "content": t} for role, t in zip(("user", "assistant") * 3, texts, strict=False)]


FORMATS = {
    "preference": {"prompt": "p", "chosen": "c", "rejected": "r"},
    "preference, conversational": {"prompt": said("p"), "chosen": said("c"), "rejected": said("r")},
    "preference, implicit prompt": {"chosen": said("p", "c"), "rejected": said("p", "r")},
    "prompt-completion": {"prompt": "p", "completion": "c"},
    "prompt-completion, conversational": {"prompt": said("p"), "completion": said("c")},
    "unpaired preference": {"prompt": "p", "completion": "c", "label": True},
    "language modeling": {"messages": said("p", "c")},
    "parts": {
        "prompt": [{"role": "user", "content": [{"type": "text", "text": "p"}]}],
        "completion": said("c"),
    },
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
def test_formats(tmp_path, kind, suffix):
    record = FORMATS[kind]
    path = tmp_path / f"data{suffix}"
    if suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist([record] * 3), path)
    else:
        path.write_text(json.dumps([record] * 3) if suffix == ".json" else f"{json.dumps(record)}\n" * 3)
    rows = read(path)
    assert rows.n == 3 and rows.files[0]["rows"] == 3 and len(rows.files[0]["sha256"]) == 64
    assert (rows.prompt[0], rows.asked[0], rows.response[0]) == ("p", "p", "c")
    assert rows.rejected == (("r",) * 3 if kind.startswith("preference") else None)
    assert rows.label == ((True,) * 3 if kind.startswith("unpaired") else None)
    assert rows.conversational == isinstance(next(iter(record.values())), list)


def test_text_alone(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "all of it"}\n\n{"text": "more"}\n')
    rows = read(path)
    assert (rows.type, rows.prompt, rows.response) == ("language modeling", ("", ""), ("all of it", "more"))


def test_a_folder_of_files_in_order(tmp_path):
    for name, word in (("b.jsonl", "two"), ("a.jsonl", "one")):
        (tmp_path / name).write_text(json.dumps({"prompt": "p", "completion": word}) + "\n")
    (tmp_path / "facts.json").write_text("{}")
    rows = read(tmp_path)
    assert rows.response == ("one", "two")


BAD = {
    "gone.jsonl": (None, "there is no data"),
    "empty.jsonl": ("", "holds no rows"),
    "none.json": ("[]", "holds no rows"),
    "columns.jsonl": ('{"question": "q", "answer": "a"}', "has the columns question, answer. Allowed are"),
    "line.jsonl": ('{"text": "a"}\n{"text": ', "line 2 is not JSON"),
    "row.jsonl": ("[1, 2]", "line 1 is not a row"),
    "object.json": ('{"data": []}', "holds no list of rows"),
    "deep.json": ("[" * 100_000, "cannot be read"),
    "data.csv": ("prompt,completion", "is not data that can be read here"),
    "data.pkl": ("x", "pickles"),
    "data.pt": ("x", "pickles"),
    "data.parquet": ("PAR1 and no more", "cannot be read"),
    "type.jsonl": ('{"prompt": 7, "completion": "a"}', "row 1: prompt is neither text nor"),
    "message.jsonl": ('{"messages": [{"from": "human", "value": "x"}]}', "without role and content"),
    "label.jsonl": ('{"prompt": "p", "completion": "a", "label": "good"}', "row 1: label is neither"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_one_line(tmp_path, capsys, name):
    content, message = BAD[name]
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    assert main(["screen", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and len(error) < 700


def test_a_folder_with_pickles_only(tmp_path):
    (tmp_path / "data.pkl").write_bytes(b"\x80\x04N.")
    with pytest.raises(TrainingError, match="pickles"):
        read(tmp_path)
    with pytest.raises(TrainingError, match="holds no data"):
        read(ROOT / "docs")


def test_hostile_text_is_shown_as_text(tmp_path):
    evil = "\x1b[31mred\x07 \u202edrow\u202c <script>alert(1)</script> [bold]x[/bold]"
    path = tmp_path / "data.jsonl"
    row = {"prompt": evil, "chosen": evil, "rejected": evil, "\x1b[2Jcolumn": evil}
    path.write_text((json.dumps(row) + "\n") * 30)
    found = screen(read(path), evaluations=FEW)
    shown = json.dumps(found.as_json()["checks"], ensure_ascii=False)
    assert found.verdict == "problem"
    assert not set(shown) & set("\x1b\x07\u202e\u202c") and "\\u001b" not in shown


def test_lone_surrogates_do_not_stop_it(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text(
        '{"prompt": "a \\ud800 b", "completion": "word \\udfff and more words than five of them"}\n' * 2
    )
    found = screen(read(path), evaluations=FEW)
    json.dumps(found.as_json(), ensure_ascii=False).encode("utf-8")


def test_command(tmp_path, capsys, pairs):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text("".join(json.dumps(row) + "\n" for row in pairs[:40]))
    bad.write_text(good.read_text() * 2)
    out = tmp_path / "out" / "screening.json"
    assert main(["screen", str(good), str(bad), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "nothing found" in shown and "1 problem (exact duplicates)" in shown and "row 41 (row 1)" in shown
    written = json.loads(out.read_text("utf-8"))
    assert written["kind"] == "fiduciary.screening"
    assert [one["verdict"] for one in written["screenings"]] == ["fine", "problem"]
    assert main(["screen", str(good), "--fail-on", "note"]) == 0
    assert main(["screen", str(bad), "--fail-on", "problem"]) == 1
    assert main(["screen", str(bad), "--out", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert main(["screen", str(good), "--logs", str(tmp_path / "nowhere")]) == 2
    assert "no such log" in capsys.readouterr().err


def test_the_same_data_give_the_same_result(tmp_path, pairs):
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in pairs[:100]))
    assert screen(read(path), evaluations=FEW) == screen(read(path), evaluations=FEW)


def test_without_pyarrow_the_extra_is_named(tmp_path):
    code = (
        "import sys; sys.modules['pyarrow'] = None; from fiduciary.training.command import train as main; "
        "sys.exit(main(['screen', sys.argv[1]]))"
    )
    path = tmp_path / "data.parquet"
    path.write_bytes(b"PAR1")
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert (
        done.returncode == 2 and "needs pyarrow" in done.stderr and "pip install 'pyarrow>=21'" in done.stderr
    )


def test_help_needs_no_package():
    command = [sys.executable, "-S", "-m", "fiduciary", "train", "screen", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "") and "--fail-on" in done.stdout
