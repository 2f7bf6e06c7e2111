// Two bells: real N(0, sigma), fake N(mu, s). The formulas of core/gan/line_exact.py, which derives
// them, on the same places.

const POINTS = 4001, TAILS = 12, LN2 = Math.LN2, ROOT = Math.sqrt(2 * Math.PI);

const logBell = (x, mu, s) => -0.5 * ((x - mu) / s) ** 2 - Math.log(s * ROOT);
const bell = (x, mu, s) => Math.exp(logBell(x, mu, s));
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logRatio = (x, { mu, s, sigma }) => logBell(x, 0, sigma) - logBell(x, mu, s);
const slope = (x, { mu, s, sigma }) => (x - mu) / s ** 2 - x / sigma ** 2;

// Abramowitz and Stegun 7.1.6: every term is of one sign, so nothing cancels.
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

// How the generator's loss rises at a fake's place x: d/dx f(D(x)).
const SLOPES = {
  minimax: (d) => -d,
  "non-saturating": (d, rest) => -rest,
  "least-squares": (d, rest) => -d * rest ** 2,
};
function rise(x, line, loss) {
  const { mu, s, sigma } = line;
  if (loss === "hinge") return 0; // but on a step of its discriminator
  if (loss === "wasserstein") return Math.sign(mu + ((s - sigma) * (x - mu)) / s);
  const ratio = logRatio(x, line);
  return SLOPES[loss](sigmoid(ratio), sigmoid(-ratio)) * slope(x, line);
}

// {js, w1, pull, widen}; pull is towards the real ones, widen is outwards, by loss.
function measured(line) {
  const { mu, s, sigma } = line;
  const low = Math.min(-TAILS * sigma, mu - TAILS * s);
  const step = (Math.max(TAILS * sigma, mu + TAILS * s) - low) / (POINTS - 1);
  const names = Object.keys(SLOPES), byMu = names.map(() => 0), byS = names.map(() => 0);
  let apart = 0;
  for (let n = 0; n < POINTS; n++) {
    const x = low + n * step, q = bell(x, mu, s) * step, p = bell(x, 0, sigma) * step;
    const ratio = logRatio(x, line), d = sigmoid(ratio), rest = sigmoid(-ratio);
    const rate = slope(x, line);
    apart += p * softplus(-ratio) + q * softplus(ratio);
    names.forEach((name, k) => {
      const each = q * SLOPES[name](d, rest) * rate;
      byMu[k] += each;
      byS[k] += (each * (x - mu)) / s;
    });
  }
  const found = { js: Math.max(LN2 - apart / 2, 0), w1: w1(line), pull: {}, widen: {} };
  const set = (name, [a, b]) => {
    found.pull[name] = Math.sign(mu) * a;
    found.widen[name] = -b;
  };
  names.forEach((name, k) => set(name, [byMu[k], byS[k]]));
  set("hinge", hinge(line));
  set("wasserstein", wasserstein(line));
  return found;
}

function w1({ mu, s, sigma }) {
  const spread = Math.abs(s - sigma);
  if (!spread) return Math.abs(mu);
  const u = mu / spread;
  return spread * Math.sqrt(2 / Math.PI) * Math.exp((-u * u) / 2) + mu * erf(u / Math.SQRT2);
}

// Where p = q.
function roots({ mu, s, sigma }) {
  const a = (s ** -2 - sigma ** -2) / 2, b = -mu / s ** 2;
  const c = mu ** 2 / (2 * s ** 2) + Math.log(s / sigma);
  if (!a) return mu ? [mu / 2] : [];
  const t = -(b + (b < 0 ? -1 : 1) * Math.sqrt(b * b - 4 * a * c)) / 2;
  return [t / a, c / t];
}

function hinge(line) {
  const each = roots(line).map((root) => {
    const step = -2 * Math.sign(slope(root, line)) * bell(root, line.mu, line.s);
    return [step, (step * (root - line.mu)) / line.s];
  });
  return each.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
}

function wasserstein({ mu, s, sigma }) {
  const spread = s - sigma;
  if (!spread) return [Math.sign(mu), 0];
  const u = mu / spread;
  const wider = (Math.sign(spread) * 2 * Math.exp((-u * u) / 2)) / ROOT;
  return [Math.sign(mu) * erf(Math.abs(u) / Math.SQRT2), wider];
}

// The best discriminator at x, or the best critic, which is 0 at 0.
function best(x, line, loss) {
  if (loss === "hinge") return Math.sign(logRatio(x, line));
  if (loss !== "wasserstein") return sigmoid(logRatio(x, line));
  const { mu, s, sigma } = line;
  if (s === sigma) return -Math.sign(mu) * x;
  const meet = (mu * sigma) / (sigma - s);
  return Math.sign(sigma - s) * (Math.abs(x - meet) - Math.abs(meet));
}
