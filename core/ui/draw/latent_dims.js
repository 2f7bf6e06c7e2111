// Mode "latent_dims": a row of decoded images for each latent number, and on it a slider.

// Pixels: of the names, right of a row, under a row's images; of a narrow stage; of a high one.
const NAME = 112, GAP = 10, SLOT = 6, SLIM = 560, HIGH = 540;

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.code = [0];
    this.row = 0; // of the keys
    this.skip = 1;
    this.seen = null; // [row, stop] whose image is large; null, the code's own
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "latent numbers, one a row");
    stage.canvas.style.touchAction = "pan-y pinch-zoom";
    stage.root.append(make("style", { textContent: LOOK }));
    this.large = new Large();
    this.bars = make("div");
    this.caption = make("small");
    this.shares = make("div", { className: "shares" }, this.bars, this.caption);
    const look = make("div", { className: "look rowed" }, this.large.root, this.shares);
    const words = "Drag along a row: only that number changes.";
    const keys = "Arrow keys: up and down choose a number, left and right change it.";
    stage.side.append(look, hint(words, keys));
  }

  get stops() {
    return this.sheet?.columns ?? 17;
  }

  get shown() {
    return Math.ceil(this.stops / this.skip);
  }

  size(width) {
    const across = width < 760 ? width : width * 0.7, rows = this.labels?.length ?? 1;
    this.skip = across < SLIM ? 2 : 1; // every second image is left out where they would be small
    this.cell = Math.min((across - NAME - GAP) / this.shown, clamp(HIGH / rows - SLOT, 22, 40));
    return [NAME + GAP + this.shown * this.cell, rows * this.pitch + 4];
  }

  get pitch() {
    return this.cell + SLOT;
  }

  dress() {
    const { data } = this.stage, repaint = () => this.refresh();
    this.sheet = sheetOf(this.sheet, data.sheet, repaint);
    this.here = sheetOf(this.here, data.here, repaint);
    this.labels = data.labels;
    this.order = unpack(data.order).data;
    this.places = unpack(data.stops).data;
    this.row = Math.min(this.row, this.labels.length - 1);
    this.spread(data.shares);
  }

  spread(shares) {
    const most = Math.max(...shares, 1e-9);
    const bars = shares.map((share, n) => {
      const bar = make("i", { className: n < 2 ? "in" : "" });
      bar.style.height = `${(100 * share) / most}%`;
      return bar;
    });
    this.bars.replaceChildren(...bars);
    const two = Math.round(100 * (shares[0] + (shares[1] ?? 0)));
    const what = `PCA of the codes: variance along ${shares.length} directions`;
    const map = shares.length > 2 ? `; the map's two hold ${two} %` : "; the map shows all";
    this.caption.textContent = what + map;
    this.bars.setAttribute("role", "img");
    this.bars.setAttribute("aria-label", this.caption.textContent);
  }

  value() {
    return this.code;
  }

  adopt(code) {
    this.code = code;
    this.seen = null;
    this.refresh();
  }

  // Where the stops of a row lie: the first and the last.
  ends(row) {
    return [this.places[row * this.stops], this.places[(row + 1) * this.stops - 1]];
  }

  share(row) {
    const [low, high] = this.ends(row);
    return clamp((this.code[this.order[row]] - low) / (high - low), 0, 1);
  }

  go(row, stop) {
    const to = clamp(stop, 0, this.stops - 1);
    this.row = row;
    this.code = [...this.code];
    this.code[this.order[row]] = Number(this.places[row * this.stops + to].toPrecision(4));
    this.seen = [row, to];
    this.refresh();
  }

  refresh() {
    if (!this.sheet) return;
    const { canvas } = this.stage, number = this.order[this.row];
    const value = latent(this.code[number]), [low, high] = this.ends(this.row);
    const name = this.labels[this.row];
    const tile = this.seen && this.seen[0] * this.stops + this.seen[1];
    const many = this.labels.length < this.code.length ? ` of the first ${this.labels.length}` : "";
    const words = `z${number + 1} = ${value}, the others as they are${many}`;
    if (this.seen) this.large.show(this.sheet, tile, words);
    else this.large.show(this.here, 0, "The code as it is");
    canvas.setAttribute("aria-valuetext", `${name}: ${value}. ${this.code.length} numbers.`);
    canvas.setAttribute("aria-valuemin", low);
    canvas.setAttribute("aria-valuemax", high);
    canvas.setAttribute("aria-valuenow", this.code[number]);
    const shown = { code: this.code, row: this.row, tile: this.seen ? tile : null };
    canvas.dataset.shown = JSON.stringify({ ...shown, ready: this.sheet.ready && this.here.ready });
    this.stage.paint();
  }

  rowAt([, top]) {
    return Math.floor(top / this.pitch);
  }

  // On a row that is drawn every second image only, the slider still has all stops.
  stopAt([left]) {
    const share = (left - NAME - this.cell / 2) / ((this.shown - 1) * this.cell);
    return Math.round(share * (this.stops - 1));
  }

  press(spot, event) {
    const row = this.rowAt(spot);
    if (event.button !== 0 || row < 0 || row >= this.labels.length) return false;
    if (spot[0] < NAME - 8) return false;
    this.start = this.code;
    this.held = row;
    this.go(row, this.stopAt(spot));
  }

  move(spot) {
    this.go(this.held, this.stopAt(spot));
  }

  release(spot) {
    this.move(spot);
  }

  cancel() {
    this.adopt(this.start);
  }

  hover(spot) {
    const row = spot ? this.rowAt(spot) : -1, on = spot && spot[0] > NAME - 8;
    this.stage.canvas.style.cursor = on && row < this.labels.length ? "ew-resize" : "default";
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const last = this.labels.length - 1, step = event.shiftKey ? 4 : 1;
    const now = Math.round(this.share(this.row) * (this.stops - 1));
    const moves = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: this.stops - 1 };
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.row = clamp(this.row + (event.key === "ArrowUp" ? -1 : 1), 0, last);
      this.refresh();
    } else if (event.key in moves) {
      this.go(this.row, moves[event.key]);
      this.stage.sendWhenQuiet();
    } else return false;
    return true;
  }

  paint(pen, theme) {
    if (!this.sheet) return;
    this.labels.forEach((name, row) => this.line(pen, theme, name, row));
  }

  line(pen, theme, name, row) {
    const { cell, pitch, skip, shown } = this, top = row * pitch + 2;
    const idle = this.stage.data.collapsed[row];
    const focus = this.stage.root.getRootNode().activeElement === this.stage.canvas;
    const [first, ...rest] = name.split(" ");
    Object.assign(pen, { fillStyle: theme.text, textAlign: "left", textBaseline: "middle" });
    pen.font = theme.font.replace("12px", row === this.row && focus ? "700 13px" : "600 13px");
    pen.globalAlpha = idle ? 0.55 : 1;
    pen.fillText(first, 4, top + cell / 2);
    pen.font = theme.font;
    pen.fillText(rest.join(" "), 30, top + cell / 2);
    pen.globalAlpha = 1;
    for (let n = 0; n < shown; n++)
      this.sheet.tile(pen, row * this.stops + n * skip, [NAME + n * cell, top, cell - 1]);
    const x = NAME + cell / 2 + this.share(row) * (shown - 1) * cell, floor = top + cell + 1;
    pen.fillStyle = theme.border;
    pen.fillRect(NAME + cell / 2, floor, (shown - 1) * cell, 2);
    const left = NAME + Math.round(this.share(row) * (shown - 1)) * cell;
    outlined(pen, () => pen.rect(left - 0.5, top - 0.5, cell, cell), INK.generated, 2);
    pen.fillStyle = INK.generated;
    pen.beginPath();
    pen.arc(x, floor + 1, 3.5, 0, 2 * Math.PI);
    pen.fill();
  }
}
