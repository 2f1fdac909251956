// The run: counts by cell over its whole length, the exact stays of partitions, and stretches of single events.

const KIND = {
  interrupt: 1, timer: 2, hypercall: 3, exception: 4, mark: 17, upcall: 18, result: 20, switched: 21, windowStart: 22,
  frame: 24, healthAction: 25, modeChange: 30, stop: 32, healthError: 36, moduleAction: 37, callback: 42,
  upcallWritten: 49, fault: 55,
  // By what an upcall is shown.
  upcallShown: 49,
};
const HEALTH_KINDS = new Set([
  KIND.exception, KIND.healthAction, KIND.modeChange, KIND.stop, KIND.healthError, KIND.moduleAction, KIND.callback,
  KIND.fault,
]);
const NOBODY = 255;

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

// Running sums, so that any stretch's sum is a subtraction.
function runningSums(lane, count) {
  const bytes = bytesOf(lane.data);
  const sums = new Float64Array(count + 1);
  for (let index = 0, at = 0; index < count; index += 1) {
    let value = 0;
    for (let place = 0, weight = 1; place < lane.bytes; place += 1, weight *= 256) value += bytes[at++] * weight;
    sums[index + 1] = sums[index] + value;
  }
  return sums;
}

class Lane {
  constructor(raw, cells) {
    this.group = raw.group;
    this.subject = raw.subject;
    this.label = raw.label;
    this.base = cells.baseNs;
    this.width = cells.widthNs;
    this.count = cells.count;
    this.sums = runningSums(raw, cells.count);
  }

  get total() { return this.sums[this.count]; }

  // The sum up to an instant, shared out evenly within a cell.
  upTo(time) {
    const place = (time - this.base) / this.width;
    if (place <= 0) return 0;
    if (place >= this.count) return this.sums[this.count];
    const index = Math.floor(place);
    return this.sums[index] + (this.sums[index + 1] - this.sums[index]) * (place - index);
  }

  between(from, to) { return this.upTo(to) - this.upTo(from); }
}

class Residency {
  constructor(raw) {
    const bytes = bytesOf(raw.data);
    this.count = raw.count;
    this.cutAt = raw.cutAtNs;
    this.partitions = new Uint8Array(raw.count);
    this.starts = new Float64Array(raw.count);
    this.ends = new Float64Array(raw.count);
    let at = 0;
    const number = () => {
      let value = 0;
      for (let weight = 1; ; weight *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * weight;
        if (byte < 128) return value;
      }
    };
    let end = raw.baseNs;
    for (let index = 0; index < raw.count; index += 1) {
      this.partitions[index] = bytes[at++];
      this.starts[index] = end + number();
      end = this.starts[index] + number();
      this.ends[index] = end;
    }
  }

  // The first stay that ends after an instant.
  first(time) { return lowerBound(this.ends, time); }
}

// The first index whose value exceeds `value`, in an ascending array.
function lowerBound(values, value, count = values.length) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > value) high = middle; else low = middle + 1;
  }
  return low;
}

class Region {
  constructor(raw) {
    const count = raw.rows.length;
    this.first = raw.first;
    this.count = count;
    this.from = raw.from;
    this.to = raw.to;
    this.times = new Float64Array(count);
    this.kinds = new Uint8Array(count);
    this.partitions = new Uint8Array(count);
    this.subjects = new Float64Array(count);
    this.texts = new Array(count);
    this.jobs = raw.jobs;
    this.processRuns = new Map();
    for (const [process, from, to] of raw.runs) push(this.processRuns, process, [from, to]);
    this.runs = new Map();
    this.calls = new Map();
    this.points = new Map();
    this.links = [];
    let time = raw.from;
    const waiting = new Map();
    let call = -1;
    for (let index = 0; index < count; index += 1) {
      const [step, kind, partition, subject, resumed, text] = raw.rows[index];
      const before = time;
      time += step;
      this.times[index] = time;
      this.kinds[index] = kind;
      this.partitions[index] = partition;
      this.subjects[index] = subject;
      this.texts[index] = text;
      if (resumed >= 0) {
        if (index > 0 && before + resumed <= time) push(this.runs, partition, [before + resumed, time, index]);
        call = -1;
      }
      this.file(index, kind, partition, subject, time, waiting);
      if (kind === KIND.hypercall) {
        call = index;
        push(this.calls, partition, [time, time, index]);
      } else if (kind === KIND.result && call >= 0) {
        const calls = this.calls.get(this.partitions[call]);
        calls[calls.length - 1][1] = time;
        call = -1;
      }
    }
  }

  file(index, kind, partition, subject, time, waiting) {
    if (kind === KIND.interrupt) push(this.points, `interrupt:${subject}`, index);
    if (kind === KIND.mark) {
      push(this.points, `mark:${partition}`, index);
      const key = partition * 1000 + subject;
      if (!waiting.has(key)) waiting.set(key, time);
    }
    if (kind === KIND.upcall) {
      const key = partition * 1000 + subject;
      if (waiting.has(key)) this.links.push([partition, waiting.get(key), time]);
      waiting.delete(key);
    }
    if (kind === KIND.upcallShown) push(this.points, `upcall:${partition}`, index);
    if (HEALTH_KINDS.has(kind)) push(this.points, `health:${partition}`, index);
  }

  has(position) { return position >= this.first && position < this.first + this.count; }
}

function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value); else map.set(key, [value]);
}

class Run {
  constructor(data) {
    this.data = data;
    // Where its writing is left out of the trace, by its decision.
    if (data.module.leftOut.includes("upcallWritten")) KIND.upcallShown = KIND.upcall;
    this.from = data.trace.firstNs;
    this.to = Math.max(data.trace.lastNs, data.trace.firstNs + 1);
    this.lanes = data.cells.lanes.map((lane) => new Lane(lane, data.cells));
    this.cellWidth = data.cells.widthNs;
    this.residency = new Residency(data.residency);
    this.regions = data.regions.map((region) => new Region(region));
    this.isWhole = this.regions.length === 1 && data.trace.detailed === data.trace.events;
    this.evidence = evidenceOf(data.verification.claims);
    // Of the others nobody says when they have the processor.
    this.told = new Set(this.regions.flatMap((region) => [...region.processRuns.keys()]));
  }

  partitionName(index) {
    const partition = this.data.partitions[index];
    return partition ? partition.name : "–";
  }

  lane(group, subject) { return this.lanes.find((lane) => lane.group === group && lane.subject === subject); }

  regionsIn(from, to) { return this.regions.filter((region) => region.to >= from && region.from <= to); }

  // The region and index of an event that the page carries.
  locate(position) {
    const region = this.regions.find((candidate) => candidate.has(position));
    return region ? { region, index: position - region.first } : null;
  }

  // The major frames that touch a stretch; at most `limit` of them, else null.
  framesIn(from, to, limit) {
    const { epochs } = this.data.frames;
    const frames = [];
    for (let index = 0; index < epochs.length; index += 1) {
      const [number, start, schedule] = epochs[index];
      const length = this.data.schedules[schedule].majorFrameNs;
      const end = index + 1 < epochs.length ? epochs[index + 1][1] : this.to;
      if (end < from || start > to || length <= 0) continue;
      let step = Math.max(0, Math.floor((from - start) / length));
      for (; start + step * length < Math.min(end, to); step += 1) {
        if (frames.length >= limit) return null;
        const begin = start + step * length;
        frames.push({ number: number + step, start: begin, end: begin + length, schedule });
      }
    }
    return frames;
  }
}

// Every event that a claim points at, ascending in time.
function evidenceOf(claims) {
  const found = [];
  claims.forEach((claim, index) => {
    const seen = new Set();
    for (const [position, time] of claim.first.concat(claim.gravest)) {
      if (!seen.has(position)) found.push({ claim: index, position, time, isViolation: true });
      seen.add(position);
    }
    if (claim.worst && !seen.has(claim.worst[1])) {
      found.push({ claim: index, position: claim.worst[1], time: claim.worst[2], isViolation: false });
    }
  });
  return found.sort((one, other) => one.time - other.time);
}
