// Puts the page together, and follows theme, print and address.

function start() {
  const run = new Run(JSON.parse(byId("data").textContent));
  const { trace, module, verification } = run.data;
  byId("title").textContent = module.name;
  byId("subtitle").replaceChildren(element("code", {}, trace.identity),
    ` · ${trace.name} · ${duration(trace.lastNs - trace.firstNs)} of virtual time · ${grouped(trace.events)} events`);
  const words = { pass: verification.omission ? "Every claim judged holds" : "Every claim holds",
    fail: `${verification.fail} of ${verification.claims.length} claims violated`,
    unknown: verification.unknown > 0 ? "Inconclusive: evidence is missing"
      : "Inconclusive: the trace file is not as it was written" };
  byId("verdict").replaceChildren(badge(verification.verdict, words[verification.verdict]));
  showNotices(run);
  showTiles(run);
  const timeline = new Timeline(run);
  const claims = new ClaimTable(run, timeline);
  showLegend(run);
  showHistograms(run);
  showShares(run);
  showSchedules(run);
  showIdentity(run);
  followTheme(timeline);
  followPrint(timeline, claims);
  window.addEventListener("hashchange", () => followAddress(run, timeline, claims));
  followAddress(run, timeline, claims);
}

function followTheme(timeline) {
  const again = () => {
    timeline.painter.theme = colours();
    timeline.redraw();
  };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    again();
  });
}

// Paper is light, and shows every claim.
function followPrint(timeline, claims) {
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = { theme: document.documentElement.dataset.theme, only: claims.only };
    document.documentElement.dataset.theme = "light";
    timeline.painter.theme = colours();
    timeline.draw();
    claims.choose("all");
  });
  window.addEventListener("afterprint", () => {
    if (!before) return;
    if (before.theme) document.documentElement.dataset.theme = before.theme;
    else delete document.documentElement.dataset.theme;
    timeline.painter.theme = colours();
    timeline.draw();
    claims.choose(before.only);
  });
}

// #event=253 and #view=1.0,1.02 (seconds) lead to a place; #selfcheck is for tests.
function followAddress(run, timeline, claims) {
  const hash = decodeURIComponent(location.hash.slice(1));
  const event = /^event=(\d+)$/.exec(hash);
  const view = /^view=([\d.]+),([\d.]+)$/.exec(hash);
  if (event) {
    const position = Number(event[1]);
    const place = run.locate(position);
    if (place) timeline.show(position, place.region.times[place.index]);
    else showAbsence(run, position);
  } else if (view) {
    timeline.setView(Number(view[1]) * 1e9, Number(view[2]) * 1e9);
  } else if (hash === "selfcheck") {
    selfCheck(run, timeline, claims);
  }
}

// Of a long run only some stretches are on the page one by one: who comes by an event's number is told so.
function showAbsence(run, position) {
  const { events, name } = run.data.trace;
  const last = run.regions.reduce((greatest, region) => Math.max(greatest, region.first + region.count - 1), 0);
  const isBeyond = position > last;
  byId("selection").replaceChildren(element("p", { class: "notice absence" }, isBeyond
    ? `There is no event ${grouped(position)}: the trace’s last is ${grouped(last)}.`
    : `Event ${grouped(position)} is not on this page, which has ${grouped(run.data.trace.detailed)} of `
      + `${grouped(events)} events one by one. `,
  isBeyond ? "" : element("code", {}, `partita dump ${name} --from event:${position} --limit 20`),
  isBeyond ? "" : " prints it."));
  byId("selection").scrollIntoView({ block: "nearest" });
}

start();
