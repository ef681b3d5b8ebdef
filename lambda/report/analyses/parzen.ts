/** Weight of the prior, as a number of observations. The prior is centered on the grid. */
const PRIOR_WEIGHT = 1;
/** Minimum bandwidth. A narrower kernel would fit between two grid points. */
const MIN_BANDWIDTH = 0.5 / 1.64;

/** Density on a grid, with a sum of 1. `counts` has the number of observations at each grid point. */
export function numericDensity(counts: readonly number[]): number[] {
  const size = counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const density = new Float64Array(size);
  // A kernel's mass at a grid point depends only on the distance d of the point from the kernel's center.
  // `below[size - 1 + d]` is the mass below that point.
  const width = scottBandwidth(counts, total);
  const below = Float64Array.from({ length: 2 * size }, (_, d) =>
    normalDistribution((d - size + 0.5) / width),
  );
  for (let center = 0; center < size; center += 1) {
    const count = counts[center] ?? 0;
    if (count > 0) addKernel(density, count, (point) => below[point - center + size - 1] ?? 0);
  }
  addKernel(density, PRIOR_WEIGHT, (point) => normalDistribution((point - size / 2) / size));
  return Array.from(density, (mass) => mass / (total + PRIOR_WEIGHT));
}

/** Adds a kernel that is truncated at the ends of the grid. */
function addKernel(density: Float64Array, weight: number, below: (point: number) => number): void {
  const start = below(0);
  const scale = weight / (below(density.length) - start);
  let from = start;
  for (let point = 0; point < density.length; point += 1) {
    const to = below(point + 1);
    density[point] = (density[point] ?? 0) + (to - from) * scale;
    from = to;
  }
}

/** Density of categorical observations, with a sum of 1. */
export function categoricalDensity(counts: readonly number[]): number[] {
  const observed = counts.filter((count) => count > 0).length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // A kernel puts most of its mass on its own category, and a little on every category.
  const little = PRIOR_WEIGHT / (observed + 1);
  return counts.map((count) => {
    const kernels = (count + total * little) / (1 + counts.length * little);
    return (kernels + PRIOR_WEIGHT / counts.length) / (total + PRIOR_WEIGHT);
  });
}

/**
 * Bandwidth by Scott's rule (D. W. Scott, Multivariate Density Estimation, 1992). It uses the interquartile range, so
 * that outliers have little influence.
 */
function scottBandwidth(counts: readonly number[], total: number): number {
  const mean = counts.reduce((sum, count, point) => sum + count * point, 0) / total;
  const squares = counts.reduce((sum, count, point) => sum + count * (point - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  const quartiles =
    observationAt(counts, Math.min(total - 1, Math.floor((total * 3) / 4))) -
    observationAt(counts, Math.max(0, Math.floor(total / 4) - 1));
  return Math.max(MIN_BANDWIDTH, 1.059 * Math.min(quartiles / 1.34, deviation) * total ** -0.2);
}

/** The grid point of an observation, by its index in sorted order. */
function observationAt(counts: readonly number[], index: number): number {
  let seen = 0;
  return counts.findIndex((count) => {
    seen += count;
    return seen > index;
  });
}

function normalDistribution(value: number): number {
  return (1 + erf(value / Math.SQRT2)) / 2;
}

/** The error function, with an error of at most 1.5e-7 (Abramowitz and Stegun, 7.1.26). */
function erf(value: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(value));
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(value) * (1 - polynomial * Math.exp(-value * value));
}
