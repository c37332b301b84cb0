// All measurements: one row a model, columns under the headings of their tasks; sorted, filtered, printed in parts.
"use strict";
(function (fid) {
  const SERVICE = "stakeholder_choice.";
  const state = { key: null, down: false, text: "", kinds: new Set(), groups: new Set(), unfolded: false };
  let table = null, rows = new Map(), bodies = [], notes = new Map();

  const groupsOf = (columns) => [...new Set(columns.map((column) => column.group))];
  const apart = (model) => model.kind === "reference" || model.kind === "human";

  /** A cell; what depends on the principal follows the principal chosen on the page. */
  function cellOf(model, column) {
    const cell = fid.data.cells[model.id]?.[column.key];
    if (column.task !== "stakeholder_choice" || fid.principal.given) return cell;
    const name = column.key.slice(SERVICE.length);
    const loss = fid.standing.losses.get(model.id);
    if (name === "distance") {
      const theta = fid.thetaOf(model.id);
      if (!theta) return cell;
      const value = theta.reduce((sum, x, k) => sum + Math.abs(x - fid.principal.theta[k]), 0);
      return { ...cell, value, low: null, high: null, stderr: null, note: "no interval for a principal chosen on the page" };
    }
    const found = { regret: loss?.regret, loss_share: loss?.share, consistent: loss?.consistent }[name];
    if (found) return { ...cell, ...found, note: found.value === null ? "all answers missing" : null };
    if (name !== "rank") return cell;
    const rank = fid.standing.rank.get(model.id);
    if (rank === undefined) return cell;
    const set = fid.standing.sets?.get(model.id);
    return { ...cell, value: rank, low: set?.[0] ?? null, high: set?.[1] ?? null, note: set ? null : "rank set being computed" };
  }

  /** Recovered weights of a model, or null where one is missing. */
  fid.thetaOf = function (id) {
    const found = ["SH", "EM", "CO", "SOC"].map((short) => fid.data.cells[id]?.[`${SERVICE}theta_${short}`]?.value ?? null);
    return found.includes(null) ? null : found;
  };

  function footnote(text) {
    if (!notes.has(text)) notes.set(text, notes.size + 1);
    return fid.el("sup", {}, fid.el("span", { class: "sr" }, "note "), String(notes.get(text)));
  }

  /** Contents of a cell: value with its link, interval below, reason where the value is missing. */
  function contents(model, column) {
    const cell = cellOf(model, column);
    if (!cell) return [fid.el("span", { class: "none" }, "—", fid.el("span", { class: "sr" }, " not measured"))];
    const text = fid.format(cell.value, column.format);
    if (text === null) return [fid.el("span", { class: "none" }, "—"), fid.el("small", { class: "why" }, cell.note || "missing")];
    const address = fid.link((model.runs || [])[cell.run]);
    const isRank = column.key === `${SERVICE}rank`;
    const low = cell.low ?? null, high = cell.high ?? null;
    const ends = low === null && high === null ? "" : isRank && low === high ? "sure" : `${fid.format(low, column.format) ?? "?"} – ${fid.format(high, column.format) ?? "?"}`;
    return [
      address ? fid.el("a", { href: address }, text) : text,
      cell.note && !isRank ? footnote(cell.note) : null,
      ends ? fid.el("small", {}, ends) : null,
    ].filter((part) => part !== null);
  }

  function header(columns, sortable) {
    const groups = groupsOf(columns);
    const top = fid.el("tr", {}, fid.el("td", {}), ...groups.map((group) =>
      fid.el("th", { scope: "colgroup", colspan: columns.filter((c) => c.group === group).length, class: "group" }, group),
    ));
    const heads = [{ key: null, title: "Model", better: null, description: "" }, ...columns].map((column, k) => {
      const title = column.unit ? `${column.description} Unit: ${column.unit}.` : column.description;
      const arrow = column.better ? fid.el("span", { class: "better" }, column.better === "higher" ? "higher is better" : "lower is better") : null;
      const first = k > 0 && (k === 1 || columns[k - 2].group !== column.group);
      const inner = sortable ? fid.el("button", { type: "button", title, onclick: () => sortBy(column) }, column.title) : column.title;
      return fid.el("th", { scope: "col", "data-key": column.key ?? "", class: `${k === 0 ? "name" : ""} ${first ? "first" : ""}` }, inner, arrow);
    });
    return fid.el("thead", {}, sortable && groups.length ? top : null, fid.el("tr", {}, ...heads));
  }

  function bodyRow(model, columns) {
    return fid.el("tr", { class: model.kind, "data-model": model.id }, fid.nameCell(model), ...columns.map((column, k) =>
      fid.el("td", { class: `number ${k === 0 || columns[k - 1].group !== column.group ? "first" : ""}` }, ...contents(model, column)),
    ));
  }

  /** Columns of the groups that are shown, each group in one piece. */
  const visible = () => groupsOf(fid.data.columns).filter((group) => state.groups.has(group)).flatMap((group) => fid.data.columns.filter((column) => column.group === group));

  function draw() {
    notes = new Map();
    const columns = visible();
    rows = new Map(fid.data.models.map((model) => [model.id, bodyRow(model, columns)]));
    bodies = [fid.el("tbody", {}), fid.el("tbody", { class: "apart", id: "references" })];
    const caption = fid.el("caption", { class: "sr" }, "All measurements by model");
    table.replaceChildren(caption, header(columns, true), bodies[0], fold(columns.length + 1), bodies[1]);
    arrange();
    writeNotes();
  }

  /** The row that unfolds the references below it. */
  function fold(width) {
    const count = fid.data.models.filter(apart).length;
    if (!count) return "";
    const button = fid.el("button", {
      type: "button",
      "aria-expanded": String(state.unfolded),
      "aria-controls": "references",
      onclick: () => {
        state.unfolded = !state.unfolded;
        button.setAttribute("aria-expanded", String(state.unfolded));
        arrange();
      },
    }, `${count} published and human reference${count === 1 ? "" : "s"}, never ranked`);
    return fid.el("tbody", { class: "fold" }, fid.el("tr", {}, fid.el("td", { colspan: width }, button)));
  }

  function writeNotes() {
    document.getElementById("notes").replaceChildren(...[...notes.keys()].map((text) => fid.el("li", {}, text)));
  }

  const keyOf = (model) => {
    if (state.key === null) return model.name.toLowerCase();
    const column = fid.data.columns.find((c) => c.key === state.key);
    return cellOf(model, column)?.value ?? null;
  };

  function arrange() {
    const sign = state.down ? -1 : 1;
    const compare = (a, b) => {
      if (state.sorted !== true) return 0;
      const x = keyOf(a), y = keyOf(b);
      if (x === null || y === null) return (x === null) - (y === null); // missing last, either way
      return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - y);
    };
    const order = [...fid.data.models].sort(compare);
    let count = 0;
    for (const model of order) {
      const fits = (apart(model) ? state.unfolded : state.kinds.has(model.kind)) && model.name.toLowerCase().includes(state.text);
      rows.get(model.id).hidden = !fits;
      count += fits;
    }
    bodies[0].replaceChildren(...order.filter((m) => !apart(m)).map((m) => rows.get(m.id)));
    bodies[1].replaceChildren(...order.filter(apart).map((m) => rows.get(m.id)));
    for (const th of table.querySelectorAll("thead tr:last-child th")) {
      const mine = state.sorted === true && (state.key ?? "") === th.dataset.key;
      if (mine) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
    document.getElementById("count").textContent = `${count} of ${fid.data.models.length} rows shown`;
  }

  function sortBy(column) {
    const again = state.sorted === true && state.key === column.key;
    state.down = again ? !state.down : column.better === "higher";
    state.sorted = true;
    state.key = column.key;
    arrange();
    fid.say(`Sorted by ${column.title}, ${state.down ? "descending" : "ascending"}`);
  }

  /** Cells that follow the principal are written again. */
  fid.tableChanged = function () {
    if (!table) return;
    const columns = visible();
    columns.forEach((column, k) => {
      if (column.task !== "stakeholder_choice") return;
      if (!["rank", "regret", "loss_share", "consistent", "distance"].includes(column.key.slice(SERVICE.length))) return;
      for (const model of fid.data.models) rows.get(model.id).children[k + 1].replaceChildren(...contents(model, column));
    });
    if (state.sorted) arrange();
    writeNotes();
  };

  function checks(legend, names, set, change) {
    return fid.el("fieldset", { class: "checks" }, fid.el("legend", {}, legend), ...names.map(([value, label]) => {
      const box = fid.el("input", { type: "checkbox" });
      box.checked = set.has(value);
      box.addEventListener("change", () => {
        if (box.checked) set.add(value);
        else set.delete(value);
        change();
      });
      return fid.el("label", { class: "check" }, box, label);
    }));
  }

  fid.table = function (controls) {
    const { models, columns } = fid.data;
    table = document.getElementById("measurements");
    const groups = groupsOf(columns);
    const few = matchMedia("(max-width: 640px)").matches ? 2 : columns.length <= 16 ? groups.length : 3;
    state.groups = new Set(groups.slice(0, few));
    state.kinds = new Set(models.filter((model) => !apart(model)).map((model) => model.kind));
    const search = fid.el("input", { type: "search", id: "search", placeholder: "part of a name", autocomplete: "off" });
    search.addEventListener("input", () => {
      state.text = search.value.trim().toLowerCase();
      arrange();
      fid.say(document.getElementById("count").textContent);
    });
    const kinds = { model: "models", subject: "simulated subjects" };
    controls.append(
      fid.el("p", { class: "field" }, fid.el("label", { for: "search" }, "Find a model "), search, " ", fid.el("span", { id: "count" })),
      state.kinds.size > 1 ? checks("Rows", [...state.kinds].map((kind) => [kind, kinds[kind] ?? kind]), state.kinds, arrange) : "",
      groups.length > 1 ? checks("Columns", groups.map((group) => [group, group]), state.groups, draw) : "",
    );
    draw();
  };

  /** For paper: every group of columns as a table of its own, at most eight columns wide. */
  fid.printTables = function (place) {
    const kept = notes;
    notes = new Map();
    const parts = groupsOf(fid.data.columns).flatMap((group) => {
      const columns = fid.data.columns.filter((column) => column.group === group);
      const slices = [];
      for (let k = 0; k < columns.length; k += 8) slices.push(columns.slice(k, k + 8));
      return slices.map((slice, k) => [group + (k ? ", continued" : ""), slice]);
    });
    place.replaceChildren(
      ...parts.map(([title, columns]) => fid.el("table", {}, fid.el("caption", {}, title), header(columns, false),
        fid.el("tbody", {}, ...fid.data.models.filter((m) => columns.some((c) => fid.data.cells[m.id]?.[c.key])).map((m) => bodyRow(m, columns))))),
      fid.el("ol", {}, ...[...notes.keys()].map((text) => fid.el("li", {}, text))),
    );
    notes = kept;
  };
})(globalThis.fid);
