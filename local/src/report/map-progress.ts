import type { MapCounts } from '../executions/map-progress';
import { colors } from './colors';
import { explainItem } from './failure';
import { shortReason } from './failure-reason';
import { renderProgress } from './progress';
import type { Screen } from './screen';

/** Minimum number of finished items for an estimate. */
const FEWEST_ENDED = 2;

/** Maximum length of the last error. */
const LONGEST_ERROR = 100;

/** Renders the progress of a Map with many items. */
export function renderMapProgress(counts: MapCounts, { columns, now }: Screen): string[] {
  const { map, total, running, waiting, lastFailure, succeeded, failed, startedAt, endedBefore } = counts;
  const ended = succeeded + failed;
  const elapsedSeconds = Math.max(0, now - startedAt / 1000);
  const endedNow = ended - endedBefore;
  // The pace so far says nothing about items that only wait.
  const isEstimated = endedNow >= FEWEST_ENDED && waiting < total - ended;
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
        secondsLeft: isEstimated ? (elapsedSeconds / endedNow) * (total - ended) : undefined,
      },
      columns,
    ).map((line) => ` ${line}`),
    ...(lastFailure
      ? [
          ` ${waiting} waiting after an error, last error: ${shortReason(explainItem(lastFailure), LONGEST_ERROR)}`,
        ]
      : []),
  ];
}
