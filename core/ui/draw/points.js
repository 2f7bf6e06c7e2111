// Mode "points": draw labelled points of several classes in the square [-1, 1]^2.
// marks.js says what a point is, as text and on the canvas.

const SQUARE = [[-1, 1], [-1, 1]];
const APART = 13; // pixels between the points of one stroke
const REACH = 16; // pixels within which the eraser takes a point

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.points = [];
    this.past = [];
    this.tool = 0; // a class, or "erase"
    this.cursor = [128, 128];
    stage.canvas.setAttribute("role", "application");
    stage.canvas.setAttribute("aria-roledescription", "drawing area");
    stage.canvas.style.cursor = "crosshair";
    this.count = make("div", { className: "count", role: "status" });
    const hints = hint(
      "Click or drag to add, right click to remove.",
      "Keys: arrows move, Space acts, Delete removes. Rows of x, y, class can be pasted.",
    );
    stage.side.append(this.bar(), this.count, hints);
    stage.canvas.onpaste = (event) => this.paste(event);
  }

  bar() {
    const tool = (name, icon, value) => {
      const button = make("button", { type: "button", "aria-pressed": "false" });
      button.innerHTML = icon;
      button.append(name);
      button.onclick = () => this.choose(value);
      return [value, button];
    };
    const classes = Array.from({ length: this.stage.data.classes }, (_, k) =>
      tool(`Class ${LETTERS[k]}`, icon(k), k),
    );
    this.tools = [...classes, tool("Erase", "", "erase")];
    this.undoing = make("button", { type: "button", onclick: () => this.undo() }, "Undo");
    this.clearing = make("button", { type: "button", onclick: () => this.change([]) }, "Clear");
    const group = (label, ...nodes) =>
      make("div", { className: "row", role: "group", "aria-label": label }, ...nodes);
    const tools = group("What a click does", ...this.tools.map(([, button]) => button));
    return make("div", { className: "bar" }, tools, group("Changes", this.undoing, this.clearing));
  }

  choose(tool) {
    this.tool = tool;
    this.tell();
    this.stage.paint();
  }

  size(width) {
    return Plane.size(width, this.stage.data.height, 1);
  }

  get plane() {
    return new Plane(SQUARE, this.stage.width, this.stage.height);
  }

  value() {
    return written(this.points);
  }

  dress() {}

  adopt(text) {
    if (this.known !== undefined && text !== this.value()) this.remember();
    this.known = text;
    this.points = read(text);
    this.tell();
    this.stage.paint();
  }

  tell(said = "") {
    const { most, label } = this.stage.data;
    const full = this.points.length >= most ? " (full)" : "";
    this.count.textContent = `${said}${this.points.length} of ${most}${full}`;
    for (const [tool, button] of this.tools)
      button.setAttribute("aria-pressed", String(tool === this.tool));
    this.undoing.setAttribute("aria-disabled", String(this.past.length === 0));
    this.clearing.setAttribute("aria-disabled", String(this.points.length === 0));
    this.stage.canvas.setAttribute("aria-label", `${label}, ${this.count.textContent}`);
  }

  remember() {
    this.past = [...this.past.slice(-49), this.points];
  }

  // A change made at once, as by a button or a key: remembered, shown and sent.
  change(points, said) {
    if (same(points, this.points)) return;
    this.remember();
    this.points = points;
    this.finish(said);
  }

  undo() {
    if (this.past.length === 0) return;
    this.points = this.past.pop();
    this.finish();
  }

  finish(said) {
    this.tell(said);
    this.stage.paint();
    this.stage.send();
  }

  press(at, event) {
    if (event.button !== 0 && event.button !== 2) return false;
    const erase = event.button === 2 || event.ctrlKey || this.tool === "erase";
    this.stroke = { erase, last: null, before: this.points };
    this.move(at);
  }

  // Fast strokes send few events: the line between two of them is filled in.
  move(at) {
    const stroke = this.stroke;
    if (stroke.erase) this.points = this.without(at, REACH * 1.5);
    else if (!stroke.last) this.drop(at);
    else {
      const [dx, dy] = [at[0] - stroke.last[0], at[1] - stroke.last[1]];
      const far = Math.hypot(dx, dy);
      const start = stroke.last;
      for (let d = APART; d <= far; d += APART)
        this.drop([start[0] + (dx * d) / far, start[1] + (dy * d) / far]);
    }
    this.hover(at);
    this.tell();
  }

  drop(at) {
    this.stroke.last = at;
    if (this.points.length >= this.stage.data.most) return;
    this.points = [...this.points, [this.tool, ...bytes(this.plane.xy(at))]];
  }

  release() {
    if (!same(this.stroke.before, this.points))
      this.past = [...this.past.slice(-49), this.stroke.before];
    this.stroke = null;
    this.tell();
  }

  cancel() {
    this.points = this.stroke.before;
    this.stroke = null;
    this.tell();
  }

  hover(at) {
    this.near = at;
    this.stage.paint();
  }

  // The points without the one nearest to a place of the canvas, if that is within reach.
  without(at, reach) {
    const away = this.points.map((point) => {
      const [left, top] = this.plane.px(place(point));
      return Math.hypot(left - at[0], top - at[1]);
    });
    const nearest = away.indexOf(Math.min(...away));
    return away[nearest] <= reach ? this.points.filter((_, k) => k !== nearest) : this.points;
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.undo();
    else if (event.altKey || event.ctrlKey || event.metaKey) return false;
    else if (event.key === " " || event.key === "Enter") this.act(this.tool);
    else if (event.key === "Delete" || event.key === "Backspace") this.act("erase");
    else return this.steer(event);
    return true;
  }

  steer(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const go = way[event.key];
    if (!go) return false;
    const step = event.shiftKey ? 25 : 5;
    this.cursor = this.cursor.map((byte, axis) => clamp(byte + go[axis] * step, 0, 255));
    this.steered = true;
    this.tell(`at ${place([0, ...this.cursor]).map((v) => v.toFixed(2)).join(", ")}: `);
    this.stage.paint();
    return true;
  }

  act(tool) {
    this.steered = true;
    if (tool === "erase") this.change(this.without(this.plane.px(place([0, ...this.cursor])), 1e9));
    else if (this.points.length < this.stage.data.most)
      this.change([...this.points, [tool, ...this.cursor]]);
  }

  paste(event) {
    const { classes, most } = this.stage.data;
    const chosen = this.tool === "erase" ? 0 : this.tool;
    const fresh = rows(event.clipboardData.getData("text"), classes, chosen);
    event.preventDefault();
    this.change([...this.points, ...fresh].slice(0, most), `${fresh.length} pasted: `);
  }

  paint(pen, theme) {
    const plane = this.plane;
    pen.fillStyle = theme.panel;
    pen.fillRect(plane.left, plane.top, plane.across, plane.up);
    plane.grid(pen);
    plane.axes(pen, theme, ["x", "y"]);
    pen.strokeStyle = theme.ground;
    pen.lineWidth = 1.5;
    for (const point of this.points) {
      const shape = new Path2D(SHAPES[point[0]]);
      pen.save();
      pen.translate(...plane.px(place(point)));
      pen.fillStyle = INK.classes[point[0]];
      pen.stroke(shape);
      pen.fill(shape);
      pen.restore();
    }
    this.aim(pen, theme, plane);
  }

  // The eraser's ring under the pointer, and the keyboard's cross.
  aim(pen, theme, plane) {
    pen.strokeStyle = theme.text;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (this.near && (this.tool === "erase" || this.stroke?.erase))
      pen.arc(...this.near, REACH, 0, 2 * Math.PI);
    if (this.steered && this.stage.canvas.matches(":focus-visible")) {
      const [left, top] = plane.px(place([0, ...this.cursor]));
      for (const [dx, dy] of [[9, 0], [0, 9]]) {
        pen.moveTo(left - dx, top - dy);
        pen.lineTo(left + dx, top + dy);
      }
    }
    pen.stroke();
  }
}
