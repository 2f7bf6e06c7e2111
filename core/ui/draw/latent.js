// Mode "latent": a map of decoded images; the one under the pointer is large beside it, at once.

const TILES = 32, NEAR = 0.1, FAR = 0.5; // steps of the arrow keys, and with Shift
const SKIP = 2; // of the images drawn, from one to the next
const INSET = { left: 40, right: 10, top: 4, bottom: 38 };

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.place = [0, 0];
    this.told = "0";
    this.over = null; // where the pointer passes
    this.dots = false;
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "place on a map of images");
    stage.canvas.style.cursor = "crosshair";
    stage.root.append(make("style", { textContent: LOOK }));
    this.large = new Large();
    this.reads = new Reads();
    this.switch = make("button", { type: "button", textContent: "Codes of real images" });
    this.switch.onclick = () => this.turn();
    this.classes = make("div", { className: "bar told", role: "group" });
    this.classes.setAttribute("aria-label", "Class that is told to the model");
    this.bar = make("div", { className: "bar" }, this.switch);
    const look = make("div", { className: "look" }, this.large.root, this.reads.root);
    const keys = "Arrow keys move the mark, with Shift further.";
    this.note = make("span");
    const words = hint("Move over the map; click, and the model decodes that very place.", keys);
    words.append(" ", this.note);
    stage.side.append(look, this.classes, this.bar, words);
    this.turn(false);
  }

  turn(on = !this.dots) {
    this.dots = on;
    this.switch.setAttribute("aria-pressed", on);
    this.stage.paint();
  }

  size(width) {
    const side = width < 640 ? Math.min(width, 330) : clamp(width * 0.44, 320, 470);
    return [side, side - INSET.left - INSET.right + INSET.top + INSET.bottom];
  }

  dress() {
    const { data } = this.stage;
    const repaint = () => this.refresh();
    this.sheet = sheetOf(this.sheet, data.sheet, repaint);
    this.here = sheetOf(this.here, data.here, repaint);
    const names = "says hereSays places classes".split(" ");
    for (const name of names) this[`${name}Of`] = unpack(data[name]).data;
    this.borders = data.cells ? borders(unpack(data.cells).data) : [];
    this.reads.dress(data.names, data.colors);
    this.classes.hidden = !data.told;
    this.classes.replaceChildren("It is told:", ...data.names.map((name, n) => this.chip(name, n)));
    const notes = [
      data.count > 2 && `The map is a slice of ${data.count} numbers (PCA).`,
      data.count === 1 && "One latent number: up and down nothing changes.",
      this.borders.length && "Green lines: there another entry of the book is nearest.",
    ];
    this.note.textContent = notes.filter(Boolean).join(" ");
  }

  chip(textContent, n) {
    const chip = make("button", { type: "button", textContent });
    chip.dataset.told = n;
    chip.onclick = () => {
      this.told = String(n);
      this.stage.send();
    };
    return chip;
  }

  value() {
    return [...this.place, this.told];
  }

  adopt([x, y, told]) {
    this.told = told;
    this.settled = [x, y];
    for (const chip of this.classes.querySelectorAll("button"))
      chip.setAttribute("aria-pressed", chip.dataset.told === told);
    this.put([x, y]);
  }

  // To a place in hundredths, within the map.
  put(place) {
    const { edge } = this.stage.data;
    this.place = place.map((one) => Math.round(100 * clamp(one, -edge, edge)) / 100 + 0);
    this.refresh();
  }

  // The image that is large: where the pointer is, or else at the mark.
  refresh() {
    if (!this.settled) return;
    const { canvas, data } = this.stage, at = this.over ?? this.place;
    const exact = !this.over && same(this.place, this.settled);
    const n = tileAt(at, data.edge);
    const from = exact ? this.hereSaysOf : this.saysOf.subarray(10 * n, 10 * n + 10);
    const shares = Array.from(from, (v) => v / 255);
    const numbers = exact && data.code ? data.code : this.latents(at);
    const where = data.count > 2 ? "on the map" : "z =";
    const words = `${where} (${numbers.map(latent).join(", ")})`;
    const own = data.away ? "the code as typed, beside this slice" : "decoded exactly here";
    const how = exact ? own : "the nearest tile";
    this.large.show(exact ? this.here : this.sheet, exact ? 0 : n, `${words}, ${how}`);
    this.reads.show(shares);
    const said = `${words}. Read as ${guesses(data.names, shares)}.`;
    canvas.setAttribute("aria-valuetext", said);
    canvas.setAttribute("aria-valuemin", -data.edge);
    canvas.setAttribute("aria-valuemax", data.edge);
    canvas.setAttribute("aria-valuenow", this.place[0]);
    const shown = { at, exact, tile: exact ? null : n, shares, place: this.place, told: this.told };
    canvas.dataset.shown = JSON.stringify({ ...shown, ready: this.sheet.ready && this.here.ready });
    this.stage.paint();
  }

  // The latent numbers at a place; of a slice through more, its own two.
  latents(at) {
    const { edge, reach, count } = this.stage.data;
    const all = at.map((v, axis) => {
      const [low, high] = reach[axis];
      return low + ((v + edge) / (2 * edge)) * (high - low);
    });
    return all.slice(0, Math.max(1, Math.min(2, count)));
  }

  get box() {
    const side = this.stage.width - INSET.left - INSET.right;
    return { left: INSET.left, top: INSET.top, side };
  }

  px([x, y]) {
    const { left, top, side } = this.box, { edge } = this.stage.data;
    return [left + ((x + edge) / (2 * edge)) * side, top + ((edge - y) / (2 * edge)) * side];
  }

  xy([x, y]) {
    const { left, top, side } = this.box, { edge } = this.stage.data;
    const along = [(x - left) / side, 1 - (y - top) / side];
    return along.map((share) => clamp(share, 0, 1) * 2 * edge - edge);
  }

  press(spot, event) {
    const { left, top, side } = this.box;
    const inside = [spot[0] - left, spot[1] - top].every((v) => v > -8 && v < side + 8);
    if (event.button !== 0 || !inside) return false;
    this.start = this.place;
    this.move(spot);
  }

  move(spot) {
    this.over = null;
    this.put(this.xy(spot));
  }

  release(spot) {
    this.move(spot);
  }

  cancel() {
    this.put(this.start);
  }

  hover(spot) {
    const { left, top, side } = this.box;
    const off = !spot || [spot[0] - left, spot[1] - top].some((v) => v < 0 || v > side);
    this.over = off ? null : this.xy(spot);
    this.refresh();
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const go = event.key === "Home" ? [0, 0] : way[event.key];
    if (!go || event.altKey || event.ctrlKey || event.metaKey) return false;
    const far = event.shiftKey ? FAR : NEAR;
    this.over = null;
    this.put(event.key === "Home" ? go : this.place.map((v, axis) => v + far * go[axis]));
    this.stage.sendWhenQuiet();
    return true;
  }

  paint(pen, theme) {
    if (!this.sheet) return;
    const { left, top, side } = this.box;
    pen.fillStyle = "#f4f6f8";
    pen.fillRect(left, top, side, side);
    this.tiles(pen);
    this.cells(pen);
    if (this.dots) this.codes(pen);
    this.axes(pen, theme);
    pen.save();
    pen.beginPath();
    pen.rect(left - 7, top - 4, side + 14, side + 11);
    pen.clip();
    if (this.over) this.frame(pen, tileAt(this.over, this.stage.data.edge));
    this.mark(pen, this.px(this.place));
    pen.restore();
  }

  // The map is drawn once a size; one that is not unpacked yet leaves the one before it.
  tiles(pen) {
    const { left, top, side } = this.box, size = Math.round(side * this.stage.dots);
    const old = this.drawn?.sheet === this.sheet && this.drawn.size === size;
    if (!old && this.sheet.ready) this.drawn = { sheet: this.sheet, size, map: this.map(size) };
    if (this.drawn) pen.drawImage(this.drawn.map, left, top, side, side);
  }

  // Every second image, so that each can be read; all of them where they show cells.
  map(size) {
    const canvas = make("canvas", { width: size, height: size }), pen = canvas.getContext("2d");
    const skip = this.borders.length ? 1 : SKIP, many = TILES / skip, cell = size / many;
    pen.imageSmoothingQuality = "high";
    for (let row = 0; row < many; row++)
      for (let column = 0; column < many; column++) {
        // Of those of a square, the one nearest to the map's middle.
        const [y, x] = [row, column].map((at) => at * skip + (skip - 1) * (at < many / 2));
        this.sheet.tile(pen, y * TILES + x, [column * cell, row * cell, cell]);
      }
    return canvas;
  }

  // Of a VQ-VAE: lines where another entry of the book is nearest.
  cells(pen) {
    const { left, top, side } = this.box, unit = side / TILES;
    Object.assign(pen, { strokeStyle: INK.learned, lineWidth: 1.25 });
    pen.beginPath();
    for (const [x0, y0, x1, y1] of this.borders) {
      pen.moveTo(left + x0 * unit, top + y0 * unit);
      pen.lineTo(left + x1 * unit, top + y1 * unit);
    }
    pen.stroke();
  }

  codes(pen) {
    const { left, top, side } = this.box, { colors } = this.stage.data;
    pen.save();
    pen.beginPath();
    pen.rect(left, top, side, side);
    pen.clip();
    pen.fillStyle = "rgba(244,246,248,0.55)";
    pen.fillRect(left, top, side, side);
    this.classesOf.forEach((value, n) => {
      const [x, y] = this.px([this.placesOf[2 * n], this.placesOf[2 * n + 1]]);
      pen.fillStyle = colors[value];
      pen.globalAlpha = 0.75;
      pen.beginPath();
      pen.arc(x, y, 2.75, 0, 2 * Math.PI);
      pen.fill();
    });
    pen.restore();
  }

  axes(pen, theme) {
    const { left, top, side } = this.box, { reach, axes, count } = this.stage.data;
    Object.assign(pen, { strokeStyle: theme.border, lineWidth: 1, font: theme.font });
    pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    Object.assign(pen, { fillStyle: theme.text, globalAlpha: 0.8 });
    Object.assign(pen, { textAlign: "center", textBaseline: "top" });
    const floor = top + side, { edge } = this.stage.data;
    const spot = (value, [low, high]) => ((value - low) / (high - low)) * 2 * edge - edge;
    for (const value of ticks(...reach[0], 6))
      pen.fillText(short(value), this.px([spot(value, reach[0]), 0])[0], floor + 4);
    pen.fillText(axes[0], left + side / 2, floor + 21);
    Object.assign(pen, { textAlign: "right", textBaseline: "middle" });
    if (count > 1)
      for (const value of ticks(...reach[1], 6)) {
        const high = this.px([0, spot(value, reach[1])])[1];
        if (high > top + 5 && high < floor - 4) pen.fillText(short(value), left - 5, high);
      }
    Object.assign(pen, { textAlign: "center" });
    pen.save();
    pen.translate(7, top + side / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(axes[1], 0, 0);
    pen.restore();
    pen.globalAlpha = 1;
  }

  frame(pen, n) {
    const { left, top, side } = this.box, unit = side / TILES;
    const x = left + (n % TILES) * unit, y = top + Math.floor(n / TILES) * unit;
    outlined(pen, () => pen.rect(x - 1, y - 1, unit + 2, unit + 2), INK.generated, 2);
  }

  mark(pen, [x, y]) {
    outlined(pen, () => pen.arc(x, y, 9, 0, 2 * Math.PI), INK.generated);
  }
}

// The number of the tile at a place, row by row from the upper left.
function tileAt([x, y], edge) {
  const along = (share) => clamp(Math.floor(share * TILES), 0, TILES - 1);
  return along((edge - y) / (2 * edge)) * TILES + along((x + edge) / (2 * edge));
}

// Edges between tiles of different cells, [x0, y0, x1, y1] in tiles.
function borders(cells) {
  const found = [];
  cells.forEach((cell, n) => {
    const x = n % TILES, y = Math.floor(n / TILES);
    if (x + 1 < TILES && cells[n + 1] !== cell) found.push([x + 1, y, x + 1, y + 1]);
    if (y + 1 < TILES && cells[n + TILES] !== cell) found.push([x, y + 1, x + 1, y + 1]);
  });
  return found;
}
