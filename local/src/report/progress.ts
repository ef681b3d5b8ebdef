import { Format, type Options } from 'cli-progress';
import { formatRoughly, formatSeconds, wrapParts } from './format';

/** Progress of a tuning job or an AutoML job. */
export interface Progress {
  /** What the numbers count, such as training jobs. */
  readonly unit: string;
  readonly ended: number;
  readonly running: number;
  readonly failed: number;
  /** Expected total number; undefined if there is only a time limit. */
  readonly expected: number | undefined;
  readonly isOver: boolean;
  readonly elapsedSeconds: number;
  /** Estimated time left; undefined if too few jobs have ended. */
  readonly secondsLeft: number | undefined;
}

/** Start and end times in epoch seconds. */
export interface Times {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Minimum number of finished jobs for an estimate. */
const FEWEST_ENDED = 2;
const BAR_COLUMNS = { least: 10, most: 30 };

/** Renders a progress bar, counts and times, on as many lines as the width requires. */
export function renderProgress(progress: Progress, columns: number): string[] {
  const { ended, expected, isOver, running, failed, secondsLeft } = progress;
  const count = `${ended}${expected === undefined ? '' : ` of ${expected}`} ${progress.unit}`;
  const showsBar = !isOver && expected !== undefined && expected > 0;
  return wrapParts(
    [
      showsBar ? `${bar(ended / expected, columns)} ${count}` : count,
      ...(running > 0 ? [`${running} running`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
      `${formatSeconds(progress.elapsedSeconds)}${isOver ? '' : ' elapsed'}`,
      ...(isOver || secondsLeft === undefined ? [] : [`about ${formatRoughly(secondsLeft)} left`]),
    ],
    { columns, separator: ', ' },
  );
}

/**
 * Estimates the remaining time from the pace so far.
 *
 * @param expected total number of jobs
 * @param ended number of finished jobs, including jobs without times
 * @param parallel maximum number of parallel jobs; a machine with few cores runs fewer
 * @returns undefined while too few jobs have ended
 */
export function estimateSecondsLeft(
  jobs: readonly Times[],
  { expected, ended, parallel, now }: { expected: number; ended: number; parallel: number; now: number },
): number | undefined {
  const started = jobs.flatMap(({ start, end }) => (start === undefined ? [] : [{ start, end }]));
  const durations = started.flatMap(({ start, end }) => (end === undefined ? [] : [end - start]));
  if (durations.length < FEWEST_ENDED) return undefined;
  const mean = sum(durations) / durations.length;
  const running = started.filter(({ end }) => end === undefined).map(({ start }) => now - start);
  const rests = running.map((seconds) => Math.max(0, mean - seconds));
  const toCome = Math.max(0, expected - ended - running.length);
  const atOnce = Math.min(parallel, (sum(durations) + sum(running)) / busySeconds(started, now));
  // Assumes that the last jobs run in parallel, each for the mean duration.
  const least = Math.max(0, ...rests, toCome > 0 ? mean : 0);
  return atOnce > 0 ? Math.max(least, (sum(rests) + toCome * mean) / atOnce) : least;
}

/** The time in which at least one job was running. Interruptions of local mode do not count. */
function busySeconds(jobs: readonly { start: number; end: number | undefined }[], now: number): number {
  let seconds = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end = now } of [...jobs].sort((one, other) => one.start - other.start)) {
    seconds += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return seconds;
}

function bar(share: number, columns: number): string {
  const barsize = Math.min(BAR_COLUMNS.most, Math.max(BAR_COLUMNS.least, Math.floor(columns / 4)));
  const options = {
    barsize,
    barCompleteString: '█'.repeat(barsize),
    barIncompleteString: '░'.repeat(barsize),
    barGlue: '',
  };
  return `[${Format.BarFormat(Math.min(1, share), options as Options)}]`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
