// Mode "mask": paint over an image, 14x14 squares; beside it what a model says may be there.

const SQUARES = 14, DIGITS = (SQUARES * SQUARES) / 4;
const BRUSH = 1.2; // squares, the reach of the brush
const PAINT = "#9aa3ad", LIGHT = [244, 246, 248], DARK = [29, 39, 51];
const HEAD = 24, UNDER = 20, GAP = 8; // pixels: over a picture, under a tile, between tiles

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.squares = new Uint8Array(SQUARES * SQUARES);
    this.before = this.squares; // as they were when the gesture began
    this.last = this.cursor = null; // of the pointer, of the keyboard's brush: [x, y] in squares
    this.rubs = this.rubbing = this.waiting = false;
    stage.canvas.setAttribute("role", "application");
    stage.canvas.setAttribute("aria-roledescription", "image to paint over, 14 by 14 squares");
    stage.canvas.style.cursor = "crosshair";
    this.paints = this.button("Paint", () => this.choose(false));
    this.rubber = this.button("Rub out", () => this.choose(true));
    this.clear = this.button("Clear the paint", () => this.wipe());
    const bar = make("div", { className: "bar" }, this.paints, this.rubber, this.clear);
    const keys = "Keys: arrows move the brush, with Shift they paint, space paints, Delete clears.";
    stage.side.append(bar, hint("Shift while painting rubs out.", keys));
    this.choose(false);
  }

  button(words, act) {
    const button = make("button", { type: "button", textContent: words });
    button.onclick = act;
    return button;
  }

  choose(rubs) {
    this.rubs = rubs;
    this.paints.setAttribute("aria-pressed", !rubs);
    this.rubber.setAttribute("aria-pressed", rubs);
  }

  // The image, eight completions, where they differ; on a narrow screen the eight below.
  size(width) {
    this.slim = width < 640;
    this.pad = Math.round(this.slim ? width * 0.62 : Math.min(300, width * 0.3));
    this.odd = Math.min((this.pad - HEAD) / 2, this.slim ? width - this.pad - 16 : this.pad);
    const room = this.slim ? width : width - this.pad - this.odd - 2 * 28;
    const most = this.slim ? Infinity : (this.pad - 2 * UNDER) / 2;
    this.tile = Math.min((room - 3 * GAP) / 4, most);
    this.from = this.slim ? [0, HEAD + this.pad + 12] : [this.pad + 28, 0];
    const high = HEAD + this.pad;
    return [width, this.slim ? high + 12 + HEAD + 2 * (this.tile + UNDER) : high];
  }

  dress() {
    const { image, filled, spread, reads, told } = this.stage.data;
    this.image = unpack(image);
    this.filled = unpack(filled);
    this.faint = { ...this.image, data: this.image.data.map((value) => value / 4) };
    this.spread = unpack(spread);
    this.reads = reads;
    this.waiting = false;
    this.stage.canvas.setAttribute("aria-valuetext", told);
    this.stage.canvas.dataset.shown = JSON.stringify(reads);
  }

  adopt(value) {
    this.squares = decode(value.painted);
    this.stage.paint();
  }

  value() {
    this.waiting = encode(this.squares) !== this.stage.data.value.painted;
    return { painted: encode(this.squares) };
  }

  spot([left, top]) {
    return [left, top - HEAD].map((at) => (at / this.pad) * SQUARES);
  }

  press(at, event) {
    const spot = this.spot(at);
    if (event.button !== 0 || spot.some((one) => one < 0 || one > SQUARES)) return false;
    this.before = this.squares.slice();
    this.rubbing = this.rubs !== event.shiftKey;
    this.last = spot;
    this.line(spot, spot);
  }

  move(at) {
    const now = this.spot(at);
    this.line(this.last, now);
    this.last = now;
  }

  release(at) {
    this.move(at);
    this.last = null;
  }

  cancel() {
    this.squares = this.before;
    this.last = null;
  }

  hover() {}

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const go = way[event.key], middle = [SQUARES / 2, SQUARES / 2];
    this.rubbing = this.rubs;
    if (go) {
      const from = this.cursor ?? middle;
      this.cursor = from.map((at, axis) => clamp(at + go[axis], 0.5, SQUARES - 0.5));
      if (event.shiftKey) this.stroke(from, this.cursor);
      this.stage.paint();
    } else if (event.key === " ") {
      this.cursor ??= middle;
      this.stroke(this.cursor, this.cursor);
    } else if (event.key === "Delete" || event.key === "Backspace") this.wipe();
    else return false;
    return true;
  }

  stroke(from, to) {
    this.line(from, to);
    this.stage.sendWhenQuiet();
  }

  wipe() {
    this.squares = new Uint8Array(SQUARES * SQUARES);
    this.stage.paint();
    this.stage.send();
  }

  line([x0, y0], [x1, y1]) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) * 3));
    for (let n = 0; n < SQUARES * SQUARES; n++) {
      const [column, row] = [(n % SQUARES) + 0.5, Math.floor(n / SQUARES) + 0.5];
      for (let step = 0; step <= steps; step++) {
        const x = x0 + ((x1 - x0) * step) / steps, y = y0 + ((y1 - y0) * step) / steps;
        if (Math.hypot(column - x, row - y) <= BRUSH) this.squares[n] = this.rubbing ? 0 : 1;
      }
    }
    this.stage.paint();
  }

  paint(pen, theme) {
    const family = getComputedStyle(this.stage.canvas).fontFamily;
    const right = this.stage.width - this.odd, below = HEAD + this.pad - this.odd;
    this.words(pen, theme, family, right, below);
    picture(pen, this.image, 0, [0, HEAD], this.pad);
    this.cover(pen);
    if (this.cursor && this.stage.root.getRootNode().activeElement === this.stage.canvas) {
      const [x, y] = this.cursor.map((at) => (at / SQUARES) * this.pad);
      pen.strokeStyle = INK.generated;
      pen.lineWidth = 2;
      pen.strokeRect(x - 8, y - 8 + HEAD, 16, 16);
    }
    pen.globalAlpha = this.waiting ? 0.35 : 1; // of what was painted before
    this.eight(pen, family);
    picture(pen, this.faint, 0, [right, HEAD], this.odd);
    picture(pen, this.spread, null, [right, HEAD], this.odd);
    pen.globalAlpha = 1;
    picture(pen, this.image, 0, [right, below], this.odd);
    pen.strokeStyle = theme.border;
    pen.lineWidth = 1;
    pen.strokeRect(right + 0.5, HEAD + 0.5, this.odd - 1, this.odd - 1);
    this.clear.setAttribute("aria-disabled", !this.squares.some((one) => one));
  }

  words(pen, theme, family, right, below) {
    pen.fillStyle = theme.text;
    pen.font = `14px ${family}`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText("Paint here", 0, HEAD / 2);
    const eight = "Eight completions, and what is read in them";
    pen.fillText(eight, this.from[0], this.from[1] + HEAD / 2);
    pen.fillText("Where they differ", right, HEAD / 2);
    pen.fillText("The original", right, below - HEAD / 2);
  }

  cover(pen) {
    const edge = (n) => Math.round((n * this.pad) / SQUARES); // whole pixels: no seams
    pen.fillStyle = PAINT;
    this.squares.forEach((on, n) => {
      const [column, row] = [n % SQUARES, Math.floor(n / SQUARES)];
      const [x, y] = [edge(column), edge(row)];
      if (on) pen.fillRect(x, y + HEAD, edge(column + 1) - x, edge(row + 1) - y);
    });
  }

  eight(pen, family) {
    const [left, top] = this.from;
    pen.fillStyle = INK.generated;
    pen.font = `600 13px ${family}`;
    pen.textAlign = "center";
    this.reads.forEach((name, n) => {
      const x = left + (n % 4) * (this.tile + GAP);
      const y = top + HEAD + Math.floor(n / 4) * (this.tile + UNDER);
      picture(pen, this.filled, n, [x, y], this.tile);
      pen.fillText(name, x + this.tile / 2, y + this.tile + UNDER / 2 - 1);
    });
    pen.textAlign = "left";
  }
}

// An image in dark on light, the number says which of several; null: in orange, as much as it says.
function picture(pen, { shape, data }, number, [left, top], size) {
  const side = shape.at(-1), canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const flat = canvas.getContext("2d"), bits = flat.createImageData(side, side);
  const orange = [1, 3, 5].map((at) => parseInt(INK.generated.slice(at, at + 2), 16));
  for (let n = 0; n < side * side; n++) {
    const ink = data[n + (number ?? 0) * side * side] / 255;
    const colour = LIGHT.map((light, at) => light + ink * (DARK[at] - light));
    bits.data.set(number === null ? [...orange, 255 * ink] : [...colour, 255], 4 * n);
  }
  flat.putImageData(bits, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, left, top, size, size);
}

// As core/data/masks.py writes it.
function encode(squares) {
  const digit = (n) => parseInt(squares.slice(4 * n, 4 * n + 4).join(""), 2).toString(16);
  return Array.from({ length: DIGITS }, (_, n) => digit(n)).join("");
}

function decode(text) {
  const bits = [...text].map((char) => parseInt(char, 16).toString(2).padStart(4, "0")).join("");
  return Uint8Array.from(bits.padEnd(SQUARES * SQUARES, "0"), Number);
}
