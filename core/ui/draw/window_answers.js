// The panels of the mode "window" that say a convolution in numbers, products and sum, or why
// there is none.

class Sums extends Picture {
  // A cell of the window whose number is none: padding that is left out, or past the image.
  ground({ row, column, value }) {
    const { numbers } = this;
    const none = Number.isNaN(value) || numbers.isPadding(row, column);
    return none ? null : this.grey(value);
  }

  chip(box, colour, text, size, weight = 400) {
    const { pen, theme } = this;
    if (colour) plate(pen, box, css(colour));
    else hatched(pen, box, theme);
    const ink = colour ? onto(colour) : theme.text;
    if (text && size) write(pen, theme, text, box, size, ink, weight);
  }

  // Convolution: number x weight = product in every cell of the window.
  products() {
    const { layout, theme, numbers } = this;
    const sizes = this.sizes();
    const each = { wide: this.wide, tall: this.tall, bare: this.bare }[layout.style];
    for (const tap of this.taps) {
      const words = ["value", "weight", "product"].map((name) => number(tap[name], numbers.digits));
      const tint = signed(tap.weight / this.strongest, theme);
      const dye = signed(tap.product / (this.largest || 1), theme);
      each.call(this, tap, words, [this.ground(tap), tint, dye], sizes);
    }
    layout.window.edge(this.pen, theme);
  }

  wide(tap, words, colours, sizes) {
    const { layout, pen, theme } = this;
    const { value, weight, product } = layout.parts(tap.i, tap.j);
    plate(pen, layout.window.box(tap.i, tap.j), theme.panel, 1);
    this.chip(value, colours[0], words[0], sizes.value);
    this.chip(weight, colours[1], words[1], sizes.value);
    this.chip(product, colours[2], `= ${words[2]}`, sizes.product, 600);
    pen.beginPath();
    for (const [x, y, w, h] of [value, weight, product]) pen.rect(x - 0.5, y - 0.5, w + 1, h + 1);
    line(pen, theme.border, 1);
    const [from, to] = [value[0] + value[2], weight[0]];
    write(pen, theme, "×", [from, value[1], to - from + 1, value[3]], 12, theme.text);
  }

  tall(tap, words, colours, sizes) {
    const { value, weight, product } = this.layout.parts(tap.i, tap.j);
    this.chip(value, colours[0], words[0], sizes.value);
    this.chip(weight, colours[1], `× ${words[1]}`, sizes.value);
    this.chip(product, colours[2], `= ${words[2]}`, sizes.product, 600);
  }

  bare(tap, words, colours, sizes) {
    const [left, top, wide, high] = this.layout.window.box(tap.i, tap.j);
    this.chip([left, top, wide - 1, high - 1], colours[2], words[2], sizes.product, 600);
  }

  // Sizes of the type, from the longest words that any place can bring.
  sizes() {
    if (this.known?.theme === this.theme.font) return this.known;
    const { numbers, layout, pen, theme } = this;
    const { value, product } = layout.parts(0, 0);
    const weights = numbers.taps(this.place).map(({ weight }) => weight);
    this.strongest = Math.max(...weights.map(Math.abs)) || 1;
    const most = numbers.image.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    this.largest = this.strongest * Math.max(...numbers.range.map(Math.abs));
    const words = [numbers.widest, numbers.widestWeight];
    const sign = { wide: ["", "= "], tall: ["× ", "= "], bare: ["", ""] }[layout.style];
    const far = sign[1] + number(-most * this.strongest - 1e-9, numbers.digits);
    const room = ([, , wide, high]) => [wide - 3, high];
    const into = layout.style === "bare" ? layout.window.box(0, 0) : product;
    this.known = {
      theme: theme.font,
      value: fitted(pen, theme, words.map((word) => sign[0] + word), room(value), 14),
      product: fitted(pen, theme, [far], room(into), 16, 600),
    };
    return this.known;
  }

  // Under the products their sum, and a line from it to its place in the output.
  sum() {
    const { pen, theme, layout, numbers, place, taps } = this;
    const [left, top, room] = layout.words;
    const total = taps.reduce((sum, { product }) => sum + product, 0);
    const { digits, bias } = numbers;
    const words = bias
      ? `Sum ${answer(total, digits)} + bias ${answer(bias, digits)}`
      : taps.length === 1 ? "The only product" : `Sum of the ${taps.length} products`;
    this.say(pen, theme, words, left, top + 10, { weight: 400 });
    const chip = this.result(left, top + 18);
    const high = layout.beside ? layout.height - top - 58 : 0;
    this.cut[0] = this.formula(0, left, top + 68, room, high);
    this.thread(chip, layout.maps[0].box(...place));
    this.named(layout.maps[0]);
  }

  result(left, top) {
    const { pen, theme, numbers, place } = this;
    const value = numbers.result(0, place);
    const text = `= ${answer(value, numbers.digits)}`;
    const colour = scale(numbers.span(0), numbers.range, theme)(value);
    pen.font = font(theme, 20, 600);
    const box = [left, top, Math.ceil(pen.measureText(text).width) + 20, 34];
    pen.beginPath();
    pen.roundRect(...box, 6);
    pen.fillStyle = css(colour);
    pen.fill();
    write(pen, theme, text, box, 20, onto(colour), 600);
    return box;
  }

  // A fine line from the sum to its cell, between the rows of the output, not over its numbers.
  thread([left, top, wide, high], [x, y, , tall]) {
    const { pen, theme, layout } = this;
    const { window, maps } = layout;
    const start = [left + wide + 3, top + high / 2];
    pen.beginPath();
    pen.moveTo(...start);
    if (layout.beside) {
      const from = Math.max(start[0], window.right + 6);
      const half = (from + maps[0].left) / 2;
      const end = start[1] > y + tall / 2 ? y + tall - 0.5 : y - 0.5;
      pen.lineTo(from, start[1]);
      pen.bezierCurveTo(half, start[1], half, end, maps[0].left - 3, end);
      pen.lineTo(x, end);
    } else {
      const [from, end] = [clamp(x, left + 8, left + wide - 8), [x - 0.5, maps[0].top - 2]];
      const aside = x > start[0] + 20;
      if (!aside) pen.moveTo(from, top + high + 3);
      const turn = aside ? [end[0], start[1]] : [from, end[1] - 20];
      pen.bezierCurveTo(...turn, end[0], aside ? start[1] : top + high + 23, ...end);
      pen.lineTo(end[0], y);
    }
    line(pen, theme.primary, 1.25, 0.8);
  }

  // The title of the output, clear of the line that passes it, and which place this is.
  named({ left, top, bottom }) {
    const { pen, theme, numbers, place } = this;
    const [row, column] = place.map((at, axis) => `${at + 1} of ${numbers.places[axis]}`);
    pen.font = font(theme, 13, 600);
    pen.lineJoin = "round";
    pen.textAlign = "left";
    pen.strokeStyle = theme.ground;
    pen.lineWidth = 6;
    if (!this.layout.beside) pen.strokeText(numbers.names.output, left, top - 10);
    this.say(pen, theme, numbers.names.output, left, top - 10);
    const words = `row ${row}, column ${column}`;
    this.say(pen, theme, words, left, bottom + 17, { size: 12, weight: 400 });
  }

  // The formula with its numbers, in as many lines as there is room for, from a base or around it;
  // the box of one that is cut, for the pointer to read it there.
  formula(k, left, base, width, high, around = false) {
    const { pen, theme, numbers, place } = this;
    pen.font = font(theme, 12.5);
    const { lines, cut } = wrapped(pen, numbers.formula(k, place), width, Math.floor(high / LINE));
    const first = around ? base + 4.5 - ((lines.length - 1) * LINE) / 2 : base;
    const style = { size: 12.5, weight: 400 };
    lines.forEach((one, at) => this.say(pen, theme, one, left, first + at * LINE, style));
    return cut && lines.length ? [left, first - 12, width, lines.length * LINE] : null;
  }

  // In place of the outputs: why no window fits.
  explain() {
    const { pen, theme, layout, numbers } = this;
    const [left, top, width] = layout.words;
    const size = width < 420 ? 17 : 21;
    pen.font = font(theme, size, 500);
    const { lines } = wrapped(pen, numbers.problem, width, 8);
    lines.forEach((one, at) =>
      this.say(pen, theme, one, left, top + 14 + at * size * 1.4, { size, weight: 500 }));
  }
}
