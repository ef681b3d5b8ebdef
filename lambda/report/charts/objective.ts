import { scaleLinear } from 'd3-scale';
import { html } from '../../../local/src/markup/markup';
import { count, formatNumber } from '../../shared/format';
import { bestSoFar, rankedJobs } from '../analyses/ranking';
import type { Report } from '../report-data';
import {
  type Chart,
  dot,
  dots,
  frameOf,
  objectiveLabel,
  px,
  shownIn,
  svgWithAxes,
  valueScale,
  wholeTicks,
} from './chart';
import { groupsOf } from './groups';

/** The objective value of each job in order of creation, and the best value so far. */
export function objectiveChart(report: Report): Chart | undefined {
  const ranked = rankedJobs(report.jobs);
  if (ranked.length === 0) return undefined;
  const { type } = report.objective;
  const own = ranked.filter(({ search }) => search === report.search.name);
  const best = ranked.find(({ name }) => name === report.bestJob);
  const without = report.jobs.filter((job) => !ranked.some(({ number }) => number === job.number));
  const head = {
    id: 'objective',
    title: 'Objective by job',
    description: `Values of ${report.objective.metric} of ${count(ranked.length, 'job')} in the order of their creation${
      best ? `; the best is ${formatNumber(best.value)}, of job ${best.number}` : ''
    }. The table of all jobs has the numbers.`,
    minWidth: 320,
  };
  return {
    ...head,
    draw(width, state) {
      const frame = frameOf(width, Math.min(340, Math.max(260, width * 0.5)));
      const span = [1, Math.max(2, report.jobs.length)] as const;
      const x = scaleLinear(span, [frame.left + 8, frame.right - 8]);
      const y = valueScale(
        ranked.map(({ value }) => value),
        frame,
      );
      const place = ({ number, value }: { number: number; value: number }) => [x(number), y(value)] as const;
      const steps = bestSoFar(own, type).map((value, index) => {
        const at = [px(x(own[index]?.number ?? 0)), px(y(value))] as const;
        return index === 0 ? `M${at[0]} ${at[1]}` : `H${at[0]}V${at[1]}`;
      });
      const isShown = shownIn(state);
      const groups = groupsOf(report).map(({ className, has }) => {
        const jobs = ranked.filter(has);
        const shown = jobs.filter(({ number }) => isShown(number));
        const faint = jobs.filter(({ number }) => !isShown(number));
        return html`<path class="dots faint ${className}" d="${dots(faint.map(place))}"/><path class="dots ${className}" d="${dots(shown.map(place))}"/>`;
      });
      const cross = (job: { number: number }) => {
        const at = x(job.number);
        return `M${px(at - 3)} ${frame.bottom - 7}l6 6m0-6l-6 6`;
      };
      return {
        svg: svgWithAxes(
          head,
          frame,
          {
            x: wholeTicks(...span, [frame.left + 8, frame.right - 8], Math.min(8, width / 80)),
            y: y.ticks,
            xLabel: 'Job, in the order of creation',
            yLabel:
              objectiveLabel(report) + (y.outside ? `; ${count(y.outside, 'outlier')} at the edge` : ''),
          },
          html`<path class="best-so-far" d="${steps.join('')}${own.length > 0 ? `H${frame.right}` : ''}"/>
${groups}<path class="failed-marks" d="${without.map(cross).join('')}"/>
${best && html`<circle class="best-ring" cx="${px(x(best.number))}" cy="${px(y(best.value))}" r="7"/>`}`,
        ),
        marks: [
          ...ranked.map((job) => {
            const [atX, atY] = place(job);
            return { job: job.number, x: atX, y: atY, path: dot(atX, atY) };
          }),
          ...without.map((job) => ({
            job: job.number,
            x: x(job.number),
            y: frame.bottom - 4,
            path: cross(job),
          })),
        ],
      };
    },
  };
}
