// The rulers above the rows: time and major frames.

class Rulers {
  constructor(painter) { this.painter = painter; }

  static step(span, width) {
    const wanted = span / Math.max(2, width / 120);
    const power = 10 ** Math.floor(Math.log10(wanted));
    for (const factor of [1, 2, 5, 10]) if (factor * power >= wanted) return Math.max(1, factor * power);
    return 10 * power;
  }

  // A label of a ruler: relative to the unit of its step.
  static tickLabel(time, step) {
    if (step >= 1e9) return `${grouped(time / 1e9)} s`;
    if (step >= 1e6) return `${(time / 1e9).toFixed(3)} s`;
    const whole = Math.floor(time / 1e6) * 1e6;
    if (step >= 1e3) return `${(time / 1e6).toFixed(3)} ms`;
    return `${grouped(whole / 1e6)} ms + ${grouped(time - whole)} ns`;
  }

  time(context, area, y, height, bottom) {
    const step = Rulers.step(area.to - area.from, area.width);
    context.strokeStyle = this.painter.theme.line;
    context.lineWidth = 1;
    for (let time = Math.ceil(area.from / step) * step; time <= area.to; time += step) {
      const x = Math.round(this.painter.x(area, time)) + 0.5;
      context.beginPath();
      context.moveTo(x, y + height - 5);
      context.lineTo(x, bottom);
      context.stroke();
      if (x < area.x + area.width - 60) {
        this.painter.text(context, Rulers.tickLabel(time, step), x + 4, y + height / 2, this.painter.theme.soft, 10.5);
      }
    }
  }

  frames(context, area, y, height, bottom) {
    const frames = this.painter.run.framesIn(area.from, area.to, Math.floor(area.width / 26));
    if (!frames) return;
    for (const frame of frames) {
      const left = this.painter.x(area, frame.start);
      const right = this.painter.x(area, frame.end);
      if (frame.number % 2 === 0) {
        context.fillStyle = this.painter.theme.raised;
        const start = Math.max(area.x, left);
        context.fillRect(start, y, Math.min(area.x + area.width, right) - start, bottom - y);
      }
    }
    for (const frame of frames) {
      const left = Math.max(area.x, this.painter.x(area, frame.start));
      const right = Math.min(area.x + area.width, this.painter.x(area, frame.end));
      const label = right - left > 76 ? `frame ${frame.number}` : String(frame.number);
      if (right - left > 24) {
        this.painter.text(context, label, (left + right) / 2, y + height / 2, this.painter.theme.soft, 10.5, "center");
      }
    }
  }
}
