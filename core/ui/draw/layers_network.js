// What the mode "layers" knows of a network: the maps of every layer as bytes, and which places of
// the layers before a neuron depends on. A neuron is {n, channel, row, column}, n its layer.

const ZERO = 127; // the byte of 0; 0 and 254 are minus and plus the layer's scale

class Network {
  constructor({ image, gradient, layers }) {
    this.image = unpack(image);
    this.gradient = unpack(gradient);
    this.side = image.shape[0];
    this.layers = layers.map((layer) => ({ ...layer, maps: unpack(layer.maps) }));
  }

  // Places a side of a layer; -1 is the input.
  sideOf(n) {
    return n < 0 ? this.side : this.layers[n].maps.shape[1];
  }

  channelsOf(n) {
    return n < 0 ? 1 : this.layers[n].maps.shape[0];
  }

  // The bytes of one map.
  map(n, channel) {
    const size = this.sideOf(n) ** 2;
    return this.layers[n].maps.data.subarray(channel * size, (channel + 1) * size);
  }

  // A number as good as its byte: to a 254th of the scale.
  value({ n, channel, row, column }) {
    const byte = this.map(n, channel)[row * this.sideOf(n) + column];
    return ((byte - ZERO) / ZERO) * this.layers[n].scale;
  }

  // The same in words: as many decimals as the byte can tell.
  about(neuron) {
    const scale = this.layers[neuron.n].scale;
    const digits = scale ? clamp(Math.ceil(-Math.log10(scale / ZERO)), 0, 8) : 0;
    const value = this.value(neuron);
    return value ? minus(value.toFixed(digits)) : "0";
  }

  // A neuron that there is, the nearest.
  allowed({ n, channel, row, column }) {
    const layer = clamp(n, 0, this.layers.length - 1);
    const most = this.sideOf(layer) - 1;
    const map = clamp(channel, 0, this.channelsOf(layer) - 1);
    return { n: layer, channel: map, row: clamp(row, 0, most), column: clamp(column, 0, most) };
  }

  // What it depends on, from its own layer back to the input: {n, channel, rows, columns}. A
  // convolution takes from all channels below it (null), the others from their own. What lies
  // outside a layer is padding, and left out.
  fields({ n, channel, row, column }) {
    let [rows, columns] = [[row, row], [column, column]];
    const found = [{ n, channel, rows, columns }];
    for (; n >= 0; n--) {
      const { own, mixes } = this.layers[n];
      const most = this.sideOf(n - 1) - 1;
      rows = before(rows, own, most);
      columns = before(columns, own, most);
      channel = n === 0 || mixes ? null : channel;
      found.push({ n: n - 1, channel, rows, columns });
    }
    return found;
  }

  // How many pixels a side its field spans, padding counted.
  span({ n }) {
    const jumps = this.layers.slice(0, n + 1);
    let [size, jump] = [1, 1];
    for (const { own } of jumps) {
      size += (own[0] - 1) * jump;
      jump *= own[1];
    }
    return size;
  }

  // The neuron of another layer that lies at the same place of the image.
  beneath(neuron, n) {
    const layer = clamp(n, 0, this.layers.length - 1);
    const [there, here] = [this.sideOf(layer), this.sideOf(neuron.n)];
    const move = (at) => Math.floor(((at + 0.5) / here) * there);
    const [row, column] = [move(neuron.row), move(neuron.column)];
    return this.allowed({ n: layer, channel: neuron.channel, row, column });
  }
}

// From places of a layer to those of the one before: own is [size, jump, start] of one place.
const before = ([low, high], [size, jump, start], most) => [
  Math.max(low * jump + start, 0),
  Math.min(high * jump + start + size - 1, most),
];

const minus = (text) => (/[1-9]/.test(text) ? text : text.replace("-", "")).replace("-", "\u2212");
const across = ([low, high]) => high - low + 1;

// What is said of a neuron. exact: its number as Python has it, null where only the byte is known.
function told(network, neuron, exact) {
  const { n, channel, row, column } = neuron;
  const field = network.fields(neuron).at(-1);
  const [high, wide] = [across(field.rows), across(field.columns)];
  const [side, span] = [network.side, network.span(neuron)];
  const words = network.layers[n].words;
  const name = `${words[0].toUpperCase()}${words.slice(1)}`;
  const value = exact === null ? `about ${network.about(neuron)}` : minus(exact);
  const where = `${name}, channel ${channel}, row ${row}, column ${column}`;
  const sees = `It sees ${high}×${wide} of ${side}×${side} pixels`;
  const whole = high === span && wide === span;
  const rest = whole ? "." : `; its field of ${span}×${span} reaches over the border.`;
  return `${where}: ${value}. ${sees}${rest}`;
}
