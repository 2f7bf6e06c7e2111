// What a browser saw, and when. Times are milliseconds of the page's own clock, which starts with
// its navigation. Looked at once a screen frame, so that a time is that of something painted.
window.probe = (() => {
  const drawn = () => [...document.querySelectorAll(".js-plotly-plot")].filter(
    (chart) => chart._fullData?.length && chart.querySelector(".main-svg .trace, .main-svg .hm"));

  const mix = (sum, value) => {
    if (typeof value === "number")
      return Number.isFinite(value) ? (sum * 31 + value * 1e6) % 1e12 : sum + 1;
    if (typeof value === "string") {
      for (let i = 0; i < value.length; i++) sum = (sum * 31 + value.charCodeAt(i)) % 1e12;
      return sum;
    }
    if (value && value.length) for (const one of value) sum = mix(sum, one);
    return sum;
  };

  // Pictures that a component of ours draws, in its shadow root: what they say that they show.
  // Looked for within their places alone: asking every element of a large page took 2 ms of each
  // screen frame, which was measured along with the page.
  const stages = () => [...document.querySelectorAll('[class*="-stage"]')].flatMap((place) =>
    [...place.querySelectorAll("*")].flatMap((one) =>
      [...(one.shadowRoot?.querySelectorAll("canvas[aria-valuetext]") ?? [])]));
  const shown = (one) => one.getAttribute("aria-valuetext") + (one.dataset.shown ?? "");

  // One number that changes with the data on show.
  const stamp = () => stages().reduce((sum, one) => mix(sum, shown(one)), drawn().reduce(
    (sum, chart) => chart._fullData.reduce(
      (s, trace) => ["x", "y", "z", "text"].reduce((t, key) => mix(t, trace[key]), s), sum + 1), 0));
  const some = () => drawn().length + stages().length > 0;

  const until = (test) => new Promise((resolve, reject) => {
    const end = performance.now() + 60000;
    const look = () => {
      const found = test();
      if (found !== null) resolve(found);
      else if (performance.now() > end) reject(new Error("waited a minute in vain"));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

  // The first figure of this page.
  const first = () => until(() => (some() ? performance.now() : null));

  // From the next press of a key or of the mouse to the figures that differ from those before.
  const arm = () => {
    const before = stamp();
    let began = null;
    const press = (event) => { began ??= event.timeStamp; };
    addEventListener("keydown", press, { capture: true, once: true });
    addEventListener("pointerdown", press, { capture: true, once: true });
    const change = until(() => {
      const now = began === null || !some() ? before : stamp();
      return now !== before && now !== 0 ? performance.now() - began : null;
    });
    window.probe.change = () => change;
  };

  // Every change of a running training until its Stop button has gone.
  const follow = () => {
    const steps = [], draws = [];
    let last = stamp(), seen = -1, idle = null;
    const run = until(() => {
      const now = performance.now(), figure = stamp();
      if (figure !== last) { last = figure; draws.push(now); }
      const words = document.querySelector('[data-testid="stProgress"]')?.innerText ?? "";
      const step = words.match(/step ([\d,]+) of/);
      if (step) {
        const count = Number(step[1].replaceAll(",", ""));
        if (count !== seen) { seen = count; steps.push([now, count]); }
      }
      if (words) idle = null;
      else idle ??= now;
      return seen >= 0 && idle !== null && now - idle > 300 ? { steps, draws } : null;
    });
    window.probe.run = () => run;
  };

  // Nothing has run and no figure has changed for a while.
  const settled = () => {
    let last = stamp(), since = performance.now();
    return until(() => {
      const app = document.querySelector('[data-testid="stApp"]');
      const idle = app?.getAttribute("data-test-script-state") === "notRunning";
      const now = stamp();
      if (!idle || now !== last) since = performance.now();
      last = now;
      return performance.now() - since > 250 ? true : null;
    });
  };

  return { first, arm, follow, settled };
})();
