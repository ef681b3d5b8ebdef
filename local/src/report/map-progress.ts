import type { MapCounts } from '../executions/map-progress';
import { colors } from './colors';
import { renderProgress } from './progress';
import type { Screen } from './screen';

/** Minimum number of ended items for an estimate. */
const FEWEST_ENDED = 2;

/** Renders the progress of a Map with many items. */
export function renderMapProgress(counts: MapCounts, { columns, now }: Screen): string[] {
  const { map, total, running, succeeded, failed, startedAt, endedBefore } = counts;
  const ended = succeeded + failed;
  const elapsedSeconds = Math.max(0, now - startedAt / 1000);
  const endedNow = ended - endedBefore;
  return [
    colors.bold(`Map ${map}`),
    ...renderProgress(
      {
        unit: 'items',
        ended,
        running,
        failed,
        expected: total,
        isOver: ended === total,
        elapsedSeconds,
        secondsLeft: endedNow < FEWEST_ENDED ? undefined : (elapsedSeconds / endedNow) * (total - ended),
      },
      columns,
    ).map((line) => ` ${line}`),
  ];
}
