import { html, type Markup } from '../../../local/src/markup/markup';
import { count, formatNumber } from '../../shared/format';

const BINS = 40;
const WIDTH = 1000;
const HEIGHT = 180;
const BASE = HEIGHT - 24;

/**
 * Share of the values at each end that count as outliers. The scale does not extend to outliers, because they would
 * compress all other bars.
 */
const TAIL = 0.01;

/** A histogram as SVG. The outliers at each end count in the first or the last bar. */
export function histogram(title: string, values: readonly number[]): Markup {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = at(TAIL) < at(1 - TAIL) ? [at(TAIL), at(1 - TAIL)] : [at(0), at(1)];
  const width = (high - low) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const step = WIDTH / BINS;
  const bars = counts.map((number, bin) => {
    const height = (number / most) * (BASE - 16);
    const from = low + bin * width;
    const range = `${formatNumber(from)} to ${formatNumber(from + width)}`;
    return html`<rect class="bar" x="${bin * step + 1}" y="${(BASE - height).toFixed(1)}" width="${step - 2}" height="${height.toFixed(1)}"><title>${range}: ${number}</title></rect>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}: ${formatNumber(low)} to ${formatNumber(high)}">
${bars}<path class="axis" d="M0 ${BASE}H${WIDTH}"/>
<text x="0" y="${HEIGHT - 6}">${formatNumber(low)}</text><text class="x" x="${WIDTH / 2}" y="${HEIGHT - 6}">${formatNumber((low + high) / 2)}</text><text class="y" x="${WIDTH}" y="${HEIGHT - 6}">${formatNumber(high)}</text>
<text x="0" y="12">${count(most, 'item')}</text></svg>`;
}
