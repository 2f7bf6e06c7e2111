// Hears what a visitor zooms to, and tells it: {of: the picture, at: {axis: range or camera}}.
// Also starts the one replay that goes by itself.
// Charts come and go with every update, so it looks for a new one whenever the page changes.
export default function ({ parentElement, data, setStateValue }) {
  const ear = (parentElement.ear ??= { tell: null, data: null, chart: null });
  ear.data = data;
  ear.tell = (at) => setStateValue("zoom", { of: ear.data.of, at });
  if (ear.watch) return;

  const plain = (value) => JSON.parse(JSON.stringify(value ?? null));
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const read = (chart, axis) => {
    const { camera, autorange, range } = chart._fullLayout[axis];
    if (!camera) return plain(autorange ? null : range);
    return plain({ eye: camera.eye, center: camera.center, up: camera.up });
  };

  function listen(chart) {
    const axes = Object.keys(chart._fullLayout).filter((key) => /^([xy]axis|scene)\d*$/.test(key));
    const came = Object.fromEntries(axes.map((axis) => [axis, read(chart, axis)]));
    const moved = {};
    const tell = () => {
      const at = Object.entries({ ...ear.data.zoom, ...moved });
      ear.tell(Object.fromEntries(at.filter(([, where]) => where !== null)));
    };
    chart.on("plotly_doubleclick", () => ear.tell({}));
    chart.on("plotly_relayout", (change) => {
      const named = (axis) => Object.keys(change).some((key) => key.startsWith(axis + "."));
      if (!axes.some(named)) return;
      for (const axis of axes) {
        const now = read(chart, axis);
        // Named and back at where it came in: the visitor asked for the whole of it.
        if (!same(now, came[axis])) moved[axis] = now;
        else if (named(axis)) moved[axis] = null;
      }
      tell();
    });
  }

  // Beside traces that Plotly moves by itself it takes heat maps away for a moment at each frame of
  // a replay. Where there are such, every trace is redrawn instead. The flag is of a whole kind of
  // trace, so each new chart sets it anew.
  function redrawn(chart) {
    const light = chart._fullData.filter((trace) => ["scatter", "bar"].includes(trace.type));
    for (const trace of light) trace._module.animatable = light.length === chart._fullData.length;
  }

  // A stored run plays once by itself, if the visitor has not asked for less motion.
  function play(chart) {
    if (ear.played || chart.layout.meta !== "plays") return;
    ear.played = true;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    press(chart);
  }

  // The frames and the button come some time after the chart.
  function press(chart) {
    if (!chart.isConnected) return;
    const button = chart.querySelector(".updatemenu-button");
    if (button && chart._transitionData?._frames?.length) {
      button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    } else requestAnimationFrame(() => press(chart));
  }

  // A chart that is taken away in the midst of a replay goes on asking for the next frame.
  const stop = () => cancelAnimationFrame(ear.moves?._animationRaf);
  function still() {
    if (ear.chart && !(ear.chart.isConnected && ear.chart._fullLayout)) stop();
  }

  const look = () => {
    still();
    const chart = document.querySelector(ear.data.chart + " .js-plotly-plot");
    if (!chart || chart === ear.chart || !chart.on || !chart._fullLayout) return;
    ear.chart = chart;
    ear.moves = chart._transitionData;
    listen(chart);
    redrawn(chart);
    play(chart);
  };
  ear.watch = new MutationObserver(look);
  ear.watch.observe(document.body, { childList: true, subtree: true });
  look();
  return () => {
    if (parentElement.isConnected) return;
    stop(); // its chart goes too, maybe a moment later, when nobody looks any more
    ear.watch.disconnect();
    parentElement.ear = undefined;
  };
}
