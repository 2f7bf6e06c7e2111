// What hands do in the mode "window": drag and click, keys, play and step.

const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PACE = 4; // places a second
const LONGEST = 15; // seconds that the way over all places takes at most
const STILL = 4; // pixels within which a press is a click
const icon = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true">
  <path d="${path}" fill="currentColor"/></svg>`;
const ICONS = {
  Play: icon("M4 2.5v11l9-5.5z"),
  Pause: icon("M4 3h3v10H4zM9 3h3v10H9z"),
  Step: icon("M3 2.5v11l7-5.5zM11 3h2v10h-2z"),
};

class Hands {
  // The buttons under the picture.
  buttons() {
    const button = (title, onclick) => make("button", { type: "button", title, onclick });
    this.player = button("", () => (this.playing ? this.halt() : this.play()));
    this.stepper = button("Go one place further", () => this.further());
    this.stepper.innerHTML = `${ICONS.Step}Step`;
    this.name(false);
    return make("div", { className: "row" }, this.player, this.stepper);
  }

  name(playing) {
    const word = playing ? "Pause" : "Play";
    this.player.innerHTML = `${ICONS[word]}${word}`;
    this.player.title = playing ? "Stop here" : "Slide the window over the whole image";
  }

  get at() {
    return this.place[0] * this.numbers.places[1] + this.place[1];
  }

  nth(k) {
    const across = this.numbers.places[1];
    return [Math.floor(k / across), k % across];
  }

  // Row by row from here, or from the first place again; Python hears where it ends.
  play() {
    const { count } = this.numbers;
    const pace = Math.max(PACE, count / LONGEST);
    const hop = Math.ceil(pace / 30);
    if (this.at >= count - 1) this.go([0, 0]);
    this.name(true);
    this.playing = setInterval(() => {
      const last = this.numbers.count - 1; // other settings may have come meanwhile
      if (!this.stage.root.isConnected || last < 1) return this.pause();
      this.go(this.nth(Math.min(this.at + hop, last)));
      if (this.at >= last) this.halt();
    }, (1000 * hop) / pace);
  }

  pause() {
    if (!this.playing) return;
    clearInterval(this.playing);
    this.playing = null;
    this.name(false);
  }

  halt() {
    this.pause();
    this.stage.send();
  }

  further() {
    this.pause();
    this.go(this.nth((this.at + 1) % this.numbers.count));
    this.stage.sendWhenQuiet();
  }

  key(event) {
    const { numbers } = this;
    if (event.altKey || event.metaKey) return false;
    if (event.key === "Enter") return this.enter(event.shiftKey ? "weights" : "cells");
    if (numbers.problem) return false;
    const place = this.reached(event);
    if (!place) return false;
    this.pause();
    this.go(place);
    this.stage.sendWhenQuiet();
    return true;
  }

  // The place a key leads to. A page is a quarter of the rows, but several.
  reached({ key, ctrlKey }) {
    const [row, column] = this.place;
    const [rows, columns] = this.numbers.places;
    const page = Math.max(2, Math.round(rows / 4));
    if (WAYS[key]) return ctrlKey ? null : [row + WAYS[key][0], column + WAYS[key][1]];
    const far = ctrlKey ? { Home: [0, 0], End: [rows - 1, columns - 1] } : null;
    const near = { Home: [row, 0], End: [row, columns - 1] };
    const pages = { PageUp: [row - page, column], PageDown: [row + page, column] };
    return (far ?? { ...near, ...pages })[key];
  }

  // From the canvas into the middle cell of the window, or of the image where that is padding.
  enter(grid) {
    const rows = this.texts[grid];
    if (!rows) return false;
    this.pause();
    const { size, stride, dilation, padding } = this.numbers;
    const middle = [0, 1].map((axis) => {
      const tap = Math.floor((size[axis] - 1) / 2);
      if (grid === "weights") return tap;
      return this.place[axis] * stride[axis] + tap * dilation[axis] - padding[axis][0];
    });
    const last = [rows.length - 1, rows[0].length - 1];
    this.editor.open(grid, ...middle.map((at, axis) => clamp(at, 0, last[axis])));
    return true;
  }

  // What lies there: {in: "image" | "window" | "output", and where}; null: nothing.
  under(at) {
    const { image, window, maps } = this.layout;
    const inImage = image.at(at);
    if (inImage) return { in: "image", cell: inImage };
    if (this.numbers.problem) return null;
    const k = maps.findIndex((map) => map.has(at));
    if (k >= 0) return { in: "output", k };
    const cell = window.at(at);
    return cell && { in: "window", cell };
  }

  // The cell of a text that a click there opens: [grid, row, column]; null: nothing to type over.
  typed(found, at) {
    const grid = found && this.gridAt(found, at);
    if (!grid || !this.texts[grid]) return null;
    const { numbers, panels } = this;
    const [i, j] = found.cell;
    const tap = found.in === "window" && grid === "cells" && panels.taps[i * numbers.size[1] + j];
    const cell = tap ? [tap.row, tap.column] : found.cell;
    if (grid === "cells" && numbers.isPadding(...cell)) return null;
    return [grid, ...this.laid(grid, ...cell, -1)];
  }

  // Which grid's number is seen there.
  gridAt(found, at) {
    const { layout, texts } = this;
    if (found.in === "output") return null;
    if (found.in === "image" || !layout.sums) return "cells";
    if (layout.style === "bare") return texts.weights ? "weights" : "cells";
    const { value, weight } = layout.parts(...found.cell);
    return within(at, weight) ? "weights" : within(at, value) ? "cells" : null;
  }

  press(at, event) {
    if (event.button !== 0) return false;
    const found = this.under(at);
    const typed = this.typed(found, at);
    if (!found || (found.in === "window" && !typed)) return false;
    if (found.in === "image" && this.numbers.problem && !typed) return false;
    this.pause();
    this.held = { ...found, typed, from: at, start: this.place, grip: this.grip(at), moved: false };
    if (!typed) this.move(at);
  }

  // How far from its first cell the window is gripped; elsewhere it comes with its middle.
  grip(at) {
    const { size, stride, dilation } = this.numbers;
    const near = this.layout.image.near(at);
    const spans = size.map((count, axis) => (count - 1) * dilation[axis] + 1);
    const away = near.map((v, axis) => v - this.place[axis] * stride[axis]);
    const inside = away.every((v, axis) => v >= 0 && v < spans[axis]);
    return inside ? away : spans.map((span) => span / 2);
  }

  move(at) {
    const { held, numbers, layout } = this;
    if (!held.moved && held.typed && Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) < STILL)
      return;
    held.moved = true;
    if (numbers.problem || held.in === "window") return;
    if (held.in === "output") return this.go(layout.maps[held.k].near(at).map(Math.floor));
    const first = layout.image.near(at).map((v, axis) => v - held.grip[axis]);
    this.go(first.map((v, axis) => v / numbers.stride[axis]));
  }

  release(at) {
    this.move(at);
    const { typed, moved } = this.held;
    this.wanted = moved ? null : typed;
    this.held = null;
    this.hover(at);
  }

  cancel() {
    this.place = this.held.start;
    this.held = null;
    this.tell();
  }

  // The cursor says what a press would do; a title says what has no room.
  hover(at) {
    const found = at && this.under(at);
    const { canvas } = this.stage;
    canvas.style.cursor = this.cursor(found, at);
    canvas.title = at ? this.panels.title(at, found) : "";
  }

  cursor(found, at) {
    if (!found) return "default";
    if (this.typed(found, at)) return "text";
    if (found.in === "image" && !this.numbers.problem) return "grab";
    return found.in === "output" ? "pointer" : "default";
  }
}

const within = ([x, y], [left, top, wide, high]) =>
  x >= left && x < left + wide && y >= top && y < top + high;
