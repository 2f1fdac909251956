// Tiles, histograms, shares of time, schedules and identities.

function showTiles(run) {
  const { trace, verification, frames } = run.data;
  const span = trace.lastNs - trace.firstNs;
  const known = span - trace.missingNs;
  const narrow = verification.claims.filter((claim) => !claim.floor && marginShare(claim) !== null)
    .sort((one, other) => marginShare(one) - marginShare(other))[0];
  const lost = trace.lost + trace.missing;
  const tiles = [
    ["Claims", `${verification.pass} hold`, `${verification.fail} violated · ${verification.unknown} unknown`,
      verification.verdict],
    ["Virtual time", duration(span), `${grouped(frames.count)} major frames`],
    ["Events", grouped(trace.events), known > 0 ? `${grouped(trace.events / (known / 1e9))} a second` : ""],
    ["Lost", grouped(lost), lost === 0 && trace.complete && trace.gaps === 0 ? "the trace is whole"
      : `${grouped(trace.gaps)} gaps; ${trace.condition}`,
        lost > 0 || !trace.complete || trace.gaps > 0 ? "fail" : "pass"],
    narrow ? ["Narrowest margin", quantity(narrow.margin, narrow.unit),
      `${narrow.id}, bound ${quantity(narrow.bound, narrow.unit)}`]
      : null,
  ];
  byId("tiles").replaceChildren(...tiles.filter(Boolean).map(([label, value, note, level]) => element("div",
    { class: `tile ${level || ""}` }, element("div", { class: "label" }, label), element("div", { class: "value" },
      value),
    element("div", { class: "note" }, note))));
}

// Bounds that the module sets on what a histogram measures: by the subject's number in the claim's identifier.
function boundOf(run, measure) {
  const claims = run.data.verification.claims;
  const find = (id) => (claims.find((claim) => claim.id === id) || { bound: null }).bound;
  const vector = Number.parseInt(measure.subject, 10);
  if (measure.measure === "interrupt → mark") return find(`budget.interruptToMark.${vector - 32}`);
  if (measure.measure === "hypercall → resumed") {
    const claim = claims.find((candidate) => candidate.id.startsWith("budget.hypercall.")
      && candidate.title.includes(`(${measure.subject})`));
    return claim ? claim.bound : null;
  }
  return null;
}

function showHistograms(run) {
  const groups = new Map();
  for (const measure of run.data.measures) push(groups, measure.measure, measure);
  const host = byId("histograms");
  host.replaceChildren();
  for (const [title, list] of groups) {
    host.append(element("h3", {}, title), element("div", { class: "cards" }, list.map((measure) => histogram(run,
      measure))));
  }
  if (groups.size === 0) host.append(element("p", { class: "soft" }, "The run has nothing to measure."));
}

function histogram(run, measure) {
  const bound = boundOf(run, measure);
  const [width, height, foot] = [300, 92, 18];
  const low = Math.log10(Math.max(0.5, measure.min * 0.9));
  const high = Math.max(low + 0.5, Math.log10(Math.max(measure.max * 1.1, bound ? bound * 1.15 : 1)));
  const x = (value) => 6 + (width - 12) * (Math.log10(Math.max(0.5, value)) - low) / (high - low);
  // Neighbouring buckets share columns of equal width on the logarithmic axis.
  const columns = new Float64Array(72);
  const column = (width - 12) / columns.length;
  for (const [least, greatest, count] of measure.buckets) {
    const place = Math.floor((x((least + greatest) / 2) - 6) / column);
    columns[Math.max(0, Math.min(columns.length - 1, place))] += count;
  }
  const most = Math.max(...columns);
  const bars = [];
  columns.forEach((count, index) => {
    if (count === 0) return;
    const size = Math.max(2, (height - foot - 8) * Math.sqrt(count / most));
    bars.push(element("rect", {
      x: 6 + index * column, y: height - foot - size, width: Math.max(1, column - 0.6), height: size, class: "bar",
    }, element("title", {}, `${grouped(count)} instances`)));
  });
  const ticks = [];
  const factors = high - low < 1.6 ? [1, 2, 5] : [1];
  for (let power = Math.floor(low); power <= high; power += 1) {
    for (const factor of factors) {
      const at = x(factor * 10 ** power);
      if (at < 6 || at > width - 26) continue;
      ticks.push(element("line", { x1: at, x2: at, y1: height - foot, y2: height - foot + 4, class: "tick" }),
        element("text", { x: at + 2, y: height - 3, class: "axis" }, duration(factor * 10 ** power)));
    }
  }
  const limit = bound === null ? [] : [
    element("line", { x1: x(bound), x2: x(bound), y1: 4, y2: height - foot, class: "bound" }),
    element("text", { x: x(bound) - 4, y: 12, class: "axis end" }, `bound ${duration(bound)}`)];
  const figures = [["min", measure.min], ["median", measure.median], ["p99", measure.p99], ["max", measure.max]];
  return element("figure", { class: "card", "data-measure": measure.measure, "data-subject": measure.subject },
    element("figcaption", {}, element("strong", {}, measure.subject), element("span", { class: "soft" },
      ` ${grouped(measure.count)}×`)),
    element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `Distribution of ${measure.measure}, ${measure.subject}` },
      element("line", { x1: 6, x2: width - 6, y1: height - foot, y2: height - foot, class: "tick" }), ticks, bars,
        limit),
    element("dl", {}, figures.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {},
      duration(value))))));
}

// Whose the run's time was: the rows of 'partita stats'.
function shareRows(run) {
  const { trace, partitions, schedules, module } = run.data;
  const schedule = schedules[module.initialSchedule];
  const scheduled = partitions.map((_, index) => !schedule ? null
    : schedule.windows.filter((window) => window[2] === index).reduce((sum, window) => sum + window[1],
      0) / schedule.majorFrameNs);
  const idle = run.lane("run", NOBODY);
  const rows = partitions.map((partition, index) => ({
    name: partition.name, swatch: index, used: partition.ringThreeNs, planned: scheduled[index],
    note: partition.drainer ? "drainer, gets idle time too" : "",
  }));
  if (idle) rows.push({ name: "idle loop", swatch: NOBODY, used: idle.total, planned: null, note: "" });
  if (trace.missingNs > 0) {
    rows.push({ name: "events missing", swatch: LOST, used: trace.missingNs, planned: null,
      note: "nobody knows whose it was" });
  }
  const used = rows.reduce((sum, row) => sum + row.used, 0);
  rows.push({ name: "kernel and padding", swatch: null, used: Math.max(0, trace.lastNs - trace.firstNs - used),
    planned: null, note: "" });
  return rows;
}

function showShares(run) {
  const { trace } = run.data;
  const span = Math.max(1, trace.lastNs - trace.firstNs);
  const rows = shareRows(run);
  const head = ["", "Time in ring 3", "Share", "Windows by schedule", ""];
  byId("shares").replaceChildren(
    element("p", { class: "lead" }, "A bar is time in ring 3; the outline behind it is what the initial schedule’s ",
      "windows add up to."),
    element("div", { class: "scroll" }, element("table", { class: "shares" },
      element("thead", {}, element("tr", {}, head.map((text, index) => element("th", { scope: "col",
        class: index > 0 && index < 4 ? "number" : "" }, text)))),
      element("tbody", {}, rows.map((row) => element("tr", {},
        element("th", { scope: "row" }, swatch(row.swatch), row.name, row.note ? element("span", { class: "soft" },
          ` ${row.note}`) : null),
        element("td", { class: "number" }, duration(row.used)), element("td", { class: "number" },
          percent(row.used / span)),
        element("td", { class: "number" }, row.planned === null ? "" : percent(row.planned)),
        element("td", { class: "wide" }, element("span", { class: "share" },
          row.planned === null ? null : element("span", { class: "planned",
            style: `width:${(100 * row.planned).toFixed(2)}%` }),
          element("span", { class: `used ${swatchClass(row.swatch)}`,
            style: `width:${(100 * row.used / span).toFixed(2)}%` })))))))));
}

// Stands for no partition: of that time events are missing.
const LOST = -1;

function swatchClass(index) {
  if (index === null) return "kernel";
  if (index === LOST) return "lost";
  return index === NOBODY ? "idle" : `p${index % 8}`;
}
function swatch(index) { return element("span", { class: `swatch ${swatchClass(index)}`, "aria-hidden": "true" }); }

function showSchedules(run) {
  const { schedules, module } = run.data;
  byId("schedules").replaceChildren(...schedules.map((schedule, index) => {
    const [width, height] = [1000, 74];
    const x = (time) => 1 + (width - 2) * time / schedule.majorFrameNs;
    const parts = schedule.windows.flatMap(([start, length, owner, identifier]) => {
      const size = x(start + length) - x(start);
      const name = run.partitionName(owner);
      return [
        element("rect", { x: x(start), y: 8, width: Math.max(1, size - 1), height: 34,
          class: `window ${swatchClass(owner)}` },
          element("title", {}, `window ${identifier}: ${name}, ${duration(start)} … ${duration(start + length)}`)),
        size > 8.5 * name.length ? element("text", { x: x(start) + size / 2, y: 30, class: "window-name" },
          name) : null,
        element("text", { x: x(start), y: 58, class: "axis" }, trimmed((start / 1e6).toFixed(3)))];
    });
    return element("figure", { class: "schedule" },
      element("figcaption", {}, element("strong", {}, schedule.name || `schedule ${schedule.identifier}`),
        ` · major frame ${duration(schedule.majorFrameNs)} · switch allowance L ${duration(module.allowanceNs)}`,
        index === module.initialSchedule ? " · initial" : ""),
      element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `Windows of schedule ${schedule.name}` },
        element("rect", { x: 1, y: 8, width: width - 2, height: 34, class: "frame" }), parts,
        element("text", { x: width - 2, y: 58, class: "axis end" },
          `${trimmed((schedule.majorFrameNs / 1e6).toFixed(3))} ms`)));
  }));
}

function showIdentity(run) {
  const { trace, module, partitions } = run.data;
  const rows = [
    ["Run", code(trace.identity), "last checksum of the trace’s chain of blocks"],
    ["Trace", trace.name, `${bytesText(trace.bytes)} in ${grouped(trace.blocks)} blocks, ${trace.condition}`],
    ["Module", code(module.checksum), `${module.name}, identifier ${module.identifier}: checksum of the module table`],
    ["Images", code(module.images), "checksum of all partitions’ segments"],
    ["Kernel", code(module.kernel),
      trace.recorded === false ? "no kernel: partita made this trace" : "build identity, as the boot event has it"],
    ...partitions.map((partition) => [partition.name, code(partition.build),
      `build identity; partition ${partition.identifier}${partition.system ? ", system partition" : ""}`
        + budgetText(partition)]),
    ["Clocks", `${grouped(module.pitHz)} Hz · ${grouped(module.rtcHz)} Hz`, "interval timer and real-time clock"],
    ["Recorder", bytesText(module.ringBytes), `ring; a keyframe each ${grouped(module.keyframeFrames)} major frames`],
  ];
  byId("identities").replaceChildren(element("div", { class: "scroll" }, element("table", { class: "identity" },
    element("tbody", {}, rows.map(([name, value, note]) => element("tr", {}, element("th", { scope: "row" }, name),
      element("td", {}, value), element("td", { class: "soft" }, note)))))));
}

function budgetText(partition) {
  if (partition.periodNs <= 0) return "";
  return `, ${duration(partition.durationNs)} in each ${duration(partition.periodNs)}`;
}

function code(text) { return element("code", {}, text); }

function showLegend(run) {
  const item = (kind, text) => element("span", { class: "item" }, element("span", { class: `key ${kind}` }), text);
  const width = duration(run.cellWidth);
  const { trace, processes } = run.data;
  const isLate = ([process, release, end, flag, moved]) =>
    flag || end > (moved ?? release + processes[process].deadlineNs);
  const areSomeLate = run.regions.some((region) => region.jobs.some(isLate));
  byId("legend").replaceChildren(
    item("nominal", "window by schedule"), item("stay", "partition has the processor"), item("ring3",
      "in ring 3 (close up)"),
    item("mark", "mark"), item("tick", "upcall, interrupt"),
    ...(run.told.size > 0 ? [item("job", "job under way"), item("ring3", "process has the processor")] : []),
    ...(areSomeLate ? [item("late", "late job")] : []),
    item("deadline", "deadline"), item("worst", "worst case of a claim"),
    item("violation", "violation"), item("gap", "events missing"),
    element("span", { class: "hint" }, run.isWhole ? "All events are on this page. "
      : `Counts over the whole run in cells of ${width}; ${grouped(trace.detailed)} of ${grouped(trace.events)} events `
        + "one by one, where the line “event by event” is strong. ",
    "Click, then scroll to zoom, drag to pan, Shift-drag to zoom into a stretch; ",
    "keys: arrows, +, −, 0, comma, full stop, e, n, p."));
}

function showNotices(run) {
  const { trace, frames, gaps, verification } = run.data;
  const notices = [];
  const note = (level, ...parts) => notices.push([level, parts.join("")]);
  if (trace.recorded === false) {
    note("unknown", "This trace is not recorded from a kernel but made by partita: ",
      "its boot event names no kernel.");
  } else if (trace.recorded === null) {
    note("unknown", "Which kernel recorded this trace is not known: its boot event is missing.");
  }
  if (verification.omission) note("unknown", `Not judged: ${verification.omission}.`);
  if (!trace.complete) note("fail", `The trace is not whole: ${trace.condition}. `, "What is not there is not judged.");
  if (trace.lost > 0) {
    note("fail", `${grouped(trace.lost)} events were lost in the recorder. `, "Claims that they touch are unknown.");
  }
  if (trace.missing > 0) note("fail", `${grouped(trace.missing)} events are missing through damage.`);
  if (trace.gaps > gaps.length) note("unknown", `${grouped(trace.gaps)} gaps; the first ${gaps.length} are drawn.`);
  if (run.residency.cutAt !== null) {
    note("unknown", `Exact stays of partitions are on this page until ${instant(run.residency.cutAt)}; `,
      `later ones as shares in cells of ${duration(run.cellWidth)}.`);
  }
  if (frames.isCut) {
    note("unknown", "The major frames change their course more often than this page can hold; ",
      "later ones are not numbered.");
  }
  byId("notices").replaceChildren(...notices.map(([level, text]) => element("p", { class: `notice ${level}` }, text)));
}
