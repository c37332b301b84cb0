// Dose–response: how far training to a target moves a model, by dose.
"use strict";
(function (fid) {
  fid.dose = function () {
    const series = fid.data.figures?.dose_response ?? [];
    if (!series.length) return false;
    const titles = { distance: "distance of weights to target (Σ|θ − θ*|)", regret: "regret, dollars a decision" };
    let measure = "distance";
    const targets = [...new Set(series.map((s) => s.target))];
    const pick = fid.select("dose-measure", "Measure", Object.entries(titles), (value) => {
      measure = value;
      figure.refresh();
    });
    const label = () => `Dose–response: ${titles[measure]} by dose, one panel a target`;
    const points = () => series.flatMap((s, k) => s.points.filter((p) => typeof p[measure] === "number").map((p) => ({ ...p, k, target: s.target })));

    function draw(width) {
      const data = points();
      if (!data.length) return `No dose has a value of ${titles[measure]}.`;
      const models = [...new Set(series.map((s) => s.model))];
      const color = (k) => `var(--c${(models.indexOf(series[k].model) % 8) + 1})`;
      const key = models.length > 1 ? fid.el("p", { class: "legend" }, ...models.map((id, k) => fid.el("span", { class: "key" }, fid.svg("svg", { viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" }, fid.svg("circle", { cx: 5, cy: 5, r: 4.5, fill: `var(--c${(k % 8) + 1})` })), fid.bdi(fid.nameOf(id))))) : null;
      const top = Math.max(...data.map((d) => d[measure]));
      const panel = (target) => Plot.plot(
        fid.style({
          width: Math.min(560, targets.length > 1 && width > 700 ? Math.floor(width / 2) - 16 : width),
          height: 300,
          marginLeft: 52,
          marginBottom: 40,
          marginTop: 28,
          ariaLabel: `${label()}: ${target}`,
          x: { label: "dose →", grid: true, ticks: 5, nice: true },
          y: { label: `↑ ${titles[measure]}`, domain: [0, top], nice: true, grid: true, ticks: 5 },
          marks: [
            Plot.line(data.filter((d) => d.target === target), { x: "x", y: measure, z: "k", stroke: (d) => color(d.k), strokeWidth: 2 }),
            Plot.dot(data.filter((d) => d.target === target), { x: "x", y: measure, fill: (d) => color(d.k), r: 3.5, tip: true, title: (d) => `${fid.nameOf(series[d.k].model)}\n${d.target}, dose ${d.x}\n${titles[measure]} ${fid.format(d[measure], measure === "regret" ? "dollars" : "0.000")}` }),
          ],
        }),
      );
      const panels = targets.map((target) => fid.el("figure", { class: "panel" }, fid.el("figcaption", {}, "Target ", fid.bdi(target)), panel(target)));
      return [key, fid.el("div", { class: "panels" }, ...panels)].filter(Boolean);
    }

    const numbers = () => ({
      caption: "Dose–response",
      columns: ["Model", "Target", "Dose", ...fid.data.stakeholders.map((s) => `weight of ${s} (θ)`), "Distance", "Regret"],
      rows: series.flatMap((s) => s.points.map((p) => [fid.nameOf(s.model), s.target, p.x, ...(p.theta ?? [null, null, null, null]).map((t) => fid.format(t, "0.000")), fid.format(p.distance, "0.000"), fid.format(p.regret, "dollars")])),
    });
    const figure = fid.figure({ place: "dose-figure", label: "Dose–response", draw, numbers, controls: [pick] });
    return true;
  };
})(globalThis.fid);
