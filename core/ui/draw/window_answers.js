// The panels of the mode "window" that say the numbers: products and sum, or a row for each kind.

class Panels extends Picture {
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
    if (text && size) write(pen, theme, text, box, size, colour ? onto(colour) : theme.text, weight);
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
    this.largest = this.strongest * Math.max(Math.abs(numbers.range[0]), Math.abs(numbers.range[1]));
    const words = [this.widest(), ...weights.map((w) => number(w, numbers.digits))];
    const sign = { wide: ["", "= "], tall: ["× ", "= "], bare: ["", ""] }[layout.style];
    const far = sign[1] + number(-most * this.strongest - 1e-9, numbers.digits);
    const room = ([, , wide, high]) => [wide - 4, high - 1];
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
      ? `Sum ${plain(total, digits + 1)} + bias ${plain(bias, digits + 1)}`
      : taps.length === 1 ? "The only product" : `Sum of the ${taps.length} products`;
    this.say(pen, theme, words, left, top + 10, { weight: 400 });
    const chip = this.result(left, top + 18);
    const high = layout.beside ? layout.height - top - 58 : 0;
    this.cut[0] = this.formula(0, left, top + 68, room, high);
    const [row, column] = [place[0], place[1]];
    this.thread(chip, layout.maps[0].box(row, column));
    this.where(layout.maps[0].left, layout.maps[0].bottom + 17);
  }

  result(left, top) {
    const { pen, theme, numbers, place } = this;
    const value = numbers.result(0, place);
    const text = `= ${plain(value, numbers.digits + 1)}`;
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
      pen.bezierCurveTo(x - 0.5, start[1], x - 0.5, start[1], x - 0.5, maps[0].top - 2);
      pen.lineTo(x - 0.5, y);
    }
    line(pen, theme.primary, 1.25, 0.8);
  }

  where(left, base) {
    const { numbers, place } = this;
    const [row, column] = place.map((at, axis) => `${at + 1} of ${numbers.places[axis]}`);
    const words = `row ${row}, column ${column}`;
    this.say(this.pen, this.theme, words, left, base, { size: 12, weight: 400 });
  }

  // The formula with its numbers, in as many lines as there is room for; what is cut is kept.
  formula(k, left, top, width, high) {
    const { pen, theme, numbers, place } = this;
    const text = numbers.formula(k, place);
    pen.font = font(theme, 12.5);
    const { lines, cut } = wrapped(pen, text, width, Math.floor(high / 16));
    lines.forEach((one, at) =>
      this.say(pen, theme, one, left, top + at * 16, { size: 12.5, weight: 400 }));
    return cut && lines.length ? [left, top - 12, width, lines.length * 16] : null;
  }

  // Pooling: the numbers of the window, and how many of them count.
  values() {
    const { layout, numbers, pen, theme, place, taps } = this;
    const size = (this.size ??= this.type(pen, theme, layout.window, [this.widest()], 20, 600));
    layout.window.fill(pen, theme, (i, j) => this.ground(taps[i * numbers.size[1] + j]),
      (i, j) => number(taps[i * numbers.size[1] + j].value, numbers.digits), size);
    const [left, top] = layout.words;
    const [row, column] = place.map((at) => at + 1);
    this.say(pen, theme, `row ${row}, column ${column}`, left, top + 10, { size: 12, weight: 400 });
    if (numbers.counts) this.counted(left, top + 27);
  }

  counted(left, base) {
    const { numbers, place } = this;
    const count = numbers.counts.data[place[0] * numbers.places[1] + place[1]];
    const words = count === 1 ? "1 cell counts" : `${count} cells count`;
    this.say(this.pen, this.theme, words, left, base, { size: 12, weight: 400 });
  }

  // A row: what the kind is called, its result, how that comes about, and the way back.
  kind(row, k) {
    const { pen, theme, layout, numbers, place } = this;
    const flat = row.bottom - row.top < 46;
    const name = numbers.outputs[k].name;
    const value = plain(numbers.result(k, place), numbers.digits + 1);
    if (this.stale) pen.globalAlpha = 0.35;
    const column = row.left + (flat ? 176 : 116);
    pen.font = font(theme, 13);
    const called = shortened(pen, name, flat ? 112 : 110);
    const base = row.middle + (flat ? 5 : -8);
    this.say(pen, theme, called, row.left, base, { weight: 400 });
    this.say(pen, theme, value, row.left + (flat ? 118 : 0), row.middle + (flat ? 5 : 15),
      { size: flat ? 15 : 21 });
    const lines = Math.min(this.lines(k, row.right - column), flat ? 1 : 4);
    const top = row.middle + 4.5 - (lines - 1) * 8;
    this.cut[k] = this.formula(k, column, top, row.right - column, lines * 16);
    this.back(layout.backs[k], k);
    pen.globalAlpha = 1;
    if (layout.beside) this.fan(row);
  }

  lines(k, width) {
    this.pen.font = font(this.theme, 12.5);
    return wrapped(this.pen, this.numbers.formula(k, this.place), width, 4).lines.length;
  }

  // Where the gradient flows back to, and how much of it.
  back(map, k) {
    const { pen, theme, numbers, place } = this;
    const gradient = map && numbers.gradient(k, place);
    if (!gradient) return;
    const { data, shape } = gradient;
    const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    const share = (part) => part && 0.12 + 0.88 * part; // however little, it is seen
    const at = (row, column) => data[row * shape[1] + column];
    const colour = (row, column) =>
      mix(rgb(theme.panel), rgb(INK.gradient), share(Math.abs(at(row, column)) / most));
    const size = this.type(pen, theme, map, ["0.00"], 13);
    map.fill(pen, theme, colour, (row, column) => number(at(row, column), 2), size);
  }

  fan(row) {
    const { pen, theme, layout } = this;
    const from = [layout.window.right + 4, (layout.window.top + layout.window.bottom) / 2];
    const to = [row.left - 8, row.middle];
    const half = (from[0] + to[0]) / 2;
    pen.beginPath();
    pen.moveTo(...from);
    pen.bezierCurveTo(half, from[1], half, to[1], ...to);
    line(pen, theme.primary, 1, 0.6);
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

  // What the pointer is on and has no room: a formula that is cut, the number of a small cell.
  title(at, found) {
    const { numbers, layout, place, cut = [] } = this;
    const k = cut.findIndex((box) => box && within(at, box));
    if (k >= 0) return numbers.formula(k, place);
    if (found?.in === "image") return this.named("", found.cell, numbers.cell(...found.cell));
    if (found?.in !== "output") return "";
    const { rows, columns } = layout.maps[found.k];
    const near = layout.maps[found.k].near(at).map(Math.floor);
    const cell = near.map((v, axis) => clamp(v, 0, [rows, columns][axis] - 1));
    return this.named(`${numbers.outputs[found.k].name}, `, cell, numbers.result(found.k, cell));
  }

  named(before, [row, column], value) {
    const text = plain(value, this.numbers.digits + 1) || "no number";
    return `${before}row ${row + 1}, column ${column + 1}: ${text}`;
  }
}
