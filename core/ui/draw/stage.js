// What every drawing shares: a canvas with its size, colours, pointer and keys, and the talk with
// Python. A mode (point.js, points.js) is a class Mode of a few short methods:
//   constructor(stage)  make what it needs beside the canvas, in stage.side
//   size(width)         the canvas's [width, height] in CSS pixels in a container of that width
//   paint(pen)          draw everything, in CSS pixels
//   press, move, release(at, event), cancel(); press returns false to leave a pointer alone
//   hover(at)           the pointer passes over with no button down; null when it leaves
//   key(event)          returns true for a key it has used
//   dress()             take in what else came from Python (stage.data)
//   adopt(value)        show a value that comes from Python;  value()  what Python is told

const stages = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) stages.set(parentElement, (stage = new Stage(parentElement, data)));
  stage.say = (event) => setStateValue("event", event);
  stage.hear(data);
  // Streamlit also calls the clean-up of a call that a newer one overtook: only a stage that has
  // left the page may close.
  return () => setTimeout(() => stage.root.isConnected || stage.close());
}

class Stage {
  constructor(parent, data) {
    this.data = data;
    this.seq = this.acked = data.seq;
    this.pointer = this.timer = this.frame = null;
    this.canvas = make("canvas", { tabIndex: 0 });
    this.side = make("div", { className: "side" });
    this.label = make("div", { className: "label" });
    this.root = make("div", { className: "stage" }, this.label, this.canvas, this.side);
    parent.appendChild(this.root);
    this.mode = new Mode(this);
    this.listen();
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.root);
  }

  close() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }

  // Python speaks. seq is the last gesture it has heard; an answer that has not heard ours yet
  // must not pull the drawing back, unless the value changed for another reason.
  hear(data) {
    if (data.seq < this.acked) this.seq = data.seq;
    const pending = data.seq < this.seq;
    const outside = data.seq === this.acked && !same(data.value, this.data.value);
    this.data = data;
    this.acked = data.seq;
    this.label.textContent = data.label;
    this.label.hidden = !data.label;
    this.canvas.setAttribute("aria-label", data.label);
    this.mode.dress();
    if (this.idle() && (!pending || outside)) this.mode.adopt(data.value);
    this.fit();
  }

  idle() {
    return this.pointer === null && this.timer === null;
  }

  send() {
    clearTimeout(this.timer);
    this.timer = null;
    this.seq += 1;
    this.say({ seq: this.seq, value: this.mode.value(), base: this.data.base });
  }

  sendWhenQuiet() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), 300);
  }

  listen() {
    const canvas = this.canvas;
    canvas.onpointerdown = (event) => this.down(event);
    canvas.onpointermove = (event) => this.moved(event);
    canvas.onpointerup = (event) => this.up(event);
    canvas.onpointercancel = canvas.onlostpointercapture = (event) => this.cancel(event);
    canvas.onpointerleave = () => this.mode.hover(null);
    canvas.oncontextmenu = (event) => event.preventDefault();
    canvas.onblur = () => this.timer !== null && this.send();
    canvas.onkeydown = (event) => {
      if (event.key === "Escape" && this.pointer !== null) this.cancel({ pointerId: this.pointer });
      else if (!this.mode.key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (this.pointer !== null || this.mode.press(this.at(event), event) === false) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
  }

  moved(event) {
    if (this.pointer === null) this.mode.hover(this.at(event));
    else if (event.pointerId === this.pointer) this.mode.move(this.at(event), event);
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.mode.release(this.at(event), event);
    this.send();
  }

  cancel(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.mode.cancel();
    this.paint();
  }

  fit() {
    if (!this.root.clientWidth) return;
    const [width, height] = this.mode.size(this.root.clientWidth);
    const dots = window.devicePixelRatio || 1;
    this.width = Math.round(width);
    this.height = Math.round(height);
    const [w, h] = [Math.round(this.width * dots), Math.round(this.height * dots)];
    if (w !== this.canvas.width) this.canvas.width = w;
    if (h !== this.canvas.height) this.canvas.height = h;
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    this.dots = dots;
    this.paint();
  }

  // One painting a screen refresh, however many events came in.
  paint() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.width) return;
      const pen = this.canvas.getContext("2d");
      pen.setTransform(this.dots, 0, 0, this.dots, 0, 0);
      pen.clearRect(0, 0, this.width, this.height);
      this.mode.paint(pen, this.theme());
    });
  }

  // Streamlit's own colours, read at each painting, so that a change of theme is followed.
  theme() {
    const style = getComputedStyle(this.canvas);
    const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
    return {
      text: read("text-color"),
      ground: read("background-color"),
      panel: read("secondary-background-color"),
      border: read("border-color"),
      primary: read("primary-color"),
      font: `12px ${style.fontFamily}`,
    };
  }
}

// An element with properties (or, for names with a dash and role, attributes) and children.
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

// How to use it; what only a keyboard or a mouse can do is left out on a touch screen.
const hint = (words, keys) =>
  make("div", { className: "hint" }, `${words} `, make("span", { className: "keys" }, keys));

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const clamp = (value, lo, hi) => Math.min(Math.max(value, lo), hi);
