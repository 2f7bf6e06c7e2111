// A grid of heights over the window: its picture in bands, and the way down from a point.
// Places are in grid units: u along x and v along y, from 0 to n - 1.

const BANDS = 14;
const STRIDE = 0.15; // length of a step of the way down, in cells
const TAPS = 5;

class Surface {
  constructor(packed, window) {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    this.z = new Float32Array(bytes.buffer);
    this.n = Math.round(Math.sqrt(this.z.length));
    [[this.x0, this.x1], [this.y0, this.y1]] = window;
    this.cell = window.map(([lo, hi]) => (hi - lo) / (this.n - 1));
    const sorted = this.z.slice().sort();
    this.low = sorted[0];
    this.range = sorted[sorted.length - 1] - this.low || 1;
    // Bands even in log(1 + height / typical): a steep wall leaves some for the valley floor.
    this.typical = Math.max(sorted[Math.floor(sorted.length / 8)] - this.low, this.range * 1e-6);
  }

  // The gradient [gx, gy] and the curvatures [xx, xy, yy], per unit of x and of y.
  slopes(u, v) {
    const { n, z, cell } = this;
    const [i, wu, du, ddu] = stencil(u, n);
    const [j, wv, dv, ddv] = stencil(v, n);
    let [gx, gy, xx, xy, yy] = [0, 0, 0, 0, 0];
    for (let b = 0; b < TAPS; b++)
      for (let a = 0; a < TAPS; a++) {
        const height = z[(j + b) * n + i + a];
        gx += (height * du[a] * wv[b]) / cell[0];
        gy += (height * wu[a] * dv[b]) / cell[1];
        xx += (height * ddu[a] * wv[b]) / cell[0] ** 2;
        xy += (height * du[a] * dv[b]) / (cell[0] * cell[1]);
        yy += (height * wu[a] * ddv[b]) / cell[1] ** 2;
      }
    return [gx, gy, xx, xy, yy];
  }

  // One step of normalised steepest descent, in x and y: at most the stride long, and linearly
  // implicit where the surface curves up, so that it follows a sharp valley without zigzag and
  // comes to rest at its end.
  fall(u, v) {
    const [gx, gy, xx, xy, yy] = this.slopes(u, v);
    const [mid, gap] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
    const angle = Math.atan2(2 * xy, xx - yy) / 2; // of the direction that curves most
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const lag = Math.hypot(gx, gy) / (STRIDE * Math.min(...this.cell)) + 1e-30;
    const most = -(gx * cos + gy * sin) / (lag + Math.max(mid + gap, 0));
    const least = -(gy * cos - gx * sin) / (lag + Math.max(mid - gap, 0));
    return [most * cos - least * sin, most * sin + least * cos];
  }

  // The way down from a place, to where it comes to rest or leaves the window.
  way(u, v) {
    const path = [];
    const last = this.n - 1;
    while (path.length < 2000 && u >= 0 && v >= 0 && u <= last && v <= last) {
      path.push([u, v]);
      const [dx, dy] = this.fall(u, v);
      const [du, dv] = [dx / this.cell[0], dy / this.cell[1]];
      if (!(Math.hypot(du, dv) > STRIDE / 100)) break;
      u += du;
      v += dv;
    }
    return path;
  }

  toGrid([x, y]) {
    return [(x - this.x0) / this.cell[0], (y - this.y0) / this.cell[1]];
  }

  toPlane([u, v]) {
    return [this.x0 + u * this.cell[0], this.y0 + v * this.cell[1]];
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

// Lagrange's polynomial through the TAPS nodes around a place: the first node, and the weights of
// the nodes for the value, the first and the second derivative. Exact for quartics, so Rosenbrock's
// valley, whose floor is a thousand times flatter than its walls, keeps its slope on a coarse grid.
function stencil(u, n) {
  const first = clamp(Math.round(u) - 2, 0, n - TAPS);
  const [value, slope, bend] = [[], [], []];
  for (let k = 0; k < TAPS; k++) {
    let [w, d, dd] = [1, 0, 0];
    for (let m = 0; m < TAPS; m++)
      if (m !== k) {
        const t = u - first - m;
        [w, d, dd] = [(w * t) / (k - m), (d * t + w) / (k - m), (dd * t + 2 * d) / (k - m)];
      }
    value.push(w);
    slope.push(d);
    bend.push(dd);
  }
  return [first, value, slope, bend];
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
