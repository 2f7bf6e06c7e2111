// Mode "digit": draw a digit with the pointer on 28x28 pixels; bars say what a network reads in it.

const SIDE = 28, LEVELS = 16;
const RUNS = "ghijklmnopqrstuvwxyz"; // a run of 1 to 20 dark pixels
const BRUSH = 1.35; // pixels, the reach of the pen

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.pixels = new Float32Array(SIDE * SIDE);
    this.before = []; // what undo goes back to
    this.last = null;
    this.cursor = null; // the keyboard's pen, [x, y] in pixels
    stage.canvas.setAttribute("role", "application");
    stage.canvas.setAttribute("aria-roledescription", "drawing pad of 28 by 28 pixels");
    stage.canvas.style.cursor = "crosshair";
    this.undo = this.button("Undo", () => this.back());
    this.clear = this.button("Clear", () => this.wipe());
    const bar = make("div", { className: "bar" }, this.undo, this.clear);
    const keys = "Keys: arrows move the pen, space draws, Delete clears.";
    stage.side.append(bar, hint("Draw a digit from 0 to 9, large and in the middle or not.", keys));
  }

  button(words, act) {
    const button = make("button", { type: "button", textContent: words });
    button.onclick = () => {
      act();
      this.stage.send();
    };
    return button;
  }

  // The pad, what the network sees, and the bars; under one another in a narrow window.
  size(width) {
    this.slim = width < 560;
    const pad = this.slim ? Math.min(width, 320) : Math.min(340, width * 0.42);
    this.pad = pad;
    return this.slim ? [width, pad + 250] : [Math.min(width, pad + 420), pad];
  }

  dress() {
    const data = this.stage.data;
    this.probabilities = data.probabilities ?? [];
    this.seen = data.seen ? unpack(data.seen) : null;
    this.say();
  }

  say() {
    const { names, told } = this.stage.data;
    const order = [...this.probabilities.keys()];
    order.sort((a, b) => this.probabilities[b] - this.probabilities[a]);
    const words = order.slice(0, 3).map((n) => `${names[n]} ${percent(this.probabilities[n])}`);
    this.stage.canvas.setAttribute("aria-valuetext", `${told} ${words.join(", ")}`);
    this.stage.canvas.dataset.shown = JSON.stringify(this.probabilities);
  }

  adopt(value) {
    this.pixels = decode(value.drawing);
    this.before = [];
    this.stage.paint();
  }

  value() {
    return { drawing: encode(this.pixels) };
  }

  spot([left, top]) {
    return [(left / this.pad) * SIDE, (top / this.pad) * SIDE];
  }

  press(at, event) {
    if (event.button !== 0 || at[0] > this.pad || at[1] > this.pad) return false;
    this.keep();
    this.last = this.spot(at);
    this.line(this.last, this.last);
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
    this.back();
    this.last = null;
  }

  hover() {}

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const go = way[event.key];
    const middle = [SIDE / 2, SIDE / 2];
    if (go) {
      const from = this.cursor ?? middle;
      this.cursor = from.map((at, axis) => clamp(at + go[axis], 0.5, SIDE - 0.5));
      if (event.shiftKey) {
        this.keep();
        this.line(from, this.cursor);
        this.stage.sendWhenQuiet();
      }
      this.stage.paint();
    } else if (event.key === " ") {
      this.cursor ??= middle;
      this.keep();
      this.line(this.cursor, this.cursor);
      this.stage.sendWhenQuiet();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.wipe();
      this.stage.sendWhenQuiet();
    } else return false;
    return true;
  }

  keep() {
    this.before.push(this.pixels.slice());
    if (this.before.length > 50) this.before.shift();
  }

  back() {
    if (this.before.length) this.pixels = this.before.pop();
    this.stage.paint();
  }

  wipe() {
    this.keep();
    this.pixels = new Float32Array(SIDE * SIDE);
    this.stage.paint();
  }

  // A stroke with a soft edge: full within half a pixel of the pen's reach, fading to nothing.
  line([x0, y0], [x1, y1]) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) * 3));
    for (let step = 0; step <= steps; step++) {
      const x = x0 + ((x1 - x0) * step) / steps;
      const y = y0 + ((y1 - y0) * step) / steps;
      const reach = Math.ceil(BRUSH + 1);
      for (let row = Math.floor(y) - reach; row <= y + reach; row++)
        for (let column = Math.floor(x) - reach; column <= x + reach; column++) {
          if (row < 0 || column < 0 || row >= SIDE || column >= SIDE) continue;
          const away = Math.hypot(column + 0.5 - x, row + 0.5 - y);
          const ink = clamp(BRUSH + 0.5 - away, 0, 1);
          const n = row * SIDE + column;
          if (ink > this.pixels[n]) this.pixels[n] = ink;
        }
    }
    this.stage.paint();
  }

  paint(pen, theme) {
    image(pen, this.pixels, SIDE, [0, 0], this.pad);
    pen.strokeStyle = theme.border;
    pen.lineWidth = 1;
    pen.strokeRect(0.5, 0.5, this.pad - 1, this.pad - 1);
    const empty = !this.pixels.some((ink) => ink > 0);
    if (empty) this.invite(pen, theme);
    if (this.cursor && this.stage.root.getRootNode().activeElement === this.stage.canvas) {
      const [x, y] = this.cursor.map((at) => (at / SIDE) * this.pad);
      pen.strokeStyle = INK.generated;
      pen.lineWidth = 2;
      pen.strokeRect(x - 5, y - 5, 10, 10);
    }
    if (this.slim) this.verdict(pen, theme, [0, this.pad + 16], this.stage.width);
    else this.verdict(pen, theme, [this.pad + 36, 0], this.stage.width - this.pad - 36);
    this.undo.setAttribute("aria-disabled", this.before.length === 0);
    this.clear.setAttribute("aria-disabled", empty);
  }

  invite(pen) {
    pen.fillStyle = "#c8ced6";
    pen.font = `15px ${getComputedStyle(this.stage.canvas).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("Draw a digit here", this.pad / 2, this.pad / 2);
  }

  // Ten bars, the longest in full colour with its number large.
  verdict(pen, theme, [left, top], width) {
    const { names, told } = this.stage.data;
    const family = getComputedStyle(this.stage.canvas).fontFamily;
    const seen = 64;
    const best = this.probabilities.indexOf(Math.max(...this.probabilities));
    pen.fillStyle = theme.text;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.font = `14px ${family}`;
    pen.globalAlpha = 0.8;
    pen.fillText(told, left, top + 12);
    pen.globalAlpha = 1;
    pen.font = `600 44px ${family}`;
    pen.fillText(best < 0 ? "" : names[best], left, top + 52);
    if (this.seen) {
      const at = [left + width - seen - 4, top + 4];
      image(pen, Float32Array.from(this.seen.data, (v) => v / 255), this.seen.shape[0], at, seen);
      pen.font = `12px ${family}`;
      pen.globalAlpha = 0.8;
      pen.textAlign = "right";
      pen.fillText("what it sees", at[0] - 8, top + 40);
      pen.textAlign = "left";
      pen.globalAlpha = 1;
    }
    const start = top + 88;
    const high = (this.slim ? 150 : this.pad - 92) / names.length;
    names.forEach((name, n) => {
      const middle = start + (n + 0.5) * high;
      const share = this.probabilities[n] ?? 0;
      pen.font = `${n === best ? 600 : 400} 13px ${family}`;
      pen.fillStyle = theme.text;
      pen.fillText(name, left, middle);
      const room = width - 24 - 58;
      pen.fillStyle = INK.learned;
      pen.globalAlpha = n === best ? 1 : 0.45;
      pen.fillRect(left + 20, middle - high * 0.32, Math.max(room * share, 1), high * 0.64);
      pen.globalAlpha = 1;
      pen.fillStyle = theme.text;
      pen.fillText(percent(share), left + 26 + room * share, middle);
    });
  }
}

// Grey pixels as a square picture, light on dark as the data is.
function image(pen, values, side, [left, top], size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const flat = canvas.getContext("2d");
  const bits = flat.createImageData(side, side);
  values.forEach((value, n) => {
    const grey = 16 + 239 * value;
    bits.data.set([grey, grey, grey, 255], 4 * n);
  });
  flat.putImageData(bits, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, left, top, size, size);
}

const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

// As core/data/drawing.py writes it.
function encode(pixels) {
  const run = (dark) =>
    RUNS[19].repeat(Math.floor(dark / 20)) + (dark % 20 ? RUNS[(dark % 20) - 1] : "");
  let out = "", dark = 0;
  for (const ink of pixels) {
    const level = Math.round(clamp(ink, 0, 1) * (LEVELS - 1));
    if (level === 0) dark += 1;
    else {
      out += run(dark) + level.toString(LEVELS);
      dark = 0;
    }
  }
  return out;
}

function decode(text) {
  const pixels = new Float32Array(SIDE * SIDE);
  let at = 0;
  for (const char of text) {
    const dark = RUNS.indexOf(char) + 1;
    if (dark) at += dark;
    else pixels[at++] = parseInt(char, LEVELS) / (LEVELS - 1);
  }
  return pixels;
}
