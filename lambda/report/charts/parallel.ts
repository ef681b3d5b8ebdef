import { html, type Markup } from '../../../local/src/markup/markup';
import { count, cut } from '../../shared/format';
import { byValue, rankedJobs } from '../analyses/ranking';
import { type RangeScale, rangeScale, withLimits } from '../range-scale';
import type { Definition, Job, Report } from '../report-data';
import { type BrushAxis, type Chart, polyline, px, shownIn, svg, valueScale } from './chart';

const HEIGHT = 330;
const TOP = 40;
const BOTTOM = HEIGHT - 16;
/** Number of line colors. Each color is for a fifth of the jobs, by rank. */
const CLASSES = 5;
const AXIS_WIDTH = 92;
/**
 * If there are more jobs than this, positions are rounded to whole pixels, to keep the page of a large search small.
 */
const MANY = 200;

/** Parallel coordinates: each job is a line across the axes of all hyperparameters and the objective. */
export function parallelChart(
  report: Report,
  definition: Definition,
  id: string,
  title = 'All hyperparameters at once',
): Chart | undefined {
  const jobs = rankedJobs(report.jobs).filter(
    (job) => job.search === definition.search && job.definition === definition.name,
  );
  if (jobs.length < 2 || definition.ranges.length < 2) return undefined;
  const { metric, type } = report.objective;
  const ranks = new Map(byValue(jobs, type).map(({ number }, rank) => [number, rank / jobs.length]));
  const frame = { width: 0, height: HEIGHT, left: 0, right: 0, top: TOP, bottom: BOTTOM };
  const values = valueScale(
    jobs.map(({ value }) => value),
    frame,
    6,
  );
  const objective = {
    at: (job: Job) => (job.value === undefined ? undefined : values(job.value)),
    ticks: values.ticks,
  };
  const axes = [
    ...definition.ranges.map((range) => {
      const scale: RangeScale = rangeScale(withLimits(range, jobs), BOTTOM, TOP);
      const at = (job: Job) => scale.at(job.hyperparameters[range.name]);
      return { name: range.name, at, ticks: scale.ticks(6) };
    }),
    { name: metric, ...objective },
  ];
  const head = {
    id,
    title,
    description: `${count(jobs.length, 'job')} as lines across ${count(axes.length, 'axis').replace('axiss', 'axes')}. The table of all jobs has the numbers.`,
    minWidth: AXIS_WIDTH * axes.length,
  };
  return {
    ...head,
    draw(width, state) {
      const step = (width - AXIS_WIDTH) / (axes.length - 1);
      const xOf = (index: number) => AXIS_WIDTH / 2 + index * step;
      const lineOf = (job: Job) =>
        polyline(
          axes.map(({ at }, index) => {
            const y = at(job);
            return y === undefined ? undefined : [xOf(index), y];
          }),
          jobs.length > MANY,
        );
      const isShown = shownIn(state);
      const lines = Array.from({ length: CLASSES }, (_, index) => {
        const rank = CLASSES - 1 - index;
        const some = jobs.filter(
          ({ number }) => Math.floor((ranks.get(number) ?? 0) * CLASSES) === rank && isShown(number),
        );
        return html`<path class="line q${rank}" d="${some.map(lineOf).join('')}"/>`;
      });
      const best = jobs.find(({ name }) => name === report.bestJob);
      const letters = Math.floor(step / 7.3);
      const outerLetters = Math.floor((step + AXIS_WIDTH) / 2 / 7.3);
      const brushes = axes.map(({ name, at }, index): BrushAxis => {
        const places = jobs.flatMap((job) => {
          const y = at(job);
          return y === undefined ? [] : [[job.number, y] as const];
        });
        return { name, x: xOf(index), top: TOP, bottom: BOTTOM, places: new Map(places) };
      });
      return {
        svg: svg(
          head,
          { width, height: HEIGHT },
          html`<path class="line faint" d="${jobs
            .filter(({ number }) => !isShown(number))
            .map(lineOf)
            .join('')}"/>
${lines}${best && isShown(best.number) && html`<path class="line best-line" d="${lineOf(best)}"/>`}
<path class="axis" d="${axes.map((_axis, index) => `M${px(xOf(index))} ${TOP}V${BOTTOM}`).join('')}"/>
${axes.map(
  (
    { name, ticks },
    index,
  ) => html`<text ${labelPlace(index, axes.length, xOf(index))} y="${TOP - 18}">${cut(name, index % (axes.length - 1) === 0 ? outerLetters : letters)}<title>${name}</title></text>
${ticks.map(({ at, label }) => html`<text class="tick" x="${px(xOf(index) + 5)}" y="${px(at + 4)}">${cut(label, Math.max(6, letters - 2))}</text>`)}`,
)}`,
        ),
        marks: jobs.flatMap((job) => {
          const path = lineOf(job);
          return axes.flatMap(({ at }, index) => {
            const y = at(job);
            return y === undefined ? [] : [{ job: job.number, x: xOf(index), y, path }];
          });
        }),
        axes: brushes,
      };
    },
  };
}

/** SVG attributes of the name above an axis. The first and the last name are aligned to stay inside the chart. */
function labelPlace(index: number, count: number, x: number): Markup {
  if (index === 0) return html`class="label" x="${px(x - AXIS_WIDTH / 2)}"`;
  return index === count - 1
    ? html`class="label y" x="${px(x + AXIS_WIDTH / 2)}"`
    : html`class="label x" x="${px(x)}"`;
}
