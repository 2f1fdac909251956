// The table of claims, its filters, and the way from a claim to its evidence.

const VERDICT = {
  pass: { mark: "✓", word: "holds" }, fail: { mark: "✕", word: "violated" }, unknown: { mark: "?", word: "unknown" },
};

function badge(verdict, text) {
  return element("span", { class: `badge ${verdict}` }, element("span", { "aria-hidden": "true" },
    VERDICT[verdict].mark),
    ` ${text || VERDICT[verdict].word}`);
}

function marginShare(claim) {
  return claim.margin === null || !claim.bound ? null : claim.margin / Math.abs(claim.bound);
}

// The gravest first: violated, unknown, then the least margin, then what has no measure.
function claimOrder(one, other) {
  const rank = (claim) => ["fail", "unknown", "pass"].indexOf(claim.verdict);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  const share = (claim) => {
    const value = marginShare(claim);
    return value !== null && !claim.floor ? value : claim.worst ? 1e6 : claim.checked > 0 ? 1e7 : 1e8;
  };
  return share(one) - share(other);
}

function boundText(claim) {
  return claim.bound === null ? "" : `${claim.floor ? "≥" : "≤"} ${quantity(claim.bound, claim.unit)}`;
}

class ClaimTable {
  constructor(run, timeline) {
    this.timeline = timeline;
    this.claims = run.data.verification.claims.slice().sort(claimOrder);
    this.counts = run.data.verification;
    this.only = "notable";
    this.words = "";
    this.buildFilters();
    this.draw();
  }

  buildFilters() {
    const choices = [
      ["notable", "Notable"], ["all", `All ${this.claims.length}`], ["fail", `Violated ${this.counts.fail}`],
      ["unknown", `Unknown ${this.counts.unknown}`], ["idle", "Never exercised"],
    ];
    this.buttons = choices.map(([key, label]) => element("button", {
      type: "button", "aria-pressed": String(key === this.only),
      title: key === "notable" ? "Violated, unknown, and those with a measured margin" : "",
      onclick: () => this.choose(key),
    }, label));
    byId("claim-filters").append(
      element("span", { class: "group" }, this.buttons),
      element("input", {
        type: "search", placeholder: "Find a claim …", "aria-label": "Find a claim",
        oninput: (event) => { this.words = event.target.value.toLowerCase(); this.draw(); },
      }));
    this.keys = choices.map(([key]) => key);
  }

  choose(key) {
    this.only = key;
    this.buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(this.keys[index] === key)));
    this.draw();
  }

  isShown(claim) {
    if (this.words) return `${claim.id} ${claim.title}`.toLowerCase().includes(this.words);
    switch (this.only) {
      case "fail": case "unknown": return claim.verdict === this.only;
      case "idle": return claim.checked === 0;
      case "notable": return claim.verdict !== "pass" || claim.worst !== null;
      default: return true;
    }
  }

  draw() {
    const shown = this.claims.filter((claim) => this.isShown(claim));
    const head = ["Verdict", "Claim", "Checked", "Worst", "Bound", "Margin", "Evidence"];
    const body = shown.flatMap((claim) => this.rows(claim));
    if (body.length === 0) body.push(element("tr", {}, element("td", { colspan: 7, class: "soft" }, "No such claim.")));
    byId("claim-table").replaceChildren(
      element("caption", {}, `${shown.length} of ${this.claims.length} claims`),
      element("thead", {}, element("tr", {}, head.map((text, index) => element("th", {
        scope: "col", class: index >= 2 && index <= 4 ? "number" : "" }, text)))),
      element("tbody", {}, body));
  }

  rows(claim) {
    const evidence = claim.worst ? this.jump(claim.worst[1], claim.worst[2], claim.id) : null;
    const rows = [element("tr", { class: `claim ${claim.verdict}`, "data-claim": claim.id },
      element("td", {}, badge(claim.verdict)),
      element("td", {}, element("div", { class: "id" }, claim.id), element("div", { class: "soft" }, claim.title)),
      element("td", { class: "number" }, grouped(claim.checked)),
      element("td", { class: "number" }, claim.worst ? quantity(claim.worst[0], claim.unit) : ""),
      element("td", { class: "number" }, boundText(claim)),
      element("td", {}, this.margin(claim)), element("td", {}, evidence))];
    const isNew = (one) => !claim.first.some((other) => other[0] === one[0]);
    const violations = claim.first.concat(claim.gravest.filter(isNew));
    if (claim.remark || violations.length > 0) {
      const count = claim.failures > 0
        ? element("p", {}, `${grouped(claim.failures)} of ${grouped(claim.checked)} instances did not hold.`) : null;
      rows.push(element("tr", { class: "more" }, element("td", {}), element("td", { colspan: 6 }, count,
        claim.remark ? element("p", {}, claim.remark) : null,
        violations.length === 0 ? null : element("ul", {}, violations.map(([position, time, excess, text]) =>
          element("li", {}, this.jump(position, time, claim.id), ` ${text}`,
            excess > 0 && claim.unit ? element("span", { class: "soft" },
              ` (by ${quantity(excess, claim.unit)})`) : null))))));
    }
    return rows;
  }

  margin(claim) {
    if (claim.margin === null) return null;
    const share = marginShare(claim);
    const text = quantity(claim.margin, claim.unit);
    if (share === null || claim.floor) return element("span", { class: "number" }, text);
    const filled = Math.max(0, Math.min(1, 1 - share));
    const level = claim.margin < 0 ? "fail" : share < 0.2 ? "unknown" : "pass";
    return element("div", { class: "margin", title: `${percent(filled)} of the bound was used` },
      element("span", { class: "track" }, element("span", { class: `fill ${level}`,
        style: `width:${(100 * filled).toFixed(1)}%` })),
      element("span", { class: "number" }, text));
  }

  jump(position, time, claim) {
    return element("button", {
      type: "button", class: "jump", "data-position": position, title: `Show event ${position} on the timeline`,
      onclick: (event) => {
        this.timeline.show(position, time, claim);
        byId("timeline").scrollIntoView({ block: "start" });
        // Who came by the keyboard goes on by it.
        if (event.detail === 0) this.timeline.stage.focus({ preventScroll: true });
      },
    }, instant(time));
  }
}
