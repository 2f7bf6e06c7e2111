// Where everything of the mode "window" lies, in CSS pixels: the image, the window enlarged and the
// outputs side by side, or under each other where that is too narrow.

const RIM = 4; // pixels that an outline needs around a grid; the canvas begins that far to the left
const TALL = 350; // pixels: with the buttons under it the whole takes at most 430
const HEAD = 24; // pixels of a panel's title
const SIDE_BY_SIDE = 640; // pixels: narrower, the panels stand under each other
const KINDS = 330; // pixels that the rows of several kinds need beside the window
const UNDER = 92; // pixels under the window for the sum
const LINE = 16; // pixels of a line of a formula
const LETTER = 6.8; // pixels of its letters, with what line ends waste
const TAIL = 26; // pixels of a line of words under a grid

class Layout {
  constructor(numbers, width) {
    Object.assign(this, { numbers, width, sums: Boolean(numbers.weights), rows: [], maps: [] });
    this.room = width - 2 * RIM;
    this.beside = width >= SIDE_BY_SIDE;
    this.gap = width >= 900 ? 44 : 28;
    const share = this.beside ? (this.sums ? 0.33 : 0.31) * this.room : this.room;
    this.image = grid(RIM, HEAD, numbers.extent, share, this.beside ? TALL - HEAD : 280, 46);
    if (numbers.problem) this.explain();
    else if (this.sums) this.sum();
    else this.kinds();
    this.height = Math.ceil(this.height) + RIM;
  }

  // In place of the outputs a sentence.
  explain() {
    const { image, beside, gap, room } = this;
    const left = Math.ceil(image.right) + gap;
    const [x, y] = beside ? [left, HEAD + 6] : [RIM, image.bottom + 16];
    this.words = [x, y, RIM + room - x];
    const lines = Math.ceil((this.numbers.problem.length * 11) / this.words[2]);
    this.height = Math.max(image.bottom, y + lines * 30);
  }

  // A convolution: image, products, one output grid.
  sum() {
    const { image, beside, gap, room, numbers } = this;
    const space = beside ? [0.27 * room, TALL - HEAD - TAIL] : [room, 280];
    const output = grid(0, HEAD, numbers.places, ...space, 52);
    const wide = Math.max(output.right, 130);
    const left = beside ? Math.ceil(image.right) + gap : RIM;
    this.products(beside ? RIM + room - left - gap - wide : room, left);
    const spare = beside ? RIM + room - image.right - this.words[2] - wide : 0;
    const apart = clamp(spare / 2, gap, 110);
    if (beside) this.window.move(Math.floor(image.right + apart), HEAD);
    if (beside) output.move(Math.floor(this.window.left + this.words[2] + apart), HEAD);
    else output.move(RIM, this.window.bottom + UNDER + HEAD);
    this.words[0] = this.window.left;
    this.maps = [output];
    const end = output.bottom + TAIL;
    this.height = beside ? Math.max(image.bottom, end, this.words[1] + UNDER - 14) : end;
  }

  products(room, left) {
    const [rows, columns] = this.numbers.size;
    const most = (this.beside ? TALL - HEAD - UNDER : 240) / rows;
    const wide = Math.floor(clamp(room / columns, 8, 116));
    const high = Math.floor(Math.min(most, wide < 64 ? Math.max(wide, 34) : 0.64 * wide));
    const top = this.beside ? HEAD : Math.ceil(this.image.bottom) + 22 + HEAD;
    this.window = new Grid(left, top, rows, columns, wide, high);
    this.style = this.suited(wide, high);
    this.words = [left, this.window.bottom + 12, Math.max(columns * wide, Math.min(room, 200))];
  }

  // How an enlarged cell is written: number x weight over their product if they can be read so.
  suited(wide, high) {
    const { widest, widestWeight } = this.numbers;
    const letters = Math.max(widest.length, widestWeight.length);
    if ((wide - 22) / 2 >= 6 * letters && high >= 36) return "wide";
    return wide >= 27 && high >= 30 ? "tall" : "bare";
  }

  // Pooling: image, window, and a row for each kind.
  kinds() {
    const { image, gap, room, numbers } = this;
    const aside = image.right + gap + 170 <= room;
    const [left, top] = aside
      ? [Math.ceil(image.right) + gap, HEAD]
      : [RIM, Math.ceil(image.bottom) + 22 + HEAD];
    const space = [aside ? 0.18 * room : room, Math.min(TALL - HEAD - 2 * TAIL, 280)];
    this.window = grid(left, top, numbers.size, ...space, 64);
    this.words = [left, this.window.bottom + 10, aside ? 150 : room];
    const taken = Math.max(this.window.right, left + (aside ? 118 : 0)) + gap;
    this.beside = RIM + room - taken >= KINDS;
    const end = Math.max(aside ? image.bottom : 0, this.words[1] + 1.5 * TAIL);
    this.table(this.beside ? taken : RIM, this.beside ? 0 : end + 20);
    this.height = Math.max(end, this.rows.at(-1).bottom);
  }

  table(left, top) {
    const { numbers, room } = this;
    const share = Math.floor(clamp((TALL - HEAD) / numbers.outputs.length, 26, 84));
    const side = clamp(this.beside ? share - 14 : 62, 20, room < 480 ? 44 : 62);
    const column = Math.max(side, 54); // as wide as its title
    const pitch = column + 12;
    const right = RIM + room - pitch - column;
    this.head = { top, left, right, pitch };
    let at = top + HEAD;
    this.rows = numbers.outputs.map((_, k) => {
      const flat = this.beside && share < 46; // all of a row on one line
      const words = left + (flat ? 172 : room < 480 ? 96 : 112);
      const high = this.beside ? share : this.tall(k, right - 16 - words);
      const row = { top: at, bottom: at + high, middle: at + high / 2, left, words, flat };
      at += high;
      return { ...row, right: right - 16 };
    });
    const square = (k, shape, at) =>
      centred(right + at * pitch, this.rows[k].middle, shape, side);
    this.maps = numbers.outputs.map((_, k) => square(k, numbers.results[k].shape, 0));
    this.backs = numbers.outputs.map((_, k) => {
      const gradient = numbers.gradient(k, [0, 0]);
      return gradient && square(k, gradient.shape, 1);
    });
  }

  // How high a row under the window is: all lines of its longest formula have room.
  tall(k, width) {
    const formulas = this.numbers.outputs[k].formula ?? [];
    const most = formulas.reduce((longest, { length }) => Math.max(longest, length), 0);
    return Math.max(68, Math.ceil((most * LETTER) / width) * LINE + 20);
  }

  // The boxes of an enlarged cell of a convolution: the number, its weight and their product.
  parts(i, j) {
    const [left, top, wide, high] = this.window.box(i, j);
    if (this.style === "wide") {
      const half = Math.floor((wide - 22) / 2);
      const tall = Math.floor((high - 10) / 2);
      const [right, low] = [left + wide - 4 - half, top + high - 4 - tall];
      return {
        value: [left + 3, top + 3, half, tall],
        weight: [right, top + 3, half, tall],
        product: [left + 3, low, wide - 7, tall],
      };
    }
    const third = Math.floor((high - 2) / 3);
    return {
      value: [left, top, wide - 2, third],
      weight: [left, top + third, wide - 2, third],
      product: [left, top + 2 * third, wide - 2, high - 2 - 2 * third],
    };
  }
}

// The largest grid of square cells that fits; whole pixels a cell, unless those are small.
function grid(left, top, [rows, columns], width, height, most) {
  const cell = Math.min(width / columns, height / rows, most);
  return new Grid(left, top, rows, columns, cell >= FEW ? Math.floor(cell) : cell);
}

function centred(left, middle, shape, side) {
  const made = grid(left, 0, shape, side, side, 30);
  made.move(left, Math.round(middle - made.bottom / 2));
  return made;
}
