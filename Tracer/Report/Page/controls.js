// What the timeline does on keys, mouse and touch, and what it says about what is under the pointer.

Object.assign(Timeline.prototype, {
  buildToolbar() {
    const button = (label, title, action) => element("button", { type: "button", title, onclick: action }, label);
    byId("toolbar").append(
      element("span", { class: "group" },
        button("−", "Zoom out (−)", () => this.zoom(2)), button("+", "Zoom in (+)", () => this.zoom(0.5)),
        button("Whole run", "Show everything (0)", () => this.fit()),
        button("One frame", "Zoom to a major frame", () => this.stepFrame(0))),
      element("span", { class: "group" },
        button("◂ frame", "Frame before (,)", () => this.stepFrame(-1)),
        button("frame ▸", "Frame after (.)", () => this.stepFrame(1))),
      element("span", { class: "group" },
        button("◂ evidence", "Evidence before (E)", () => this.stepEvidence(-1)),
        button("evidence ▸", "Next evidence (e)", () => this.stepEvidence(1))),
      element("span", { class: "group" },
        button("◂ event", "Event before (p)", () => this.stepEvent(-1)),
        button("event ▸", "Next event (n)", () => this.stepEvent(1))),
      element("span", { id: "view", class: "view" }));
  },

  listen() {
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.chart.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.chart.addEventListener("pointerdown", (event) => this.press(event));
    this.chart.addEventListener("pointermove", (event) => this.move(event));
    this.chart.addEventListener("pointerup", (event) => this.release(event));
    this.chart.addEventListener("pointerleave", () => this.leave());
    this.chart.addEventListener("dblclick", (event) => this.zoom(0.25, this.timeAt(event.offsetX)));
    this.overview.addEventListener("pointerdown", (event) => {
      this.overview.setPointerCapture(event.pointerId);
      this.isBrushing = true;
      this.brush(event);
    });
    this.overview.addEventListener("pointermove", (event) => { if (this.isBrushing) this.brush(event); });
    this.overview.addEventListener("pointerup", () => { this.isBrushing = false; });
  },

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => this.pan(event.shiftKey ? -0.9 : -0.2), ArrowRight: () => this.pan(event.shiftKey ? 0.9 : 0.2),
      ArrowUp: () => this.zoom(0.5), ArrowDown: () => this.zoom(2), "+": () => this.zoom(0.5),
        "=": () => this.zoom(0.5),
      "-": () => this.zoom(2), 0: () => this.fit(), Home: () => this.fit(), ",": () => this.stepFrame(-1),
      ".": () => this.stepFrame(1), e: () => this.stepEvidence(1), E: () => this.stepEvidence(-1),
      n: () => this.stepEvent(1), p: () => this.stepEvent(-1), Escape: () => this.clear(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  },

  clear() {
    this.selected = null;
    byId("selection").replaceChildren();
    this.redraw();
  },

  timeAt(x) {
    const area = this.area();
    return area.from + (x - area.x) * area.scale;
  },

  // The page scrolls by the wheel unless the timeline has the focus or a modifier says that zoom is meant.
  wheel(event) {
    const isMeant = event.ctrlKey || event.metaKey || event.altKey || document.activeElement === this.stage;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.pan(event.deltaX / this.area().width);
    } else if (isMeant) {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), this.timeAt(event.offsetX));
    }
  },

  press(event) {
    this.stage.focus({ preventScroll: true });
    if (event.offsetX < this.gutter) return;
    this.chart.setPointerCapture(event.pointerId);
    if (event.shiftKey) this.span = { x: event.offsetX };
    else this.drag = { x: event.offsetX, view: { ...this.view }, hasMoved: false };
  },

  move(event) {
    this.pointer = { x: event.offsetX, y: event.offsetY };
    if (this.drag) {
      const distance = event.offsetX - this.drag.x;
      if (Math.abs(distance) > 3) this.drag.hasMoved = true;
      if (this.drag.hasMoved) {
        const shift = -distance * this.area().scale;
        this.setView(this.drag.view.from + shift, this.drag.view.to + shift);
      }
    }
    this.hover();
    this.redraw(true);
  },

  release(event) {
    if (this.span && Math.abs(event.offsetX - this.span.x) > 4) {
      const [one, other] = [this.timeAt(this.span.x), this.timeAt(event.offsetX)];
      this.setView(Math.min(one, other), Math.max(one, other));
    } else if (this.drag && !this.drag.hasMoved) {
      this.pick();
    }
    this.span = null;
    this.drag = null;
  },

  leave() {
    this.pointer = null;
    this.tooltip.hidden = true;
    this.redraw(true);
  },

  brush(event) {
    const area = this.overviewArea;
    const time = area.from + (event.offsetX - area.x) * area.scale;
    const length = this.view.to - this.view.from;
    const size = length > (this.run.to - this.run.from) * 0.95 ? length / 10 : length;
    this.setView(time - size / 2, time + size / 2);
  },

  rowAt(y) {
    return this.rows.find((row) => row.type !== "heading" && y >= row.y && y < row.y + ROW_HEIGHT[row.type]);
  },

  // Selects the event under the pointer.
  pick() {
    const row = this.pointer && this.rowAt(this.pointer.y);
    const near = this.nearEvidence() || (row && this.nearEvent(row));
    if (!near) return;
    this.selected = near;
    describeSelection(this);
    this.redraw();
  },

  nearEvidence() {
    if (!this.pointer || this.pointer.y < 38 || this.pointer.y > this.headHeight) return null;
    const area = this.area();
    let best = null;
    for (const found of this.run.evidence) {
      const distance = Math.abs(this.painter.x(area, found.time) - this.pointer.x);
      if (distance < 6 && (!best || distance < best.distance)) best = { ...found, distance };
    }
    if (!best) return null;
    return { position: best.position, time: best.time, reason: this.run.data.verification.claims[best.claim].id };
  },

  // The event of a row that is nearest to the pointer, within a few pixels.
  nearEvent(row) {
    const area = this.area();
    const time = this.timeAt(this.pointer.x);
    const isWanted = wantedIn(row);
    let best = null;
    for (const region of this.run.regionsIn(time - 8 * area.scale, time + 8 * area.scale)) {
      const start = lowerBound(region.times, time - 8 * area.scale);
      for (let index = Math.max(0, start - 1); index < region.count; index += 1) {
        if (region.times[index] > time + 8 * area.scale || index > start + 2000) break;
        const distance = Math.abs(region.times[index] - time);
        if (distance > 8 * area.scale || !isWanted(region, index) || best && distance >= best.distance) continue;
        best = { position: region.first + index, time: region.times[index], distance };
      }
    }
    return best;
  },

  hover() {
    const row = this.rowAt(this.pointer.y);
    const isInside = this.pointer.x >= this.gutter;
    const lines = !isInside ? null : this.hoverEvidence() || (row ? this.hoverRow(row) : null);
    if (!lines || this.drag && this.drag.hasMoved || this.span) {
      this.tooltip.hidden = true;
      return;
    }
    this.tooltip.replaceChildren(
      element("strong", {}, lines[0]), ...lines.slice(1).map((line) => element("div", {}, line)),
      element("div", { class: "when" }, instant(this.timeAt(this.pointer.x))));
    this.tooltip.hidden = false;
    const room = this.stage.clientWidth;
    const width = this.tooltip.offsetWidth;
    const left = this.pointer.x + 14 + width > room ? this.pointer.x - width - 12 : this.pointer.x + 14;
    this.tooltip.style.left = `${Math.max(0, left)}px`;
    this.tooltip.style.top = `${this.chart.offsetTop + this.pointer.y + 16}px`;
  },

  hoverEvidence() {
    const found = this.nearEvidence();
    if (!found) return null;
    const claim = this.run.data.verification.claims.find((candidate) => candidate.id === found.reason);
    return [claim.id, claim.title, `${claim.verdict}; event ${found.position} at ${instant(found.time)}`];
  },

  hoverRow(row) {
    const near = this.nearEvent(row);
    if (near) {
      const { region, index } = this.run.locate(near.position);
      return [
        `${kindName(this.run, region.kinds[index])} · ${this.run.partitionName(region.partitions[index])}`,
        region.texts[index], `event ${near.position} at ${instant(near.time)}`,
      ];
    }
    return row.type === "run" ? this.hoverStay(row) : this.hoverCount(row);
  },

  // What is said where events are missing; null elsewhere.
  hoverGap(row, time) {
    const gap = this.run.data.gaps.find(([from, , , until]) => from < time && time < until);
    if (!gap) return null;
    const [from, missing, reason, until] = gap;
    return [
      row.label, missing === null ? "events are missing here" : `${grouped(missing)} events are missing here`, reason,
      `${instant(from)} … ${instant(until)}`,
    ];
  },

  hoverStay(row) {
    const time = this.timeAt(this.pointer.x);
    const gap = this.hoverGap(row, time);
    if (gap) return gap;
    const { residency } = this.run;
    const index = residency.first(time);
    const area = this.area();
    if (index < residency.count && residency.starts[index] <= time && residency.partitions[index] === row.subject
      && area.scale < residency.ends[index] - residency.starts[index]) {
      const [start, end] = [residency.starts[index], residency.ends[index]];
      return [row.label, `has the processor for ${duration(end - start)}`, `${instant(start)} … ${instant(end)}`];
    }
    if (!row.lane) return [row.label];
    const size = Math.max(area.scale * 8, this.run.cellWidth);
    const share = row.lane.between(time - size / 2, time + size / 2) / size;
    return [row.label, `in ring 3 for ${percent(Math.min(1, share))} of the ${duration(size)} around here`];
  },

  // What a process has under way at an instant, as far as the page has it.
  jobAt(process, time) {
    const regions = this.run.regionsIn(time, time);
    const lines = [];
    for (const region of regions) {
      const isWithin = ([, release, end]) => release <= time && time <= end;
      const job = region.jobs.find((candidate) => candidate[0] === process && isWithin(candidate));
      if (job) {
        const end = job[3] ? "released anew before it was complete," : "complete";
        lines.push(`released ${instant(job[1])}, ${end} after ${duration(job[2] - job[1])}`);
      }
      const stretch = (region.processRuns.get(process) || []).find(([from, to]) => from <= time && time <= to);
      if (stretch) lines.push(`has the processor for ${duration(stretch[1] - stretch[0])}`);
      else if (job && this.run.told.has(process)) lines.push("does not have the processor");
    }
    return lines;
  },

  hoverCount(row) {
    const time = this.timeAt(this.pointer.x);
    const gap = this.hoverGap(row, time);
    if (gap) return gap;
    const size = Math.max(this.area().scale * 4, this.run.cellWidth);
    const lines = [row.label];
    if (row.type === "process") lines.push(...this.jobAt(row.subject, time));
    const isRuns = row.type === "process" && (this.run.data.processes[row.subject] || {}).deadlineNs === null;
    const first = isRuns ? "runs" : row.type === "delivery" ? "marks" : `${row.type}s`;
    for (const [lane, name] of [[row.lane, first], [row.second, "upcalls"]]) {
      if (!lane) continue;
      const cell = Math.floor((time - lane.base) / lane.width);
      const isCell = size <= lane.width;
      const count = isCell
        ? (cell >= 0 && cell < lane.count ? lane.sums[cell + 1] - lane.sums[cell] : 0)
        : lane.between(time - size / 2, time + size / 2);
      lines.push(`${isCell ? "" : "about "}${grouped(count)} ${plural(name)} in the ${duration(size)} around here`);
    }
    return lines;
  },
});
