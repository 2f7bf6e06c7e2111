// What mode "line" is made of: its style, meters, rows of pulls, and marks on the canvas.

const FLOOR = -4, CEILING = 2; // powers of ten: the ends of the bars
const STYLE = `
.stage .side { container-type: inline-size; flex: 1 1 20rem; gap: 0.75rem; max-width: none;
  min-width: 0; padding: 0; }
.meters { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.meter b, .pulls b { font-weight: 600; }
.meter .top { display: flex; gap: 0.5rem; justify-content: space-between; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.track { position: relative; height: 0.5rem; margin: 0.25rem 0; border-radius: 0.25rem;
  background: var(--st-secondary-background-color); overflow: hidden; }
.track i { position: absolute; inset: 0 auto 0 0; border-radius: 0.25rem; background: currentColor;
  opacity: 0.75; }
.meter small, .pulls small { font-size: 0.75rem; opacity: 0.75; }
.pulls { display: grid; gap: 0.1875rem; }
.pulls .heads, .pulls button { display: grid; grid-template-columns: minmax(6.5rem, 1.15fr) 1fr 1fr;
  gap: 0.625rem; align-items: center; padding: 0.25rem 0.5rem; }
.pulls .heads { align-items: end; line-height: 1.25; }
.pulls button { width: 100%; min-height: 2.375rem; border-color: transparent; text-align: left;
  white-space: normal; line-height: 1.2; }
.pulls button:hover { border-color: var(--st-border-color); }
.pulls button[aria-pressed="true"] { border-color: var(--st-primary-color); }
.marks { position: relative; height: 1rem; }
.marks small { position: absolute; white-space: nowrap; }
.cell { display: grid; }
.cell .track { height: 0.3125rem; margin: 0.125rem 0 0; }
.cell .track i { background: ${INK.gradient}; opacity: 1; }
.cell .number { font-size: 0.8125rem; }
.last { flex-wrap: nowrap; align-items: center; }
`;

// From 0 to 1 along four powers of ten under 1 and two over it.
const shareOf = (pull) => clamp((Math.log10(pull || 1e-300) - FLOOR) / (CEILING - FLOOR), 0, 1);

const RAISED = { "-": "\u207b" };
const DIGITS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
[...DIGITS].forEach((sign, n) => (RAISED[n] = sign));

// Two digits; a power of ten where it is tiny.
function tersely(value) {
  if (Math.abs(value) < 1e-12) return "0";
  if (Math.abs(value) >= 1e-4) return String(Number(value.toPrecision(2))).replace("-", "\u2212");
  const [digits, power] = value.toExponential(0).split("e");
  return `${digits.replace("-", "\u2212")}\u00b710${[...power].map((one) => RAISED[one]).join("")}`;
}

const inWords = (value) => (Math.abs(value) < 1e-12 ? "0" : String(Number(value.toPrecision(2))));

function track() {
  const bar = make("i");
  return [make("div", { className: "track", "aria-hidden": "true" }, bar), bar];
}

function meter(name, most) {
  const [line, bar] = track(), number = make("b", { className: "number" });
  const top = make("div", { className: "top" }, make("b", { textContent: name }), number);
  const root = make("div", { className: "meter" }, top, line, make("small", { textContent: most }));
  const show = (share, words) => {
    bar.style.width = `${100 * Math.min(share, 1)}%`;
    number.textContent = words;
  };
  return { root, show };
}

// What the bars' ends and their middle stand for, under both columns.
function scale() {
  const marks = () => {
    const words = [["0.0001", 0], ["0.1", 50], ["100", 100]];
    const each = words.map(([textContent, at]) => {
      const one = make("small", { textContent });
      one.style.left = `${at}%`;
      one.style.transform = `translateX(-${at}%)`;
      return one;
    });
    return make("span", { className: "marks" }, ...each);
  };
  const props = { className: "heads", "aria-hidden": "true" };
  return make("div", props, make("small"), marks(), marks());
}

// A loss: its name, and its two pulls with bars; pressed, its discriminator is the one drawn.
function pullRow(loss, name, choose) {
  const cells = [0, 1].map(() => {
    const [line, bar] = track(), number = make("span", { className: "number" });
    return { root: make("span", { className: "cell" }, number, line), bar, number };
  });
  const parts = [make("span", { textContent: name }), ...cells.map((one) => one.root)];
  const root = make("button", { type: "button" }, ...parts);
  root.dataset.loss = loss;
  root.onclick = choose;
  const fill = (cell, value, words) => {
    cell.bar.style.width = `${100 * shareOf(Math.abs(value))}%`;
    cell.number.textContent = words;
  };
  const show = (pull, widen, chosen) => {
    root.setAttribute("aria-pressed", chosen);
    const way = Math.abs(widen) < 1e-12 ? "" : widen > 0 ? " wider" : " narrower";
    fill(cells[0], pull, tersely(pull));
    fill(cells[1], widen, tersely(Math.abs(widen)) + way);
  };
  return { root, show };
}

function ruled(pen, color, ...[x0, y0, x1, y1]) {
  Object.assign(pen, { strokeStyle: color, lineWidth: 1 });
  pen.beginPath();
  pen.moveTo(x0, Math.round(y0) + 0.5);
  pen.lineTo(x1, Math.round(y1) + 0.5);
  pen.stroke();
}

// A disc, or a diamond, which is the mark of what a model made.
function dot(pen, x, y, r, fill, edge, diamond = false) {
  pen.beginPath();
  const corners = [[0, -1], [1, 0], [0, 1], [-1, 0]].map((one) => one.map((far) => 1.3 * r * far));
  if (diamond) for (const [a, b] of corners) pen.lineTo(x + a, y + b);
  else pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.closePath();
  Object.assign(pen, { fillStyle: fill, strokeStyle: edge, lineWidth: diamond ? 1 : 2.5 });
  pen.fill();
  pen.stroke();
}

function pulled(pen, x, y, long, thick) {
  if (Math.abs(long) < 1) return;
  const way = Math.sign(long), head = Math.min(2.6 * thick, Math.abs(long));
  Object.assign(pen, { strokeStyle: INK.gradient, fillStyle: INK.gradient, lineWidth: thick });
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + long - way * head, y);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x + long, y);
  pen.lineTo(x + long - way * 1.4 * head, y - head);
  pen.lineTo(x + long - way * 1.4 * head, y + head);
  pen.fill();
}
