// The panels of the mode "window" that say pooling in numbers, a row for each kind, and what the
// pointer reads.

class Panels extends Sums {
  // Pooling: the numbers of the window, and how many of them count.
  values() {
    const { layout, numbers, pen, theme, place, taps } = this;
    const size = (this.size ??= this.type(pen, theme, layout.window, [this.numbers.widest], 20, 600));
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
    const { flat, left, middle, words, right } = row;
    const value = answer(numbers.result(k, place), numbers.digits);
    if (this.stale) pen.globalAlpha = 0.35;
    pen.font = font(theme, 13);
    const name = shortened(pen, numbers.outputs[k].name, flat ? 108 : words - left - 6);
    this.say(pen, theme, name, left, middle + (flat ? 5 : -8), { weight: 400 });
    const large = flat ? { size: 15 } : { size: 21 };
    this.say(pen, theme, value, left + (flat ? 112 : 0), middle + (flat ? 5 : 15), large);
    this.cut[k] = this.formula(k, words, middle, right - words, row.bottom - row.top, true);
    this.back(layout.backs[k], k);
    pen.globalAlpha = 1;
    if (layout.beside) this.fan(row);
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

  // What the pointer is on and has no room: a formula that is cut, the number of a small cell.
  title(at, found) {
    const { numbers, layout, place } = this;
    const k = (this.cut ?? []).findIndex((box) => box && within(at, box));
    if (k >= 0) return numbers.formula(k, place);
    const back = (layout.backs ?? []).findIndex((map) => map?.has(at));
    if (back >= 0) return this.flow(back, at);
    if (found?.in === "image") return this.cell("", found.cell, numbers.cell(...found.cell));
    if (found?.in === "window") return this.tap(...found.cell);
    if (found?.in !== "output") return "";
    const map = layout.maps[found.k];
    const { shape, data } = numbers.results[found.k];
    const [row, column] = map.at(at);
    const value = data[row * shape[1] + column];
    return this.cell(`${numbers.outputs[found.k].name}, `, [row, column], value);
  }

  flow(k, at) {
    const { shape, data } = this.numbers.gradient(k, this.place);
    const [row, column] = this.layout.backs[k].at(at);
    return this.cell("Gradient to ", [row, column], data[row * shape[1] + column]);
  }

  tap(i, j) {
    const { digits, size } = this.numbers;
    const { row, column, value, weight, product } = this.taps[i * size[1] + j];
    if (!this.layout.sums) return this.cell("", [row, column], value);
    const [a, b, c] = [value || 0, weight, product].map((one) => answer(one, digits));
    return `${a} × ${b} = ${c}`;
  }

  cell(before, [row, column], value) {
    const text = answer(value, this.numbers.digits) || "no number";
    return `${before}row ${row + 1}, column ${column + 1}: ${text}`;
  }
}
