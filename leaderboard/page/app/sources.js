// Where numbers come from: the runs with their versions, seeds, dates and logs, what the columns mean, and troubles.
"use strict";
(function (fid) {
  fid.sources = function () {
    const rows = fid.data.models.flatMap((model) => (model.runs || []).map((run) => ({ model, run })));
    const head = ["Model", "Task", "Version", "Asked", "Seed", "Samples", "Status", "Date", "Commit", "Tokens in", "Tokens out", "Cost", "Log"];
    const body = rows.map(({ model, run }) => {
      const address = fid.link(run);
      const link = address ? fid.el("a", { href: address }, `log of ${run.task}`) : "not kept";
      const texts = [run.version, run.elicitation, run.seed, fid.format(run.n, "integer"), run.status, String(run.created ?? "").slice(0, 10), String(run.commit ?? "").slice(0, 10), fid.format(run.tokens_in, "integer"), fid.format(run.tokens_out, "integer"), fid.format(run.cost, "dollars")];
      return fid.el("tr", {}, fid.el("th", { scope: "row", class: "name" }, fid.bdi(model.name)), fid.el("td", {}, run.task), ...texts.map((text) => fid.el("td", {}, String(text ?? "") || "—")), fid.el("td", {}, link));
    });
    document.getElementById("runs-table").append(
      fid.el("caption", {}, `${rows.length} runs`),
      fid.el("thead", {}, fid.el("tr", {}, ...head.map((name) => fid.el("th", { scope: "col" }, name)))),
      fid.el("tbody", {}, ...body),
    );
    document.getElementById("meanings").append(
      ...fid.data.columns.flatMap((column) => [fid.el("dt", {}, `${column.group}: ${column.title}`), fid.el("dd", {}, column.description, column.unit ? ` Unit: ${column.unit}.` : "", column.better ? ` ${column.better === "higher" ? "Higher" : "Lower"} is better.` : "")]),
    );
    const asked = fid.data.asked ?? [];
    document.getElementById("asked").textContent = asked.length ? `A choice is ${asked.join(", or ")}.` : "";
    const troubles = fid.data.troubles ?? [];
    document.getElementById("troubles").hidden = !troubles.length;
    document.getElementById("troubles-list").append(...troubles.map(({ file, problem }) => fid.el("li", {}, fid.bdi(file), `: ${problem}`)));
    const files = (fid.data.files ?? []).filter(fid.address);
    document.getElementById("files").hidden = !files.length;
    document.getElementById("files").append("The table as files: ", ...files.flatMap((file, k) => [k ? ", " : "", fid.el("a", { href: file }, file)]), ".");
    const viewer = rows.some(({ run }) => fid.address(run.viewer));
    document.getElementById("served").textContent =
      location.protocol === "file:"
        ? `This page was opened from a file, so numbers lead to the log files themselves${viewer ? "; Inspect's log viewer, which lies beside the page, needs a server: run `python -m http.server` in this folder and open http://localhost:8000" : ""}.`
        : viewer
          ? "Numbers lead to the log that they came from, in Inspect's log viewer."
          : "Numbers lead to the log files that they came from.";
  };
})(globalThis.fid);
