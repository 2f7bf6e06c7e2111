// A labelled point is [class, x, y] with x and y as bytes: 0 is -1 and 255 is 1. Its text is five
// characters, the class digit and two hexadecimal digits each; its mark has a shape and a colour.

const SHAPES = [
  "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z",
  "M0 -6.5L6.5 0L0 6.5L-6.5 0Z",
  "M-4.5 -4.5H4.5V4.5H-4.5Z",
  "M0 -6L6 5H-6Z",
];
const LETTERS = "ABCD";

const icon = (k) => {
  const path = `<path d="${SHAPES[k]}" fill="${INK.classes[k]}"/>`;
  return `<svg viewBox="-8 -8 16 16" aria-hidden="true">${path}</svg>`;
};

const bytes = (at) => at.map((value) => Math.round(((value + 1) / 2) * 255));
const place = ([, x, y]) => [x / 127.5 - 1, y / 127.5 - 1];

const hex = (byte) => byte.toString(16).padStart(2, "0");
const written = (points) => points.map(([k, x, y]) => `${k}${hex(x)}${hex(y)}`).join("");
const read = (text) =>
  (text.match(/.{5}/g) || []).map((code) => [
    Number(code[0]),
    parseInt(code.slice(1, 3), 16),
    parseInt(code.slice(3, 5), 16),
  ]);

// The points of pasted rows of x, y and a class (0, 1 or A, B; missing: the chosen one). Rows that
// are none, such as a heading or a point outside the square, are left out.
function rows(text, classes, chosen) {
  return text.split(/\n/).flatMap((row) => {
    const [x, y, name = ""] = row.trim().split(/[\s,;]+/);
    const at = [Number(x), Number(y)];
    const letter = LETTERS.indexOf(name.toUpperCase() || "-");
    const k = letter >= 0 ? letter : name ? Number(name) : chosen;
    const inside = x && y && at.every((value) => Math.abs(value) <= 1);
    return inside && Number.isInteger(k) && k >= 0 && k < classes ? [[k, ...bytes(at)]] : [];
  });
}
