// What mode "guess" is made of: its style, the slider of noise, meters, the digits, arrows.

const GUESSED = `
.stage .side { container-type: inline-size; flex: 1 1 20rem; gap: 0.875rem; max-width: none;
  min-width: 0; padding: 0; }
.noise { display: grid; gap: 0.125rem; }
.noise .top, .gauge .top { display: flex; gap: 0.5rem; justify-content: space-between; }
.noise input { min-height: 2rem; padding: 0; border: 0; background: none; cursor: pointer;
  accent-color: var(--st-primary-color); }
.noise .ends { display: flex; justify-content: space-between; }
.gauges { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem 1.25rem; }
.gauge b, .noise b { font-weight: 600; }
.gauge .number, .noise .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.gauge .track { position: relative; height: 0.5rem; margin: 0.25rem 0; border-radius: 0.25rem;
  background: var(--st-secondary-background-color); overflow: hidden; }
.gauge .track i { position: absolute; inset: 0 auto 0 0; border-radius: 0.25rem; opacity: 0.8; }
.gauge small, .noise small, .digits small { font-size: 0.75rem; line-height: 1.25; opacity: 0.75; }
.digits { display: grid; grid-template-columns: 2fr 2fr 3fr; gap: 0.25rem 0.625rem; }
.digits figure { margin: 0; min-width: 0; }
.digits canvas { width: 100%; height: auto; border-radius: 3px; touch-action: auto; }
.digits figcaption { margin-top: 0.25rem; font-size: 0.8125rem; line-height: 1.25; }
.key { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; font-size: 0.8125rem; }
.key span { display: inline-flex; align-items: center; gap: 0.375rem; }
.key i { width: 1.25rem; height: 0; border-top: 4px solid; border-radius: 2px; }
.key i.dot { width: 0.5rem; height: 0.5rem; border: 0; border-radius: 50%; }
@container (max-width: 340px) { .gauges { grid-template-columns: 1fr; } }
`;

// A slider of the time, from data to noise.
function noiseSlider(moved) {
  const input = make("input", { type: "range", min: 0, "aria-label": "Time t" });
  const number = make("span", { className: "number" });
  const top = make("div", { className: "top" }, make("b", { textContent: "Noise" }), number);
  const ends = [make("small", { textContent: "data" }), make("small", { textContent: "noise" })];
  const root = make("div", { className: "noise" }, top, input);
  root.append(make("div", { className: "ends", "aria-hidden": "true" }, ...ends));
  input.oninput = () => moved(Number(input.value));
  const show = (t, words) => {
    input.value = t;
    input.setAttribute("aria-valuetext", words);
    number.textContent = words;
  };
  return { root, input, show };
}

// A name, a number, a bar, and what the bar's ends mean.
function gauge(color) {
  const bar = make("i"), number = make("span", { className: "number" });
  bar.style.background = color;
  const name = make("b"), more = make("small");
  const track = make("div", { className: "track", "aria-hidden": "true" }, bar);
  const top = make("div", { className: "top" }, name, number);
  const root = make("div", { className: "gauge" }, top, track, more);
  const show = (title, share, words, small) => {
    bar.style.width = `${100 * clamp(share, 0, 1)}%`;
    name.textContent = title;
    number.textContent = words;
    more.textContent = small;
  };
  return { root, show };
}

// The noised digit, the mean, and six that it could have been.
class DigitRow {
  constructor() {
    this.canvases = [1, 1, 6].map(() => make("canvas", { "aria-hidden": "true" }));
    this.words = this.canvases.map(() => make("figcaption"));
    const each = this.canvases.map((canvas, n) => make("figure", {}, canvas, this.words[n]));
    this.root = make("div", { className: "digits" }, ...each);
  }

  // first: the number of the first of the eight on the sheet.
  show(sheet, first, words) {
    words.forEach((text, n) => (this.words[n].textContent = text));
    const size = 4 * sheet.side, gap = 12;
    this.canvases.forEach((canvas, place) => {
      const six = place === 2, cell = six ? (2 * size - gap) / 2 / 2 : size;
      canvas.width = six ? 3 * cell + 2 * gap : size;
      canvas.height = six ? 2 * cell + gap : size;
      const pen = canvas.getContext("2d");
      for (let n = 0; n < (six ? 6 : 1); n++) {
        const at = [(n % 3) * (cell + gap), Math.floor(n / 3) * (cell + gap), cell];
        sheet.tile(pen, first + place + n, at, six);
      }
    });
  }
}

// A short list of what each mark means.
function marksKey(rows) {
  const each = rows.map(([color, words, dot]) => {
    const mark = make("i", { className: dot ? "dot" : "", "aria-hidden": "true" });
    mark.style[dot ? "background" : "borderColor"] = color;
    return make("span", {}, mark, words);
  });
  return make("div", { className: "key" }, ...each);
}

// An arrow from one place on the canvas to another, with an edge that stands off from any ground.
function pointed(pen, [x0, y0], [x1, y1], color, thick, edge) {
  const long = Math.hypot(x1 - x0, y1 - y0);
  if (long < 2) return;
  const head = Math.min(3.4 * thick, long), [dx, dy] = [(x1 - x0) / long, (y1 - y0) / long];
  const [bx, by] = [x1 - head * dx, y1 - head * dy], half = 0.62 * head;
  for (const [ink, more] of [[edge, 2.5], [color, 0]]) {
    Object.assign(pen, { strokeStyle: ink, fillStyle: ink, lineWidth: thick + more });
    pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(bx, by);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(bx - half * dy, by + half * dx);
    pen.lineTo(bx + half * dy, by - half * dx);
    pen.closePath();
    pen.lineWidth = more;
    if (more) pen.stroke();
    pen.fill();
  }
}
