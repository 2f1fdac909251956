// Draws the timeline's rows. Exact where the page has single stays or events, else sums by column of pixels.

class Painter {
  constructor(run) {
    this.run = run;
    this.theme = colours();
  }

  colour(partition) {
    return partition === NOBODY || partition >= this.run.data.partitions.length
      ? this.theme.idle : this.theme.partitions[partition % 8];
  }

  begin(canvas, width, height) {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.textBaseline = "middle";
    return context;
  }

  text(context, text, x, y, colour, size = 11, align = "left", weight = "") {
    context.font = `${weight} ${size}px ${this.theme.font}`;
    context.fillStyle = colour;
    context.textAlign = align;
    context.fillText(text, x, y);
  }

  // Shortens a text to a width, at its end, or at its beginning where the end tells more.
  fitted(context, text, width, size = 11, isEndKept = false) {
    context.font = `${size}px ${this.theme.font}`;
    if (context.measureText(text).width <= width) return text;
    const marked = (short) => (isEndKept ? `…${short}` : `${short}…`);
    let short = text;
    while (short.length > 1 && context.measureText(marked(short)).width > width) {
      short = isEndKept ? short.slice(1) : short.slice(0, -1);
    }
    return marked(short);
  }

  // The name of a single event, right of it, where it does not reach the next one.
  name(context, area, region, index, x, next, y, size = 10) {
    const end = Math.min(area.x + area.width, next);
    // Most views have room for none: that must not cost a name each.
    const name = x < area.x || end - x < 24 ? "" : eventName(this.run, region, index);
    if (name && name.length * size * 0.6 <= end - x) this.text(context, name, x, y, this.theme.soft, size);
  }

  // MARK: Rows. `area` is {x, width, from, to, scale} with scale = nanoseconds a pixel.

  x(area, time) { return area.x + (time - area.from) / area.scale; }

  runRow(context, area, row, y, height) {
    const { residency } = this.run;
    const colour = this.colour(row.subject);
    if (row.subject !== NOBODY) this.nominalWindows(context, area, row.subject, y, height);
    const first = residency.first(area.from);
    const last = lowerBound(residency.starts, area.to);
    const isKnown = row.subject !== NOBODY && (residency.cutAt === null || area.to <= residency.cutAt);
    if (isKnown && last - first <= area.width * 3) {
      context.fillStyle = colour;
      // Close up, the stays in ring 3 are drawn over it.
      context.globalAlpha = area.scale > 4000 ? 0.9 : 0.38;
      for (let index = first; index < last; index += 1) {
        if (residency.partitions[index] !== row.subject) continue;
        this.bar(context, area, residency.starts[index], residency.ends[index], y + 3, height - 6);
      }
      context.globalAlpha = 1;
      this.ringThree(context, area, row.subject, y, height, colour);
    } else if (row.lane) {
      this.shareArea(context, area, row.lane, y, height, colour);
      if (row.subject === NOBODY) this.ringThree(context, area, row.subject, y, height, colour);
    }
  }

  // Where the schedule puts the partition's windows, as long as frames are wide enough to see.
  nominalWindows(context, area, partition, y, height) {
    const frames = this.run.framesIn(area.from, area.to, Math.floor(area.width / 18));
    if (!frames) return;
    context.strokeStyle = this.theme.faint;
    context.lineWidth = 1;
    for (const frame of frames) {
      for (const [start, length, owner] of this.run.data.schedules[frame.schedule].windows) {
        if (owner !== partition) continue;
        const left = Math.max(area.x, this.x(area, frame.start + start));
        const right = Math.min(area.x + area.width, this.x(area, frame.start + start + length));
        if (right - left < 1) continue;
        context.strokeRect(Math.round(left) + 0.5, y + 1.5, Math.max(1, Math.round(right - left) - 1), height - 4);
      }
    }
  }

  // Single stays in ring 3, where the page has the events.
  ringThree(context, area, partition, y, height, colour) {
    if (area.scale > 4000) return;
    context.fillStyle = colour;
    for (const region of this.run.regionsIn(area.from, area.to)) {
      for (const [start, end] of region.runs.get(partition) || []) {
        if (end >= area.from && start <= area.to) this.bar(context, area, start, end, y + 5, height - 10);
      }
    }
  }

  bar(context, area, start, end, y, height) {
    const left = Math.max(area.x, this.x(area, start));
    const right = Math.min(area.x + area.width, this.x(area, end));
    if (right >= area.x && left <= area.x + area.width) context.fillRect(left, y, Math.max(0.75, right - left), height);
  }

  shareArea(context, area, lane, y, height, colour) {
    context.fillStyle = colour;
    const room = height - 4;
    for (let column = 0; column < area.width; column += 1) {
      const from = area.from + column * area.scale;
      const share = lane.between(from, from + area.scale) / area.scale;
      if (share <= 0) continue;
      const size = Math.max(1, Math.min(1, share) * room);
      context.fillRect(area.x + column, y + height - 2 - size, 1, size);
    }
  }

  // Counts as columns or as cells, single events as ticks where the page has them.
  countRow(context, area, lane, key, y, height, colour, isUpper = false) {
    if (!lane) return;
    const exact = this.exactRegions(area, key);
    if (this.run.cellWidth <= area.scale * 2 && !exact.isWhole) {
      this.columns(context, area, lane, y, height, colour);
      return;
    }
    if (!exact.isWhole) this.cellBlocks(context, area, lane, y, height, colour, exact.regions);
    context.fillStyle = colour;
    for (const region of exact.regions) {
      const points = region.points.get(key) || [];
      for (let place = 0; place < points.length; place += 1) {
        const time = region.times[points[place]];
        if (time < area.from || time > area.to) continue;
        const x = this.x(area, time);
        context.fillStyle = colour;
        this.tick(context, x, y, height, isUpper);
        const next = place + 1 < points.length ? this.x(area, region.times[points[place + 1]]) : Infinity;
        this.name(context, area, region, points[place], x + 5, next - 4, y + height / 2, height < 16 ? 9 : 10);
      }
    }
  }

  tick(context, x, y, height, isUpper) {
    if (isUpper) {
      context.beginPath();
      context.moveTo(x - 3, y + 2);
      context.lineTo(x + 3, y + 2);
      context.lineTo(x, y + height - 1);
      context.fill();
    } else {
      context.fillRect(x - 0.75, y + 2, 1.5, height - 4);
    }
  }

  // Regions in view, and whether they hold all of a reasonable number of events that the view has.
  exactRegions(area, key) {
    const regions = this.run.regionsIn(area.from, area.to);
    const isWhole = this.run.isWhole
      || regions.length === 1 && regions[0].from <= area.from && regions[0].to >= area.to;
    let count = 0;
    for (const region of regions) count += (region.points.get(key) || []).length;
    const isReasonable = area.scale < 40000 || count < area.width / 4;
    return { regions, isWhole: isWhole && isReasonable };
  }

  // A cell counts whole where it begins, and fills what it covers: shared out by width, single events would have all
  // heights.
  columns(context, area, lane, y, height, colour, isLevel = false) {
    let most = 0;
    const values = new Float64Array(Math.floor(area.width));
    const cellFrom = (time) => Math.min(lane.count, Math.max(0, Math.ceil((time - lane.base) / lane.width)));
    for (let column = 0; column < values.length; column += 1) {
      const from = area.from + column * area.scale;
      const first = cellFrom(from);
      values[column] = lane.sums[cellFrom(from + area.scale)] - lane.sums[first];
      // Where none begins that counts something, the one that goes on is to be seen.
      const goesOn = first > 0 && from < lane.base + first * lane.width;
      if (values[column] === 0 && goesOn) values[column] = lane.sums[first] - lane.sums[first - 1];
      if (values[column] > most) most = values[column];
    }
    context.fillStyle = colour;
    for (let column = 0; column < values.length; column += 1) {
      if (values[column] <= 0) continue;
      const size = isLevel ? height - 4 : Math.max(1.5, (height - 4) * values[column] / most);
      context.fillRect(area.x + column, y + height - 2 - size, 1, size);
    }
  }

  // Cells wider than pixels: a block each with its count, left out where single events are drawn.
  cellBlocks(context, area, lane, y, height, colour, regions, opacity = 0.22) {
    const first = Math.max(0, Math.floor((area.from - lane.base) / lane.width));
    const last = Math.min(lane.count - 1, Math.floor((area.to - lane.base) / lane.width));
    for (let cell = first; cell <= last; cell += 1) {
      const count = lane.sums[cell + 1] - lane.sums[cell];
      if (count <= 0) continue;
      const start = lane.base + cell * lane.width;
      const end = start + lane.width;
      if (regions.some((region) => region.from <= start && region.to >= end)) continue;
      const left = Math.max(area.x, this.x(area, start));
      const right = Math.min(area.x + area.width, this.x(area, end));
      context.fillStyle = colour;
      context.globalAlpha = opacity;
      context.fillRect(left, y + 3, Math.max(1, right - left - 1), height - 6);
      context.globalAlpha = 1;
      const label = grouped(count);
      if (right - left > 10 + 7 * label.length) {
        const { ink, soft } = this.theme;
        this.text(context, label, (left + right) / 2, y + height / 2, opacity > 0.5 ? ink : soft, 10, "center");
      }
    }
  }

  deliveryRow(context, area, row, y, height) {
    const half = Math.floor(height / 2);
    const colour = this.colour(row.subject);
    if (area.scale < 40000) {
      context.strokeStyle = colour;
      context.globalAlpha = 0.5;
      context.lineWidth = 1;
      for (const region of this.run.regionsIn(area.from, area.to)) {
        for (const [partition, mark, upcall] of region.links) {
          if (partition !== row.subject || upcall < area.from || mark > area.to) continue;
          context.beginPath();
          context.moveTo(Math.max(area.x, this.x(area, mark)), y + half);
          context.lineTo(Math.min(area.x + area.width, this.x(area, upcall)), y + half);
          context.stroke();
        }
      }
      context.globalAlpha = 1;
    }
    this.countRow(context, area, row.lane, `mark:${row.subject}`, y, half, this.theme.soft, true);
    this.countRow(context, area, row.second, `upcall:${row.subject}`, y + half, height - half, colour);
  }

  hypercallRow(context, area, row, y, height) {
    const colour = this.colour(row.subject);
    const regions = this.run.regionsIn(area.from, area.to);
    const isCovered = regions.length === 1 && regions[0].from <= area.from && regions[0].to >= area.to;
    const isExact = (this.run.isWhole || isCovered) && area.scale < 40000;
    if (!isExact) {
      if (this.run.cellWidth <= area.scale * 2) return this.columns(context, area, row.lane, y, height, colour);
      this.cellBlocks(context, area, row.lane, y, height, colour, regions);
    }
    for (const region of regions) {
      const calls = region.calls.get(row.subject) || [];
      for (let place = 0; place < calls.length; place += 1) {
        const [start, end, index] = calls[place];
        if (end < area.from || start > area.to) continue;
        context.fillStyle = colour;
        this.bar(context, area, start, end, y + 3, height - 6);
        const next = place + 1 < calls.length ? this.x(area, calls[place + 1][0]) : Infinity;
        this.name(context, area, region, index, this.x(area, end) + 4, next - 4, y + height / 2);
      }
    }
  }

  // All of them, by column or by cell: the page has the instants of each claim's first and gravest only.
  violationRow(context, area, row, y, height) {
    if (this.run.cellWidth <= area.scale * 2) this.columns(context, area, row.lane, y, height, this.theme.fail, true);
    else this.cellBlocks(context, area, row.lane, y, height, this.theme.fail, [], 0.6);
  }

  row(context, area, row, y, height) {
    if (row.type === "run") this.runRow(context, area, row, y, height);
    else if (row.type === "delivery") this.deliveryRow(context, area, row, y, height);
    else if (row.type === "hypercall") this.hypercallRow(context, area, row, y, height);
    else if (row.type === "process") this.processRow(context, area, row, y, height);
    else if (row.type === "violation") this.violationRow(context, area, row, y, height);
    else if (row.type === "interrupt") {
      this.countRow(context, area, row.lane, `interrupt:${row.subject}`, y, height, this.theme.accent);
    } else if (row.type === "health") {
      this.countRow(context, area, row.lane, `health:${row.subject}`, y, height, this.theme.unknown);
    }
  }
}
