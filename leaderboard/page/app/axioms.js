// The axiom card: which axioms of choice a model's answers keep, each with the share in which it does.
"use strict";
(function (fid) {
  const WORDS = {
    completeness: "it says which of two it prefers",
    reflexivity: "the same option twice is worth the same",
    "strong monotonicity": "more for a group, all else equal, is better",
    continuity: "preference tips once along a path, not back and forth",
    transitivity: "no circles: A over B, B over C, C over A",
    "independence of irrelevant alternatives": "a third option does not turn two others round",
  };
  const MARKS = { kept: "✓", violated: "✗" };

  function cell(found) {
    if (!found) return fid.el("td", { class: "none" }, "—");
    const share = found.share === null ? "" : fid.format(found.share, "percent");
    const ends = found.low === null || found.high === null ? "" : ` (${fid.format(found.low, "percent")} – ${fid.format(found.high, "percent")})`;
    return fid.el(
      "td",
      { class: `verdict ${String(found.verdict).replace(/[^a-z]/g, "-")}` },
      MARKS[found.verdict] ? fid.el("span", { "aria-hidden": "true" }, `${MARKS[found.verdict]} `) : null,
      found.verdict,
      fid.el("small", {}, share ? `${share}${ends}` : found.note || ""),
    );
  }

  fid.axioms = function () {
    const cards = fid.data.figures?.axioms ?? [];
    if (!cards.length) return false;
    const names = [...new Set(cards.flatMap((card) => card.findings.map((found) => found.axiom)))];
    document.getElementById("axioms-table").append(
      fid.el("caption", { class: "sr" }, "Axioms by model"),
      fid.el("thead", {}, fid.el("tr", {}, fid.el("th", { scope: "col", class: "name" }, "Model"), ...names.map((name) => fid.el("th", { scope: "col" }, name, fid.el("small", {}, WORDS[name] ?? ""))))),
      fid.el("tbody", {}, ...cards.map((card) => fid.el("tr", {}, fid.nameCell(fid.byId(card.model)), ...names.map((name) => cell(card.findings.find((found) => found.axiom === name)))))),
    );
    return true;
  };
})(globalThis.fid);
