// For whom models decide: named profiles, four weights that sum to 1, and ρ; listeners hear of every change.
"use strict";
(function (fid) {
  const NAMES = ["shareholders", "employees", "consumers", "society"];
  const listeners = [];

  const alone = (theta) => Math.max(...theta) > 1 - 1e-9;

  /** ρ as data write it: null is −∞ (JSON has no infinity), or undefined where one stakeholder takes all. */
  function readRho(rho, theta) {
    if (alone(theta)) return 1;
    return rho === null || rho === undefined ? -Infinity : Math.min(1, rho);
  }

  /** Slider position s in 0…100 and ρ: 1 − 50/s below the middle, so that 0 is −∞, 50 is 0 and 100 is 1. */
  fid.rhoAt = (s) => (s <= 0 ? -Infinity : s < 50 ? 1 - 50 / s : (s - 50) / 50);
  fid.rhoPosition = (rho) => (rho === -Infinity ? 0 : rho < 0 ? 50 / (1 - rho) : 50 + 50 * rho);

  /** Weights after one of them is moved: the others keep their proportions, and all sum to 1. */
  fid.rescaled = function (theta, k, value) {
    const rest = theta.reduce((sum, x, j) => (j === k ? sum : sum + x), 0);
    const next = theta.map((x, j) => (j === k ? value : rest > 1e-12 ? (x / rest) * (1 - value) : (1 - value) / 3));
    const sum = next.reduce((a, b) => a + b, 0);
    return next.map((x) => x / sum);
  };

  fid.rhoWords = function (rho, theta) {
    if (alone(theta)) return "ρ does not matter: one stakeholder takes all";
    if (rho === -Infinity) return "ρ = −∞: only whoever has least counts (maximin)";
    if (Math.abs(rho) < 1e-9) return "ρ = 0: proportional gains count alike (Cobb–Douglas)";
    if (rho === 1) return "ρ = 1: gains are added up";
    return `ρ = ${fid.rho(rho)}: ${rho < 0 ? "whoever has least is shielded strongly" : "gains are added up with some care for whoever has least"}`;
  };

  fid.principal = {
    theta: [0.25, 0.25, 0.25, 0.25],
    rho: 1,
    name: null,
    get given() {
      const given = fid.data.principal;
      const rho = readRho(given.rho, given.theta);
      const same = this.theta.every((x, k) => Math.abs(x - given.theta[k]) < 1e-9);
      return same && (alone(this.theta) || this.rho === rho || Math.abs(this.rho - rho) < 1e-9);
    },
    /** Whom it cares about, most first: "employees 40 %, consumers 40 % and society 20 %". */
    get cares() {
      const groups = this.theta.map((x, k) => [x, NAMES[k]]).filter(([x]) => x >= 0.005).sort((a, b) => b[0] - a[0]);
      const told = groups.map(([x, name]) => `${name} ${fid.percent(x)}`);
      return told.length > 1 ? `${told.slice(0, -1).join(", ")} and ${told.at(-1)}` : told[0];
    },
    /** Set weights and ρ; a name where they are a profile's. */
    set(theta, rho, name = null) {
      this.theta = theta;
      this.rho = rho;
      this.name = name;
      for (const hear of listeners) hear();
    },
    heard(listener) {
      listeners.push(listener);
    },
  };

  /** A principal in the address, `#theta=a,b,c,d&rho=r`, so that a view can be sent as a link. */
  function fromAddress() {
    const match = /^#theta=([\d.,e+-]+)&rho=(-?[\d.e+-]+|-inf)$/.exec(decodeURIComponent(location.hash));
    if (!match) return null;
    const theta = match[1].split(",").map(Number);
    const rho = match[2] === "-inf" ? -Infinity : Number(match[2]);
    const sum = theta.reduce((a, b) => a + b, 0);
    if (theta.length !== 4 || !theta.every((x) => x >= 0) || Math.abs(sum - 1) > 0.02 || !(rho <= 1)) return null;
    return [theta.map((x) => x / sum), rho];
  }

  const toAddress = fid.debounce(() => {
    const { theta, rho, given } = fid.principal;
    const weights = theta.map((x) => +x.toFixed(6)).join(",");
    if (given && !location.hash.startsWith("#theta=")) return;
    const hash = given ? "#ranking" : `#theta=${weights}&rho=${rho === -Infinity ? "-inf" : +rho.toFixed(6)}`;
    try {
      history.replaceState(null, "", hash);
    } catch {
      // A browser that forbids it from a file loses the link, nothing else.
    }
  }, 400);

  function profileButtons(profiles) {
    const buttons = Object.entries(profiles).map(([name, profile]) => {
      const sum = profile.theta.reduce((a, b) => a + b, 0);
      const theta = profile.theta.map((x) => x / sum);
      const choose = () => fid.principal.set(theta, readRho(profile.rho, theta), name);
      return [name, fid.el("button", { type: "button", "aria-pressed": "false", onclick: choose }, profile.title || name)];
    });
    fid.principal.heard(() => {
      for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(fid.principal.name === name));
    });
    return buttons.map(([, button]) => button);
  }

  function slider(id, label, hint, settings, move) {
    const input = fid.el("input", { type: "range", id, ...settings, oninput: () => move(Number(input.value)) });
    const output = fid.el("output", { for: id });
    const row = fid.el("div", { class: "slider" }, fid.el("label", { for: id }, label, fid.el("small", {}, hint)), input, output);
    return { row, input, output };
  }

  fid.principalControls = function (place) {
    const data = fid.data;
    const theta = NAMES.map((name, k) =>
      slider(`theta-${k}`, `weight of ${name} (θ)`, `how much a gain of ${name} counts`, { min: 0, max: 1, step: 0.01 }, (value) =>
        fid.principal.set(fid.rescaled(fid.principal.theta, k, value), fid.principal.rho),
      ),
    );
    const rho = slider("rho", "substitution (ρ)", "left: whoever has least counts; right: gains are added up", { min: 0, max: 100, step: 0.5 }, (s) =>
      fid.principal.set(fid.principal.theta, fid.rhoAt(s)),
    );
    const words = fid.el("p", { class: "hint" });
    const held = fid.el("p", { class: "hint", id: "held" });
    document.getElementById("profiles").append(
      fid.el("fieldset", { class: "profiles" }, fid.el("legend", { class: "sr" }, "The principal"), ...profileButtons(data.profiles)),
      held,
    );
    place.append(
      fid.el(
        "fieldset",
        { class: "sliders" },
        fid.el("legend", { class: "sr" }, "Weights, which sum to 1, and substitution"),
        ...theta.map(({ row }) => row),
        rho.row,
      ),
      words,
    );
    fid.principal.heard(() => {
      const now = fid.principal;
      theta.forEach(({ input, output }, k) => {
        input.value = now.theta[k];
        input.setAttribute("aria-valuetext", `${NAMES[k]} ${fid.percent(now.theta[k])}`);
        output.value = now.theta[k].toFixed(3);
      });
      rho.input.value = fid.rhoPosition(now.rho);
      rho.input.setAttribute("aria-valuetext", fid.rhoWords(now.rho, now.theta));
      rho.output.value = alone(now.theta) ? "any" : fid.rho(now.rho);
      words.textContent = `${fid.rhoWords(now.rho, now.theta)}.`;
      held.textContent = `cares about ${now.cares}`;
      toAddress();
    });
    const asked = fromAddress();
    if (asked) fid.principal.set(...asked);
    else fid.principal.set(data.principal.theta, readRho(data.principal.rho, data.principal.theta), data.principal.name);
  };
})(globalThis.fid);
