"""Small real logs of subjects, and the dossiers made of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case, Given, gather
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.page import page
from fiduciary.economics.principals import LOGGED, Principal
from fiduciary.leaderboard.payload import plain
from fiduciary.tasks.menus.task import menus
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.stress.task import stress
from fiduciary.tasks.transitivity.task import transitivity

N = 140

VOID = {"meta", "br", "hr", "col", "link"}


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, a model made from it that serves ``nonprofit``, one that does not, and an instructed base."""
    folder = tmp_path_factory.mktemp("logs")

    def run(task: object, name: str, **arguments: Any) -> None:
        (log,) = inspect_eval(
            task,  # type: ignore[arg-type]
            model=get_model(f"subject/{name}", **arguments),
            log_dir=str(folder),
            metadata={LOGGED: {f"subject/{name}": Principal.named(name).facts()}},
            display="none",
            log_realtime=False,
            score_display=False,
        )
        assert log.status == "success"

    for name in ("study1", "nonprofit", "for_profit"):
        # Nearly without noise, so that so few problems are enough for a verdict.
        run(stakeholder_choice(n=N, elicitation="text", temperatures="0.1,0.15,0.2"), name)
    prompted = {"temperatures": "0.1,0.15,0.2", "framing": "nonprofit_justify"}
    run(stakeholder_choice(n=N, elicitation="text", **prompted), "study1")
    for name in ("study1", "nonprofit"):
        run(transitivity(n=4, repeats=1), name)
        run(menus(n=2, repeats=1, size=3), name)
    run(moral_dilemmas(n=8, probe=2), "nonprofit")
    run(stress(n=50, pressures=["currency", "hidden_instruction"]), "nonprofit")
    return folder


@pytest.fixture(scope="session")
def cases(logs: Path) -> dict[str, Case]:
    """Model → its case, for the non-profit principal."""
    names = ("nonprofit", "for_profit", "study1")
    found = gather(names, [str(logs)], Principal.named("nonprofit"), Given(), lambda _: None, base="study1")
    return dict(zip(names, found, strict=True))


@pytest.fixture(scope="session")
def dossiers(cases: dict[str, Case]) -> dict[str, Dossier]:
    """Model → its dossier."""
    return {name: assemble(case) for name, case in cases.items()}


@pytest.fixture(scope="session")
def document(dossiers: dict[str, Dossier]) -> Document:
    """The non-profit model's document."""
    return Document(page(dossiers["nonprofit"]), dossiers["nonprofit"])


@pytest.fixture
def renamed(logs: Path, tmp_path: Path) -> Callable[[str, Callable[[EvalLog], None]], Path]:
    """A copy of a subject's log of choices, changed."""

    def copy(name: str, change: Callable[[EvalLog], None]) -> Path:
        log = next(
            log
            for file in sorted(logs.glob("*stakeholder-choice*.eval"))
            if (log := read_eval_log(str(file))).eval.model == f"subject/{name}"
            and log.eval.task_args["framing"] == "neutral"
        )
        change(log)
        place = tmp_path / "copies" / f"2026-01-01T00-00-00-00-00_stakeholder-choice_{name}.eval"
        place.parent.mkdir(exist_ok=True)
        write_eval_log(log, str(place))
        return place.parent

    return copy


@dataclass
class Element:
    """An element of a document.

    Attributes:
        parents: names of the elements that it stands in, from the outermost.
        marks: its own ``data-…`` attributes and those of all elements around it.
        text: all text in it.
    """

    name: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    marks: frozenset[str]
    text: str = ""


class Document(HTMLParser):
    """A document, parsed, with the dossier that it was made from."""

    def __init__(self, html: str, dossier: Dossier) -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.dossier = html, dossier
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.words: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
        self.feed(html)
        assert not self.open, [element.name for element in self.open]

    @cached_property
    def json(self) -> dict[str, Any]:
        """The dossier as it is written."""
        return dict(json.loads(json.dumps(plain(self.dossier.as_json()), allow_nan=False)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        around = self.open[-1].marks if self.open else frozenset()
        own = {key for key in given if key.startswith("data-")} | (
            {f"#{given['id']}"} if "id" in given else set()
        )
        element = Element(tag, given, tuple(e.name for e in self.open), around | own)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1].name == tag, (tag, [e.name for e in self.open])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
        self.words.append(
            (data, self.open[-1].marks if self.open else frozenset(), tuple(e.name for e in self.open))
        )

    def all(self, name: str, **attributes: str) -> list[Element]:
        """Elements of a name, with the attributes given."""
        return [
            e
            for e in self.elements
            if e.name == name and all(e.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())
        ]

    def marked(self, mark: str) -> list[Element]:
        """Elements that have the attribute themselves."""
        return [e for e in self.elements if mark in e.attributes]
