import type { LearningCurve } from '../report-data';

/** A metric as its definition finds it in a line of a log. */
export interface LoggedMetric {
  readonly name: string;
  /** Its first group is the value. */
  readonly regex: RegExp;
}

/** Lines that are longer hold no metrics, and expressions can take long on them. */
const MAX_LINE_CHARACTERS = 2000;

/**
 * The learning curves in the lines of a training job's log. XGBoost numbers its rounds (`[0]` is the first); for others, each
 * time that a metric is logged counts as a round. A round that was trained again after an interruption counts once.
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
    // One value is no curve.
    if (points.size < 2) return [];
    return [{ job, metric: name, unit: 'round', points: [...points].sort(([one], [other]) => one - other) }];
  });
}
