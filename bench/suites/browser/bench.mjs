// What a page's visitor would feel of goroutines. Needs Chromium: CHROMIUM, or where Debian puts it.
export const order = 77;

export const benchmarks = [
  {
    name: "late-frames",
    title:
      "animation frames that come later than 1.5 intervals while 10,000 goroutines of the page play ping-pong; an idle page",
    metric: "value",
    unit: "% of frames",
    tags: ["headline"],
    rounds: 5,
    n: 150,
    quick: 30,
    warm: 0,
    params: { pairs: 5000 },
    sides: { gr: {}, nothing: {} },
    rows: [{ id: "late-frames/percent", absolute: "gr" }],
  },
];
