// The rows of the timeline: which there are, which events belong to one, and what things are called there.

const ROW_HEIGHT = { run: 22, interrupt: 17, delivery: 22, hypercall: 17, process: 17, health: 17, violation: 17,
  heading: 22 };

// The rows of the chart, by group, from the lanes that the run has.
function rowsOf(run) {
  const rows = [];
  const lanes = (group) => run.lanes.filter((lane) => lane.group === group);
  const heading = (label) => rows.push({ type: "heading", label });
  const prefixed = (list, type, swatch) => list.forEach((lane) => rows.push({
    type, subject: lane.subject, label: lane.label, lane, swatch: swatch ? swatch(lane) : undefined,
  }));
  if (lanes("violation").length > 0) heading("Violations of claims");
  prefixed(lanes("violation"), "violation");
  heading("Partitions");
  prefixed(lanes("run"), "run", (lane) => lane.subject);
  if (lanes("process").length > 0) heading("Processes");
  const owner = (lane) => run.data.processes[lane.subject].partition;
  // A partition's one below the other, in the order of the module file.
  const processes = lanes("process").sort((one, other) => owner(one) - owner(other) || one.subject - other.subject);
  prefixed(processes, "process", owner);
  if (lanes("interrupt").length > 0) heading("Interrupts");
  prefixed(lanes("interrupt"), "interrupt");
  const owners = new Set(lanes("mark").concat(lanes("upcall")).map((lane) => lane.subject));
  if (owners.size > 0) heading("Marks and upcalls");
  for (const subject of [...owners].sort((one, other) => one - other)) {
    const [lane, second] = [run.lane("mark", subject), run.lane("upcall", subject)];
    rows.push({ type: "delivery", subject, label: (lane || second).label, lane, second, swatch: subject });
  }
  if (lanes("hypercall").length > 0) heading("Hypercalls");
  prefixed(lanes("hypercall"), "hypercall", (lane) => lane.subject);
  if (lanes("health").length > 0) heading("Health and modes");
  prefixed(lanes("health"), "health", (lane) => lane.subject);
  return rows;
}

function plural(name) {
  return { processs: "jobs", healths: "health events and mode changes" }[name] || name;
}

function kindName(run, kind) { return (run.data.kinds[kind] || [`kind ${kind}`])[0]; }

// Which events belong to a row.
function wantedIn(row) {
  return (region, index) => {
    const kind = region.kinds[index];
    const isOwn = region.partitions[index] === row.subject;
    switch (row.type) {
      case "interrupt": return kind === KIND.interrupt && region.subjects[index] === row.subject;
      case "delivery": return isOwn && (kind === KIND.mark || kind === KIND.upcall || kind === KIND.upcallWritten);
      case "hypercall": return isOwn && (kind === KIND.hypercall || kind === KIND.result);
      case "health": return isOwn && HEALTH_KINDS.has(kind);
      default: return false;
    }
  };
}

// What a single event is called where there is room for a few words: a call by its name, others by kind and vector.
function eventName(run, region, index) {
  const call = /^call=(\S+)/.exec(region.texts[index]);
  if (call && region.kinds[index] === KIND.hypercall) return call[1];
  const vector = /^vector=(\d+(?: [^\s=]+(?=\s|$))?)/.exec(region.texts[index]);
  return kindName(run, region.kinds[index]) + (vector ? ` ${vector[1]}` : "");
}
