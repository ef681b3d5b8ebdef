import { scaleLinear } from 'd3-scale';
import { html } from '../../../local/src/markup/markup';
import { formatSeconds } from '../../shared/format';
import type { Job, Report } from '../report-data';
import { type Chart, px, shownIn, svgWithAxes } from './chart';

const HIGHEST = 420;

interface Run {
  readonly job: Job;
  readonly start: number;
  readonly end: number;
  readonly slot: number;
}

/** Shows when each job ran. The number of rows is the maximum number of jobs that ran at the same time. */
export function timelineChart(report: Report): Chart | undefined {
  const runs = slotsOf(report.jobs.filter(({ search }) => search === report.search.name));
  if (runs.length === 0) return undefined;
  const begin = runs.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const end = runs.reduce((most, run) => Math.max(most, run.end), begin + 1);
  const slots = runs.reduce((most, { slot }) => Math.max(most, slot + 1), 0);
  const head = {
    id: 'timeline',
    title: 'Jobs over time',
    description: `${runs.length} jobs, at most ${slots} at once, in ${formatSeconds((end - begin) / 1000)}. The table of all jobs has the times.`,
    minWidth: 320,
  };
  return {
    ...head,
    draw(width, state) {
      const row = Math.min(22, HIGHEST / slots);
      const frame = {
        width,
        height: slots * row + 56,
        left: 14,
        right: width - 14,
        top: 14,
        bottom: slots * row + 18,
      };
      const x = scaleLinear([0, (end - begin) / 1000], [frame.left, frame.right]);
      const isShown = shownIn(state);
      const barOf = ({ start, end: stop, slot }: Run) => {
        const from = x((start - begin) / 1000);
        const length = Math.max(1.5, x((stop - begin) / 1000) - from - 1);
        return `M${px(from)} ${px(16 + slot * row)}h${px(length)}v${px(row - 3)}h${px(-length)}z`;
      };
      const statuses = [...new Set(runs.map(({ job }) => job.status))];
      return {
        svg: svgWithAxes(
          head,
          frame,
          {
            x: timeTicks((end - begin) / 1000, Math.min(7, width / 90)).map((tick) => ({
              at: x(tick),
              label: formatSeconds(tick),
            })),
            y: [],
            xLabel: 'Time since the first job started',
            yLabel: '',
          },
          html`${statuses.map((status) => {
            const of = (shown: boolean) =>
              runs
                .filter(({ job }) => job.status === status && isShown(job.number) === shown)
                .map(barOf)
                .join('');
            return html`<path class="run ${statusClass(status)} faint" d="${of(false)}"/><path class="run ${statusClass(status)}" d="${of(true)}"/>`;
          })}`,
        ),
        marks: runs.map((run) => ({
          job: run.job.number,
          x: (x((run.start - begin) / 1000) + x((run.end - begin) / 1000)) / 2,
          y: 16 + (run.slot + 0.5) * row,
          path: barOf(run),
        })),
      };
    },
  };
}

/** Tick marks at round numbers of seconds, minutes or hours. Returns their positions in seconds. */
function timeTicks(seconds: number, count: number): number[] {
  const unit = seconds > 3 * 3600 ? 3600 : seconds > 180 ? 60 : 1;
  return scaleLinear([0, seconds / unit], [0, 1])
    .ticks(count)
    .map((tick) => tick * unit);
}

/** CSS class of a status. */
export function statusClass(status: string): string {
  const known = ['Completed', 'Stopped', 'Failed', 'InProgress'];
  return `status-${known.includes(status) ? status.toLowerCase() : 'other'}`;
}

/** Assigns each job to the first row that is free when the job starts. */
function slotsOf(jobs: readonly Job[]): Run[] {
  const timed = jobs.flatMap((job) => {
    const start = Date.parse(job.startedAt ?? job.createdAt ?? '');
    const end = Date.parse(job.endedAt ?? '');
    return Number.isNaN(start) || Number.isNaN(end) || end < start ? [] : [{ job, start, end }];
  });
  const freeAt: number[] = [];
  return timed
    .sort((one, other) => one.start - other.start)
    .map((run) => {
      const free = freeAt.findIndex((time) => time <= run.start);
      const slot = free < 0 ? freeAt.length : free;
      freeAt[slot] = run.end;
      return { ...run, slot };
    });
}
