// What a noisy point could have been: the formulas of core/diffusion/guess_maths.py and guess_net.py.

// The law of x_t: a x_0 + s e, for what is left of the data's variance and the islands' spread.
function lawAt(left, { centres, modes, count, sigma }) {
  const a = Math.sqrt(left), noise = 1 - left, variance = left * sigma ** 2 + noise;
  const spread = (sigma * Math.sqrt(noise)) / Math.sqrt(variance);
  return { a, noise: Math.sqrt(noise), variance, pull: (a * sigma ** 2) / variance, spread, centres,
    modes, count };
}

// {weights: by Gaussian, shares: by mode, ends: the mean within each mode, clean: E[x_0 | x_t]}.
function posterior(law, [x, y]) {
  const { a, variance, pull, centres, modes, count } = law, k = centres.length / 2;
  const weights = new Float64Array(k), shares = new Float64Array(count);
  let most = -Infinity, total = 0;
  for (let n = 0; n < k; n++) {
    const right = x - a * centres[2 * n], up = y - a * centres[2 * n + 1];
    weights[n] = -(right * right + up * up) / (2 * variance);
    most = Math.max(most, weights[n]);
  }
  for (let n = 0; n < k; n++) total += weights[n] = Math.exp(weights[n] - most);
  const ends = Array.from({ length: count }, () => [0, 0]), clean = [0, 0];
  for (let n = 0; n < k; n++) {
    const w = (weights[n] /= total), mode = modes[n];
    shares[mode] += w;
    meanOf(law, n, [x, y]).forEach((v, axis) => {
      ends[mode][axis] += w * v;
      clean[axis] += w * v;
    });
  }
  ends.forEach((end, mode) => end.forEach((v, axis) => (end[axis] = v / (shares[mode] || 1))));
  return { weights, shares, ends, clean };
}

// E[x_0 | x_t, it came from Gaussian n].
function meanOf({ a, pull, centres }, n, place) {
  return place.map((v, axis) => {
    const c = centres[2 * n + axis];
    return c + pull * (v - a * c);
  });
}

// exp of the entropy: from 1, one alone, to as many as there are.
function perplexity(shares) {
  let bits = 0;
  for (const p of shares) if (p > 0) bits -= p * Math.log(p);
  return Math.exp(bits);
}

// Draws of x_0, each by a level in (0, 1), which picks the Gaussian, and two standard normals.
function drawsOf(law, { weights }, place, levels) {
  const ends = [];
  weights.reduce((sum, w) => (ends.push(sum + w), sum + w), 0);
  const last = ends.length - 1, found = [];
  for (let n = 0; n < levels.length; n += 3) {
    const level = levels[n] * ends[last], first = ends.findIndex((end) => end >= level);
    const mean = meanOf(law, first < 0 ? last : first, place);
    found.push(mean.map((v, axis) => v + law.spread * levels[n + 1 + axis]));
  }
  return found;
}

// How far a place is from the nearest centre.
function nearest(centres, [x, y]) {
  let least = Infinity;
  for (let n = 0; n < centres.length; n += 2)
    least = Math.min(least, Math.hypot(x - centres[n], y - centres[n + 1]));
  return least;
}

// A network's answer at a time and a place: linear between grid points and between times.
function readNet({ times, field, side }, reach, t, place) {
  let last = 0;
  while (last < times.length - 2 && times[last + 1] <= t) last++;
  const share = (t - times[last]) / (times[last + 1] - times[last]);
  const at = place.map((v) => clamp(((v + reach) / (2 * reach)) * (side - 1), 0, side - 1));
  const [column, row] = at.map((v) => Math.min(Math.floor(v), side - 2));
  const [right, up] = [at[0] - column, at[1] - row];
  const value = (time, r, c, axis) => field[((time * side + r) * side + c) * 2 + axis];
  return [0, 1].map((axis) => {
    const [before, after] = [last, last + 1].map((time) => {
      const line = (r) =>
        (1 - right) * value(time, r, column, axis) + right * value(time, r, column + 1, axis);
      return (1 - up) * line(row) + up * line(row + 1);
    });
    return (1 - share) * before + share * after;
  });
}

// The density of x_t over the plane, side x side, from 0 to 1, rows downwards: a Gaussian is a
// product, so each costs 2 side exponentials.
function densityOf({ a, variance, centres }, reach, side) {
  const k = centres.length / 2, found = new Float64Array(side * side);
  const cell = (n) => ((2 * n + 1) / side - 1) * reach;
  const bump = (gap) => Math.exp((-gap * gap) / (2 * variance));
  for (let n = 0; n < k; n++) {
    const [cx, cy] = [a * centres[2 * n], a * centres[2 * n + 1]];
    const across = Float64Array.from({ length: side }, (_, c) => bump(cell(c) - cx));
    for (let r = 0; r < side; r++) {
      const tall = bump(-cell(r) - cy);
      if (tall > 1e-6) for (let c = 0; c < side; c++) found[r * side + c] += tall * across[c];
    }
  }
  const top = found.reduce((most, v) => Math.max(most, v), 1e-300);
  return found.map((v) => v / top);
}
