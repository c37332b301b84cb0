"""Strings for every parser, and mutated logs for every command that reads logs."""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.faults.bad_logs import members, put
from benchmarks.faults.product import MEMORY, a_log, call, logs
from benchmarks.faults.registry import Bench, Failed, Seen, fault, require
from fiduciary.export.command import FORMS

AREA = "Fuzz"

STRINGS, LOGS = 12_000, 2_000

_CASES = Path(__file__).resolve().parents[2] / "tests/scorers/cases/trials.jsonl"

_ODD = (
    *(
        "",
        " ",
        "\n",
        "\t",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\ud800",
        "\ufeff",
        "＝",
        "𝟏",
        "²",
        "½",
        "٣",
        "五",
        "−5",
    ),
    *("nan", "inf", "-inf", "1e999", "-0", "0x10", "1_000", "1,000", "1.000,00", "$1m", "100%", "9" * 400),
    *(
        "Option A",
        "A or B",
        "not B",
        "**",
        "`",
        "<think>",
        "</think>",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\\boxed{",
    ),
    *(
        ":",
        ";",
        "|",
        ",",
        "..",
        "…",
        "–",
        "=",
        "#",
        "1)",
        "a.",
        "J",
        "K",
        "yes",
        "no",
        "I choose",
        "Therefore",
    ),
    *("(" * 200, "[" * 200, "a" * 5000, "1 " * 2000, "not " * 500, "<think>" * 100, "**" * 300, ", " * 800),
)

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3.5, -1e308, 1e308, float("nan"), float("inf"), float("-inf")),
    *(
        2**31,
        2**63,
        -(2**63),
        10**40,
        "",
        " ",
        "x",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        "=1",
        "1",
        "nan",
        "x" * 20_000,
    ),
    *([], {}, [[]], [None], [1, "a"], {"a": {"b": []}}, ["x"] * 500),
)


def texts(bench: Bench, count: int) -> list[str]:
    """Answers as models give them, cut, doubled and mixed with what no model should say."""
    draw = random.Random(bench.seed)
    seeds = [json.loads(line)["text"] for line in _CASES.read_text("utf-8").splitlines()]
    out = []
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(1, 4)):
            kind, seed = draw.random(), draw.choice(seeds)
            if kind < 0.4:
                begin = draw.randint(0, len(seed))
                parts.append(seed[begin : draw.randint(begin, len(seed))])
            elif kind < 0.8:
                parts.append(draw.choice(_ODD))
            else:
                parts.append(
                    "".join(
                        chr(draw.choice((draw.randint(0, 127), draw.randint(0, 0xFFFF)))) for _ in range(9)
                    )
                )
        out.append("".join(parts))
    return out


def _principal(text: str) -> object:
    from fiduciary.options import stated_principal

    return stated_principal(argparse.Namespace(principal=None, theta=text, rho="0.5")), stated_principal(
        argparse.Namespace(principal=None, theta=".4,.3,.2,.1", rho=text)
    )


def _line(text: str) -> object:
    from fiduciary.scorers.reading.command import readings

    return list(readings([text]))


def _readers() -> dict[str, Callable[[str], object]]:
    """What is parsed → its parser; a parser refuses by a UsageError, and by nothing else."""
    from fiduciary.numbers_in_text import numbers
    from fiduciary.scorers.reading.agreement import read_agreement
    from fiduciary.scorers.reading.choice import read_choice
    from fiduciary.scorers.reading.lines import read_lines
    from fiduciary.scorers.reading.numbers import read_amount, read_rating
    from fiduciary.scorers.reading.splits import read_split

    items = [{"name": "plan", "labels": ["J", "K"]}, {"name": "belief"}]
    points = {str(point): point for point in range(1, 6)}
    return {
        "choices, explained": lambda text: read_choice(text, 4, True),
        "choices, alone": lambda text: read_choice(text, 3, False),
        "prices": lambda text: read_amount(text),
        "ratings": lambda text: read_rating(text),
        "plans and beliefs of games": lambda text: read_lines(text, items, "stop"),
        "agreement in inventories": lambda text: read_agreement(text, points, "stop"),
        "divisions of a budget": lambda text: read_split(text, ["wages", "prices"], 100.0, "stop"),
        "numbers in text": lambda text: numbers(text, decimals=True),
        "THETA and RHO": _principal,
        "lines of fiduciary read": _line,
    }


def strings(name: str) -> Callable[[Bench], Seen]:
    """One parser takes whatever it is given."""

    def run(bench: Bench) -> Seen:
        from fiduciary.errors import UsageError

        read, count = _readers()[name], bench.count(STRINGS)
        for text in texts(bench, count):
            try:
                read(text)
            except UsageError as error:
                require("\n" not in str(error), "a refusal of several lines")
            except Exception as error:
                raise Failed(f"{type(error).__name__}: {error} of {text[:200]!r}") from error
        return Seen(f"{count:,} strings: each is read, or missing for a reason, or refused in a line")

    return run


for _name in (
    *("choices, explained", "choices, alone", "prices", "ratings", "plans and beliefs of games"),
    *("agreement in inventories", "divisions of a budget", "numbers in text", "THETA and RHO"),
    "lines of fiduciary read",
):
    fault(AREA, _name)(strings(_name))


def mutated(log: Path, out: Path, draw: random.Random) -> Path:
    """A copy of a log in which values, keys or bytes are something else."""
    if draw.random() < 0.15:
        content = bytearray(log.read_bytes())
        for _ in range(draw.randint(1, 20)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        out.write_bytes(content[: draw.randint(0, len(content))] if draw.random() < 0.3 else content)
        return out
    held = members(log)
    for name in draw.sample(["header.json", "summaries.json", *[n for n in held if "samples/" in n][:3]], 2):
        data = json.loads(held[name])
        for _ in range(draw.randint(1, 3)):
            _mutate(data, draw)
        held[name] = json.dumps(data).encode("utf-8", "surrogatepass")
    return put(held, out)


def _mutate(data: Any, draw: random.Random) -> None:
    """Change one place, found by walking down at random."""
    here = data
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = draw.choice(keys)
        if not (isinstance(here[key], dict | list) and here[key]) or draw.random() < 0.1:
            break
        here = here[key]
    kind = draw.random()
    if kind < 0.75:
        here[key] = draw.choice(_VALUES)
    elif kind < 0.9 or isinstance(here, list):
        del here[key]
    else:
        here[f"{key}x"] = here.pop(key)


@fault(AREA, "mutated logs through board, report, dossier, compare and export")
def mutated_logs(bench: Bench) -> Seen:
    """No traceback, no more memory than 1 GB, and the whole logs stay in every table."""
    draw, count, per = random.Random(bench.seed), bench.count(LOGS), 8
    source = logs(bench)
    whole = [a_log(bench), next(source.glob("*transitivity*.eval"))]
    codes: dict[int, int] = {}
    for begin in range(0, count, per):
        place = bench.folder / f"logs{begin}"
        shutil.copytree(source, place)
        for k in range(begin, min(begin + per, count)):
            mutated(draw.choice(whole), place / f"mutated-{k}.eval", draw)
        out = bench.folder / f"out{begin}"
        for words in (
            ("board", str(place), "--out", str(out / "site")),
            (
                "report",
                str(place),
                "--out",
                str(out / "told.md"),
                "--format",
                "markdown",
                "--replications",
                "99",
            ),
            ("dossier", "subject/nonprofit", str(place), "--out", str(out / "dossier"), "--no-pdf"),
            ("compare", str(source), str(place), "--out", str(out / "compared.csv"), "--format", "csv"),
            (
                "export",
                str(place),
                "--out",
                str(out / "export"),
                "--format",
                FORMS[begin // per % len(FORMS)],
            ),
        ):
            try:
                found = call(*words)
            except Exception as error:
                kept = Path("/tmp") / f"mutated-{bench.seed}-{begin}"
                shutil.copytree(place, kept, dirs_exist_ok=True)
                raise Failed(f"{words[0]} of {kept}: {type(error).__name__}: {error}") from error
            codes[found.code] = codes.get(found.code, 0) + 1
            require(found.code in (0, 2), f"{words[0]} returned {found.code}: {found.error}")
        rows = json.loads((out / "site/table.json").read_text("utf-8"))
        require(
            {"subject/nonprofit", "subject/study1"} <= {row["model"] for row in rows}, "a whole log is gone"
        )
        shutil.rmtree(place)
        shutil.rmtree(out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    require(peak <= MEMORY, f"{peak / 1e6:.0f} MB of memory")
    ended = ", ".join(f"{n} with {code}" for code, n in sorted(codes.items()))
    return Seen(f"{count:,} logs among whole ones: no traceback (calls ended {ended}), {peak / 1e6:.0f} MB")
