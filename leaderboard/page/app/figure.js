// What all charts share: drawn when they come into view or in idle time, again when their width or data change, with a table beside.
"use strict";
(function (fid) {
  const figures = [];
  const PRINT_WIDTH = 960;

  /**
   * A chart in its section. draw(width) gives nodes or a sentence that says why there is nothing to draw;
   * numbers() gives {caption, columns, rows} for the table; controls are put above the chart.
   */
  fid.figure = function ({ place, label, draw, numbers, controls = [] }) {
    const holder = fid.el("div", { class: "chart" });
    const table = fid.el("table", {});
    const details = fid.el("details", { class: "numbers" }, fid.el("summary", {}, "The same as a table"), fid.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${label}: table` }, table));
    document.getElementById(place).append(...controls, holder, details);
    const figure = { holder, seen: false, width: 0, stale: true };

    function writeTable() {
      const { caption, columns, rows } = numbers();
      table.replaceChildren(
        fid.el("caption", {}, caption),
        fid.el("thead", {}, fid.el("tr", {}, ...columns.map((c) => fid.el("th", { scope: "col" }, c)))),
        fid.el("tbody", {}, ...rows.map((row) => fid.el("tr", {}, ...row.map((x, k) => fid.el(k ? "td" : "th", k ? {} : { scope: "row" }, k ? String(x ?? "—") : fid.bdi(String(x))))))),
      );
    }

    /** Plot names the parts of a drawing; an image is one thing with one name. */
    function whole(svg) {
      svg.setAttribute("role", "img");
      if (!svg.getAttribute("aria-label")) svg.setAttribute("aria-label", label);
      for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    }

    figure.paint = function (width) {
      figure.width = width;
      figure.stale = false;
      const drawn = draw(width);
      const nodes = typeof drawn === "string" ? [fid.el("p", { class: "hint" }, drawn)] : [drawn].flat();
      for (const node of nodes) {
        for (const svg of node.matches("svg.plot") ? [node] : node.querySelectorAll("svg.plot")) whole(svg);
      }
      holder.replaceChildren(...nodes);
      details.hidden = typeof drawn === "string";
      if (details.open) writeTable();
    };
    details.addEventListener("toggle", () => details.open && writeTable());
    figure.refresh = fid.debounce(() => {
      figure.stale = true;
      if (figure.seen) figure.paint(holder.clientWidth);
    }, 60);
    figures.push(figure);
    watcher.observe(holder);
    sizes.observe(holder);
    return figure;
  };

  const of = (holder) => figures.find((figure) => figure.holder === holder);
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const figure = of(entry.target);
        figure.seen = entry.isIntersecting;
        if (entry.isIntersecting && figure.stale) figure.paint(figure.holder.clientWidth);
      }
    },
    { rootMargin: "400px" },
  );
  const sizes = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const figure = of(entry.target);
      if (figure.width && Math.abs(entry.contentRect.width - figure.width) > 4) figure.refresh();
    }
  });

  /** Charts further down follow while the browser has nothing else to do, so that whoever jumps there finds them. */
  const idle = globalThis.requestIdleCallback ?? ((next) => setTimeout(next, 50));
  function paintNext() {
    const next = figures.find((figure) => figure.stale && figure.holder.clientWidth);
    if (!next) return;
    next.paint(next.holder.clientWidth);
    idle(paintNext);
  }
  fid.paintRest = () => requestAnimationFrame(() => idle(paintNext));

  addEventListener("beforeprint", () => {
    fid.printTables(document.getElementById("print-tables"));
    for (const figure of figures) figure.paint(PRINT_WIDTH);
  });
  addEventListener("afterprint", () => {
    document.getElementById("print-tables").replaceChildren();
    for (const figure of figures) if (figure.holder.clientWidth) figure.paint(figure.holder.clientWidth);
  });

  /** A labelled choice above a chart. */
  fid.select = function (id, label, options, change) {
    const box = fid.el("select", { id, onchange: () => change(box.value) }, ...options.map(([value, text]) => fid.el("option", { value }, text)));
    return fid.el("p", { class: "field" }, fid.el("label", { for: id }, `${label} `), box);
  };

  /** Longest label that a margin holds; longer ones are cut, in the chart only. */
  fid.clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  /** Settings that every plot takes. */
  fid.style = (more) => ({ className: "plot", style: { fontSize: "12px", fontFamily: "inherit", background: "none", overflow: "visible" }, ...more });
})(globalThis.fid);
