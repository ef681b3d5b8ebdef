import type { LearningCurve } from '../report-data';

/** A metric and the regular expression that finds it in a log line. */
export interface LoggedMetric {
  readonly name: string;
  /** Regular expression whose first group matches the value. */
  readonly regex: RegExp;
}

/** Maximum length of a line. Longer lines are skipped: they have no metrics, and matching them can be slow. */
const MAX_LINE_CHARACTERS = 2000;

/**
 * Finds learning curves in the log lines of a training job. XGBoost logs the number of each round, from `[0]`. For
 * other algorithms, each logged value counts as a round. A round that was repeated after an interruption counts once.
 */
export function curvesIn(
  lines: readonly string[],
  job: string,
  metrics: readonly LoggedMetric[],
): LearningCurve[] {
  return metrics.flatMap(({ name, regex }): LearningCurve[] => {
    const points = new Map<number, number>();
    for (const line of lines) {
      if (line.length > MAX_LINE_CHARACTERS) continue;
      const found = regex.exec(line)?.[1];
      const value = Number(found);
      if (found === undefined || !Number.isFinite(value)) continue;
      const numbered = /^\[(\d+)\]/.exec(line)?.[1];
      points.set(numbered === undefined ? points.size + 1 : Number(numbered) + 1, value);
    }
    // A curve needs at least two values.
    if (points.size < 2) return [];
    return [{ job, metric: name, unit: 'round', points: [...points].sort(([one], [other]) => one - other) }];
  });
}
