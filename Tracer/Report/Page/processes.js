// The rows of processes: jobs from release to completion, and within them the stretches in which the process runs.

Object.assign(Painter.prototype, {
  processRow(context, area, row, y, height) {
    const process = this.run.data.processes[row.subject];
    const colour = this.colour(process ? process.partition : NOBODY);
    const regions = this.run.regionsIn(area.from, area.to);
    const isCovered = regions.length === 1 && regions[0].from <= area.from && regions[0].to >= area.to;
    if (!(this.run.isWhole || isCovered) || area.scale > 60000) {
      if (this.run.cellWidth <= area.scale * 2) return this.columns(context, area, row.lane, y, height, colour);
      this.cellBlocks(context, area, row.lane, y, height, colour, regions);
    }
    for (const region of regions) {
      const jobs = region.jobs.filter(([index]) => index === row.subject)
        .map(([, release, end, isLate, moved]) => {
          const deadline = moved ?? release + process.deadlineNs;
          return { release, end, deadline, isLate: Boolean(isLate) || end > deadline };
        })
        .filter((job) => job.release <= area.to && Math.max(job.deadline, job.end) >= area.from);
      this.jobs(context, area, jobs, this.run.told.has(row.subject) ? 0.3 : 1, colour, y, height);
      for (const [start, end] of region.processRuns.get(row.subject) || []) {
        if (end < area.from || start > area.to) continue;
        context.fillStyle = colour;
        this.bar(context, area, start, end, y + 4, height - 8);
        // What lies behind a deadline stands out.
        const late = jobs.find((job) => job.isLate && job.release <= start && end <= job.end);
        if (!late || end <= late.deadline) continue;
        context.fillStyle = this.theme.fail;
        this.bar(context, area, Math.max(start, late.deadline), end, y + 4, height - 8);
      }
      this.deadlines(context, area, jobs, y, height);
    }
  },

  // Lighter where it is known when within them the process runs.
  jobs(context, area, jobs, opacity, colour, y, height) {
    context.globalAlpha = opacity;
    for (const { release, end, isLate } of jobs) {
      context.fillStyle = isLate ? this.theme.fail : colour;
      this.bar(context, area, release, end, y + 4, height - 8);
    }
    context.globalAlpha = 1;
  },

  deadlines(context, area, jobs, y, height) {
    context.fillStyle = this.theme.soft;
    for (const { deadline } of jobs) {
      const x = this.x(area, deadline);
      if (x < area.x || x > area.x + area.width) continue;
      context.fillRect(x - 0.5, y + 2, 1, height - 4);
      context.fillRect(x - 3, y + 2, 3, 1);
    }
  },
});
