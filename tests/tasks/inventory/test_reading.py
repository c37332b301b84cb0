"""Files with numbered statements: what is read, and what is said about files that are refused."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from fiduciary.tasks.inventory.statements import InstrumentError, from_rows, from_text, read_file

STATEMENTS = tuple(
    f"Statement about matter {n} that stands in for a published one, with {n + 1} as a number in it."
    for n in range(1, 101)
)
HEADING = (
    "DIRECTIONS\n\nRead every statement and write a response next to it.\n\n5 = strongly agree\n4 = agree\n"
    "3 = neutral (neither)\n2 = disagree\n1 = strongly disagree\n\n"
)


def lines(statements: tuple[str, ...] = STATEMENTS, form: str = "{n}. {text}") -> str:
    return "\n".join(form.format(n=n, text=text) for n, text in enumerate(statements, 1))


def wrapped(statements: tuple[str, ...] = STATEMENTS) -> str:
    """As a page is laid out: two lines a statement, page numbers and running heads in between."""
    out = [HEADING]
    for n, text in enumerate(statements, 1):
        half = text.index(" in for ")
        out.append(f"{n}  {text[:half]}\n     {text[half:].strip()}")
        if n % 30 == 0:
            out.append(f"\n{n // 30}\n\nName of the form (2009)\nPlease continue.\n")
    return "\n".join(out)


def written(folder: Path, text: str, name: str = "form.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "form",
    [
        "{n}. {text}",
        "{n}) {text}",
        "{n}: {text}",
        "{n} . {text}",
        "  {n}\t{text}",
        "{n} {text}",
        "{n}.{text}",
        "____ {n}. {text}",
        "{n} _____ {text}",
        "{n} ☐ {text}",
    ],
)
def test_a_line_a_statement(tmp_path: Path, form: str) -> None:
    assert read_file(written(tmp_path, HEADING + lines(form=form)), 100) == STATEMENTS


def test_wrapped_lines_with_headings_scales_and_page_numbers(tmp_path: Path) -> None:
    assert read_file(written(tmp_path, wrapped()), 100) == STATEMENTS


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_numbers_on_lines_of_their_own(tmp_path: Path, between: str) -> None:
    text = HEADING + between.join(f"{n}\n{text}" for n, text in enumerate(STATEMENTS, 1))
    assert read_file(written(tmp_path, text), 100) == STATEMENTS


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows(tmp_path: Path, suffix: str, delimiter: str) -> None:
    rows = [f'{n}{delimiter}X{delimiter}"{text}"' for n, text in enumerate(STATEMENTS, 1)]
    text = "\n".join([f"no{delimiter}scale{delimiter}statement", *rows])
    assert read_file(written(tmp_path, "\ufeff" + text, f"form{suffix}"), 100) == STATEMENTS


def test_a_capital_tells_a_statement_from_a_wrapped_line_that_begins_with_a_number() -> None:
    assert from_text("1. It would take me\n5 years to learn that.\n2. Next.") == [
        (1, "It would take me 5 years to learn that."),
        (2, "Next."),
    ]


def test_a_statement_without_a_full_stop_ends_at_an_empty_line() -> None:
    assert from_text("1. One thing\n\nFooter\n2. Another\nthing\n") == [
        (1, "One thing"),
        (2, "Another thing"),
    ]


def test_a_row_without_text_is_kept_to_be_complained_about() -> None:
    assert from_rows("1,\n2,Text.") == [(1, ""), (2, "Text.")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lines(STATEMENTS[:60]), "must hold 100 numbered statements.*it holds 60.*Missing: 61–100$"),
        (lines().replace("\n17. ", "\nx "), "it holds 99 different numbers. Missing: 17$"),
        (lines().replace("\n17. ", "\n18. "), "Missing: 17; more than once: 18$"),
        (lines() + "\n101. One more.", "it holds 101.*Beyond 1 to 100: 101$"),
        (lines() + "\n40. Once more.", "More than once: 40$"),
        (
            "\n".join(f"{n}. {STATEMENTS[n - 1]}" for n in [1, 3, 2, *range(4, 101)]),
            "Out of order: 2 comes after a higher number",
        ),
        (lines().replace("matter 8 that", "matter 7 that").replace("9 as a", "8 as a"), "same text: 7–8$"),
        ("", "it holds 0 different numbers. Missing: 1–100$"),
        (lines(STATEMENTS[:28]), "Missing: 29–100$"),
    ],
)
def test_a_refused_file_is_told_what_it_lacks(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        read_file(written(tmp_path, text), 100)


def test_a_row_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstrumentError, match=r"Without text: 2$"):
        read_file(written(tmp_path, "1,One.\n2,\n3,Three.", "form.csv"), 3)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InstrumentError, match=r"FILE must end in one of \.txt, .*got '.*form.docx'"):
        read_file(written(tmp_path, lines(), "form.docx"), 100)
    with pytest.raises(InstrumentError, match="FILE must be a file that exists"):
        read_file(tmp_path / "absent.txt", 100)
    (tmp_path / "latin.txt").write_bytes("1. Café.".encode("latin-1"))
    with pytest.raises(InstrumentError, match="FILE must be text in UTF-8"):
        read_file(tmp_path / "latin.txt", 100)


def test_without_the_reader_a_pdf_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)  # what Python itself does for a module that is not there
    with pytest.raises(InstrumentError, match="pip install pypdf"):
        read_file(written(tmp_path, "", "form.pdf"), 100)


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    path = tmp_path / "form.pdf"
    rows = wrapped().splitlines()
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(path) as pages:
        for start in range(0, len(rows), 60):
            page = Figure(figsize=(8, 12))
            for place, row in enumerate(rows[start : start + 60]):
                page.text(0.05, 0.98 - place * 0.016, row, fontsize=8)
            pages.savefig(page)
    assert read_file(path, 100) == STATEMENTS


def test_a_damaged_pdf_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    with pytest.raises(InstrumentError, match="FILE must be a readable PDF"):
        read_file(written(tmp_path, "no PDF at all", "form.pdf"), 100)
