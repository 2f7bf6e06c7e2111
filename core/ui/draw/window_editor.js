// A number typed over a cell of the image or of the kernel: a field lies on the cell meanwhile.

class Editor {
  constructor(mode) {
    this.mode = mode;
    this.spot = null; // [grid, row, column] of the cell, "cells" or "weights", counted in the text
    this.field = make("input", { type: "text", className: "cell", hidden: true, maxLength: 12 });
    Object.assign(this.field, { autocomplete: "off", spellcheck: false, enterKeyHint: "done" });
    this.field.onkeydown = (event) => this.key(event);
    this.field.onblur = () => this.spot && this.leave(true);
    mode.stage.root.append(this.field);
  }

  open(grid, row, column) {
    this.spot = [grid, row, column];
    this.before = this.shown = this.field.value = this.text;
    const words = grid === "cells" ? "Image" : "Kernel";
    this.field.setAttribute("aria-label", `${words}, row ${row + 1}, column ${column + 1}`);
    this.field.inputMode = grid === "cells" && this.mode.numbers.range[0] >= 0 ? "decimal" : "text";
    this.field.hidden = false;
    this.lie();
    this.field.focus({ preventScroll: true });
    this.field.select();
  }

  // Over its cell; larger than a small one, and on the canvas.
  lie() {
    if (!this.spot) return;
    const { canvas, width } = this.mode.stage;
    const [left, top, wide, high] = this.mode.boxOf(...this.spot);
    const [w, h] = [Math.max(wide, 58), Math.max(high, 30)];
    const x = clamp(left + wide / 2 - w / 2, 0, width - w);
    const y = top + high / 2 - h / 2;
    Object.assign(this.field.style, {
      left: `${canvas.offsetLeft + x}px`,
      top: `${canvas.offsetTop + y}px`,
      width: `${w}px`,
      height: `${h}px`,
    });
  }

  get text() {
    const [grid, row, column] = this.spot;
    return this.mode.texts[grid]?.[row]?.[column];
  }

  key(event) {
    event.stopPropagation();
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const go = way[event.key];
    const typed = this.field.value !== this.shown;
    if (event.key === "Enter") this.leave(true, true);
    else if (event.key === "Escape") this.leave(false, true);
    else if (!go || event.ctrlKey || event.metaKey || event.shiftKey) return;
    else if (event.altKey && go[0]) this.nudge(-go[0] / 10);
    else if (event.altKey || (typed && go[1])) return;
    else this.step(go);
    event.preventDefault();
  }

  nudge(by) {
    const now = numeral(this.field.value) ?? Number(this.text);
    this.shown = this.field.value = numeralText(now + by);
    this.put(this.shown);
  }

  step([down, across]) {
    const [grid, row, column] = this.spot;
    this.keep();
    const rows = this.mode.texts[grid];
    const [r, c] = [row + down, column + across];
    this.open(grid, clamp(r, 0, rows.length - 1), clamp(c, 0, rows[0].length - 1));
  }

  put(text) {
    this.mode.set(...this.spot, text);
    this.mode.stage.sendWhenQuiet();
  }

  // What was typed, if it is a number; else the number that was there stays.
  keep() {
    if (this.field.value === this.shown) return;
    const typed = numeral(this.field.value);
    if (typed === null) this.mode.say(`\u201c${this.field.value}\u201d is not a number.`);
    else this.put(numeralText(typed));
  }

  leave(keep, back = false) {
    if (keep) this.keep();
    else if (this.text !== this.before) this.put(this.before);
    this.close();
    if (back) this.mode.stage.canvas.focus();
    if (this.mode.stage.timer !== null) this.mode.stage.send();
  }

  close() {
    this.spot = null;
    this.field.hidden = true;
  }

  // Other settings: the cell may be gone.
  adopt() {
    if (!this.spot) return;
    if (this.text === undefined) this.close();
    else this.lie();
  }
}
