// Mode "window": a window slides over an image, and every number of what it computes is on screen.
// window_numbers.js has the numbers, window_layout.js says where they lie, window_panels.js,
// window_answers.js and window_kinds.js paint them, window_hands.js moves the window and
// window_editor.js types numbers.

class Mode extends Hands {
  constructor(stage) {
    super();
    this.stage = stage;
    this.place = [0, 0];
    this.texts = { cells: null, weights: null };
    this.written = { cells: "", weights: "" }; // the same as Python wrote them
    stage.root.classList.add("sliding");
    stage.canvas.setAttribute("role", "slider");
    stage.canvas.setAttribute("aria-roledescription", "window over an image");
    stage.canvas.setAttribute("aria-valuemin", 1);
    this.editor = new Editor(this);
    this.furnish();
    this.attend();
  }

  furnish() {
    this.note = make("span", { className: "note" });
    this.said = make("span", { className: "said", role: "status" });
    this.words = make("div", { className: "words" });
    this.stage.side.append(this.buttons(), this.words);
  }

  // A finger scrolls the page, except one that drags the window. A click opens a cell only after
  // all that a tap sends, or the tap would take the focus away again. A gesture that changes
  // nothing is not told.
  attend() {
    const { stage } = this;
    stage.canvas.addEventListener("touchmove", (event) => this.held && event.preventDefault(), {
      passive: false,
    });
    stage.canvas.onclick = () => {
      if (this.wanted) this.editor.open(...this.wanted);
      this.wanted = null;
    };
    const send = stage.send.bind(stage);
    stage.send = () => {
      clearTimeout(stage.timer);
      stage.timer = null;
      if (same(this.value(), this.told)) return this.heard();
      this.told = this.value();
      send();
    };
  }

  // Nothing to tell: an answer that came during the gesture counts now.
  heard() {
    const { seq, acked, data } = this.stage;
    if (seq === acked && this.numbers.waits) this.adopt(data.value);
  }

  size(width) {
    const whole = width + RIM; // the outlines reach into the margin
    if (this.changed || this.layout.width !== whole) this.lay(whole);
    return [whole, this.layout.height];
  }

  lay(width) {
    this.changed = false;
    this.layout = new Layout(this.numbers, width);
    this.panels = new Panels(this.numbers, this.layout);
    this.tell();
    requestAnimationFrame(() => this.editor.lie());
  }

  value() {
    const [row, column] = this.place;
    return { row, column, ...this.written };
  }

  dress() {
    const { data } = this.stage;
    if (sameNumbers(data, this.sent)) return;
    this.sent = data;
    this.numbers = new Numbers(data, this.numbers);
    this.changed = true;
    this.place = this.allowed(this.place);
    this.describe(this.numbers);
  }

  describe({ editable, kernelEditable, problem, note, count }) {
    const typing = editable || kernelEditable;
    const what = [!problem && "an output cell to go there", typing && "a number to change it"];
    const words = what.some(Boolean) ? `Click ${what.filter(Boolean).join(", or ")}.` : "";
    const enter = !editable ? "Shift and Enter type" : kernelEditable
      ? "Enter (a weight: with Shift) types" : "Enter types";
    const keys = typing ? `${enter}, Alt and up adds 0.1, Escape undoes. ` : "";
    const help = hint(words, keys + (problem ? "" : "Home, End, Page Up, Page Down jump."));
    this.note.textContent = note;
    this.words.replaceChildren(this.note, this.said, help);
    for (const button of [this.player, this.stepper]) button.disabled = count < 2;
  }

  // While it plays, what Python says again is the place where it began.
  adopt(value) {
    const again = this.playing && same(value, this.known);
    this.known = value;
    if (again) return;
    this.pause();
    this.written = { cells: value.cells, weights: value.weights };
    this.texts = { cells: gridOf(value.cells), weights: gridOf(value.weights) };
    this.changed ||= this.numbers.waits;
    this.numbers.forget();
    this.place = this.allowed([value.row, value.column]);
    this.told = this.value();
    this.editor.adopt();
    this.tell();
    if (this.layout) this.stage.fit();
  }

  allowed(place) {
    const last = this.numbers.places.map((count) => Math.max(count - 1, 0));
    return place.map((at, axis) => clamp(Math.round(at), 0, last[axis]));
  }

  go(place) {
    this.place = this.allowed(place);
    this.tell();
    this.stage.paint();
  }

  // A number typed over is shown at once.
  set(grid, row, column, text) {
    const [r, c] = this.laid(grid, row, column);
    this.texts[grid][row][column] = text;
    this.written[grid] = textOf(this.texts[grid]);
    this.numbers.edit(grid, r, c, Number(text));
    this.panels = new Panels(this.numbers, this.layout);
    this.say("");
    this.tell();
    this.stage.paint();
  }

  // Where a cell of a text lies: in the padded image, or on the window, where a true convolution
  // turns the kernel. And, with way -1, back.
  laid(grid, row, column, way = 1) {
    const { padding, size, flipped } = this.numbers;
    if (grid === "cells") return [row + way * padding[0][0], column + way * padding[1][0]];
    return flipped ? [size[0] - 1 - row, size[1] - 1 - column] : [row, column];
  }

  boxOf(grid, row, column) {
    const { image, window, style } = this.layout;
    const at = this.laid(grid, row, column);
    if (grid === "cells") return image.box(...at);
    return style === "bare" ? window.box(...at) : this.layout.parts(...at).weight;
  }

  say(words) {
    this.said.textContent = words;
  }

  tell() {
    const { numbers, place, layout, stage } = this;
    if (!layout) return;
    const { canvas } = stage;
    canvas.setAttribute("aria-valuemax", Math.max(numbers.count, 1));
    canvas.setAttribute("aria-valuenow", place[0] * numbers.places[1] + place[1] + 1);
    canvas.setAttribute("aria-valuetext", spoken(numbers, place));
    canvas.dataset.shown = JSON.stringify(shown(numbers, place, layout));
  }

  paint(pen, theme) {
    this.panels.paint(pen, theme, this.place, this.stage.dots);
  }
}
