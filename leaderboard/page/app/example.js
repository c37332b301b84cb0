// One question as a model saw it: shortened to what fits beside the ranking, and whole below.
"use strict";
(function (fid) {
  const LONGEST = 260;

  const clip = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()} …` : text);

  /** Paragraphs of a long text without those that repeat a form: the first option stands for all of them. */
  fid.shortened = function (text) {
    const parts = text.split(/\n{2,}/).map((part) => part.trim()).filter(Boolean);
    const lines = (part) => part.split("\n").length;
    const first = parts.findIndex((part) => lines(part) > 2);
    const last = parts.findLastIndex((part) => lines(part) > 2);
    const joined = (part) => {
      const [head, ...rest] = part.split("\n");
      return clip(rest.length ? `${head} ${rest.join(" · ")}` : head);
    };
    if (first >= 0 && last > first) return [...parts.slice(0, first + 1).map(joined), `… ${parts.slice(last + 1).map(joined).join(" ")}`];
    if (parts.length > 3) return [joined(parts[0]), `… ${joined(parts.at(-1))}`];
    return parts.map(joined);
  };

  fid.example = function () {
    const found = fid.data.example;
    const place = document.getElementById("example");
    place.hidden = !found?.messages?.length;
    if (place.hidden) return;
    const role = (name) => fid.el("b", { class: "role" }, { system: "Instruction", user: "Question", assistant: "The answer begins" }[name] ?? name);
    document.getElementById("example-short").append(
      ...found.messages.map((message) => {
        const [head, ...rest] = fid.shortened(message.text);
        return fid.el("div", { dir: "auto" }, fid.el("p", {}, role(message.role), " ", head ?? ""), ...rest.map((part) => fid.el("p", {}, part)));
      }),
    );
    document.getElementById("example-whole").textContent = found.messages.map(({ role, text }) => `[${role}]\n${text}`).join("\n\n");
  };
})(globalThis.fid);
