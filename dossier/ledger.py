"""Where evidence is entered: claims with their sources, gaps with their commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fiduciary.dossier.atlas import PLACES
from fiduciary.dossier.case import LEVEL
from fiduciary.dossier.claims import Claim, Gap, Kind, Source
from fiduciary.dossier.paths import digest, shown_path
from fiduciary.dossier.rules import RULES, Verdict
from fiduciary.dossier.words import Unit, plain
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.runs import Run


class Ledger:
    """Collects claims, gaps and sources; sources are numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.topic = ""  # heading of the claims that are entered next
        self.claims: dict[str, Claim] = {}
        self.gaps: list[Gap] = []
        self.left_out: list[tuple[str, str]] = []
        self._sources: dict[tuple[str, str], Source] = {}
        self._digests: dict[str, str] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources."""
        return tuple(self._sources.values())

    def claim(
        self,
        name: str,
        title: str,
        statement: str,
        sources: Sequence[str],
        figure: float | None = None,
        unit: Unit | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        level: float | None = LEVEL,
        rule: str = "",
        verdict: Verdict | None = None,
        note: str = "",
    ) -> Claim:
        """Enter a claim; its verdict follows the rule where none is given.

        Raises:
            ValueError: as of :class:`Claim`, or a name that is taken.
        """
        if name in self.claims:
            raise ValueError(f"there is a claim {name} already")
        place = PLACES[".".join(name.split(".")[:2])]
        if verdict is None:
            verdict = RULES[rule].verdict(low, high) if rule else "information"
        found = Claim(
            name,
            place.phase,
            place.problem,
            place.remedy,
            title,
            statement,
            figure,
            low,
            high,
            level if low is not None or high is not None else None,
            unit if figure is not None or low is not None else None,
            verdict,
            tuple(dict.fromkeys(sources)),
            rule,
            note,
            self.topic,
        )
        self.claims[name] = found
        return found

    def from_cell(
        self,
        name: str,
        title: str,
        statement: str,
        sources: Sequence[str],
        cell: Cell,
        unit: Unit,
        *,
        rule: str = "",
        verdict: Verdict | None = None,
    ) -> Claim:
        """Enter a number of the table."""
        return self.claim(
            name,
            title,
            statement,
            sources,
            cell.value,
            unit,
            low=cell.low,
            high=cell.high,
            rule=rule,
            verdict=verdict,
            note=cell.note or "",
        )

    def gap(self, name: str, missing: str, why: str, command: str) -> Gap:
        """Enter something that is not known."""
        place = PLACES[".".join(name.split(".")[:2])]
        found = Gap(name, place.phase, place.problem, place.remedy, missing, why, command)
        self.gaps.append(found)
        return found

    def remark(self, name: str, note: str) -> None:
        """Add to what must be known to read a claim."""
        held = self.claims[name]
        self.claims[name] = replace(held, note="; ".join(filter(None, (held.note, note))))

    def log(self, run: Run) -> str:
        """The source that a log is."""
        return self._enter(
            Source(
                "",
                "log",
                shown_path(run.file),
                self._digest(run.file),
                run.task,
                plain(run.row),
                run.version,
                run.created,
                run.samples,
                run.seed,
                run.commit,
            ),
            run.file,
        )

    def file(self, kind: Kind, path: str, model: str | None = None) -> str:
        """The source that a file is, or a folder with all its files."""
        return self._enter(Source("", kind, shown_path(path), self._digest(path), model=model), path)

    def recorded(self, kind: Kind, path: str, sha256: str) -> str:
        """The source that a file is of which another one holds the fingerprint."""
        return self._enter(Source("", kind, shown_path(path), plain(sha256, 64)), path)

    def stated(self, what: str) -> str:
        """A statement of whoever ordered the dossier."""
        return self._enter(Source("", "statement", what), what)

    def _enter(self, source: Source, where: str) -> str:
        key = (source.kind, where)
        if key not in self._sources:
            self._sources[key] = replace(source, id=f"S{len(self._sources) + 1}")
        return self._sources[key].id

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = digest(path)
        return self._digests[path]
