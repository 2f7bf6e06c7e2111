// A grid of heights over the window: its picture in bands, and the way down from a point.
// Places are in grid units: u along x and v along y, from 0 to n - 1.

const BANDS = 14;
const STRIDE = 0.15; // length of a step of the way down, in cells, at first
const TAPS = 5;

class Surface {
  constructor(packed, window) {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    this.z = new Float32Array(bytes.buffer);
    this.n = Math.round(Math.sqrt(this.z.length));
    [[this.x0, this.x1], [this.y0, this.y1]] = window;
    const sorted = this.z.slice().sort();
    this.low = sorted[0];
    this.range = sorted[sorted.length - 1] - this.low || 1;
    // Bands even in log(1 + height / typical): a steep wall leaves some for the valley floor.
    this.typical = Math.max(sorted[Math.floor(sorted.length / 8)] - this.low, this.range * 1e-6);
  }

  // The gradient per unit of x and of y.
  gradient(u, v) {
    const [i, wu, du] = stencil(u, this.n);
    const [j, wv, dv] = stencil(v, this.n);
    let [gu, gv] = [0, 0];
    for (let b = 0; b < TAPS; b++)
      for (let a = 0; a < TAPS; a++) {
        const z = this.z[(j + b) * this.n + i + a];
        gu += z * du[a] * wv[b];
        gv += z * wu[a] * dv[b];
      }
    const last = this.n - 1;
    return [(gu * last) / (this.x1 - this.x0), (gv * last) / (this.y1 - this.y0)];
  }

  // A step straight down the slope, in grid units; null where it is flat.
  heading(u, v, stride) {
    const [gx, gy] = this.gradient(u, v);
    const [sx, sy] = [this.x1 - this.x0, this.y1 - this.y0];
    const [du, dv] = [-gx / sx, -gy / sy]; // equal steps of x and y, told in cells
    const steep = Math.hypot(gx * sx, gy * sy);
    if (steep < 1e-9 * this.range) return null;
    const length = stride / Math.hypot(du, dv);
    return [du * length, dv * length];
  }

  // Normalised steepest descent from a place, by the midpoint rule, until it can fall no more.
  way(u, v) {
    const path = [[u, v]];
    let [before, stride, since] = [[0, 0], STRIDE, 0];
    while (path.length < 3000) {
      const half = this.heading(u, v, stride);
      let go = half && this.heading(u + half[0] / 2, v + half[1] / 2, stride);
      if (!go) break;
      const turned = go[0] * before[0] + go[1] * before[1] < 0;
      // In a sharp valley the slopes of the two sides cancel and leave the way along it.
      if (turned) go = [(go[0] + before[0]) / 2, (go[1] + before[1]) / 2];
      before = go;
      u += go[0];
      v += go[1];
      if (u < 0 || v < 0 || u > this.n - 1 || v > this.n - 1) break;
      path.push([u, v]);
      // Where forty steps get less far than one, it only trembles: go finer, then it is the bottom.
      const back = path[Math.max(path.length - 41, since)];
      if (path.length - since > 40 && Math.hypot(u - back[0], v - back[1]) < stride) {
        if (stride < STRIDE / 9) break;
        [stride, since] = [stride / 2, path.length];
      }
    }
    return path;
  }

  toGrid([x, y]) {
    const last = this.n - 1;
    const right = (x - this.x0) / (this.x1 - this.x0);
    return [right * last, ((y - this.y0) / (this.y1 - this.y0)) * last];
  }

  toPlane([u, v]) {
    const last = this.n - 1;
    const x = this.x0 + (u / last) * (this.x1 - this.x0);
    return [x, this.y0 + (v / last) * (this.y1 - this.y0)];
  }

  // A canvas of that many device pixels: bands of one hue with a smooth dark line between them.
  picture(width, height) {
    const levels = this.levels(width, height);
    const colours = Array.from({ length: BANDS }, (_, k) => hue((k + 0.5) / BANDS));
    const canvas = make("canvas", { width, height });
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(width, height);
    for (let row = 0, p = 0; row < height; row++)
      for (let col = 0; col < width; col++, p++) {
        const level = levels[p];
        const right = levels[col + 1 < width ? p + 1 : p - 1] - level;
        const under = levels[row + 1 < height ? p + width : p - width] - level;
        const away = Math.abs(level - Math.round(level)) / (Math.hypot(right, under) + 1e-9);
        const light = 1 - 0.3 * clamp(1.1 - away, 0, 1);
        const colour = colours[clamp(Math.floor(level), 0, BANDS - 1)];
        for (let c = 0; c < 3; c++) image.data[4 * p + c] = colour[c] * light;
        image.data[4 * p + 3] = 255;
      }
    pen.putImageData(image, 0, 0);
    return canvas;
  }

  // The height of each pixel in bands: along the rows of the grid first, then up the columns.
  levels(width, height) {
    const { n, z } = this;
    const scale = BANDS / Math.log1p(this.range / this.typical);
    const rows = new Float32Array(n * width);
    for (let col = 0; col < width; col++) {
      const [i, w] = stencil(((col + 0.5) / width) * (n - 1), n);
      for (let j = 0; j < n; j++)
        for (let a = 0; a < TAPS; a++) rows[j * width + col] += z[j * n + i + a] * w[a];
    }
    const found = new Float32Array(width * height);
    for (let row = 0, p = 0; row < height; row++) {
      const [j, w] = stencil((1 - (row + 0.5) / height) * (n - 1), n);
      for (let col = 0; col < width; col++, p++) {
        let z = -this.low;
        for (let b = 0; b < TAPS; b++) z += rows[(j + b) * width + col] * w[b];
        found[p] = scale * Math.log1p(Math.max(z, 0) / this.typical);
      }
    }
    return found;
  }
}

// Lagrange's polynomial through the TAPS nodes around a place: the first node, the weights of the
// nodes for the value, and for the derivative. Exact for quartics, so Rosenbrock's valley, whose
// floor is a thousand times flatter than its walls, keeps its slope on a coarse grid.
function stencil(u, n) {
  const first = clamp(Math.round(u) - 2, 0, n - TAPS);
  const [value, slope] = [[], []];
  for (let k = 0; k < TAPS; k++) {
    let [w, d] = [1, 0];
    for (let m = 0; m < TAPS; m++)
      if (m !== k) {
        d = (d * (u - first - m) + w) / (k - m);
        w = (w * (u - first - m)) / (k - m);
      }
    value.push(w);
    slope.push(d);
  }
  return [first, value, slope];
}

// The colour of a share of the height, between the stops of INK.heights, as [r, g, b].
function hue(share) {
  const stops = INK.heights;
  const k = Math.max(stops.findIndex(([at]) => at >= share), 1);
  const [[a, from], [b, to]] = [stops[k - 1], stops[k]];
  const part = (share - a) / (b - a);
  return [1, 3, 5].map((c) => {
    const [lo, hi] = [parseInt(from.slice(c, c + 2), 16), parseInt(to.slice(c, c + 2), 16)];
    return lo + part * (hi - lo);
  });
}
