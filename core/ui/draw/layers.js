// Mode "layers": look inside a network. Hover a cell of any map: what it sees is outlined at once,
// on the input and on the layers between. A click chooses it, and Python answers with its gradient.
// layers_network.js knows the numbers, layers_plan.js the places, layers_picture.js paints.

const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.chosen = { n: 0, channel: 0, row: 0, column: 0 };
    this.over = null; // the neuron under the pointer
    const { canvas, side } = stage;
    canvas.setAttribute("role", "slider");
    canvas.setAttribute("aria-roledescription", "neuron of a network");
    canvas.setAttribute("aria-valuemin", 0);
    canvas.style.touchAction = "pan-y pinch-zoom"; // a finger scrolls, a tap chooses
    this.words = make("div", { className: "label" });
    stage.root.insertBefore(this.words, canvas);
    this.legend = make("div", { className: "row" });
    Object.assign(this.legend.style, { gap: "0.25rem 1.25rem", fontSize: "0.8125rem" });
    const keys = "Keys: arrows move it, Page Up and Page Down change the layer, + and \u2212 the ";
    Object.assign(side.style, { flex: "1 0 100%", maxWidth: "none", gap: "0.25rem" });
    side.append(this.legend, hint("Point at any cell of any map; click to choose it.", `${keys}channel.`));
  }

  // Python speaks: another image, another network, or the answer to a click.
  dress() {
    const { data, canvas } = this.stage;
    const { value, base, seq, label, ...rest } = data;
    if (!same(rest, this.sent)) {
      this.sent = rest;
      this.network = new Network(data);
      this.plan = this.over = null;
      canvas.setAttribute("aria-valuemax", this.network.layers.length - 1);
      this.explain(data);
    }
    canvas.setAttribute("aria-label", label || "Neuron of the network");
    this.answered = this.neuron(value);
    this.chosen = this.network.allowed(this.chosen);
    this.tell();
  }

  explain({ silent, mean }) {
    const of = mean ? "gradient, mean of 100 images" : "gradient";
    const flat = "no pixel moves it here: its gradient is 0";
    const pink = silent ? flat : `how strongly each pixel moves it (${of})`;
    const items = [
      [INK.generated, "what it sees (receptive field)"],
      [INK.gradient, pink],
      [INK.real, "numbers below 0"],
    ];
    this.legend.replaceChildren(
      ...items.map(([colour, text]) => {
        const swatch = make("span", { className: "swatch" });
        swatch.style.background = colour;
        return make("span", { className: "legend" }, swatch, text);
      }),
    );
  }

  neuron({ layer, channel, row, column }) {
    const n = this.network.layers.findIndex(({ name }) => name === layer);
    return this.network.allowed({ n, channel, row, column });
  }

  adopt(value) {
    this.choose(this.neuron(value));
  }

  value() {
    const { n, channel, row, column } = this.chosen;
    return { layer: this.network.layers[n].name, channel, row, column };
  }

  size(width) {
    if (this.plan?.asked !== width) {
      this.plan = new Plan(this.network, width);
      this.plan.asked = width;
      // Room for the longest, so that nothing jumps.
      const minHeight = this.plan.slim ? "4.2em" : "1.4em";
      Object.assign(this.words.style, { fontWeight: 600, minHeight });
      this.picture = new Picture(this.network, this.plan, this.stage.data);
    }
    return [this.plan.width, this.plan.height];
  }

  get shown() {
    return this.over ?? this.chosen;
  }

  get isTold() {
    return same(this.shown, this.answered);
  }

  choose(neuron) {
    this.chosen = neuron;
    this.over = null;
    this.tell();
    this.stage.paint();
  }

  // What is on show, in words and, for those who test, in numbers.
  tell() {
    const { canvas, data } = this.stage;
    const { network, shown } = this;
    const text = told(network, shown, this.isTold ? data.number : null);
    this.words.textContent = text;
    canvas.setAttribute("aria-valuetext", text);
    canvas.setAttribute("aria-valuenow", shown.n);
    const fields = network.fields(shown).map(({ n, rows, columns }) => {
      return [n < 0 ? "input" : network.layers[n].name, [...rows, ...columns]];
    });
    const { n, ...place } = shown;
    const state = { layer: network.layers[n].name, ...place, gradient: this.isTold };
    const rest = { title: data.title, fields: Object.fromEntries(fields) };
    canvas.dataset.shown = JSON.stringify({ ...state, ...rest });
  }

  hover(at) {
    const over = at && this.plan.hit(at, this.chosen);
    this.stage.canvas.style.cursor = over ? "pointer" : "default";
    if (same(over, this.over)) return;
    this.over = over;
    this.tell();
    this.stage.paint();
  }

  // A click on what is chosen already is none.
  press(at, event) {
    const hit = this.plan.hit(at, this.chosen);
    if (event.button !== 0 || !hit || same(hit, this.answered)) return false;
    this.start = this.chosen;
    this.choose(hit);
  }

  move(at) {
    const hit = this.plan.hit(at, this.chosen);
    if (hit && !same(hit, this.chosen)) this.choose(hit);
  }

  release() {}

  cancel() {
    this.choose(this.start);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const { chosen } = this;
    const way = WAYS[event.key];
    const layers = { PageUp: -1, PageDown: 1 }[event.key];
    const maps = { "+": 1, "=": 1, "-": -1, "\u2212": -1 }[event.key];
    if (way) this.go({ ...chosen, row: chosen.row + way[0], column: chosen.column + way[1] });
    else if (layers) this.go(this.network.beneath(chosen, chosen.n + layers));
    else if (maps) this.go({ ...chosen, channel: chosen.channel + maps });
    else return false;
    return true;
  }

  go(neuron) {
    const to = this.network.allowed(neuron);
    const moved = !same(to, this.chosen);
    this.choose(to);
    if (moved) this.stage.sendWhenQuiet();
  }

  paint(pen, theme) {
    this.picture.paint(pen, theme, this.stage.dots, this.shown, this.isTold);
  }
}
