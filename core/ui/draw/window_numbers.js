// What the mode "window" knows in numbers: the image with its padding, the kernel, the results that
// Python computed at every place, and what was typed over and Python has not heard yet.

class Numbers {
  constructor(data, before = null) {
    Object.assign(this, data);
    if (!data.outputs.length) this.problem ||= "Nothing can be computed here.";
    this.image = unpack(data.input);
    this.weights = data.kernel && unpack(data.kernel);
    this.counts = data.divisor && unpack(data.divisor);
    this.results = data.outputs.map((output) => unpack(output.values));
    this.backward = data.outputs.map(() => null); // unpacked when they are first shown
    [this.rows, this.columns] = this.image.shape;
    this.places = this.results.map(({ shape }) => shape).reduce(larger, [0, 0]);
    this.edits = { cells: new Map(), weights: new Map() };
    if (before?.waits && same(before.input.shape, data.input.shape)) this.edits = before.edits;
    if (this.waits) this.resum();
  }

  // Rows and columns up to the last window's end: in ceil mode it may reach past the image.
  get extent() {
    return [this.rows, this.columns].map((have, axis) => {
      const last = (this.places[axis] - 1) * this.stride[axis];
      const span = (this.size[axis] - 1) * this.dilation[axis] + 1;
      return this.problem ? have : Math.max(have, last + span);
    });
  }

  get count() {
    return this.places[0] * this.places[1];
  }

  get waits() {
    return this.edits.cells.size + this.edits.weights.size > 0;
  }

  isOutside(row, column) {
    return row < 0 || column < 0 || row >= this.rows || column >= this.columns;
  }

  isPadding(row, column) {
    const [[top, bottom], [left, right]] = this.padding;
    const inside = row >= top && row < this.rows - bottom;
    return !(inside && column >= left && column < this.columns - right);
  }

  // The number of an image cell; NaN where there is none.
  cell(row, column) {
    if (this.isOutside(row, column)) return NaN;
    if (this.padded === "out" && this.isPadding(row, column)) return NaN;
    const k = row * this.columns + column;
    return this.edits.cells.get(k) ?? this.image.data[k];
  }

  weight(row, column) {
    const k = row * this.size[1] + column;
    return this.edits.weights.get(k) ?? this.weights.data[k];
  }

  // The cells under the window at a place, row by row.
  taps([row, column]) {
    const [height, width] = this.size;
    return Array.from({ length: height * width }, (_, k) => {
      const [i, j] = [Math.floor(k / width), k % width];
      const r = row * this.stride[0] + i * this.dilation[0];
      const c = column * this.stride[1] + j * this.dilation[1];
      const value = this.cell(r, c);
      const weight = this.weights ? this.weight(i, j) : null;
      const product = weight === null ? null : (value || 0) * weight;
      return { i, j, row: r, column: c, value, weight, product };
    });
  }

  // A place in a result of its own size: a global one has a single place for every window.
  index(k, [row, column]) {
    const [height, width] = this.results[k].shape;
    return Math.min(row, height - 1) * width + Math.min(column, width - 1);
  }

  result(k, place) {
    return this.results[k].data[this.index(k, place)];
  }

  formula(k, place) {
    return this.outputs[k].formula?.[this.index(k, place)] ?? "";
  }

  // d result / d cell, over the window or, of a global result, over the image: {shape, data}.
  gradient(k, place) {
    const sent = this.outputs[k].gradient;
    if (!sent) return null;
    const { shape, data } = (this.backward[k] ??= unpack(sent));
    const [index, length] = [this.index(k, place), shape[1]];
    const shapes = [this.size, [this.rows, this.columns]];
    const fits = shapes.find(([height, width]) => height * width === length);
    const part = data.subarray(index * length, (index + 1) * length);
    return fits ? { shape: fits, data: part } : null;
  }

  // What was typed: shown at once. A convolution is summed anew; other results wait for Python.
  edit(grid, row, column, value) {
    const width = grid === "cells" ? this.columns : this.size[1];
    this.edits[grid].set(row * width + column, value);
    this.resum();
  }

  forget() {
    if (!this.waits) return;
    this.edits.cells.clear();
    this.edits.weights.clear();
    this.results = this.outputs.map((output) => unpack(output.values));
  }

  resum() {
    if (this.outputs[0]?.kind !== "convolution") return;
    const [height, width] = this.places;
    const sums = new Float64Array(height * width);
    for (let k = 0; k < sums.length; k++) {
      const taps = this.taps([Math.floor(k / width), k % width]);
      sums[k] = taps.reduce((sum, { product }) => sum + product, this.bias);
    }
    this.results = [{ shape: this.places, data: sums }];
  }

  // The longest word of the image, so that type does not change its size as the window moves.
  get widest() {
    const word = (value) => number(value, this.digits);
    return (this.longestCell ??= longest([...this.image.data].map(word)));
  }

  get widestWeight() {
    return longest([...this.weights.data].map((value) => number(value, this.digits)));
  }

  // Lowest and highest of the results of an output.
  span(k) {
    const data = this.results[k].data;
    return [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
  }
}

const larger = (a, b) => (b[0] * b[1] > a[0] * a[1] ? b : a);

// The same numbers, whatever the place: no need to unpack them again.
function sameNumbers(a, b) {
  const told = new Set(["value", "base", "seq", "label"]);
  return Boolean(b) && Object.keys(a).every((name) => told.has(name) || alike(a[name], b[name]));
}

function alike(a, b) {
  if (a === b || typeof a !== "object" || a === null || !b) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => alike(a[name], b[name]));
}

// Editable grids as text: rows joined with ";", cells with " ".
const gridOf = (text) => (text ? text.split(";").map((row) => row.trim().split(/\s+/)) : null);
const textOf = (grid) => grid.map((row) => row.join(" ")).join(";");
