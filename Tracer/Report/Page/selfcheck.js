// Opened as page.html#selfcheck, the page looks at itself and says what it found: for the tests of `partita report`.

function selfCheck(run, timeline, claims) {
  const sums = {};
  for (const lane of run.lanes) sums[lane.group] = (sums[lane.group] || 0) + lane.total;
  const shown = [...document.querySelectorAll("figure.card")].length;
  const found = {
    lanes: run.lanes.length, rows: timeline.rows.filter((row) => row.type !== "heading").length, sums,
    events: run.data.trace.events, detailed: run.regions.reduce((sum, region) => sum + region.count, 0),
    stays: run.residency.count, staysEnd: run.residency.count > 0 ? run.residency.ends[run.residency.count - 1] : 0,
    frames: run.data.frames.count,
    measures: run.data.measures.map((measure) => ({
      measure: measure.measure, subject: measure.subject, count: measure.count, max: measure.max,
      total: measure.buckets.reduce((sum, bucket) => sum + bucket[2], 0),
    })),
    shares: Object.fromEntries(shareRows(run).map((row) => [row.name, row.used])),
    histogramsShown: shown, colours: {}, jumps: { tried: 0, shown: 0 },
  };
  claims.choose("all");
  const rows = [...document.querySelectorAll("#claim-table tr.claim")];
  found.claims = rows.length;
  found.verdicts = {};
  for (const verdict of ["pass", "fail", "unknown"]) {
    found.verdicts[verdict] = rows.filter((row) => row.classList.contains(verdict)).length;
  }
  timeline.draw();
  found.colours.whole = distinctColours(timeline.chart);
  // Every way from a claim to its evidence must end at that event, in view.
  for (const button of document.querySelectorAll("#claim-table button.jump")) {
    found.jumps.tried += 1;
    button.click();
    timeline.draw();
    const chosen = document.querySelector("#selection tr.chosen");
    const isInView = timeline.selected.time >= timeline.view.from && timeline.selected.time <= timeline.view.to;
    if (chosen && chosen.dataset.position === button.dataset.position && isInView) found.jumps.shown += 1;
  }
  found.colours.close = distinctColours(timeline.chart);
  timeline.fit();
  for (const key of ["+", "+", "ArrowRight", "-", ".", ",", "e", "E", "0"]) {
    timeline.stage.dispatchEvent(new KeyboardEvent("keydown", { key }));
  }
  found.isWholeAgain = timeline.view.from === run.from && timeline.view.to === run.to;
  found.problems = problems;
  const host = element("script", { type: "application/json", id: "found" });
  host.textContent = JSON.stringify(found);
  document.body.append(host);
}

// How many different colours a canvas shows: a blank one shows one.
function distinctColours(canvas) {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let at = 0; at < pixels.length; at += 4) {
    seen.add(pixels[at] * 0x1000000 + pixels[at + 1] * 0x10000 + pixels[at + 2] * 0x100 + pixels[at + 3]);
  }
  return seen.size;
}
