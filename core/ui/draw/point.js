// Mode "point": drag one point over a surface; the way down from it follows at once.

class Mode {
  constructor(stage) {
    this.stage = stage;
    this.point = [0, 0];
    this.grip = [0, 0];
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "point in a plane");
    stage.canvas.style.cursor = "grab";
    this.fields = [0, 1].map((axis) => this.field(axis));
    this.legend = make("div", { className: "legend" });
    const swatch = make("span", { className: "swatch" });
    swatch.style.background = INK.gradient;
    this.legend.append(swatch, "the way water would run (steepest descent)");
    const row = make("div", { className: "row" }, ...this.fields.map((input) => input.parentNode));
    const keys = "Keys: arrows move it, with Shift in larger steps.";
    stage.side.append(row, this.legend, hint("Drag the point or type where it goes.", keys));
  }

  field(axis) {
    const input = make("input", { type: "number" });
    make("label", {}, make("span"), input);
    input.onchange = () => {
      const typed = input.valueAsNumber;
      if (Number.isFinite(typed)) {
        this.put(axis === 0 ? [typed, this.point[1]] : [this.point[0], typed]);
        this.stage.sendWhenQuiet();
      }
      this.tell(true);
    };
    input.onblur = () => this.stage.timer !== null && this.stage.send();
    return input;
  }

  size(width) {
    const { window, height } = this.stage.data;
    const [[x0, x1], [y0, y1]] = window;
    return Plane.size(width, height, clamp((x1 - x0) / (y1 - y0), 0.6, 2.5));
  }

  get plane() {
    return new Plane(this.stage.data.window, this.stage.width, this.stage.height);
  }

  value() {
    return this.point;
  }

  dress() {
    const { heights, window, names } = this.stage.data;
    const made = heights + JSON.stringify(window);
    if (made !== this.made) this.surface = heights ? new Surface(heights, window) : null;
    if (made !== this.made) this.picture = null;
    this.made = made;
    this.legend.hidden = !heights;
    this.fields.forEach((input, axis) => {
      const [lo, hi] = window[axis];
      input.previousSibling.textContent = names[axis];
      Object.assign(input, { min: lo, max: hi, step: round((hi - lo) / 50, lo, hi) });
    });
  }

  adopt(point) {
    this.put(point, true);
  }

  // Move to a place within the window; exact keeps a value of Python's to its last digit.
  put(point, exact = false) {
    const window = this.stage.data.window;
    this.point = point.map((value, axis) => {
      const [lo, hi] = window[axis];
      return clamp(exact ? value : round(value, lo, hi), lo, hi);
    });
    this.tell();
    this.stage.paint();
  }

  // A field that is being typed in is left alone until its number is settled.
  tell(settled = false) {
    const { window, names } = this.stage.data;
    const shown = this.point.map((value, axis) => round(value, ...window[axis]));
    this.fields.forEach((input, axis) => {
      if (settled || !input.matches(":focus")) input.value = shown[axis];
    });
    const canvas = this.stage.canvas;
    const words = shown.map((value, axis) => `${names[axis]} ${value}`);
    canvas.setAttribute("aria-valuetext", words.join(", "));
    canvas.setAttribute("aria-valuemin", window[0][0]);
    canvas.setAttribute("aria-valuemax", window[0][1]);
    canvas.setAttribute("aria-valuenow", this.point[0]);
  }

  // Near the point it is taken where it is gripped; elsewhere it comes to the pointer.
  press(at, event) {
    if (event.button !== 0) return false;
    const [left, top] = this.plane.px(this.point);
    const grip = [left - at[0], top - at[1]];
    this.grip = Math.hypot(...grip) < 22 ? grip : [0, 0];
    this.start = this.point;
    this.stage.canvas.style.cursor = "grabbing";
    this.move(at);
  }

  move(at) {
    this.put(this.plane.xy([at[0] + this.grip[0], at[1] + this.grip[1]]));
  }

  release(at) {
    this.move(at);
    this.stage.canvas.style.cursor = "grab";
  }

  cancel() {
    this.stage.canvas.style.cursor = "grab";
    this.put(this.start, true);
  }

  hover() {}

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const go = way[event.key];
    if (!go || event.altKey || event.ctrlKey || event.metaKey) return false;
    const share = event.shiftKey ? 10 : 50;
    const window = this.stage.data.window;
    const step = (axis) => (go[axis] * (window[axis][1] - window[axis][0])) / share;
    this.put(this.point.map((value, axis) => value + step(axis)));
    this.stage.sendWhenQuiet();
    return true;
  }

  paint(pen, theme) {
    const plane = this.plane;
    pen.save();
    plane.clip(pen);
    if (this.surface) this.ground(pen, plane);
    else plane.grid(pen);
    pen.restore();
    plane.axes(pen, theme, this.stage.data.names);
    pen.save();
    plane.clip(pen);
    if (this.surface) this.water(pen, plane);
    pen.restore();
    this.dot(pen, plane.px(this.point));
  }

  ground(pen, plane) {
    const dots = this.stage.dots;
    const [w, h] = [Math.round(plane.across * dots), Math.round(plane.up * dots)];
    if (this.picture?.width !== w || this.picture?.height !== h)
      this.picture = this.surface.picture(w, h);
    pen.drawImage(this.picture, plane.left, plane.top, plane.across, plane.up);
  }

  water(pen, plane) {
    const way = this.surface.way(...this.surface.toGrid(this.point));
    pen.beginPath();
    for (const place of way) pen.lineTo(...plane.px(this.surface.toPlane(place)));
    pen.lineJoin = pen.lineCap = "round";
    for (const [width, colour] of [[5.5, "#fff"], [3, INK.gradient]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  }

  dot(pen, [left, top]) {
    pen.beginPath();
    pen.arc(left, top, 8, 0, 2 * Math.PI);
    for (const [width, colour] of [[5, "rgba(20,28,36,0.75)"], [2.5, "#fff"]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
    pen.fillStyle = INK.gradient;
    pen.fill();
  }
}

// A number to about a thousandth of its range, so that links stay short.
function round(value, lo, hi) {
  const digits = clamp(Math.ceil(-Math.log10((hi - lo) / 1000)), 0, 12);
  return Number(value.toFixed(digits));
}
