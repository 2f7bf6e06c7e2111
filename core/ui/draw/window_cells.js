// Cells: their colours, their type, and grids of them on the canvas.

const FEW = 12; // pixels under which cells have no gaps between them
const LEAST = 8.5; // pixels: the smallest type

// "#rrggbb" and "rgb(r, g, b)" as [r, g, b].
function rgb(colour) {
  if (colour[0] !== "#") return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  return [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
}

const mix = (a, b, t) => a.map((v, k) => Math.round(v + (b[k] - v) * t));
const css = (colour) => `rgb(${colour.join(",")})`;

function light(colour) {
  const [r, g, b] = colour.map((v) => (v / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const isDark = (theme) => light(rgb(theme.ground)) < 0.2;
const onto = (colour) => (light(colour) > 0.21 ? "#10171e" : "#ffffff");

// On dark ground black is a little lighter, so that its cells are seen.
const grey = (t, theme) =>
  mix(isDark(theme) ? [33, 41, 49] : [14, 19, 25], [250, 250, 248], clamp(t, 0, 1));

// Around zero, t from -1 to 1; on dark ground zero is dark, so that it is still the quiet colour.
function signed(t, theme) {
  const stops = INK.diverging.map(([at, colour]) => [at * 2 - 1, rgb(colour)]);
  if (isDark(theme)) {
    const [low, high] = [stops[0][1], stops.at(-1)[1]];
    return mix([46, 56, 67], t < 0 ? low : high, clamp(Math.abs(t), 0, 1) ** 0.8);
  }
  const value = clamp(t, -1, 1);
  const k = Math.max(stops.findIndex(([at]) => at >= value), 1);
  const [[from, a], [to, b]] = [stops[k - 1], stops[k]];
  return mix(a, b, (value - from) / (to - from));
}

// Results below zero: a scale around zero; otherwise the image's greys, up to the highest result.
function scale([lo, hi], range, theme) {
  const most = Math.max(Math.abs(lo), Math.abs(hi)) || 1;
  if (lo < 0) return (value) => signed(value / most, theme);
  const [dark, bright] = [Math.min(range[0], lo), Math.max(range[1], hi)];
  return (value) => grey((value - dark) / (bright - dark || 1), theme);
}

const font = (theme, size, weight = 400) =>
  theme.font.replace(/^\S+/, `${weight} ${Math.round(size * 2) / 2}px`);

// The largest type in which the words fit a box, from most down to LEAST; 0 where none does.
function fitted(pen, theme, words, [width, height], most, weight = 400) {
  pen.font = font(theme, 20, weight);
  const needs = Math.max(...words.map((word) => pen.measureText(word).width), 1) / 20;
  const size = Math.min(most, width / needs, height / 1.1);
  return size >= LEAST ? Math.floor(size * 2) / 2 : 0;
}

// A grid on the canvas: rows x columns of cells of wide x high pixels from left and top.
class Grid {
  constructor(left, top, rows, columns, wide, high = wide) {
    Object.assign(this, { rows, columns, wide, high });
    this.gap = Math.min(wide, high) >= FEW ? 1 : 0;
    this.move(left, top);
  }

  move(left, top) {
    Object.assign(this, { left, top });
    this.right = left + this.columns * this.wide;
    this.bottom = top + this.rows * this.high;
  }

  // On whole pixels, also where cells are no whole pixels wide.
  box(row, column) {
    const [left, right] = [column, column + 1].map((k) => Math.round(this.left + k * this.wide));
    const [top, bottom] = [row, row + 1].map((k) => Math.round(this.top + k * this.high));
    return [left, top, right - left, bottom - top];
  }

  // [row, column] with fractions, wherever it is.
  near([x, y]) {
    return [(y - this.top) / this.high, (x - this.left) / this.wide];
  }

  at(place) {
    const [row, column] = this.near(place).map(Math.floor);
    const inside = row >= 0 && column >= 0 && row < this.rows && column < this.columns;
    return inside ? [row, column] : null;
  }

  has([x, y]) {
    return x >= this.left && x < this.right && y >= this.top && y < this.bottom;
  }

  each(act) {
    for (let row = 0; row < this.rows; row++)
      for (let column = 0; column < this.columns; column++)
        act(row, column, this.box(row, column));
  }

  // Every cell in its colour, with its word if the type is large enough to read.
  fill(pen, theme, colour, word, size) {
    this.each((row, column, box) => {
      const ground = colour(row, column);
      if (ground) plate(pen, box, css(ground), this.gap);
      else hatched(pen, box, theme, this.gap);
      const text = size ? word(row, column) : "";
      if (text) write(pen, theme, text, box, size, ground ? onto(ground) : theme.text);
    });
    this.edge(pen, theme);
  }

  // Cells as light or as dark as the ground still end somewhere.
  edge(pen, theme) {
    const { left, top, right, bottom, gap } = this;
    pen.beginPath();
    pen.rect(left - 0.5, top - 0.5, right - left - gap + 1, bottom - top - gap + 1);
    line(pen, theme.border, 1);
  }
}

function plate(pen, [left, top, wide, high], colour, gap = 0) {
  pen.fillStyle = colour;
  pen.fillRect(left, top, wide - gap, high - gap);
}

// A word in the middle of a box; a zero stands back.
function write(pen, theme, text, [left, top, wide, high], size, colour, weight = 400) {
  pen.font = font(theme, size, weight);
  pen.fillStyle = colour;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  const alpha = pen.globalAlpha;
  if (text === "0") pen.globalAlpha *= 0.6;
  pen.fillText(text, left + (wide - 1) / 2, Math.round(top + (high - 1) / 2 + size * 0.35));
  pen.globalAlpha = alpha;
}

// Padding: not of the image.
function hatched(pen, [left, top, wide, high], theme, gap = 0) {
  plate(pen, [left, top, wide, high], theme.panel, gap);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, wide - gap, high - gap);
  pen.clip();
  pen.beginPath();
  const apart = 5;
  for (let x = left - high - ((left - high + top) % apart); x < left + wide; x += apart) {
    pen.moveTo(x, top + high);
    pen.lineTo(x + high, top);
  }
  line(pen, INK.exact, 0.75, 0.45);
  pen.restore();
}

function line(pen, colour, width, alpha = 1) {
  const before = pen.globalAlpha;
  pen.globalAlpha *= alpha;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
  pen.globalAlpha = before;
}

// The text in at most so many lines of that width, broken before a term and never within one; what
// is left over ends with an ellipsis.
function wrapped(pen, text, width, most) {
  const bound = text.replace(/ × /g, "\u00a0×\u00a0").replace(/([+=/−]) /g, "$1\u00a0");
  const terms = bound.split(" ");
  const lines = [""];
  for (const term of terms) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${term}` : term;
    if (!lines.at(-1) || pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(term);
    if (lines.length > most) break;
  }
  const kept = lines.slice(0, most);
  const wide = kept.findIndex((one) => pen.measureText(one).width > width);
  const cut = lines.length > most || wide >= 0;
  if (wide >= 0) kept.length = wide + 1;
  if (cut && kept.length) kept.push(shortened(pen, `${kept.pop()} …`, width));
  return { lines: text ? kept : [], cut: cut && Boolean(text) };
}

function shortened(pen, text, width) {
  let kept = text;
  while (kept.length > 1 && pen.measureText(kept).width > width)
    kept = `${kept.replace(/…$/, "").trimEnd().slice(0, -1)}…`;
  return kept;
}
