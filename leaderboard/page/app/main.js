// Starts the page: reads the data, fills the sections from top to bottom, hides those without data.
"use strict";
(function (fid) {
  const KEY = "fiduciary-theme";
  const THEMES = { auto: "Colours: auto", light: "Colours: light", dark: "Colours: dark" };

  function theme() {
    const button = document.getElementById("theme");
    const kept = () => {
      try {
        return localStorage.getItem(KEY);
      } catch {
        return null; // storage may be forbidden for files
      }
    };
    const show = (name) => {
      document.documentElement.dataset.theme = name;
      button.textContent = THEMES[name];
    };
    show(kept() in THEMES ? kept() : "auto");
    button.addEventListener("click", () => {
      const names = Object.keys(THEMES);
      const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
      show(next);
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // The choice then lasts as long as the page.
      }
    });
  }

  const counted = (n) => `${n} model${n === 1 ? "" : "s"}`;

  function about({ title, generated, version, commit, models, problems }) {
    document.getElementById("title").textContent = title;
    const parts = [
      counted(models.filter((m) => m.kind === "model" || m.kind === "subject").length),
      problems ? `${problems.ids.length} choice problems` : null,
      `made ${String(generated).slice(0, 16).replace("T", " ")}`,
      `Fiduciary ${version}${commit ? ` (${String(commit).slice(0, 10)})` : ""}`,
    ];
    document.getElementById("about").textContent = parts.filter(Boolean).join(" · ");
  }

  function section(id, filled) {
    if (filled) return;
    document.getElementById(id).hidden = true;
    document.querySelector(`nav a[href="#${id}"]`)?.closest("li").remove();
  }

  fid.data = JSON.parse(document.getElementById("payload").textContent);
  theme();
  about(fid.data);
  fid.example();
  fid.ranking();
  fid.principalControls(document.getElementById("controls"));
  fid.table(document.getElementById("table-controls"));
  fid.sources();
  fid.picker(document.getElementById("picker"));
  section("forest", fid.forest());
  section("reachable", fid.reachable());
  section("axioms", fid.axioms());
  section("curves", fid.curves());
  section("dose", fid.dose());
  section("prices", fid.prices());
  section("inventories", fid.inventories());
  fid.paintRest();
  document.documentElement.dataset.ready = "yes";
})(globalThis.fid);
