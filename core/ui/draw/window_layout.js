// Where everything of the mode "window" lies, in CSS pixels: the image, the window enlarged and the
// outputs side by side, or under each other where that is too narrow.

const TALL = 350; // pixels: with the buttons under it the whole takes at most 430
const HEAD = 24; // pixels of a panel's title
const SIDE_BY_SIDE = 640; // pixels: narrower, the panels stand under each other
const KINDS = 330; // pixels that the rows of several kinds need beside the window
const UNDER = 92; // pixels under the window for the sum
const TAIL = 26; // pixels of a line of words under a grid

class Layout {
  constructor(numbers, width) {
    Object.assign(this, { numbers, width, sums: Boolean(numbers.weights), rows: [], maps: [] });
    this.beside = width >= SIDE_BY_SIDE;
    this.gap = width >= 900 ? 44 : 28;
    const share = this.beside ? 0.33 * width : width;
    this.image = grid(0, HEAD, numbers.extent, share, this.beside ? TALL - HEAD : 280, 46);
    if (numbers.problem) this.explain();
    else if (this.sums) this.sum();
    else this.kinds();
    this.height = Math.ceil(this.height);
  }

  // In place of the outputs a sentence.
  explain() {
    const { image, beside, gap, width } = this;
    this.words = beside
      ? [image.right + gap, HEAD + 6, width - image.right - gap]
      : [0, image.bottom + 16, width];
    this.height = Math.max(image.bottom, this.words[1] + (beside ? 120 : 190)) + 1;
  }

  // A convolution: image, products, one output grid.
  sum() {
    const { image, beside, gap, width, numbers } = this;
    const room = beside ? [0.27 * width, TALL - HEAD - TAIL] : [width, 280];
    const output = grid(0, HEAD, numbers.places, ...room, 52);
    const wide = Math.max(output.right, 130);
    const left = image.right + gap;
    this.products(beside ? width - left - gap - wide : width, beside ? left : 0);
    const spare = beside ? width - image.right - this.words[2] - wide : 0;
    const apart = clamp(spare / 2, gap, 110);
    if (beside) this.window.move(image.right + apart, HEAD);
    if (beside) output.move(this.window.left + this.words[2] + apart, HEAD);
    else output.move(0, this.window.bottom + UNDER + HEAD);
    this.words[0] = this.window.left;
    this.maps = [output];
    const end = output.bottom + TAIL;
    this.height = beside ? Math.max(image.bottom + 1, end, this.words[1] + UNDER) : end;
  }

  products(room, left) {
    const [rows, columns] = this.numbers.size;
    const most = (this.beside ? TALL - HEAD - UNDER : 240) / rows;
    const wide = Math.floor(clamp(room / columns, 8, 116));
    const high = Math.floor(Math.min(most, wide < 64 ? Math.max(wide, 34) : 0.64 * wide));
    const top = this.beside ? HEAD : this.image.bottom + 22 + HEAD;
    this.window = new Grid(left, top, rows, columns, wide, high);
    this.style = wide >= 60 && high >= 36 ? "wide" : wide >= 27 && high >= 30 ? "tall" : "bare";
    this.words = [left, this.window.bottom + 12, Math.max(columns * wide, Math.min(room, 200))];
  }

  // Pooling: image, window, and a row for each kind.
  kinds() {
    const { image, gap, width, numbers } = this;
    const aside = image.right + gap + 170 <= width;
    const [left, top] = aside ? [image.right + gap, HEAD] : [0, image.bottom + 22 + HEAD];
    const room = [aside ? 0.21 * width : width, Math.min(TALL - HEAD - 2 * TAIL, 280)];
    this.window = grid(left, top, numbers.size, ...room, 58);
    this.words = [left, this.window.bottom + 10, aside ? 150 : width];
    const taken = Math.max(this.window.right, left + (aside ? 118 : 0)) + gap;
    this.beside = width - taken >= KINDS;
    this.aside = aside;
    const end = Math.max(aside ? image.bottom : 0, this.words[1] + 2 * TAIL);
    this.table(this.beside ? taken : 0, this.beside ? 0 : end);
    this.height = Math.max(end, this.rows.at(-1).bottom) + 1;
  }

  table(left, top) {
    const { numbers, width } = this;
    const count = numbers.outputs.length;
    const high = this.beside ? Math.floor(clamp((TALL - HEAD) / count, 26, 84)) : 68;
    const side = clamp(high - 14, 20, width < 480 ? 44 : 62);
    const pitch = Math.max(side, 54) + 12;
    const right = width - 2 * pitch + 12;
    this.head = { top, left, right, pitch };
    this.rows = numbers.outputs.map((_, k) => {
      const at = top + HEAD + k * high;
      return { top: at, bottom: at + high, middle: at + high / 2, left, right: right - 16 };
    });
    const square = (k, shape, column) =>
      centred(right + column * pitch, this.rows[k].middle, shape, side);
    this.maps = numbers.outputs.map((_, k) => square(k, numbers.results[k].shape, 0));
    this.backs = numbers.outputs.map((_, k) => {
      const gradient = numbers.gradient(k, [0, 0]);
      return gradient && square(k, gradient.shape, 1);
    });
  }

  // The boxes of an enlarged cell of a convolution: the number, its weight and their product.
  parts(i, j) {
    const [left, top, wide, high] = this.window.box(i, j);
    if (this.style === "wide") {
      const half = Math.floor((wide - 18) / 2);
      const tall = Math.floor((high - 5) / 2);
      const at = left + wide - 3 - half;
      return {
        value: [left + 2, top + 2, half, tall],
        weight: [at, top + 2, half, tall],
        product: [left, top + tall + 1, wide - 1, high - tall - 2],
      };
    }
    const [a, b] = [Math.floor(high / 3), Math.floor((2 * high) / 3)];
    return {
      value: [left, top, wide - 1, a],
      weight: [left, top + a, wide - 1, b - a],
      product: [left, top + b, wide - 1, high - b - 1],
    };
  }
}

// The largest grid of square cells that fits; whole pixels a cell, unless those are very small.
function grid(left, top, [rows, columns], width, height, most) {
  const cell = Math.min(width / columns, height / rows, most);
  return new Grid(left, top, rows, columns, cell >= 3 ? Math.floor(cell) : cell);
}

function centred(left, middle, shape, side) {
  const made = grid(left, 0, shape, side, side, 30);
  made.move(left, Math.round(middle - made.bottom / 2));
  return made;
}
