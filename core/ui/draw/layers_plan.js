// Where everything of the mode "layers" lies. In a wide window: the input over the enlarged map,
// then the layers side by side, then the ten bars. In a narrow one: under one another.

const BIG = 168; // pixels a side of the input: a multiple of 28, of 14, of 7 and of 8
const CAPTION = 19, HEAD = 33; // pixels over a picture: a line of words, two lines
const GAP = 3; // between tiles
const APART = 16; // between the input and the enlarged map: eight tiles of 42 are as high
const LARGEST = 72, SMALLEST = 6; // pixels a side of a tile
const BARS = 128, ASIDE = 26; // the bars' width; between them and the layers
const NARROW = 600;

class Plan {
  constructor(network, width) {
    this.network = network;
    this.slim = width < NARROW;
    this.width = this.slim ? width : Math.min(width, 1240);
    if (this.slim) this.under();
    else this.beside();
  }

  beside() {
    this.input = [1, CAPTION, BIG];
    this.zoom = [1, 2 * CAPTION + BIG + APART, BIG];
    this.height = this.zoom[1] + BIG + 1; // and a rim
    const room = this.width - BIG - BARS - 2 * ASIDE;
    const tall = this.height - HEAD - 1;
    const { tile, rows } = this.tiles(room, tall);
    const widths = this.widths(tile, rows);
    const extra = room - this.total(widths);
    const gaps = widths.map((_, n) => this.least(n));
    const share = gaps.reduce((sum, gap) => sum + gap, 0);
    const spread = 1 + clamp(share ? extra / share : 0, 0, 1.6);
    let left = BIG + ASIDE + Math.max(extra - share * (spread - 1), 0) / 2;
    this.layers = widths.map((wide, n) => {
      left += gaps[n] * spread;
      const lies = { left: Math.round(left), top: HEAD, head: [Math.round(left), 0], tile };
      left += wide;
      return { ...lies, columns: Math.ceil(this.network.channelsOf(n) / rows) };
    });
    this.bars = [this.width - BARS, HEAD, BARS, tall];
  }

  // How many rows of tiles, and how large: large ones that leave few places empty.
  tiles(room, tall) {
    const maps = this.network.layers.map((_, n) => this.network.channelsOf(n));
    const all = maps.reduce((sum, count) => sum + count, 0);
    let best = { score: -1, tile: SMALLEST, rows: 1 };
    for (let rows = 1; rows <= tall / (SMALLEST + GAP); rows++) {
      let tile = Math.min(Math.floor((tall + GAP) / rows) - GAP, LARGEST);
      while (tile > SMALLEST && this.total(this.widths(tile, rows)) > room) tile--;
      const places = maps.reduce((sum, count) => sum + Math.ceil(count / rows) * rows, 0);
      const score = this.total(this.widths(tile, rows)) > room ? -1 : tile * (all / places) ** 0.5;
      if (score > best.score) best = { score, tile, rows };
    }
    return best;
  }

  // No layer is narrower than the words over it.
  widths(tile, rows) {
    return this.network.layers.map(({ title }, n) => {
      const columns = Math.ceil(this.network.channelsOf(n) / rows);
      return Math.max(columns * (tile + GAP) - GAP, 6.4 * title.length, 38);
    });
  }

  least(n) {
    return n === 0 ? 0 : this.network.layers[n].mixes ? 24 : 11;
  }

  total(widths) {
    return widths.reduce((sum, wide, n) => sum + wide + this.least(n), 0);
  }

  under() {
    const { network, width } = this;
    const big = Math.floor((width - 16) / 2 / network.side) * network.side;
    this.input = [1, CAPTION, big];
    this.zoom = [width - big - 1, CAPTION, big];
    let top = CAPTION + big + 12;
    this.layers = network.layers.map((_, n) => {
      const count = network.channelsOf(n);
      const rows = count > 32 ? 4 : count > 8 ? 2 : 1;
      const fits = Math.floor((width + GAP) / Math.ceil(count / rows)) - GAP;
      const tile = clamp(fits, SMALLEST, 44);
      const columns = Math.floor((width + GAP) / (tile + GAP));
      const lies = { left: 0, top: top + CAPTION, head: [0, top], columns, tile };
      top = lies.top + Math.ceil(count / columns) * (tile + GAP) + 7;
      return lies;
    });
    this.bars = [0, top + CAPTION + 4, width, 170];
    this.height = top + CAPTION + 4 + 170;
  }

  // The box [left, top, side] of a map of a layer; n = -1 is the input.
  box(n, channel) {
    if (n < 0) return this.input;
    const { left, top, columns, tile } = this.layers[n];
    const [row, column] = [Math.floor(channel / columns), channel % columns];
    return [left + column * (tile + GAP), top + row * (tile + GAP), tile];
  }

  // [left, top, wide, high] of rows and columns of a map in a box.
  part([left, top, size], n, rows, columns) {
    const cell = size / this.network.sideOf(n);
    const [wide, high] = [across(columns) * cell, across(rows) * cell];
    return [left + columns[0] * cell, top + rows[0] * cell, wide, high];
  }

  // The neuron at a place of the canvas, or null. In the enlarged map it is one of the chosen's.
  hit(at, chosen) {
    const { n, channel } = chosen;
    const inZoom = this.cell(this.zoom, n, at);
    if (inZoom) return { n, channel, ...inZoom };
    for (let k = 0; k < this.layers.length; k++) {
      const { left, top, columns, tile } = this.layers[k];
      const [across, down] = [at[0] - left, at[1] - top].map((d) => Math.floor(d / (tile + GAP)));
      const map = down * columns + across;
      const inside = across >= 0 && across < columns && down >= 0;
      const there = inside && map < this.network.channelsOf(k);
      const cell = there && this.cell(this.box(k, map), k, at);
      if (cell) return { n: k, channel: map, ...cell };
    }
    return null;
  }

  cell([left, top, size], n, [x, y]) {
    const side = this.network.sideOf(n);
    const [row, column] = [y - top, x - left].map((d) => Math.floor((d / size) * side));
    const inside = row >= 0 && column >= 0 && row < side && column < side;
    return inside ? { row, column } : null;
  }
}
