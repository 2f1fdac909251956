// The selected event: from one to the next, with its neighbours below the chart; and what is said where there is none.

Object.assign(Timeline.prototype, {
  // Selects the event before or after the selected one, of those that the page has; without one, the first in view.
  stepEvent(direction) {
    const { regions } = this.run;
    const place = this.selected && this.run.locate(this.selected.position);
    let [region, index] = place ? [place.region, place.index + direction] : this.firstInView();
    if (!region) return;
    if (index < 0 || index >= region.count) {
      region = regions[regions.indexOf(region) + direction];
      if (!region) return;
      index = direction > 0 ? 0 : region.count - 1;
    }
    const time = region.times[index];
    const length = this.view.to - this.view.from;
    this.selected = { position: region.first + index, time };
    if (time < this.view.from || time > this.view.to) this.setView(time - length / 2, time + length / 2);
    describeSelection(this);
    this.redraw();
  },

  firstInView() {
    const region = this.run.regions.find((candidate) => candidate.to >= this.view.from) || null;
    return [region, region ? Math.min(region.count - 1, lowerBound(region.times, this.view.from - 1)) : 0];
  },

  // Close up, where the page has no single events: that it has none, and how to see them.
  absenceInView() {
    const { from, to } = this.view;
    const { run } = this;
    if (run.isWhole || to - from > 12 * run.cellWidth || run.regionsIn(from, to).length > 0) return [];
    const command = `partita dump ${run.data.trace.name} --from ${Math.floor(from)}ns --to ${Math.ceil(to)}ns`;
    const width = duration(run.cellWidth);
    return [`Single events of this stretch are not on the page: its counts are of cells of ${width}. `,
      element("code", {}, command), " prints them."];
  },
});

// The selected event with its neighbours, as text, below the chart.
function describeSelection(timeline) {
  const { run, selected } = timeline;
  const host = byId("selection");
  const place = run.locate(selected.position);
  const title = element("p", { class: "selection-title" },
    element("strong", {}, `Event ${grouped(selected.position)}`), ` at ${instant(selected.time)}`,
    selected.reason ? element("span", { class: "reason" }, ` — evidence of ${selected.reason}`) : null);
  if (!place) {
    const from = Math.max(0, selected.time - 500000);
    const command = `partita dump ${run.data.trace.name} --from ${from}ns --to ${selected.time + 500000}ns`;
    host.replaceChildren(title, element("p", {}, "The page does not carry this stretch event by event; see it with ",
      element("code", {}, command)));
    return;
  }
  const { region, index } = place;
  const rows = [];
  for (let at = Math.max(0, index - 9); at < Math.min(region.count, index + 10); at += 1) {
    const position = region.first + at;
    const isChosen = at === index;
    rows.push(element("tr", {
      class: isChosen ? "chosen" : "", "data-position": position,
      onclick: () => {
        timeline.selected = { position, time: region.times[at] };
        describeSelection(timeline);
        timeline.redraw();
      },
    }, element("td", { class: "number" }, grouped(position)), element("td", { class: "number" },
      instant(region.times[at])),
    element("td", { class: "number soft" }, at > 0 ? `+${duration(region.times[at] - region.times[at - 1])}` : ""),
    element("td", {}, kindName(run, region.kinds[at])), element("td", {}, run.partitionName(region.partitions[at])),
    element("td", { class: "fields" }, region.texts[at])));
  }
  const table = element("table", { class: "events" }, element("tbody", {}, rows));
  host.replaceChildren(title, element("div", { class: "scroll" }, table));
}
