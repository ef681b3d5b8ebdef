import { html } from '../../../local/src/markup/markup';
import { rankedJobs } from '../analyses/ranking';
import { rangeScale, withLimits } from '../range-scale';
import type { Definition, Report } from '../report-data';
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
} from './chart';
import { groupsOf } from './groups';

/** A chart for each hyperparameter of a definition: the objective value by the value of the hyperparameter. */
export function sliceCharts(report: Report, definition: Definition, id: string): Chart[] {
  const groups = groupsOf(report);
  const group = groups.find(({ has }) =>
    report.jobs.some(
      (job) => has(job) && job.search === definition.search && job.definition === definition.name,
    ),
  );
  const jobs = rankedJobs(report.jobs).filter((job) => group?.has(job));
  const parents = rankedJobs(report.jobs).filter(({ search }) => search !== report.search.name);
  const all = [...jobs, ...parents];
  return all.length === 0
    ? []
    : definition.ranges.map((given, index): Chart => {
        const range = withLimits(given, all);
        const head = {
          id: `${id}-${index}`,
          title: `${range.name} and ${report.objective.metric}`,
          description: 'Each dot is a job. The table of all jobs has the numbers.',
          minWidth: 240,
        };
        return {
          ...head,
          draw(width, state) {
            const frame = frameOf(width, 210);
            const x = rangeScale(range, frame.left + 8, frame.right - 8);
            const y = valueScale(
              all.map(({ value }) => value),
              frame,
              4,
            );
            const places = all.flatMap((job) => {
              const at = x.at(job.hyperparameters[range.name]);
              // Values of earlier tuning jobs can be outside the range, because their ranges can be different.
              if (at === undefined || at < frame.left || at > frame.right) return [];
              return [{ job, at: [at, y(job.value)] as const }];
            });
            const isShown = shownIn(state);
            const drawn = (className: string, which: (place: (typeof places)[number]) => boolean) =>
              html`<path class="dots ${className}" d="${dots(places.filter(which).map(({ at }) => at))}"/>`;
            const best = places.find(({ job }) => job.name === report.bestJob);
            const isOwn = ({ job }: (typeof places)[number]) => job.search === report.search.name;
            return {
              svg: svgWithAxes(
                head,
                frame,
                {
                  x: x.ticks(Math.max(2, Math.floor(width / 70))),
                  y: y.ticks,
                  xLabel: range.name + (range.scaling === 'Linear' ? '' : ' (log scale)'),
                  yLabel: objectiveLabel(report).replace(/ \(.*/, ''),
                },
                html`${drawn('faint', ({ job }) => !isShown(job.number))}
${groups.map(({ className, has }) => drawn(`parent ${className}`, (one) => has(one.job) && isShown(one.job.number) && !isOwn(one)))}
${drawn(group?.className ?? 'g0', (one) => isShown(one.job.number) && isOwn(one))}
${best && html`<circle class="best-ring" cx="${px(best.at[0])}" cy="${px(best.at[1])}" r="6"/>`}`,
              ),
              marks: places.map(({ job, at }) => ({ job: job.number, x: at[0], y: at[1], path: dot(...at) })),
            };
          },
        };
      });
}
