// Mode "guess": a noisy point to drag, all that it could have been, and a digit under the same noise.

const CELLS = 60, NEAR = 0.05, FAR = 0.5; // of the density; steps of the arrow keys, and with Shift

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.place = [0, 0];
    this.t = 0;
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "noisy point on a plane");
    stage.canvas.style.cursor = "grab";
    stage.root.append(make("style", { textContent: GUESSED }));
    this.noise = noiseSlider((t) => this.slide(t));
    this.left = gauge(INK.real);
    this.off = gauge(INK.exact);
    this.net = gauge(INK.learned);
    this.many = gauge(INK.real);
    this.row = new DigitRow();
    this.legend = make("div");
    const keys = "Arrow keys move the point, with Shift further; Page Up and Page Down change t.";
    const gauges = [this.left, this.off, this.many, this.net].map((one) => one.root);
    stage.side.append(
      this.noise.root,
      make("div", { className: "gauges" }, ...gauges),
      this.row.root,
      this.legend,
      hint("Drag the point anywhere.", keys),
    );
  }

  size(width) {
    return Plane.size(width < 680 ? width : Math.min(width * 0.5, 500), 460, 1);
  }

  dress() {
    const { data } = this.stage;
    for (const name of ["centres", "modes", "levels", "digits"])
      this[name] = unpack(data[name]).data;
    this.leftAt = unpack(data.left).data;
    this.sheet = sheetOf(this.sheet, data.sheet, () => this.tell());
    const net = data.net && { times: unpack(data.net.times).data, ...unpack(data.net.field) };
    this.answers = net && { times: net.times, field: net.data, side: net.shape[1] };
    this.net.root.hidden = !net;
    this.noise.input.max = data.total;
    this.noise.input.step = data.stride;
    this.ground = null;
    const { noun } = data;
    const rows = [
      [INK.exact, `thick: likely; the arrow: the mean of all ${noun}`],
      ...(net ? [[INK.learned, "a trained network\u2019s answer"]] : []),
      [INK.real, "what it could have been", true],
      [INK.generated, "the noisy point", true],
    ];
    this.legend.replaceChildren(marksKey(rows));
  }

  value() {
    return [...this.place, this.t];
  }

  adopt([x, y, t]) {
    this.t = t;
    this.put([x, y]);
  }

  // On the steps of the sliders, within the plane.
  put(place) {
    const { reach } = this.stage.data;
    this.place = place.map((v) => clamp(Math.round(v * 20) / 20, -reach, reach) + 0);
    this.work();
  }

  slide(t) {
    const { total, stride } = this.stage.data;
    this.t = clamp(Math.round(t / stride) * stride, 0, total);
    this.work();
    this.stage.sendWhenQuiet();
  }

  // Everything that follows from the place and the time.
  work() {
    const { stride, sigma, count, reach } = this.stage.data, now = this.t / stride;
    const { centres, modes } = this;
    this.law = lawAt(this.leftAt[now], { centres, modes, count, sigma });
    this.found = posterior(this.law, this.place);
    this.candidates = perplexity(this.found.shares);
    this.far = nearest(centres, this.found.clean);
    this.said = this.answers && readNet(this.answers, reach, this.t, this.place);
    this.tell();
    this.stage.paint();
  }

  // All numbers, beside the picture and for screen readers.
  tell() {
    if (!this.found) return;
    const { canvas, data } = this.stage, { shares, clean } = this.found;
    const kept = this.leftAt[this.t / data.stride], digits = this.digits[this.t / data.stride];
    const percent = kept > 0.0995 || kept === 0 ? Math.round(100 * kept) : (100 * kept).toFixed(1);
    this.noise.show(this.t, `t = ${this.t}: ${percent} % data, the rest noise`);
    const likeliest = `${Math.round(100 * Math.max(...shares))} %`;
    const many = `${this.candidates.toFixed(2)} of ${data.count}`;
    const share = (this.candidates - 1) / Math.max(data.count - 1, 1);
    this.left.show(`${capital(data.noun)} left`, share, many, `The likeliest has ${likeliest}.`);
    const words = "From its tip to the nearest data; 0: it points at some.";
    this.off.show("Arrow misses by", this.far / 2, this.far.toFixed(2), words);
    const some = digits < 99.5 ? digits.toFixed(1) : Math.round(digits).toLocaleString("en");
    const all = data.of.toLocaleString("en"), power = Math.log(digits) / Math.log(data.of);
    this.many.show("Digits left", power, `${some} of ${all}`, "The bar counts in powers of ten.");
    const gap = this.said && Math.hypot(this.said[0] - clean[0], this.said[1] - clean[1]);
    if (this.said) this.net.show("Network off by", gap, gap.toFixed(2), "0: it has learned the mean.");
    this.digitsNow();
    const read = (pair) => `(${pair.map((v) => short(Number(v.toFixed(2)))).join(", ")})`;
    const told = [
      `Noisy point at ${read(this.place)}, t ${this.t}`,
      `${many} ${data.noun} left; the mean of all is ${read(clean)}`,
      `${some} of ${all} digits left`,
    ];
    canvas.setAttribute("aria-valuetext", `${told.join(". ")}.`);
    canvas.setAttribute("aria-valuemin", 0);
    canvas.setAttribute("aria-valuemax", data.total);
    canvas.setAttribute("aria-valuenow", this.t);
    const seen = { place: this.place, t: this.t, candidates: this.candidates, off: this.far, clean };
    const more = { shares: [...shares], net: this.said, digits, ready: this.sheet.ready };
    canvas.dataset.shown = JSON.stringify({ ...seen, ...more });
  }

  digitsNow() {
    const { digit, stride, known } = this.stage.data, first = 8 * (this.t / stride);
    const whose = known ? `A ${digit}` : `A new ${digit}`;
    const words = [`${whose}, noised as much`, "Mean of all it could have been", "Six that it could have been"];
    this.row.show(this.sheet, first, words);
  }

  press(spot, event) {
    if (event.button !== 0) return false;
    this.start = this.value();
    this.stage.canvas.style.cursor = "grabbing";
    this.move(spot);
  }

  move(spot) {
    this.put(this.plane.xy(spot));
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
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
    const later = { PageUp: 1, PageDown: -1 }[event.key], go = way[event.key];
    if (!go && !later && event.key !== "Home") return false;
    const far = event.shiftKey ? FAR : NEAR;
    if (later) this.slide(this.t + later * this.stage.data.stride);
    else this.put(go ? this.place.map((v, axis) => v + far * go[axis]) : [0, 0]);
    this.stage.sendWhenQuiet();
    return true;
  }

  get plane() {
    const { width, height, data } = this.stage, ends = [-data.reach, data.reach];
    return new Plane([ends, ends], width, height);
  }

  paint(pen, theme) {
    if (!this.found) return;
    const plane = this.plane;
    pen.save();
    plane.clip(pen);
    this.shade(pen, plane);
    plane.grid(pen);
    this.islands(pen, plane);
    this.lines(pen, plane);
    for (const one of drawsOf(this.law, this.found, this.place, this.levels))
      disc(pen, plane.px(one), 2.25, INK.real);
    const at = plane.px(this.place);
    pointed(pen, at, plane.px(this.found.clean), INK.exact, 6, theme.ground);
    if (this.said) pointed(pen, at, plane.px(this.said), INK.learned, 3, theme.ground);
    lozenge(pen, at, 9, INK.generated, theme.ground);
    pen.restore();
    plane.axes(pen, theme, ["x", "y"]);
  }

  // Where noisy points are at this time, as a shade; made once a time.
  shade(pen, plane) {
    if (this.ground?.t !== this.t) {
      const canvas = make("canvas", { width: CELLS, height: CELLS }), own = canvas.getContext("2d");
      const image = own.createImageData(CELLS, CELLS);
      densityOf(this.law, this.stage.data.reach, CELLS).forEach((v, n) =>
        image.data.set([113, 121, 129, 105 * v], 4 * n));
      own.putImageData(image, 0, 0);
      this.ground = { t: this.t, canvas };
    }
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.ground.canvas, plane.left, plane.top, plane.across, plane.up);
  }

  // Where the data is: two standard deviations around every centre.
  islands(pen, plane) {
    const { sigma, reach } = this.stage.data, r = (2 * sigma * plane.across) / (2 * reach);
    pen.beginPath();
    for (let n = 0; n < this.centres.length; n += 2) {
      const [x, y] = plane.px([this.centres[n], this.centres[n + 1]]);
      pen.moveTo(x + r, y);
      pen.arc(x, y, r, 0, 2 * Math.PI);
    }
    Object.assign(pen, { fillStyle: INK.real, globalAlpha: 0.28 });
    pen.fill();
    pen.globalAlpha = 1;
  }

  lines(pen, plane) {
    const { shares, ends } = this.found, from = plane.px(this.place);
    Object.assign(pen, { strokeStyle: INK.exact, lineCap: "round", globalAlpha: 0.6 });
    shares.forEach((share, mode) => {
      if (share < 0.002) return;
      pen.lineWidth = 0.5 + 13 * share;
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...plane.px(ends[mode]));
      pen.stroke();
    });
    Object.assign(pen, { lineCap: "butt", globalAlpha: 1 });
  }
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function disc(pen, [x, y], r, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.fill();
}

function lozenge(pen, [x, y], r, fill, edge) {
  pen.beginPath();
  for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) pen.lineTo(x + dx, y + dy);
  pen.closePath();
  Object.assign(pen, { fillStyle: fill, strokeStyle: edge, lineWidth: 2 });
  pen.fill();
  pen.stroke();
}
