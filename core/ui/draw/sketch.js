// Mode "sketch": the drawing pad of "digit", and beside it eight digits that a model makes of it.

Mode = class extends Mode {
  dress() {
    super.dress();
    const { made, reads } = this.stage.data;
    this.made = unpack(made);
    this.reads = reads;
    this.waiting = false;
  }

  say() {
    const { told, reads } = this.stage.data;
    this.stage.canvas.setAttribute("aria-valuetext", told);
    this.stage.canvas.dataset.shown = JSON.stringify(reads);
  }

  value() {
    const value = super.value();
    this.waiting = value.drawing !== this.stage.data.value.drawing;
    return value;
  }

  // The eight in two rows of four beside the pad, or under it where it is narrow.
  size(width) {
    super.size(width);
    const room = this.slim ? width : width - this.pad - 36;
    const most = this.slim ? Infinity : (this.pad - SKETCH.head - 2 * SKETCH.under) / 2;
    this.tile = Math.min((room - 3 * SKETCH.gap) / 4, most);
    const high = SKETCH.head + 2 * (this.tile + SKETCH.under);
    return [width, this.slim ? this.pad + 16 + high : this.pad];
  }

  verdict(pen, theme, [left, top]) {
    const family = getComputedStyle(this.stage.canvas).fontFamily;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillStyle = theme.text;
    pen.font = `14px ${family}`;
    pen.fillText("Eight digits made of it, and what is read", left, top + SKETCH.head / 2);
    pen.globalAlpha = this.waiting ? 0.35 : 1; // of the drawing before
    pen.fillStyle = INK.generated;
    pen.font = `600 13px ${family}`;
    pen.textAlign = "center";
    const side = this.made.shape.at(-1), whole = side * side;
    this.reads.forEach((name, n) => {
      const x = left + (n % 4) * (this.tile + SKETCH.gap);
      const y = top + SKETCH.head + Math.floor(n / 4) * (this.tile + SKETCH.under);
      const pixels = this.made.data.slice(n * whole, (n + 1) * whole);
      image(pen, Float32Array.from(pixels, (v) => v / 255), side, [x, y], this.tile);
      pen.fillText(name, x + this.tile / 2, y + this.tile + SKETCH.under / 2 - 1);
    });
    pen.globalAlpha = 1;
    pen.textAlign = "left";
  }
};

const SKETCH = { head: 24, under: 20, gap: 8 }; // pixels: over the eight, under one, between two
