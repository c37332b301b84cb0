// Price paths: what two firms asked for, period by period, between the competitive and the monopoly price.
"use strict";
(function (fid) {
  fid.prices = function () {
    const paths = fid.data.figures?.price_paths ?? [];
    if (!paths.length) return false;
    const DASHES = [undefined, "6 5"];
    const firms = ["var(--c1)", "var(--c2)"];
    const label = "Prices of both firms by period, with the Nash and the monopoly price";
    const shown = () => {
      const own = paths.filter((path) => fid.shown.has(path.model));
      return (own.length ? own : paths).slice(0, 8);
    };
    const title = (path) => [fid.bdi(fid.nameOf(path.model)), path.label ? ` · ${path.label}` : ""];

    function draw(width) {
      const list = shown();
      const across = Math.max(1, Math.min(list.length, Math.floor(width / 300)));
      const each = Math.min(560, Math.floor(width / across) - 16);
      const top = Math.max(...list.flatMap((p) => [p.monopoly ?? 0, p.nash ?? 0, ...p.prices.flat().filter((x) => x !== null)]));
      const low = Math.min(...list.flatMap((p) => [p.monopoly ?? Infinity, p.nash ?? Infinity, ...p.prices.flat().filter((x) => x !== null)]));
      const pad = 0.08 * (top - low || 1);
      const panels = list.map((path) => {
        const points = path.prices.flatMap((prices, firm) => prices.map((price, k) => ({ period: k + 1, price, firm })));
        const last = Math.max(...path.prices.map((p) => p.length));
        const rules = [["monopoly", path.monopoly], ["Nash", path.nash]].filter(([, y]) => typeof y === "number").map(([name, y]) => ({ name, y }));
        const plot = Plot.plot(
          fid.style({
            width: each,
            height: 220,
            marginLeft: 40,
            marginRight: 58,
            marginBottom: 36,
            ariaLabel: `${label}: ${fid.nameOf(path.model)} ${path.label ?? ""}`,
            x: { label: "period →", domain: [1, last], ticks: 5 },
            y: { label: "↑ price", domain: [Math.max(0, low - pad), top + pad], ticks: 5, grid: true },
            marks: [
              Plot.ruleY(rules, { y: "y", stroke: "var(--target)", strokeDasharray: "5 3" }),
              Plot.text(rules, { x: last, y: "y", text: "name", textAnchor: "start", dx: 8, fill: "currentColor" }),
              // The second firm's line is broken, so that the first shows where both ask the same.
              ...firms.map((stroke, firm) => Plot.line(points.filter((d) => d.firm === firm), { x: "period", y: "price", stroke, strokeWidth: 1.8, strokeDasharray: DASHES[firm], curve: "step-after" })),
              Plot.dot(points.filter((d) => d.period === last), { x: "period", y: "price", fill: (d) => firms[d.firm % 2], symbol: (d) => (d.firm ? "square" : "circle"), r: 3.5 }),
            ],
            symbol: { domain: ["circle", "square"], range: ["circle", "square"] },
          }),
        );
        return fid.el("figure", { class: "panel" }, fid.el("figcaption", {}, ...title(path)), plot);
      });
      const key = fid.el("p", { class: "legend" }, ...["first firm", "second firm"].map((name, k) => fid.el("span", { class: "key" }, fid.svg("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, fid.svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: firms[k], "stroke-width": 3, "stroke-dasharray": DASHES[k] ?? "none" })), name)));
      return [key, fid.el("div", { class: "panels" }, ...panels)];
    }

    const mean = (prices, from) => {
      const there = prices.slice(from).filter((x) => x !== null);
      return there.length ? (there.reduce((a, b) => a + b, 0) / there.length).toFixed(3) : "—";
    };
    const numbers = () => ({
      caption: "Mean prices of both firms, over all periods and over the last half",
      columns: ["Model", "Run", "First firm", "Second firm", "First, last half", "Second, last half", "Nash", "Monopoly"],
      rows: paths.map((p) => {
        const [a, b] = [p.prices[0] ?? [], p.prices[1] ?? []];
        return [fid.nameOf(p.model), p.label, mean(a, 0), mean(b, 0), mean(a, a.length >> 1), mean(b, b.length >> 1), fid.format(p.nash, "0.000"), fid.format(p.monopoly, "0.000")];
      }),
    });
    const figure = fid.figure({ place: "prices-figure", label, draw, numbers });
    fid.shown.heard(figure.refresh);
    return true;
  };
})(globalThis.fid);
