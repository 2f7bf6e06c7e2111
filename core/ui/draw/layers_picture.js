// The picture of the mode "layers". Maps, captions and bars are painted once and kept; at every
// move only the frames, the enlarged map and the gradient are painted over them.

const DARK = [16, 20, 26], LIGHT = [255, 255, 255];
const channels = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
const blend = (a, b, t) => a.map((v, k) => v + (b[k] - v) * t);

// Colours of the bytes of a map: dark is 0, light above it, blue below.
const SHADES = Array.from({ length: 256 }, (_, byte) => {
  const t = clamp((byte - ZERO) / ZERO, -1, 1);
  return blend(DARK, t < 0 ? channels(INK.real) : LIGHT, Math.abs(t) ** 0.75);
});
const GREYS = Array.from({ length: 256 }, (_, byte) => blend(DARK, LIGHT, byte / 255));

// A square of bytes as a small canvas, one pixel a place. shade: byte to [r, g, b, alpha of 255].
function tiny(bytes, side, shade) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const bits = pen.createImageData(side, side);
  bytes.forEach((byte, k) => {
    const [r, g, b, alpha = 255] = shade(byte);
    bits.data.set([r, g, b, alpha], 4 * k);
  });
  pen.putImageData(bits, 0, 0);
  return canvas;
}

class Picture {
  constructor(network, plan, data) {
    Object.assign(this, { network, plan, data, kept: null });
    const pink = channels(INK.gradient);
    this.pink = tiny(network.gradient.data, network.side, (byte) => [...pink, byte * 0.92]);
    this.maps = new Map();
  }

  // neuron: the one on show. isTold: Python has answered for it, so the gradient is its own.
  paint(pen, theme, dots, neuron, isTold) {
    Object.assign(this, { pen, theme, dots });
    const still = this.still(theme, dots);
    const fields = this.network.fields(neuron);
    if (!this.plan.slim) this.beam(neuron, fields.at(-1));
    pen.drawImage(still, 0, 0, this.plan.width, this.plan.height);
    if (isTold) this.put(this.pink, this.plan.input, this.network.side);
    this.enlarged(neuron);
    for (const field of fields) this.field(field, neuron);
  }

  still(theme, dots) {
    const made = JSON.stringify([theme, dots]);
    if (this.kept && this.made === made) return this.kept;
    const { plan, network } = this;
    this.made = made;
    this.kept = document.createElement("canvas");
    this.kept.width = Math.round(plan.width * dots);
    this.kept.height = Math.round(plan.height * dots);
    const shown = this.pen;
    this.pen = this.kept.getContext("2d");
    this.pen.setTransform(dots, 0, 0, dots, 0, 0);
    this.say(this.data.title, plan.input[0], plan.input[1] - 6);
    const image = tiny(network.image.data, network.side, (byte) => GREYS[byte]);
    this.put(image, plan.input, network.side);
    this.rim(plan.input);
    network.layers.forEach((layer, n) => this.layer(layer, n));
    this.verdict();
    this.pen = shown;
    return this.kept;
  }

  layer({ title }, n) {
    const { plan, network } = this;
    const { head } = plan.layers[n];
    const side = `${network.sideOf(n)}×${network.sideOf(n)}`;
    if (plan.slim) {
      const maps = `${network.channelsOf(n)} maps of ${side}`;
      this.say(title, head[0], head[1] + CAPTION - 6);
      this.say(maps, plan.width, head[1] + CAPTION - 6, { align: "right", faint: true });
    } else {
      this.say(title, head[0], head[1] + 12);
      this.say(side, head[0], head[1] + 26, { size: 11, faint: true });
    }
    for (let channel = 0; channel < network.channelsOf(n); channel++) {
      const box = plan.box(n, channel);
      this.put(this.map(n, channel), box, network.sideOf(n));
      if (box[2] > 14) this.rim(box);
    }
  }

  map(n, channel) {
    const key = `${n} ${channel}`;
    if (!this.maps.has(key)) {
      const bytes = this.network.map(n, channel);
      this.maps.set(key, tiny(bytes, this.network.sideOf(n), (byte) => SHADES[byte]));
    }
    return this.maps.get(key);
  }

  // Cells stay sharp where they are large; where they are some pixels only, they would be uneven.
  put(small, [left, top, size], side) {
    const { pen } = this;
    const cell = (size * this.dots) / side;
    pen.imageSmoothingEnabled = cell < 3 && !Number.isInteger(cell);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(small, left, top, size, size);
  }

  rim([left, top, size]) {
    this.pen.strokeStyle = this.theme.border;
    this.pen.lineWidth = 1;
    this.pen.strokeRect(left - 0.5, top - 0.5, size + 1, size + 1);
  }

  enlarged({ n, channel }) {
    const { plan, network } = this;
    const side = network.sideOf(n);
    const name = `${network.layers[n].title}, channel ${channel}`;
    this.say(name, plan.zoom[0], plan.zoom[1] - 6);
    const right = plan.zoom[0] + plan.zoom[2];
    const small = { align: "right", size: 11, faint: true };
    this.say(`${side}×${side}`, right, plan.zoom[1] - 6, small);
    this.put(this.map(n, channel), plan.zoom, side);
    this.rim(plan.zoom);
  }

  // What the neuron depends on in one layer, outlined on every map that counts.
  field({ n, channel, rows, columns }, neuron) {
    const { plan, network } = this;
    const own = n === neuron.n;
    const all = channel === null ? [...Array(network.channelsOf(n)).keys()] : [channel];
    for (const one of all) {
      const box = plan.box(n, one);
      const width = n < 0 ? 2.5 : own ? 2 : box[2] < 16 ? 0.75 : 1.25;
      this.outline(plan.part(box, n, rows, columns), width, own ? 4 : 3);
    }
    if (!own) return;
    this.outline(plan.part(plan.zoom, n, rows, columns), 2.5, 4);
    const [left, top, size] = plan.box(n, channel);
    this.outline([left - 1.5, top - 1.5, size + 3, size + 3], 1.5, 0);
  }

  // A frame with a dark rim, so that it shows on light and on dark; never smaller than least.
  outline([left, top, wide, high], width, least) {
    const { pen } = this;
    const [w, h] = [Math.max(wide, least), Math.max(high, least)];
    const [x, y] = [left + (wide - w) / 2, top + (high - h) / 2];
    for (const [line, colour] of [[width + 1.5, "rgba(10,14,18,0.65)"], [width, INK.generated]]) {
      pen.lineWidth = line;
      pen.strokeStyle = colour;
      pen.strokeRect(x, y, w, h);
    }
  }

  // From what it sees of the input to the neuron, behind all maps.
  beam(neuron, { rows, columns }) {
    const { pen, plan } = this;
    const [left, top, wide, high] = plan.part(plan.input, -1, rows, columns);
    const cell = [[neuron.row, neuron.row], [neuron.column, neuron.column]];
    const [x, y, , tall] = plan.part(plan.box(neuron.n, neuron.channel), neuron.n, ...cell);
    pen.beginPath();
    pen.moveTo(left + wide, top);
    pen.lineTo(x, y);
    pen.lineTo(x, y + tall);
    pen.lineTo(left + wide, top + high);
    pen.closePath();
    pen.fillStyle = pen.strokeStyle = INK.generated;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.2;
    pen.fill();
    pen.globalAlpha = 0.7;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  // Ten bars, the longest in full colour.
  verdict() {
    const { pen, plan, data, theme } = this;
    const [left, top, width, tall] = plan.bars;
    const { names, probabilities } = data;
    const best = probabilities.indexOf(Math.max(...probabilities));
    this.say("It reads", left, plan.slim ? top - 8 : 12);
    this.say(names[best], left + 52, plan.slim ? top - 8 : 12, { weight: 700, size: 14 });
    const high = tall / names.length;
    const room = width - 18 - 40;
    names.forEach((name, k) => {
      const middle = top + (k + 0.5) * high;
      const share = probabilities[k];
      const bold = k === best ? 600 : 400;
      this.say(name, left, middle + 4, { weight: bold });
      pen.fillStyle = INK.learned;
      pen.globalAlpha = k === best ? 1 : 0.5;
      pen.fillRect(left + 16, middle - high * 0.27, Math.max(room * share, 1), high * 0.54);
      pen.globalAlpha = 1;
      const words = share < 0.0005 ? "" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
      this.say(words, left + 21 + room * share, middle + 4, { weight: bold, size: 11 });
    });
    pen.fillStyle = theme.text;
  }

  say(text, x, y, { align = "left", size = 12, weight = 400, faint = false } = {}) {
    const { pen, theme } = this;
    pen.font = theme.font.replace(/^\S+/, `${weight} ${size}px`);
    pen.fillStyle = theme.text;
    pen.globalAlpha = faint ? 0.7 : 1;
    pen.textAlign = align;
    pen.textBaseline = "alphabetic";
    pen.fillText(text, x, y);
    pen.globalAlpha = 1;
  }
}
