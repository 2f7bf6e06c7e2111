// Mode "shift": drag a digit over a canvas; two networks answer at once, from tables of all places.

const CELLS = 40, BOX = 28, STRIDE = 4;
const STYLE = `
.stage .side { container-type: inline-size; flex: 1 1 21rem; gap: 0.875rem; min-width: 0;
  max-width: none; padding: 0; }
.net { display: grid; grid-template-columns: auto minmax(8.75rem, 1fr) minmax(9.5rem, 1.3fr);
  gap: 0.375rem 1rem; --look: clamp(3.5rem, 11cqi, 6rem); }
.last { flex-wrap: nowrap; align-items: center; }
.head { display: flex; grid-column: 1 / -1; gap: 0.625rem; align-items: center; }
.head small, figcaption { font-size: 0.75rem; line-height: 1.3; opacity: 0.75; }
.said { display: flex; gap: 0.3rem; align-items: center; margin-left: auto; font-weight: 600; }
.said svg { width: 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { margin-top: 0.25rem; font-variant-numeric: tabular-nums; }
.group { display: flex; gap: 12px; }
.looks { display: flex; gap: 4px; }
.group figure:only-child .looks { gap: 6.66px; }
.looks canvas { width: var(--look); height: var(--look); image-rendering: pixelated;
  touch-action: auto; }
.bars { display: flex; height: max(var(--look), 4.25rem); border-bottom: 1px solid currentColor; }
.bars div { position: relative; flex: 1; min-width: 0; margin: 0 0.5px; }
.bars i { position: absolute; bottom: 0; width: 100%; background: ${INK.exact}; }
.bars u { position: absolute; right: -1px; left: -1px; border-top: 2px solid currentColor; }
.digits { display: flex; margin-top: 0.25rem; font-size: 0.75rem; text-align: center; }
.digits span { flex: 1; border: 1px solid transparent; border-radius: 3px; line-height: 1.3; }
.digits .truth { border-color: currentColor; } .digits .says { font-weight: 700; }
@container (max-width: 600px) {
  .net { grid-template-columns: 1fr 1.35fr; --look: min((100cqi - 20px) / 4, 4.75rem); }
  .group { grid-column: 1 / -1; }
}
`;
const COLOURS = { right: INK.learned, wrong: INK.warning };
const PATHS = { right: "M3 8.5L6.5 12L13 4.5", wrong: "M4 4L12 12M12 4L4 12" };

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.place = [0, 0];
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "digit on a canvas");
    stage.canvas.style.cursor = "grab";
    stage.root.append(make("style", { textContent: STYLE }));
    this.nets = [new Net("Convolutional network", "cnn"), new Net("Plain network", "mlp")];
    const [cnn, mlp] = this.nets;
    this.first = cnn.look(2, CELLS, "first layer: moves along");
    this.last = cnn.look(2, 14, `last layer: steps of ${STRIDE} px`);
    this.stencils = mlp.look(4, CELLS, "");
    this.middle = make("button", { type: "button", textContent: "Back to the middle" });
    this.middle.onclick = () => {
      if (this.isMiddle()) return;
      this.adopt([0, 0]);
      stage.send();
    };
    const words = "Boxed: the true digit. Ticks on bars: what they were in the middle.";
    const keys = `Arrow keys move it, with Shift by ${STRIDE} pixels.`;
    const row = make("div", { className: "bar last" }, this.middle, hint(words, keys));
    stage.side.append(...this.nets.map((net) => net.finish()), row);
    this.sheet = make("canvas", { width: CELLS, height: CELLS });
  }

  size(width) {
    return Array(2).fill(width < 620 ? Math.min(width, 300) : clamp(width * 0.32, 240, 320));
  }

  dress() {
    const data = this.stage.data;
    const made = [data.digit, data.cnn, data.stencils].map((one) => one.data).join();
    if (made === this.made) return;
    this.made = made;
    const names = "digit cnn mlp bars units last filters stencils".split(" ");
    for (const name of names) this[name + "Of"] = unpack(data[name]);
    const tables = [[this.barsOf, this.cnnOf], [this.unitsOf, this.mlpOf]];
    this.nets.forEach((net, n) => net.dress(...tables[n], data.parameters[n], data.truth));
    const units = this.unitsOf.shape[2];
    this.stencils.caption.textContent = `weights of 4 of ${units} units: they stay`;
  }

  value() {
    return this.place;
  }

  // To a place, or the nearest on the canvas.
  adopt(place) {
    const reach = this.stage.data.reach;
    this.place = place.map((value) => clamp(Math.round(value), -reach, reach));
    this.tell();
    this.stage.paint();
  }

  // For screen readers: where the digit is, and both answers.
  tell() {
    const { canvas, data } = this.stage;
    const says = this.nets.map((net) => {
      const digit = most(at(net.chancesOf, this.place));
      return `${net.name} says ${digit}, ${digit === data.truth ? "right" : "wrong"}`;
    });
    canvas.setAttribute("aria-valuetext", `${where(this.place)}. ${says.join(". ")}.`);
    canvas.setAttribute("aria-valuemin", -data.reach);
    canvas.setAttribute("aria-valuemax", data.reach);
    canvas.setAttribute("aria-valuenow", this.place[0]);
  }

  get cell() {
    return this.stage.width / CELLS;
  }

  // On the digit's square it is taken where it is gripped; elsewhere its middle comes there.
  press(spot, event) {
    if (event.button !== 0) return false;
    this.start = this.place;
    const far = spot.map((value, axis) => value / this.cell - CELLS / 2 - this.place[axis]);
    this.grip = Math.max(...far.map(Math.abs)) < BOX / 2 ? far : [0, 0];
    this.stage.canvas.style.cursor = "grabbing";
    this.move(spot);
  }

  move(spot) {
    const { grip, cell } = this;
    this.adopt(spot.map((value, axis) => value / cell - CELLS / 2 - grip[axis]));
  }

  release(spot) {
    this.stage.canvas.style.cursor = "grab";
    this.move(spot);
  }

  cancel() {
    this.stage.canvas.style.cursor = "grab";
    this.adopt(this.start);
  }

  hover() {}

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const go = event.key === "Home" ? this.place.map((value) => -value) : way[event.key];
    if (!go || event.altKey || event.ctrlKey || event.metaKey) return false;
    const far = event.shiftKey && event.key !== "Home" ? STRIDE : 1;
    this.adopt(this.place.map((value, axis) => value + far * go[axis]));
    this.stage.sendWhenQuiet();
    return true;
  }

  paint(pen, theme) {
    if (!this.digitOf) return;
    const ink = placed(this.digitOf.data, this.place);
    this.canvas(pen, theme, ink);
    this.maps(ink);
    this.nets.forEach((net) => net.show(this.place));
    this.middle.setAttribute("aria-disabled", this.isMiddle());
  }

  isMiddle() {
    return this.place.every((value) => value === 0);
  }

  canvas(pen, theme, ink) {
    const { width, height } = this.stage, edge = ((CELLS - BOX) / 2) * this.cell;
    pen.fillStyle = theme.panel;
    pen.fillRect(0, 0, width, height);
    Object.assign(pen, { globalAlpha: 0.7, font: theme.font, fillStyle: theme.text });
    pen.strokeStyle = theme.text;
    pen.setLineDash([3, 4]);
    pen.strokeRect(edge + 0.5, edge + 0.5, BOX * this.cell - 1, BOX * this.cell - 1);
    pen.setLineDash([]);
    pen.textBaseline = "bottom";
    pen.fillText("every digit they learned stood in here", edge, edge - 3);
    pen.textBaseline = "top";
    pen.fillText(where(this.place), edge, height - edge + 5);
    pen.globalAlpha = 1;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(written(this.sheet, ink, theme.text), 0, 0, width, height);
    pen.strokeStyle = theme.border;
    pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  }

  // The first layer is convolved here and now, the last looked up.
  maps(ink) {
    const made = [0, 1].map((n) => convolved(ink, this.filtersOf.data.subarray(9 * n, 9 * n + 9)));
    this.first.canvases.forEach((canvas, n) => {
      const high = Math.max(...made[n]);
      picture(canvas, made[n], (value) => HEIGHTS[Math.round((255 * value) / high)]);
    });
    const last = at(this.lastOf, this.place), size = this.last.canvases[0].width ** 2;
    this.last.canvases.forEach((canvas, n) => {
      const map = last.subarray(n * size, (n + 1) * size);
      picture(canvas, map, (value) => HEIGHTS[value]);
    });
    this.stencils.canvases.forEach((canvas, n) => {
      const map = this.stencilsOf.data.subarray(n * CELLS ** 2, (n + 1) * CELLS ** 2);
      picture(canvas, map, (value, i) => DIVERGING[value].map((part) => part * (1 - 0.75 * ink[i])));
    });
  }
}

// One network's row: what it looks with, what that adds up to, and its ten probabilities.
class Net {
  constructor(name, id) {
    this.name = name;
    this.size = make("small");
    this.said = make("span", { className: "said" });
    const title = make("b", { textContent: name });
    const head = make("div", { className: "head" }, title, this.size, this.said);
    this.group = make("div", { className: "group", "aria-hidden": "true" });
    this.root = make("div", { className: "net", role: "group", "aria-label": name });
    this.root.dataset.net = id;
    this.root.append(head, this.group);
  }

  look(count, cells, words) {
    const size = { width: cells, height: cells };
    const canvases = Array.from({ length: count }, () => make("canvas", size));
    const caption = make("figcaption", { textContent: words });
    const looks = make("div", { className: "looks" }, ...canvases);
    this.group.append(make("figure", {}, looks, caption));
    return { canvases, caption };
  }

  finish() {
    this.bars = make("div", { className: "bars", "aria-hidden": "true" });
    this.caption = make("figcaption");
    this.root.append(make("figure", {}, this.bars, this.caption));
    this.chances = make("div", { className: "bars", "aria-hidden": "true" });
    this.digits = make("div", { className: "digits", "aria-hidden": "true" });
    this.root.append(make("figure", {}, this.chances, this.digits));
    return this.root;
  }

  dress(table, chances, parameters, truth) {
    Object.assign(this, { truth, table, chancesOf: chances });
    this.top = Math.max(...table.data) * 1.02 || 1;
    this.start = at(table, [0, 0]);
    this.size.textContent = `${parameters.toLocaleString("en")} parameters`;
    this.bars.replaceChildren(...Array.from(this.start, slot));
    this.start.forEach((value, n) => {
      const tick = this.bars.children[n].appendChild(make("u"));
      tick.style.bottom = `${(100 * value) / this.top}%`;
    });
    this.chances.replaceChildren(...Array.from(at(chances, [0, 0]), slot));
    const digits = [...Array(10).keys()].map((n) => make("span", { textContent: n }));
    digits[truth].className = "truth";
    this.digits.replaceChildren(...digits);
  }

  show(place) {
    const now = at(this.table, place), p = at(this.chancesOf, place), says = most(p);
    const word = says === this.truth ? "right" : "wrong", colour = COLOURS[word];
    now.forEach((value, n) => raise(this.bars.children[n], value / this.top));
    p.forEach((value, n) => {
      raise(this.chances.children[n], value, n === says ? colour : "");
      this.digits.children[n].classList.toggle("says", n === says);
    });
    const changed = Math.round(100 * apart(now, this.start));
    const what = this.root.dataset.net === "cnn" ? "averages" : "units";
    this.caption.textContent = `${now.length} ${what}: ${changed}% changed`;
    this.said.style.color = colour;
    this.said.innerHTML = mark(word);
    this.said.append(`says ${says}: ${word}`);
  }
}

const slot = () => make("div", {}, make("i"));

function raise(slot, share, colour) {
  slot.firstChild.style.height = `${Math.max(100 * share, 0)}%`;
  if (colour !== undefined) slot.firstChild.style.background = colour;
}

function mark(word) {
  const line = 'fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"';
  return `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${PATHS[word]}" ${line}/></svg>`;
}

// The numbers of a table (13, 13, ...) at a place [dx, dy].
function at({ shape, data }, [dx, dy]) {
  const [rows, columns, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  const start = ((dy + (rows - 1) / 2) * columns + dx + (columns - 1) / 2) * size;
  return data.subarray(start, start + size);
}

const most = (values) => values.indexOf(Math.max(...values));

// Distance of numbers from others, over the norm of those.
const apart = (now, then) =>
  Math.hypot(...now.map((value, n) => value - then[n])) / (Math.hypot(...then) || 1);

function where([dx, dy]) {
  if (!dx && !dy) return "in the middle";
  const across = dx ? [`${Math.abs(dx)} px ${dx > 0 ? "right" : "left"}`] : [];
  const down = dy ? [`${Math.abs(dy)} px ${dy > 0 ? "down" : "up"}`] : [];
  return [...across, ...down].join(", ");
}

// The digit (28, 28, bytes) on the canvas (40 * 40, from 0 to 1), moved by [dx, dy].
function placed(digit, [dx, dy]) {
  const ink = new Float32Array(CELLS * CELLS), edge = (CELLS - BOX) / 2;
  digit.forEach((value, n) => {
    const row = Math.floor(n / BOX) + edge + dy, column = (n % BOX) + edge + dx;
    ink[row * CELLS + column] = value / 255;
  });
  return ink;
}

// 3x3 windows of the canvas times the filter, rectified.
function convolved(ink, filter) {
  return ink.map((_, n) => {
    const row = Math.floor(n / CELLS), column = n % CELLS;
    let sum = 0;
    for (let i = 0; i < 9; i++) {
      const y = row + Math.floor(i / 3) - 1, x = column + (i % 3) - 1;
      if (y >= 0 && y < CELLS && x >= 0 && x < CELLS) sum += filter[i] * ink[y * CELLS + x];
    }
    return Math.max(sum, 0);
  });
}

// The canvas with that ink, in one colour.
function written(canvas, ink, colour) {
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  ink.forEach((value, n) => (image.data[4 * n + 3] = 255 * value));
  pen.putImageData(image, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

function picture(canvas, values, colour) {
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  values.forEach((value, n) => image.data.set([...colour(value, n), 255], 4 * n));
  pen.putImageData(image, 0, 0);
}

// 256 colours along a scale of [share, "#rrggbb"] stops.
const ramp = (scale) => Array.from({ length: 256 }, (_, n) => shade(scale, n / 255));

function shade(scale, share) {
  const after = Math.max(scale.findIndex(([stop]) => stop >= share), 1);
  const [[lo, from], [hi, to]] = scale.slice(after - 1, after + 1);
  return [1, 3, 5].map((place) => {
    const [a, b] = [from, to].map((hex) => parseInt(hex.slice(place, place + 2), 16));
    return a + ((share - lo) / (hi - lo)) * (b - a);
  });
}

const HEIGHTS = ramp(INK.heights), DIVERGING = ramp(INK.diverging);
