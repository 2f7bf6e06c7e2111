// A window of the plane on the canvas: coordinates to pixels and back, ticks, axis names.

const MARGIN = { left: 48, right: 12, top: 8, bottom: 40 };
const SPACE = 60; // pixels between ticks, about

class Plane {
  // The largest plane of that many data units across and up which fits the space.
  static size(width, height, ratio) {
    const [sides, ends] = [MARGIN.left + MARGIN.right, MARGIN.top + MARGIN.bottom];
    const across = Math.max(Math.min(width - sides, (height - ends) * ratio), 40);
    return [across + sides, across / ratio + ends];
  }

  constructor([[x0, x1], [y0, y1]], width, height) {
    Object.assign(this, { x0, x1, y0, y1 });
    this.left = MARGIN.left;
    this.top = MARGIN.top;
    this.across = width - MARGIN.left - MARGIN.right;
    this.up = height - MARGIN.top - MARGIN.bottom;
  }

  px([x, y]) {
    const right = (x - this.x0) / (this.x1 - this.x0);
    const high = (y - this.y0) / (this.y1 - this.y0);
    return [this.left + right * this.across, this.top + (1 - high) * this.up];
  }

  xy([left, top]) {
    const right = clamp((left - this.left) / this.across, 0, 1);
    const high = clamp(1 - (top - this.top) / this.up, 0, 1);
    return [this.x0 + right * (this.x1 - this.x0), this.y0 + high * (this.y1 - this.y0)];
  }

  clip(pen) {
    pen.beginPath();
    pen.rect(this.left, this.top, this.across, this.up);
    pen.clip();
  }

  // Border, ticks with numbers, and the names of the axes.
  axes(pen, theme, names) {
    pen.strokeStyle = theme.border;
    pen.lineWidth = 1;
    pen.strokeRect(this.left - 0.5, this.top - 0.5, this.across + 1, this.up + 1);
    pen.fillStyle = theme.text;
    pen.font = theme.font;
    pen.globalAlpha = 0.8;
    const floor = this.top + this.up;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const x of ticks(this.x0, this.x1, this.across / SPACE))
      pen.fillText(short(x), this.px([x, this.y0])[0], floor + 6);
    pen.fillText(names[0], this.left + this.across / 2, floor + 23);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const y of ticks(this.y0, this.y1, this.up / SPACE))
      pen.fillText(short(y), this.left - 7, this.px([this.x0, y])[1]);
    pen.textAlign = "center";
    pen.save();
    pen.translate(9, this.top + this.up / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(names[1], 0, 0);
    pen.restore();
    pen.globalAlpha = 1;
  }

  // Faint lines at the ticks, for a plane with nothing behind it.
  grid(pen) {
    pen.strokeStyle = INK.grid;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const x of ticks(this.x0, this.x1, this.across / SPACE)) {
      const left = Math.round(this.px([x, 0])[0]) + 0.5;
      pen.moveTo(left, this.top);
      pen.lineTo(left, this.top + this.up);
    }
    for (const y of ticks(this.y0, this.y1, this.up / SPACE)) {
      const top = Math.round(this.px([0, y])[1]) + 0.5;
      pen.moveTo(this.left, top);
      pen.lineTo(this.left + this.across, top);
    }
    pen.stroke();
  }
}

// Round numbers within lo and hi, about as many as asked.
function ticks(lo, hi, count) {
  const raw = (hi - lo) / Math.max(count, 4);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.7);
  const found = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) found.push(k * step);
  return found;
}

const short = (value) => String(Number(value.toPrecision(6))).replace("-", "\u2212");
