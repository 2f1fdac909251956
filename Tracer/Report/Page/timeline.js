// The timeline: view, keys, mouse, tooltip, selected event.

class Timeline {
  constructor(run) {
    this.run = run;
    this.painter = new Painter(run);
    this.rulers = new Rulers(this.painter);
    this.stage = byId("stage");
    this.chart = byId("chart");
    this.overview = byId("overview");
    this.tooltip = byId("tooltip");
    this.rows = rowsOf(run);
    this.view = { from: run.from, to: run.to };
    this.selected = null;
    this.pointer = null;
    this.isQueued = false;
    this.listen();
    this.buildToolbar();
    new ResizeObserver(() => this.redraw()).observe(this.stage);
    this.redraw();
  }

  get gutter() { return this.stage.clientWidth < 560 ? 84 : 158; }
  get headHeight() { return 62; }

  area() {
    const x = this.gutter;
    const width = Math.max(40, this.stage.clientWidth - x - 2);
    return { x, width, from: this.view.from, to: this.view.to, scale: (this.view.to - this.view.from) / width };
  }

  // MARK: View

  setView(from, to) {
    const whole = this.run.to - this.run.from;
    const length = Math.min(whole, Math.max(100, to - from));
    const middle = (from + to) / 2;
    let start = middle - length / 2;
    start = Math.max(this.run.from, Math.min(this.run.to - length, start));
    this.view = { from: start, to: start + length };
    this.redraw();
  }

  zoom(factor, at) {
    const { from, to } = this.view;
    const anchor = at === undefined ? (from + to) / 2 : at;
    this.setView(anchor - (anchor - from) * factor, anchor + (to - anchor) * factor);
  }

  pan(share) {
    const length = this.view.to - this.view.from;
    this.setView(this.view.from + share * length, this.view.to + share * length);
  }

  fit() { this.setView(this.run.from, this.run.to); }

  stepFrame(direction) {
    const middle = (this.view.from + this.view.to) / 2;
    const frames = this.run.framesIn(middle, middle + 1, 2) || [];
    const frame = frames[0];
    if (!frame) return this.pan(direction);
    const length = frame.end - frame.start;
    const target = frame.start + direction * length;
    this.setView(target - length * 0.05, target + length * 1.05);
  }

  stepEvidence(direction) {
    const { evidence } = this.run;
    if (evidence.length === 0) return;
    this.evidenceIndex = this.evidenceIndex === undefined
      ? (direction > 0 ? 0 : evidence.length - 1)
      : (this.evidenceIndex + direction + evidence.length) % evidence.length;
    const found = evidence[this.evidenceIndex];
    this.show(found.position, found.time, this.run.data.verification.claims[found.claim].id);
  }

  // Shows an event: centred, selected, with its neighbours below.
  show(position, time, reason) {
    const place = this.run.locate(position);
    const length = Math.min(this.run.to - this.run.from, place ? 400e3 : Math.max(4e6, this.run.cellWidth * 40));
    this.selected = { position, time, reason };
    this.setView(time - length / 2, time + length / 2);
    describeSelection(this);
  }

  // MARK: Drawing

  redraw(isPointerOnly = false) {
    if (!isPointerOnly) this.isStale = true;
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      if (this.isStale) this.draw(); else this.followPointer();
    });
  }

  // Where only the pointer has moved, the picture below it stays as it was drawn.
  followPointer() {
    const context = this.chart.getContext("2d");
    context.save();
    context.resetTransform();
    context.clearRect(0, 0, this.chart.width, this.chart.height);
    context.drawImage(this.still, 0, 0);
    context.restore();
    this.drawPointer(context, this.area(), this.chart.clientHeight);
  }

  keepStill() {
    this.still = this.still || document.createElement("canvas");
    this.still.width = this.chart.width;
    this.still.height = this.chart.height;
    this.still.getContext("2d").drawImage(this.chart, 0, 0);
    this.isStale = false;
  }

  draw() {
    const width = this.stage.clientWidth;
    if (width < 100) return;
    this.drawOverview(width);
    const height = this.headHeight + this.rows.reduce((sum, row) => sum + ROW_HEIGHT[row.type], 0) + 4;
    const context = this.painter.begin(this.chart, width, height);
    const area = this.area();
    const { theme } = this.painter;
    this.rulers.frames(context, area, 2, 16, height);
    this.rulers.time(context, area, 18, 18, height);
    this.drawDetailStrip(context, area, 39);
    let y = this.headHeight;
    for (const row of this.rows) {
      const size = ROW_HEIGHT[row.type];
      row.y = y;
      if (row.type === "heading") {
        this.painter.text(context, row.label.toUpperCase(), 6, y + size - 8, theme.soft, 9.5, "left", "600");
        context.fillStyle = theme.line;
        context.fillRect(0, y + size - 1, width, 1);
      } else {
        context.save();
        context.beginPath();
        context.rect(area.x, y, area.width, size);
        context.clip();
        this.painter.row(context, area, row, y, size);
        context.restore();
        this.drawLabel(context, row, y, size);
      }
      y += size;
    }
    this.drawGaps(context, area, height);
    this.drawEvidence(context, area, height);
    this.keepStill();
    this.drawPointer(context, area, height);
    this.describeView();
  }

  drawLabel(context, row, y, size) {
    const { theme } = this.painter;
    if (row.swatch !== undefined) {
      context.fillStyle = this.painter.colour(row.swatch);
      context.fillRect(8, y + size / 2 - 4, 8, 8);
    }
    const x = row.swatch === undefined ? 8 : 22;
    const text = this.painter.fitted(context, row.label, this.gutter - x - 6, 11.5, row.type === "violation");
    this.painter.text(context, text, x, y + size / 2 + 0.5, theme.ink, 11.5);
  }

  // Where the page has single events, a line below the ruler.
  drawDetailStrip(context, area, y) {
    const { theme } = this.painter;
    context.fillStyle = theme.faint;
    context.fillRect(area.x, y + 2, area.width, 1);
    context.fillStyle = theme.accent;
    for (const region of this.run.regionsIn(area.from, area.to)) {
      this.painter.bar(context, area, region.from, region.to, y, 4);
    }
    this.painter.text(context, this.gutter > 100 ? "event by event" : "events", 8, y + 2, theme.soft, 10);
  }

  drawGaps(context, area, height) {
    const { theme } = this.painter;
    for (const [time, , , until] of this.run.data.gaps) {
      if (until < area.from || time > area.to) continue;
      const from = this.painter.x(area, Math.max(time, area.from));
      const to = this.painter.x(area, Math.min(until, area.to));
      // So wide at least that it is seen.
      const width = Math.max(6, to - from);
      const x = (from + to) / 2;
      context.fillStyle = theme.fail;
      context.globalAlpha = 0.25;
      context.fillRect(x - width / 2, this.headHeight, width, height - this.headHeight);
      context.globalAlpha = 1;
      this.painter.text(context, "loss", x, this.headHeight - 4, theme.fail, 10, "center", "600");
    }
  }

  drawEvidence(context, area, height) {
    const { theme } = this.painter;
    for (const found of this.run.evidence) {
      if (found.time < area.from || found.time > area.to) continue;
      const x = this.painter.x(area, found.time);
      context.fillStyle = found.isViolation ? theme.fail : theme.soft;
      context.beginPath();
      context.moveTo(x, 49);
      context.lineTo(x + 4, 53);
      context.lineTo(x, 57);
      context.lineTo(x - 4, 53);
      context.fill();
    }
    this.painter.text(context, "evidence", 8, 53.5, theme.soft, 10);
    if (!this.selected || this.selected.time < area.from || this.selected.time > area.to) return;
    const x = Math.round(this.painter.x(area, this.selected.time)) + 0.5;
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, 40);
    context.lineTo(x, height);
    context.stroke();
  }

  drawPointer(context, area, height) {
    if (!this.pointer || this.pointer.x < area.x) return;
    const { theme } = this.painter;
    const x = Math.round(this.pointer.x) + 0.5;
    if (this.span) {
      const left = Math.max(area.x, Math.min(this.span.x, this.pointer.x));
      const size = Math.abs(this.pointer.x - this.span.x);
      context.fillStyle = theme.accent;
      context.globalAlpha = 0.15;
      context.fillRect(left, 0, size, height);
      context.globalAlpha = 1;
      this.painter.text(context, duration(size * area.scale), left + size / 2, 30, theme.accent, 11, "center", "600");
    }
    context.strokeStyle = theme.soft;
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x, 36);
    context.lineTo(x, height);
    context.stroke();
    context.setLineDash([]);
  }

  // The whole run: stacked shares of the processor, what is in view, and where evidence lies.
  drawOverview(width) {
    const context = this.painter.begin(this.overview, width, 58);
    const { theme } = this.painter;
    const x = this.gutter;
    const size = Math.max(40, width - x - 2);
    const scale = (this.run.to - this.run.from) / size;
    const area = { x, width: size, from: this.run.from, to: this.run.to, scale };
    this.painter.text(context, this.gutter > 100 ? "whole run" : "run", 8, 22, theme.ink, 11.5);
    context.fillStyle = theme.raised;
    context.fillRect(x, 4, size, 36);
    const lanes = this.rows.filter((row) => row.type === "run" && row.subject !== NOBODY);
    for (let column = 0; column < size; column += 1) {
      const from = this.run.from + column * scale;
      let y = 40;
      for (const row of lanes) {
        const share = row.lane ? Math.min(1, row.lane.between(from, from + scale) / scale) : 0;
        if (share <= 0) continue;
        context.fillStyle = this.painter.colour(row.subject);
        context.fillRect(x + column, y - share * 36, 1, share * 36);
        y -= share * 36;
      }
    }
    for (const found of this.run.evidence) {
      context.fillStyle = found.isViolation ? theme.fail : theme.soft;
      context.fillRect(this.painter.x(area, found.time) - 1, 42, 2, found.isViolation ? 8 : 5);
    }
    context.fillStyle = theme.fail;
    // Also those that are no claim's first or gravest.
    const violated = this.rows.filter((row) => row.type === "violation");
    for (let column = 0; column < size; column += 1) {
      const from = this.run.from + column * scale;
      if (violated.some((row) => row.lane.between(from, from + scale) > 0)) context.fillRect(x + column, 42, 1, 8);
    }
    for (const [time] of this.run.data.gaps) context.fillRect(this.painter.x(area, time) - 1, 4, 2, 36);
    const left = this.painter.x(area, this.view.from);
    const right = Math.max(left + 2, this.painter.x(area, this.view.to));
    context.fillStyle = theme.paper;
    context.globalAlpha = 0.6;
    context.fillRect(x, 4, left - x, 36);
    context.fillRect(right, 4, x + size - right, 36);
    context.globalAlpha = 1;
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.strokeRect(left, 3.5, right - left, 37);
    this.overviewArea = area;
  }

  describeView() {
    const length = this.view.to - this.view.from;
    byId("view").textContent = `${instant(this.view.from)} … ${instant(this.view.to)}  ·  ${duration(length)} in view`;
    byId("stretch").replaceChildren(...this.absenceInView());
  }
}
