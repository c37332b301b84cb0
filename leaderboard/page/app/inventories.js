// Inventory profiles: scales of personality inventories with intervals, and where the base model stood.
"use strict";
(function (fid) {
  fid.inventories = function () {
    const profiles = fid.data.figures?.inventories ?? [];
    if (!profiles.length) return false;
    const instruments = [...new Set(profiles.map((p) => p.instrument))];
    let chosen = instruments[0];
    const pick = fid.select("inventory-which", "Inventory", instruments.map((name) => [name, name]), (value) => {
      chosen = value;
      figure.refresh();
    });
    const label = () => `Scales of ${chosen} by model, with 95 % intervals; a ring marks the base model`;
    const shown = () => {
      const own = profiles.filter((p) => p.instrument === chosen && fid.shown.has(p.model));
      return own.length ? own : profiles.filter((p) => p.instrument === chosen).slice(0, 8);
    };

    function draw(width) {
      const list = shown();
      const scales = [...new Set(list.flatMap((p) => p.scales.map((s) => s.name)))];
      const all = list.every((p) => fid.shown.has(p.model)) ? fid.shown.ids : list.map((p) => p.model);
      const color = (p) => fid.shown.color(p.model, all);
      const narrow = width < 560;
      const ends = list[0]?.range ?? [null];
      const step = 13;
      const rows = list.flatMap((p, k) => p.scales.filter((s) => s.value !== null).map((s) => ({ ...s, p, k: String(k) })));
      const based = rows.filter((d) => typeof d.base === "number");
      const plot = Plot.plot(
        fid.style({
          width,
          height: 60 + scales.length * (step * list.length + 12),
          marginLeft: narrow ? 120 : 200,
          marginRight: 16,
          marginTop: 24,
          marginBottom: 36,
          ariaLabel: label(),
          // The instrument's whole scale: an axis fitted to the data would make small shifts look large.
          x: { label: "score →", grid: true, ticks: 5, ...(ends.every((x) => typeof x === "number") ? { domain: ends } : { nice: true }) },
          y: { axis: null, domain: list.map((_, k) => String(k)) },
          fy: { domain: scales, label: null, axis: "left", padding: 0.25, tickFormat: (s) => fid.clip(s, narrow ? 16 : 28) },
          marks: [
            Plot.ruleY(scales, { fy: (s) => s, y: () => "0", x: null, strokeOpacity: 0 }),
            Plot.ruleY(rows.filter((d) => typeof d.low === "number" && typeof d.high === "number"), { fy: "name", y: "k", x1: "low", x2: "high", stroke: (d) => color(d.p), strokeWidth: 2 }),
            Plot.link(based, { fy: "name", x1: "base", x2: "value", y1: "k", y2: "k", stroke: "var(--muted)", strokeDasharray: "2 2" }),
            Plot.dot(based, { fy: "name", x: "base", y: "k", r: 4, stroke: "var(--ink)", fill: "var(--paper)" }),
            Plot.dot(rows, { fy: "name", x: "value", y: "k", r: 3.8, fill: (d) => color(d.p), tip: true, title: (d) => `${fid.nameOf(d.p.model)}\n${d.name} ${fid.format(d.value, "0.000")}${typeof d.base === "number" ? `, base ${fid.format(d.base, "0.000")}` : ""}` }),
          ],
        }),
      );
      return [fid.el("p", { class: "legend" }, ...fid.legend(list.map((p) => p.model), all)), plot];
    }

    const numbers = () => ({
      caption: `Scales of ${chosen}`,
      columns: ["Model", "Scale", "Score", "Low", "High", "Base"],
      rows: profiles.filter((p) => p.instrument === chosen).flatMap((p) => p.scales.map((s) => [fid.nameOf(p.model), s.name, ...[s.value, s.low, s.high, s.base].map((x) => fid.format(x, "0.000"))])),
    });
    const figure = fid.figure({ place: "inventories-figure", label: "Inventory profiles", draw, numbers, controls: instruments.length > 1 ? [pick] : [] });
    fid.shown.heard(figure.refresh);
    return true;
  };
})(globalThis.fid);
