// Models: how they are named and marked, where their runs are, and which of them the charts show.
"use strict";
(function (fid) {
  const MARKS = { reference: "published", human: "human", subject: "simulated" };
  const MOST = 8;
  const listeners = [];

  /** Text of any direction, kept apart from the text around it; long names may break after / and _. */
  fid.bdi = (text) => fid.el("bdi", {}, ...String(text).split(/(?<=[/_])/).flatMap((part, k) => (k ? [fid.el("wbr"), part] : [part])));

  fid.byId = (id) => fid.data.models.find((model) => model.id === id);
  fid.nameOf = (id) => fid.byId(id)?.name ?? id;
  fid.runOf = (model, task) => (model.runs || []).find((run) => run.task === task);

  fid.nameCell = function (model) {
    return fid.el(
      "th",
      { scope: "row", class: "name" },
      fid.bdi(model.name),
      " ",
      MARKS[model.kind] ? fid.el("span", { class: `mark ${model.kind}` }, MARKS[model.kind]) : null,
      model.note ? fid.el("small", {}, model.note) : null,
    );
  };

  fid.shown = {
    ids: [],
    has: (id) => fid.shown.ids.includes(id),
    heard: (listener) => listeners.push(listener),
    color: (id, ids = fid.shown.ids) => `var(--c${(ids.indexOf(id) % MOST) + 1})`,
    dash: (id, ids = fid.shown.ids) => ["", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 2 1 2", "3 5"][ids.indexOf(id) % MOST],
  };

  /** The picker of models for the charts; starts with the best few and every row of the published kind. */
  fid.picker = function (place) {
    const order = fid.data.ranking?.models ?? [];
    const rank = (model) => (order.includes(model.id) ? order.indexOf(model.id) : order.length);
    const models = [...fid.data.models].sort((a, b) => rank(a) - rank(b));
    fid.shown.ids = models.filter((m) => m.kind === "model" || m.kind === "subject").slice(0, 4).map((m) => m.id);
    const summary = fid.el("summary", {});
    const status = fid.el("p", { class: "hint" });
    const boxes = models.map((model) => {
      const box = fid.el("input", { type: "checkbox", value: model.id });
      box.checked = fid.shown.has(model.id);
      box.addEventListener("change", () => {
        if (box.checked && fid.shown.ids.length >= MOST) {
          box.checked = false;
          status.textContent = `At most ${MOST} models fit into a chart: take one away first.`;
          fid.say(status.textContent);
          return;
        }
        fid.shown.ids = box.checked ? [...fid.shown.ids, model.id] : fid.shown.ids.filter((id) => id !== model.id);
        tell();
      });
      return fid.el("label", { class: "check" }, box, fid.bdi(model.name));
    });
    function tell() {
      status.textContent = `${fid.shown.ids.length} of at most ${MOST} models are in the charts.`;
      summary.replaceChildren("Models in the charts: ", ...fid.legend(fid.shown.ids));
      for (const listener of listeners) listener();
    }
    place.append(fid.el("details", {}, summary, fid.el("div", { class: "checks" }, ...boxes), status));
    tell();
  };

  /** Names beside a sample of their line; all are those whose places give the colours. */
  fid.legend = (ids, all = fid.shown.ids) =>
    ids.map((id) =>
      fid.el(
        "span",
        { class: "key" },
        fid.svg(
          "svg",
          { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" },
          fid.svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: fid.shown.color(id, all), "stroke-width": 3, "stroke-dasharray": fid.shown.dash(id, all) || null }),
        ),
        fid.bdi(fid.nameOf(id)),
      ),
    );
})(globalThis.fid);
