// Mode "line": drag a bell along a line and by its flank; every number follows in the browser.

const VIEW = 8.3, STEP = 0.1, STEP_WIDTH = 0.05;
const FAKES = [-1.2, -0.6, 0, 0.6, 1.2]; // of those drawn, in widths from the centre
const COUNTS = ["none", "1", "2", "3", "4", "all"];
const SHORT = (words) => words.split(" (")[0];
const SIGMOID = "Best discriminator, p / (p + q): 1 says real, 0 fake";
const BEST = {
  hinge: "Best discriminator, sign(p \u2212 q): 1 says real, \u22121 fake",
  wasserstein: "Best critic: no verdict, but slopes of 1 at most",
};
const TICKS = {
  hinge: [[1, "1"], [0, "0"], [-1, "\u22121"]],
  wasserstein: [[8, "8"], [0, "0"], [-8, "\u22128"]],
};

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.line = { mu: 0, s: 1, sigma: 1 };
    this.loss = "minimax";
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "bell on a line");
    stage.canvas.style.touchAction = "pan-y pinch-zoom";
    stage.root.append(make("style", { textContent: STYLE }));
    this.js = meter("JS divergence", `at most ln 2 = ${LN2.toFixed(3)} nats`);
    this.w1 = meter("Wasserstein, W1", "how far to carry the fakes");
    this.rows = {};
    this.table = make("div", { className: "pulls", role: "group" });
    this.table.setAttribute("aria-label", "The generator's pull under each loss");
    this.home = make("button", { type: "button", textContent: "Lay it on the real one" });
    this.home.onclick = () => {
      if (!this.isHome()) this.tellNow([0, this.line.sigma, this.loss]);
    };
    const words = "Drag the bell, or the ring on its flank; press a loss to see its discriminator.";
    const keys = "Arrow keys move the bell, with Shift its width.";
    const meters = make("div", { className: "meters" }, this.js.root, this.w1.root);
    const row = make("div", { className: "bar last" }, this.home, hint(words, keys));
    stage.side.append(meters, this.table, row);
  }

  size(width) {
    return width < 680 ? [width, 340] : [clamp(width * 0.6, 380, 720), 420];
  }

  dress() {
    const { losses, sigma } = this.stage.data;
    this.line = { ...this.line, sigma };
    if (same(losses, this.losses)) return;
    this.losses = losses;
    const heads = ["Generator\u2019s loss", "pull on the centre", "pull on the width"];
    const small = heads.map((text) => make("small", { textContent: text }));
    const rows = Object.entries(losses).map(([loss, words]) => {
      this.rows[loss] = pullRow(loss, SHORT(words), () => this.choose(loss));
      return this.rows[loss].root;
    });
    this.table.replaceChildren(make("div", { className: "heads" }, ...small), ...rows, scale());
  }

  choose(loss) {
    if (loss !== this.loss) this.tellNow([this.line.mu, this.line.s, loss]);
  }

  tellNow(value) {
    this.adopt(value);
    this.stage.send();
  }

  value() {
    return [this.line.mu, this.line.s, this.loss];
  }

  // A bell on the steps of the sliders, or the nearest that is allowed.
  adopt([mu, s, loss]) {
    const { reach, widths } = this.stage.data;
    const steps = (value, count) => Math.round(value * count) / count;
    const place = clamp(steps(mu, 1 / STEP), -reach, reach) + 0;
    this.line = { ...this.line, mu: place, s: clamp(steps(s, 1 / STEP_WIDTH), ...widths) };
    this.loss = loss;
    this.found = measured(this.line);
    this.tell();
    this.stage.paint();
  }

  isHome() {
    return this.line.mu === 0 && this.line.s === this.line.sigma;
  }

  // All numbers, beside the picture and for screen readers.
  tell() {
    const { canvas, data } = this.stage, { mu, s } = this.line;
    const { js, w1, pull, widen } = this.found, own = this.loss;
    this.js.show(js / LN2, js.toFixed(3));
    this.w1.show(w1 / 8, w1.toFixed(2));
    for (const [loss, row] of Object.entries(this.rows))
      row.show(pull[loss], widen[loss], loss === own);
    this.home.setAttribute("aria-disabled", this.isHome());
    const name = SHORT(data.losses[own] || "");
    const words = [
      `Fakes at ${mu}, width ${s}`,
      `${name}: pull on the centre ${inWords(pull[own])}, on the width ${inWords(widen[own])}`,
      `JS divergence ${js.toFixed(3)}, W1 ${w1.toFixed(2)}`,
    ];
    canvas.setAttribute("aria-valuetext", `${words.join(". ")}.`);
    canvas.setAttribute("aria-valuemin", -data.reach);
    canvas.setAttribute("aria-valuemax", data.reach);
    canvas.setAttribute("aria-valuenow", mu);
    canvas.dataset.shown = JSON.stringify({ ...this.line, loss: this.loss, ...this.found });
  }

  // Left edge of the axes, and pixels a unit.
  get left() {
    return 34;
  }

  get unit() {
    return (this.stage.width - this.left - 8) / (2 * VIEW);
  }

  x(value) {
    return this.left + (value + VIEW) * this.unit;
  }

  // Heights of the two axes: under the bells, and the two ends of the discriminator's.
  get floors() {
    const high = this.stage.height;
    return { bells: Math.round(high * 0.52), top: Math.round(high * 0.7), low: high - 26 };
  }

  // Pixels over the axis of a density.
  tall(density) {
    const peak = Math.max(bell(0, 0, this.line.s), bell(0, 0, this.line.sigma));
    return (density / peak) * (this.floors.bells - 30);
  }

  // The ring on the flank that is turned away from the real bell.
  get ring() {
    const { mu, s } = this.line, side = this.side ?? (mu < 0 ? -1 : 1);
    return [this.x(mu + side * s), this.floors.bells - this.tall(bell(s, 0, s))];
  }

  // Near it, and nearer to it than to the line through the centre, unless the two are one place.
  onRing([x, y]) {
    const [left, top] = this.ring, far = Math.hypot(x - left, y - top);
    return far < 9 || (far < 20 && Math.abs(x - left) < Math.abs(x - this.x(this.line.mu)));
  }

  press(spot, event) {
    if (event.button !== 0) return false;
    this.start = this.value();
    const { mu, s } = this.line, at = (spot[0] - this.x(0)) / this.unit;
    this.side = mu < 0 ? -1 : 1;
    this.widens = this.onRing(spot);
    if (this.widens) this.grip = at - (mu + this.side * s);
    else this.grip = Math.abs(at - mu) < Math.max(2 * s, 14 / this.unit) ? at - mu : 0;
    this.stage.canvas.style.cursor = this.widens ? "ew-resize" : "grabbing";
    this.move(spot);
  }

  move(spot) {
    const { mu, s } = this.line, at = (spot[0] - this.x(0)) / this.unit - this.grip;
    if (this.widens) this.adopt([mu, Math.max(this.side * (at - mu), 0), this.loss]);
    else {
      this.side = null;
      this.adopt([at, s, this.loss]);
    }
  }

  release(spot) {
    this.move(spot);
    this.side = null;
    this.hover(spot);
    this.stage.paint();
  }

  cancel() {
    this.side = null;
    this.adopt(this.start);
    this.hover(null);
  }

  hover(spot) {
    this.stage.canvas.style.cursor = spot && this.onRing(spot) ? "ew-resize" : "grab";
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const { mu, s, sigma } = this.line;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
    const go = way[event.key];
    if (!go && event.key !== "Home") return false;
    const [far, wide] = !go ? [] : event.shiftKey ? [0, go[0] + go[1]] : go;
    this.adopt(go ? [mu + far * STEP, s + wide * STEP_WIDTH, this.loss] : [0, sigma, this.loss]);
    this.stage.sendWhenQuiet();
    return true;
  }

  paint(pen, theme) {
    if (!this.found) return;
    pen.font = theme.font;
    pen.textBaseline = "alphabetic";
    this.lower(pen, theme);
    this.upper(pen, theme);
    this.samples(pen, theme);
  }

  upper(pen, theme) {
    const { bells } = this.floors, { mu, s, sigma } = this.line;
    this.hill(pen, 0, sigma, INK.real);
    this.hill(pen, mu, s, INK.generated);
    ruled(pen, theme.border, this.left, bells, this.stage.width - 8, bells);
    const side = mu < 0 ? -1 : 1;
    this.word(pen, "real", -side * sigma, sigma, -side, INK.real);
    this.word(pen, "fake", mu + side * s, s, side, INK.generated);
    this.arrow(pen, theme);
    const [left, top] = this.ring;
    dot(pen, this.x(mu), bells - this.tall(bell(0, 0, s)), 5, INK.generated, theme.ground, true);
    dot(pen, left, top, 6, theme.ground, INK.generated);
  }

  hill(pen, mu, s, color) {
    const { bells } = this.floors, right = this.stage.width - 8;
    const [from, to] = [mu - 4.5 * s, mu + 4.5 * s].map((x) => clamp(this.x(x), this.left, right));
    pen.beginPath();
    for (let x = from; x <= to; x += 0.5)
      pen.lineTo(x, bells - this.tall(bell((x - this.x(0)) / this.unit, mu, s)));
    Object.assign(pen, { fillStyle: color, strokeStyle: color, lineWidth: 2 });
    pen.stroke();
    pen.lineTo(to, bells);
    pen.lineTo(from, bells);
    pen.globalAlpha = 0.22;
    pen.fill();
    pen.globalAlpha = 1;
  }

  // A bell's name beside its flank, inside the picture.
  word(pen, text, at, s, side, color) {
    const wide = pen.measureText(text).width, right = this.stage.width - 10;
    const start = this.x(at) + side * 14 - (side < 0 ? wide : 0);
    pen.fillStyle = color;
    pen.font = `600 ${pen.font}`;
    const y = this.floors.bells - this.tall(bell(s, 0, s)) - 4;
    pen.fillText(text, clamp(start, this.left, right - wide), y);
    pen.font = pen.font.replace("600 ", "").replace("bold ", "");
  }

  // The pull on the centre, on the scale of the bars beside, with its number at the tip.
  arrow(pen, theme) {
    const { mu, s } = this.line, side = Math.sign(mu), value = this.found.pull[this.loss];
    if (!mu) return;
    const y = this.floors.bells - this.tall(bell(0, 0, s)) / 2, long = 84 * shareOf(value);
    pulled(pen, this.x(mu), y, -side * long, 3);
    const words = tersely(value), wide = pen.measureText(words).width;
    pen.fillStyle = theme.text;
    pen.fillText(words, this.x(mu) - side * (long + 8) - (side > 0 ? wide : 0), y + 4);
  }

  // Some fakes one by one, each under the one before, with its own pull.
  samples(pen, theme) {
    const { mu, s } = this.line, down = this.floors.bells + 10;
    const apart = this.stage.height < 400 ? 6.5 : 7.5;
    const felt = FAKES.map((z) => -rise(mu + z * s, this.line, this.loss));
    FAKES.forEach((z, n) => {
      const x = this.x(mu + z * s), y = down + n * apart;
      pulled(pen, x, y, Math.sign(felt[n]) * 48 * shareOf(Math.abs(felt[n])), 1.75);
      dot(pen, x, y, 3, INK.generated, theme.ground, true);
    });
    const count = felt.filter((one) => shareOf(Math.abs(one)) > 0).length;
    const step = this.loss === "hinge" && !this.isHome();
    const words = step ? "pulled on a step only" : `5 fakes: ${COUNTS[count]} pulled`;
    const right = this.stage.width - 8 - pen.measureText(words).width;
    Object.assign(pen, { fillStyle: theme.text, globalAlpha: 0.75 });
    pen.fillText(words, mu < 0 ? right : this.left, down + 2 * apart + 4);
    pen.globalAlpha = 1;
  }

  lower(pen, theme) {
    const { top, low } = this.floors, right = this.stage.width - 8;
    const ticks = TICKS[this.loss] || [[1, "1"], [0.5, "\u00bd"], [0, "0"]];
    const [high, , least] = ticks.map(([value]) => value);
    const y = (value) => low - ((value - least) / (high - least)) * (low - top);
    this.verdict(pen, theme, high, least);
    Object.assign(pen, { fillStyle: theme.text, textAlign: "right", textBaseline: "middle" });
    for (const [value, words] of ticks) {
      ruled(pen, theme.border, this.left, y(value), right, y(value));
      pen.fillText(words, this.left - 6, y(value));
    }
    Object.assign(pen, { textAlign: "left", textBaseline: "alphabetic" });
    pen.fillText(BEST[this.loss] || SIGMOID, this.left, top - 9);
    this.units(pen, low, right);
    this.curve(pen, theme, y, right);
  }

  // What the discriminator says, as the colour behind it; a critic says nothing of the kind.
  verdict(pen, theme, high, least) {
    const { top, low } = this.floors, right = this.stage.width - 8;
    pen.fillStyle = theme.panel;
    pen.fillRect(this.left, top, right - this.left, low - top);
    if (this.loss === "wasserstein") return;
    for (let x = this.left; x < right; x += 2) {
      const value = best((x + 1 - this.x(0)) / this.unit, this.line, this.loss);
      const share = (value - least) / (high - least);
      pen.fillStyle = share > 0.5 ? INK.real : INK.generated;
      pen.globalAlpha = 0.5 * Math.abs(share - 0.5);
      pen.fillRect(x, top, Math.min(2, right - x), low - top);
    }
    pen.globalAlpha = 1;
  }

  units(pen, low, right) {
    pen.textAlign = "center";
    for (let value = -8; value <= 8; value += 2) {
      const words = String(value).replace("-", "\u2212");
      pen.fillText(words, Math.min(this.x(value), right - 4), low + 18);
    }
    pen.textAlign = "left";
  }

  curve(pen, theme, y, right) {
    pen.beginPath();
    for (let x = this.left; x <= right; x += 0.5)
      pen.lineTo(x, y(best((x - this.x(0)) / this.unit, this.line, this.loss)));
    Object.assign(pen, { strokeStyle: theme.text, lineWidth: 2 });
    pen.setLineDash([7, 4]);
    pen.stroke();
    pen.setLineDash([]);
  }
}
