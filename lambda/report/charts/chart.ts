import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { html, type Markup } from '../../../local/src/markup/markup';
import { formatNumber } from '../../shared/format';
import type { Tick } from '../range-scale';
import type { Report } from '../report-data';

/** A chart of a report. It is drawn on the server, and again on the page at the width of the window. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Alternative text for people who do not see the chart. */
  readonly description: string;
  /** Minimum width. If the window is narrower, the chart scrolls. */
  readonly minWidth: number;
  draw(width: number, state?: ChartState): Drawing;
}

/** The user's choices that affect a chart. */
export interface ChartState {
  /** Whether a job is drawn normally. Other jobs are faint. */
  isShown(job: number): boolean;
}

/** Which jobs are drawn normally: all jobs, unless the user has chosen some of them. */
export function shownIn(state: ChartState | undefined): (job: number) => boolean {
  return (job) => state === undefined || state.isShown(job);
}

export interface Drawing {
  readonly svg: Markup;
  /** Elements that react to the pointer. */
  readonly marks: readonly Mark[];
  /** Axes on which the user can choose an interval. */
  readonly axes?: readonly BrushAxis[];
}

/** A job's position in a chart. */
export interface Mark {
  readonly job: number;
  readonly x: number;
  readonly y: number;
  /** SVG path to highlight when the pointer is over the job. */
  readonly path: string;
}

export interface BrushAxis {
  readonly name: string;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  /** Positions of the jobs on the axis, indexed by job number. */
  readonly places: ReadonlyMap<number, number>;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function frameOf(width: number, height: number, left = 58): Frame {
  return { width, height, left, right: width - 14, top: 14, bottom: height - 38 };
}

export interface Axes {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  readonly xLabel: string;
  readonly yLabel: string;
}

/** The SVG of a chart with a horizontal and a vertical axis. */
export function svgWithAxes(
  chart: Pick<Chart, 'title' | 'description'>,
  frame: Frame,
  axes: Axes,
  content: Markup,
): Markup {
  const { left, right, top, bottom } = frame;
  return svg(
    chart,
    frame,
    html`<path class="grid" d="${axes.y.map(({ at }) => `M${left} ${px(at)}H${right}`).join('')}"/>
<path class="axis" d="M${left} ${bottom}H${right}${axes.x.map(({ at }) => `M${px(at)} ${bottom}v4`).join('')}"/>
${axes.x.map(({ at, label }) => html`<text class="x" x="${px(at)}" y="${bottom + 16}">${label}</text>`)}
${axes.y.map(({ at, label }) => html`<text class="y" x="${left - 6}" y="${px(at + 4)}">${label}</text>`)}
<text class="label x" x="${(left + right) / 2}" y="${bottom + 32}">${axes.xLabel}</text>
<text class="label y-label" x="${left}" y="${top - 4}">${axes.yLabel}</text>
${content}`,
  );
}

/** The SVG of a chart, with its title and description for screen readers. */
export function svg(
  { title, description }: Pick<Chart, 'title' | 'description'>,
  { width, height }: Pick<Frame, 'width' | 'height'>,
  content: Markup,
): Markup {
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}. ${description}">${content}</svg>`;
}

/** A number of pixels in SVG, rounded to a tenth: screens show no smaller differences. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/**
 * If a chart has more points than this, positions are rounded to whole pixels, to keep the page of a large search
 * small.
 */
const MANY = 200;

/**
 * SVG path of dots: lines of length 0, which a wide round stroke shows as dots. Positions are relative to the previous
 * dot, to keep the path short.
 */
export function dots(places: readonly (readonly [number, number])[]): string {
  const unit = places.length > MANY ? 1 : 10;
  const rounded = (value: number) => Math.round(value * unit);
  let [x, y] = [0, 0];
  return places
    .map(([atX, atY]) => {
      const step = [(rounded(atX) - x) / unit, (rounded(atY) - y) / unit] as const;
      [x, y] = [rounded(atX), rounded(atY)];
      return `m${pair(...step)}h0`;
    })
    .join('');
}

/** SVG path of a line through points, with gaps for missing points. Positions are relative to the previous point. */
export function polyline(
  places: readonly (readonly [number, number] | undefined)[],
  isRough: boolean,
): string {
  const unit = isRough ? 1 : 10;
  let last: readonly [number, number] | undefined;
  return places
    .map((place) => {
      const at = place && ([Math.round(place[0] * unit), Math.round(place[1] * unit)] as const);
      const part =
        at &&
        (last
          ? `l${pair((at[0] - last[0]) / unit, (at[1] - last[1]) / unit)}`
          : `M${pair(at[0] / unit, at[1] / unit)}`);
      last = at;
      return part ?? '';
    })
    .join('');
}

function pair(x: number, y: number): string {
  return y < 0 ? `${x}${y}` : `${x} ${y}`;
}

export function dot(x: number, y: number): string {
  return `M${px(x)} ${px(y)}h0`;
}

/** A scale of values. Outliers are outside the scale, so that they do not compress all other values. */
export interface ValueScale {
  (value: number): number;
  readonly ticks: readonly Tick[];
  /** Number of outliers. */
  readonly outside: number;
}

/** A value is an outlier if it is more than this number of interquartile ranges from the quartiles. */
const OUTLIER = 4;
const LARGEST = Number.MAX_VALUE / 4;

/** Limits a value, so that the difference between two limited values is finite, too. */
export function drawable(value: number): number {
  return Math.min(LARGEST, Math.max(-LARGEST, value));
}

/** A vertical scale for values, from `bottom` to `top`. */
export function valueScale(values: readonly number[], { top, bottom }: Frame, count = 5): ValueScale {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const reach = OUTLIER * (at(0.75) - at(0.25)) || Number.POSITIVE_INFINITY;
  const inside = sorted.filter((value) => value >= at(0.25) - reach && value <= at(0.75) + reach);
  const [low, high] = [drawable(inside[0] ?? 0), drawable(inside.at(-1) ?? 1)];
  const padding = (high - low) * 0.04 || Math.abs(low) * 0.1 || 1;
  const scale = scaleLinear([low - padding, high + padding], [bottom, top]).clamp(true);
  return Object.assign((value: number) => scale(value), {
    ticks: numberTicks(scale, count),
    outside: sorted.length - inside.length,
  });
}

/** About `count` tick marks with their numbers. */
export function numberTicks(scale: ScaleLinear<number, number>, count: number): Tick[] {
  return scale.ticks(count).map((tick) => ({ at: scale(tick), label: formatNumber(tick) }));
}

/** Tick marks at whole numbers. */
export function wholeTicks(
  from: number,
  to: number,
  [left, right]: readonly [number, number],
  count: number,
): Tick[] {
  const scale = scaleLinear([from, to], [left, right]);
  return scale
    .ticks(count)
    .filter(Number.isInteger)
    .map((tick) => ({ at: scale(tick), label: formatNumber(tick) }));
}

/** The name of the objective, such as `validation:rmse (lower is better)`. */
export function objectiveLabel({ objective }: Pick<Report, 'objective'>): string {
  return `${objective.metric} (${objective.type === 'Minimize' ? 'lower' : 'higher'} is better)`;
}
