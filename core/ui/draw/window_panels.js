// The picture of the mode "window". What does not move (image, output grids, titles) is painted
// once and kept; at every place of the window only the rest is painted, most of it by the class
// Panels in window_answers.js.

class Picture {
  constructor(numbers, layout) {
    Object.assign(this, { numbers, layout, kept: null });
  }

  paint(pen, theme, place, dots) {
    const { numbers, layout } = this;
    Object.assign(this, { pen, theme, place });
    pen.drawImage(this.still(theme, dots), 0, 0, layout.width, layout.height);
    if (numbers.problem) return this.explain();
    this.taps = numbers.taps(place);
    this.cut = [];
    this.beam();
    if (layout.sums) this.products();
    else this.values();
    if (layout.sums) this.sum();
    else layout.rows.forEach((row, k) => this.kind(row, k));
    this.frames();
  }

  // The part that stays, painted anew after a change of size, of theme or of a number.
  still(theme, dots) {
    const made = JSON.stringify([theme, dots]);
    if (this.kept && this.made === made) return this.kept;
    const { layout } = this;
    this.made = made;
    this.kept = document.createElement("canvas");
    this.kept.width = Math.round(layout.width * dots);
    this.kept.height = Math.round(layout.height * dots);
    const pen = this.kept.getContext("2d");
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    this.image(pen, theme);
    layout.maps.forEach((map, k) => this.output(pen, theme, map, k));
    this.titles(pen, theme);
    return this.kept;
  }

  image(pen, theme) {
    const { numbers, layout } = this;
    const colour = (row, column) => {
      if (numbers.isOutside(row, column) || numbers.isPadding(row, column)) return null;
      return this.grey(numbers.cell(row, column));
    };
    const word = (row, column) => number(numbers.cell(row, column), numbers.digits);
    const size = this.type(pen, theme, layout.image, [this.numbers.widest], 15);
    layout.image.fill(pen, theme, colour, word, size);
  }

  // Python has not answered a typed number yet: what hangs on it stands back.
  get stale() {
    return this.numbers.waits && !this.layout.sums;
  }

  output(pen, theme, map, k) {
    const { numbers } = this;
    const { shape, data } = numbers.results[k];
    const colour = scale(numbers.span(k), numbers.range, theme);
    const word = (row, column) => number(data[row * shape[1] + column], numbers.digits);
    const words = [...data].map((value) => number(value, numbers.digits));
    const size = map.wide < 22 ? 0 : this.type(pen, theme, map, [longest(words)], 15);
    if (this.stale) pen.globalAlpha = 0.35;
    map.fill(pen, theme, (r, c) => colour(data[r * shape[1] + c]), word, size);
    pen.globalAlpha = 1;
  }

  titles(pen, theme) {
    const { layout, numbers } = this;
    const { image, window, head } = layout;
    const title = (text, left, base) => this.say(pen, theme, text, left, base);
    title(numbers.names.input, image.left, image.top - 10);
    if (numbers.problem) return;
    title(numbers.names.window, window.left, window.top - 10);
    if (layout.sums) return; // the output's title comes over the line that leads to its cell
    title(numbers.names.output, head.left, head.top + HEAD - 10);
    const columns = [["Map", theme.text], ["Gradient", INK.gradient]];
    columns.forEach(([text, colour], k) =>
      this.say(pen, theme, text, head.right + k * head.pitch, head.top + HEAD - 10, { colour }));
  }

  say(pen, theme, text, left, base, { size = 13, weight = 600, colour = theme.text } = {}) {
    pen.font = font(theme, size, weight);
    pen.fillStyle = colour;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillText(text, left, base);
  }

  grey(value) {
    const [lo, hi] = this.numbers.range;
    return grey((value - lo) / (hi - lo || 1), this.theme);
  }

  type(pen, theme, { wide, high }, words, most, weight) {
    return fitted(pen, theme, words, [wide - 5, high - 3], most, weight);
  }

  // Faint light from the window on the image to the window enlarged; fainter over other cells.
  beam() {
    const { pen, theme } = this;
    const [from, to] = this.sides();
    for (const over of [true, false]) {
      pen.save();
      pen.beginPath();
      this.clip(over);
      pen.beginPath();
      for (const at of [...from, to[1], to[0]]) pen.lineTo(...at);
      pen.fillStyle = theme.primary;
      pen.globalAlpha = 0.08;
      if (!over) pen.fill();
      pen.globalAlpha = 1;
      pen.beginPath();
      from.forEach((at, k) => (pen.moveTo(...at), pen.lineTo(...to[k])));
      line(pen, theme.primary, 1, over ? 0.35 : 0.8);
      pen.restore();
    }
  }

  // What follows is painted on the image only, or beside it only.
  clip(over) {
    const { pen, layout } = this;
    const { left, top, right, bottom } = layout.image;
    if (!over) pen.rect(0, 0, layout.width, layout.height);
    pen.rect(left, top, right - left, bottom - top);
    pen.clip(over ? "nonzero" : "evenodd");
  }

  // The two corners of the window that look at its enlargement, and the two that look back.
  sides() {
    const [left, top, wide, high] = this.around();
    const { window, image } = this.layout;
    const [right, bottom] = [left + wide, top + high];
    if (window.top === image.top)
      return [[[right, top], [right, bottom]],
        [[window.left - 4, window.top - 0.5], [window.left - 4, window.bottom - 0.5]]];
    return [[[left, bottom], [right, bottom]],
      [[window.left, window.top - HEAD], [window.right, window.top - HEAD]]];
  }

  // The rectangle around all cells of the window, on the image.
  around() {
    const [first, last] = [this.taps[0], this.taps.at(-1)];
    const [left, top, wide, high] = this.layout.image.box(first.row, first.column);
    const [right, bottom] = this.layout.image.box(last.row, last.column);
    return [left, top, right + wide - left, bottom + high - top];
  }

  // The window on the image and the place in every output.
  frames() {
    const { pen, theme, layout, numbers, place } = this;
    const spread = numbers.dilation.some((d, axis) => d > 1 && numbers.size[axis] > 1);
    if (spread) this.joined();
    else framed(pen, theme, [this.around()], layout.image.wide);
    layout.maps.forEach((map, k) => {
      const index = numbers.index(k, place);
      const box = map.box(Math.floor(index / map.columns), index % map.columns);
      framed(pen, theme, [box], map.wide);
    });
  }

  // Dilation: only the cells that count, joined between the rows and columns of numbers.
  joined() {
    const { pen, theme, layout, numbers, taps } = this;
    const columns = numbers.size[1];
    const boxes = taps.map(({ row, column }) => layout.image.box(row, column));
    pen.beginPath();
    taps.forEach(({ j }, k) => {
      const [[left, top, wide, high], right, under] = [k, k + 1, k + columns].map((n) => boxes[n]);
      if (j < columns - 1) pen.rect(left + wide, top - 0.5, right[0] - left - wide, 0);
      if (under) pen.rect(left - 0.5, top + high, 0, under[1] - top - high);
    });
    line(pen, theme.ground, 3.5);
    line(pen, theme.primary, 1.5);
    framed(pen, theme, boxes, layout.image.wide);
  }
}

// A strong outline with a rim that parts it from dark and light cells alike.
function framed(pen, theme, boxes, cell) {
  const thick = cell < 6 ? 1.5 : cell < 14 ? 2 : 2.5;
  pen.beginPath();
  for (const [left, top, wide, high] of boxes) pen.rect(left - 0.5, top - 0.5, wide, high);
  pen.lineJoin = "round";
  line(pen, theme.ground, thick + 2.5);
  line(pen, theme.primary, thick);
}
