// Mode "window": a window slides over an image, and every number of what it computes is on screen.
// window_numbers.js has the numbers, window_layout.js says where they lie, window_panels.js and
// window_answers.js paint them, window_hands.js moves the window, window_editor.js types numbers.

class Mode extends Hands {
  constructor(stage) {
    super();
    this.stage = stage;
    this.place = [0, 0];
    this.texts = { cells: null, weights: null };
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
      if (same(this.value(), this.told)) return;
      this.told = this.value();
      send();
    };
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
    const { cells, weights } = this.texts;
    return { row, column, cells: textOf(cells), weights: textOf(weights) };
  }

  dress() {
    const { data } = this.stage;
    if (sameNumbers(data, this.sent)) return;
    this.sent = data;
    this.numbers = new Numbers(data, this.numbers);
    this.changed = true;
    this.describe(data);
  }

  describe({ editable, kernelEditable, problem, note }) {
    const typing = editable || kernelEditable;
    const grids = [editable && "of the image", kernelEditable && "of the kernel"].filter(Boolean);
    const words = problem ? [] : ["Drag the window, or click a cell of an output."];
    if (typing) words.push(`Click a number ${grids.join(" or ")} to type another.`);
    const keys = ["Keys: arrows, Home, End, Page Up and Page Down move the window."];
    if (editable) keys.push("Enter opens a cell.");
    if (kernelEditable) keys.push("Shift and Enter opens a weight.");
    if (typing) keys.push("In it, Alt with up or down adds 0.1; Escape takes it back.");
    this.note.textContent = note;
    const help = hint(words.join(" "), problem ? "" : keys.join(" "));
    this.words.replaceChildren(this.note, this.said, help);
    for (const button of [this.player, this.stepper]) button.disabled = this.numbers.count < 2;
  }

  // While it plays, what Python says again is the place where it began.
  adopt(value) {
    const again = this.playing && same(value, this.known);
    this.known = value;
    if (again) return;
    this.pause();
    this.told = value;
    this.texts = { cells: gridOf(value.cells), weights: gridOf(value.weights) };
    this.numbers.forget();
    this.changed = true;
    this.place = this.allowed([value.row, value.column]);
    this.editor.adopt();
    this.tell();
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

  // What a number typed over changes at once; the kernel's text is turned where the operation flips.
  set(grid, row, column, text) {
    const [r, c] = this.laid(grid, row, column);
    this.texts[grid][row][column] = text;
    this.numbers.edit(grid, r, c, Number(text));
    this.panels = new Panels(this.numbers, this.layout);
    this.say("");
    this.tell();
    this.stage.paint();
  }

  // Where a cell of a text lies: in the padded image, or on the window. And back.
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
