// Numbers as words: how they read, what was typed, what is read aloud and what tests look at.

const SPOKEN = 25; // the most numbers of a window that are read aloud

// A number of a cell, to so many decimals; whole numbers have none, so that "0" is zero and "0.00"
// nearly.
function number(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "" : value < 0 ? "\u2212∞" : "∞";
  const text = Number.isInteger(value) ? String(value) : value.toFixed(digits);
  return /[1-9]/.test(text) ? text.replace("-", "\u2212") : text.replace("-", "");
}

// A number that stands alone: "0.5", not "0.500".
function plain(value, digits) {
  const text = number(value, digits);
  const exact = Math.abs(Number(value.toFixed(digits)) - value) <= 1e-12 * Math.abs(value);
  return exact && text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

// A result: two decimals more than a cell, less those that its whole part has taken.
function answer(value, digits) {
  const whole = Math.floor(Math.log10(Math.max(Math.abs(value), 1)));
  return plain(value, Math.max(digits + 2 - whole, 0));
}

// What was typed as a number, with a comma or a true minus too; null where it is none.
function numeral(text) {
  const clean = text.trim().replace("\u2212", "-").replace(",", ".");
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
  return Number.isFinite(value) ? value : null;
}

const numeralText = (value) => String(Number(value.toFixed(6)) || 0);

const longest = (words) => words.reduce((a, b) => (b.length > a.length ? b : a), "");

// For a screen reader: the place, the window's numbers and the results.
function spoken(numbers, place) {
  if (numbers.problem) return numbers.problem;
  const [row, column] = place.map((at, axis) => `${at + 1} of ${numbers.places[axis]}`);
  const values = numbers.taps(place).map(({ value }) => number(value, numbers.digits) || "none");
  const window = values.length > SPOKEN ? `${values.length} numbers` : values.join(", ");
  const results = numbers.outputs.map(
    ({ name }, k) => `${name} ${answer(numbers.result(k, place), numbers.digits)}`);
  return `row ${row}, column ${column}; window ${window}; ${results.join(", ")}`;
}

// What is painted, and where, for tests.
function shown(numbers, place, layout) {
  const where = (grid) => grid && [grid.left, grid.top, grid.wide, grid.high];
  const common = { problem: numbers.problem, image: where(layout.image), width: layout.width };
  if (numbers.problem) return common;
  const taps = numbers.taps(place);
  return {
    ...common,
    place,
    values: taps.map(({ value }) => value),
    weights: layout.sums ? taps.map(({ weight }) => weight) : null,
    products: layout.sums ? taps.map(({ product }) => product) : null,
    results: numbers.outputs.map((_, k) => numbers.result(k, place)),
    formulas: numbers.outputs.map((_, k) => numbers.formula(k, place)),
    gradients: layout.sums ? [] : numbers.outputs.map((_, k) => {
      const gradient = numbers.gradient(k, place);
      return gradient && [...gradient.data];
    }),
    window: where(layout.window),
    maps: layout.maps.map(where),
    waits: numbers.waits,
  };
}
