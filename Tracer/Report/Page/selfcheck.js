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
    histogramsShown: shown, colours: {}, jumps: { tried: 0, shown: 0, last: 0, violations: 0 },
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
  found.hidden = hiddenColumns(timeline);
  found.drawn = mostDrawn(timeline);
  found.names = namesShown(timeline);
  found.isAbsenceTold = isAbsenceTold(timeline);
  timeline.pointer = { x: timeline.gutter + 50, y: 200 };
  found.followed = drawnDuring(() => timeline.followPointer()).count;
  // Every way from a claim to its evidence must end at that event, in view.
  for (const button of document.querySelectorAll("#claim-table button.jump")) {
    found.jumps.tried += 1;
    if (button.closest("ul")) found.jumps.violations += 1;
    button.click();
    timeline.draw();
    const chosen = document.querySelector("#selection tr.chosen");
    const isInView = timeline.selected.time >= timeline.view.from && timeline.selected.time <= timeline.view.to;
    if (chosen && chosen.dataset.position === button.dataset.position && isInView) {
      found.jumps.shown += 1;
      found.jumps.last = Math.max(found.jumps.last, Number(button.dataset.position));
    }
  }
  found.colours.close = distinctColours(timeline.chart);
  timeline.fit();
  for (const key of ["+", "+", "ArrowRight", "-", ".", ",", "e", "E", "n", "n", "p", "0"]) {
    timeline.stage.dispatchEvent(new KeyboardEvent("keydown", { key }));
  }
  found.isWholeAgain = timeline.view.from === run.from && timeline.view.to === run.to;
  found.problems = problems;
  const host = element("script", { type: "application/json", id: "found" });
  host.textContent = JSON.stringify(found);
  document.body.append(host);
}

// What is put on the canvas while `body` runs. Whoever zooms waits for that, and a test can hold it to a bound.
function drawnDuring(body) {
  const { prototype } = CanvasRenderingContext2D;
  const names = ["fillRect", "strokeRect", "fill", "stroke", "fillText"];
  const originals = names.map((name) => prototype[name]);
  const drawn = { count: 0, texts: [] };
  names.forEach((name, index) => {
    prototype[name] = function counted(...values) {
      drawn.count += 1;
      if (name === "fillText") drawn.texts.push(values[0]);
      return originals[index].apply(this, values);
    };
  });
  body();
  names.forEach((name, index) => { prototype[name] = originals[index]; });
  return drawn;
}

// Of the whole run's rows of counts: columns of pixels in which there is something, and nothing is drawn.
function hiddenColumns(timeline) {
  const { run, painter } = timeline;
  const area = timeline.area();
  const context = timeline.chart.getContext("2d");
  let hidden = 0;
  for (const row of timeline.rows) {
    const lanes = [row.lane, row.second].filter(Boolean);
    if (run.isWhole || row.type === "heading" || row.type === "run") continue;
    let wanted = 0;
    for (const lane of lanes) {
      for (let x = 0; x < area.width; x += 1) {
        if (lane.between(area.from + x * area.scale, area.from + (x + 1) * area.scale) > 0) wanted += 1;
      }
    }
    const drawn = drawnDuring(() => painter.row(context, area, row, row.y, ROW_HEIGHT[row.type])).count;
    hidden += Math.max(0, wanted - drawn);
  }
  return hidden;
}

// The most that one view takes, from the whole run to the closest, at its beginning, in its midst and at its end.
function mostDrawn(timeline) {
  const { run } = timeline;
  const whole = run.to - run.from;
  let most = 0;
  for (const share of [0, 0.5, 1]) {
    for (let length = whole; length > 200; length /= 6) {
      const middle = run.from + share * whole;
      timeline.setView(middle - length / 2, middle + length / 2);
      most = Math.max(most, drawnDuring(() => timeline.draw()).count);
    }
  }
  timeline.fit();
  return most;
}

// Zoomed to single hypercalls, in each stretch of single events one: whether its name stands beside it.
function namesShown(timeline) {
  const { run } = timeline;
  const names = { tried: 0, shown: 0 };
  for (const region of run.regions) {
    const calls = [...region.calls.values()].find((list) => list.length > 1);
    if (!calls) continue;
    // Where the next is farthest.
    const gaps = calls.slice(1).map((call, place) => call[0] - calls[place][1]);
    const [start, end, index] = calls[gaps.indexOf(Math.max(...gaps))];
    const length = Math.min(30e6, Math.max(...gaps) * 0.9);
    timeline.setView(start - length * 0.05, end + length);
    names.tried += 1;
    if (drawnDuring(() => timeline.draw()).texts.includes(eventName(run, region, index))) names.shown += 1;
  }
  timeline.fit();
  return names;
}

// Close up between two stretches of single events that are far apart: whether the page says how to see more.
function isAbsenceTold(timeline) {
  const { regions } = timeline.run;
  const gaps = regions.slice(1).map((region, place) => [regions[place].to, region.from])
    .sort((one, other) => other[1] - other[0] - (one[1] - one[0]));
  if (gaps.length === 0) return false;
  const middle = (gaps[0][0] + gaps[0][1]) / 2;
  timeline.setView(middle - 1e5, middle + 1e5);
  timeline.draw();
  const command = byId("stretch").querySelector("code");
  timeline.fit();
  return command !== null && command.textContent.startsWith("partita dump ");
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
