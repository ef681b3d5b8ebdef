import { html, type Markup } from '../markup/markup';
import { formatMetric } from './format';

/** The objective values of a search's jobs, ordered by creation. */
export interface ChartLine {
  readonly label: string;
  /** Selects the line's color and dashes. */
  readonly index: number;
  /** The objective value of each job; undefined for a job without a value. */
  readonly values: readonly (number | undefined)[];
  readonly isMaximized: boolean;
}

/** Line colors on a light and a dark page: the Okabe-Ito palette, which is safe for color-blind readers. */
export const LINE_COLORS: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'],
  ['#b34700', '#e69f00'],
  ['#007a59', '#2ec99a'],
  ['#a8447b', '#e39cc0'],
  ['#5b6068', '#c0c4ca'],
];

const SIZE = { width: 900, height: 360, left: 80, right: 20, top: 16, bottom: 44, inside: 12 };
/** Dashes distinguish the lines without color. */
const DASHES = ['', '8 4', '2 4', '12 4 2 4'];

/** Draws an SVG chart of the best value so far against the number of jobs. */
export function bestSoFarChart(metric: string, lines: readonly ChartLine[]): Markup {
  const best = lines.map((line) => ({ ...line, points: bestSoFar(line) }));
  const values = best.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) return html`<p>No job has a value yet.</p>`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = Math.max(...lines.map((line) => line.values.length), 2);
  const { width, height, left, right, top, bottom, inside } = SIZE;
  const x = (job: number) => left + ((job - 1) / (last - 1)) * (width - left - right);
  const y = (value: number) =>
    high === low
      ? (height - bottom + top) / 2
      : top + ((high - value) / (high - low)) * (height - top - bottom - inside);
  const path = ({ points }: { points: readonly (readonly [number, number])[] }, jobs: number) =>
    `${points
      .map(
        ([job, value], i) => `${i === 0 ? 'M' : 'H'}${round(x(job))}${i === 0 ? ' ' : 'V'}${round(y(value))}`,
      )
      .join('')}H${round(x(jobs))}`;
  const summary = best
    .filter(({ points }) => points.length > 0)
    .map(({ label, points }) => `${label}: ${formatMetric(points.at(-1)?.[1])}`)
    .join('; ');
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Best ${metric} so far. ${summary}">
<path class="axis" fill="none" d="M${left} ${top}V${height - bottom}H${width - right}"/>
${[...new Set([low, high])].map((value) => html`<text x="${left - 6}" y="${round(y(value) + 4)}" text-anchor="end">${formatMetric(value)}</text>`)}
${[1, last].map((job) => html`<text x="${round(x(job))}" y="${height - bottom + 18}" text-anchor="middle">${job}</text>`)}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">training jobs</text>
${best
  .filter(({ points }) => points.length > 0)
  .map(
    (line) =>
      html`<path class="line${line.index % LINE_COLORS.length}" fill="none" stroke-width="2.5" stroke-dasharray="${DASHES[line.index % DASHES.length]}" d="${path(line, line.values.length)}"><title>${line.label}</title></path>`,
  )}
</svg>`;
}

/** The number (from 1) and the objective value of each job that was better than all earlier jobs. */
export function bestSoFar({
  values,
  isMaximized,
}: Pick<ChartLine, 'values' | 'isMaximized'>): (readonly [job: number, value: number])[] {
  const points: [number, number][] = [];
  for (const [index, value] of values.entries()) {
    const best = points.at(-1)?.[1];
    if (value === undefined) continue;
    if (best === undefined || (isMaximized ? value > best : value < best)) points.push([index + 1, value]);
  }
  return points;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
