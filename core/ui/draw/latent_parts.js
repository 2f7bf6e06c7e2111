// What modes "latent" and "latent_dims" share: their style, sheets of images, bars of a classifier.

const LOOK = `
.stage .side { container-type: inline-size; flex: 1 1 18rem; gap: 0.75rem; max-width: none;
  min-width: 0; padding: 0; }
.look { display: grid; grid-template-columns: minmax(7rem, 15rem) minmax(8.5rem, 1fr);
  gap: 0.5rem 1.25rem; align-items: start; }
.look figure { margin: 0; min-width: 0; }
.look canvas { width: 100%; height: auto; aspect-ratio: 1; border: 1px solid var(--st-border-color);
  touch-action: auto; }
.look figcaption { min-height: 2.6em; margin-top: 0.375rem; font-size: 0.8125rem; line-height: 1.3;
  font-variant-numeric: tabular-nums; }
.reads { display: grid; gap: 0.125rem; }
.reads small, .shares small { font-size: 0.75rem; opacity: 0.75; }
.reads div { display: grid; grid-template-columns: auto minmax(1rem, max-content) 1fr 2.5rem;
  gap: 0.375rem; align-items: center; font-size: 0.8125rem; line-height: 1.45; }
.reads i { width: 0.625rem; height: 0.625rem; border-radius: 50%; }
.reads u { height: 0.75rem; border-radius: 2px; background: var(--st-secondary-background-color);
  overflow: hidden; text-decoration: none; }
.reads u b { display: block; height: 100%; border-radius: 2px; }
.reads em { font-style: normal; font-variant-numeric: tabular-nums; text-align: right; }
.reads .most { font-weight: 700; }
.told { flex-wrap: wrap; align-items: center; gap: 0.25rem; }
.told button { min-width: 2.25rem; justify-content: center; padding: 0.25rem; }
.shares { display: grid; gap: 0.25rem; }
.shares div { display: flex; align-items: flex-end; gap: 2px; height: 3.5rem;
  border-bottom: 1px solid var(--st-border-color); }
.shares div i { flex: 1 1 0; min-height: 1px; max-width: 1.5rem; background: ${INK.exact}; }
.shares div i.in { background: ${INK.learned}; }
.look.rowed { grid-template-columns: minmax(7rem, 13rem) minmax(9rem, 1fr); }
@container (max-width: 380px) {
  .look { grid-template-columns: minmax(6rem, 8.5rem) minmax(8rem, 1fr); gap: 0.5rem 0.75rem; }
}
`;

// Images of one size in one picture, drawn tile by tile. done: called when it can be drawn.
class Sheet {
  constructor({ uri, side, columns }, done) {
    Object.assign(this, { side, columns });
    this.image = new Image();
    this.image.onload = done;
    this.image.src = uri;
  }

  get ready() {
    return this.image.complete && this.image.naturalWidth > 0;
  }

  tile(pen, n, [left, top, size], smooth = true) {
    if (!this.ready) return;
    const { side, columns } = this, x = (n % columns) * side, y = Math.floor(n / columns) * side;
    pen.imageSmoothingEnabled = smooth;
    pen.drawImage(this.image, x, y, side, side, left, top, size, size);
  }
}

// The same sheet again is not decoded again.
const sheetOf = (old, data, done) =>
  old?.uri === data.uri ? old : Object.assign(new Sheet(data, done), { uri: data.uri });

// One image, large, with words under it.
class Large {
  constructor() {
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.caption = make("figcaption");
    this.root = make("figure", {}, this.canvas, this.caption);
  }

  // Without smoothing at four times its size, so that the screen's own scaling only rounds edges.
  show(sheet, n, words) {
    this.caption.textContent = words;
    const size = 8 * sheet.side;
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    sheet.tile(this.canvas.getContext("2d"), n, [0, 0, size]);
  }
}

// Ten bars: how likely a classifier finds each class.
class Reads {
  constructor() {
    this.rows = make("div", { className: "rows" });
    this.root = make("div", { className: "reads", "aria-hidden": "true" });
  }

  dress(names, colors) {
    const title = make("small", { textContent: "A classifier reads" });
    this.rows = names.map((name, n) => {
      const dot = make("i"), bar = make("b"), share = make("em");
      dot.style.background = bar.style.background = colors[n];
      const track = make("u", {}, bar), label = make("span", { textContent: name });
      return { root: make("div", {}, dot, label, track, share), bar, share };
    });
    const wide = Math.max(...names.map((name) => name.length));
    this.rows.forEach(({ root }) => (root.children[1].style.minWidth = `${0.56 * wide + 0.2}em`));
    this.root.replaceChildren(title, ...this.rows.map(({ root }) => root));
  }

  show(shares) {
    const most = Math.max(...shares);
    this.rows.forEach(({ root, bar, share }, n) => {
      bar.style.width = `${100 * shares[n]}%`;
      share.textContent = `${Math.round(100 * shares[n])} %`;
      root.className = shares[n] === most ? "most" : "";
    });
  }
}

// The two likeliest classes in words.
function guesses(names, shares) {
  const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
  const said = order.slice(0, 2).filter((n) => shares[n] >= 0.005);
  return said.map((n) => `${names[n]} ${Math.round(100 * shares[n])} %`).join(", ");
}

const latent = (value) => {
  const text = Number(value.toPrecision(3));
  return String(Math.abs(value) < 10 ? text.toFixed(2) : text).replace("-", "\u2212");
};

// Edge of light and dark, so that it is seen on any picture.
function outlined(pen, draw, colour, width = 2.5) {
  for (const [line, ink] of [[width + 2.5, "rgba(255,255,255,0.9)"], [width, colour]]) {
    Object.assign(pen, { lineWidth: line, strokeStyle: ink });
    pen.beginPath();
    draw();
    pen.stroke();
  }
}
