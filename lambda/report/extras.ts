import type { FeatureImportance, LearningCurve } from './report-data';

/** Maximum number of points of a learning curve. More points could not be distinguished on a page. */
const MAX_POINTS = 200;

/** The learning curve without values that are not numbers. */
export function withoutNaN(curve: LearningCurve): LearningCurve {
  return {
    ...curve,
    points: curve.points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value)),
  };
}

/** Reduces a learning curve to evenly spaced points, including both ends. */
export function thinned(curve: LearningCurve): LearningCurve {
  const { points } = curve;
  if (points.length <= MAX_POINTS) return curve;
  const step = (points.length - 1) / (MAX_POINTS - 1);
  const kept = Array.from({ length: MAX_POINTS }, (_, index) => points[Math.round(index * step)]);
  return { ...curve, points: kept.filter((point) => point !== undefined) };
}

/** Importance by column name, if known. If a model has no feature names, its features are `f0`, `f1`, … */
export function namedFeatures(
  importance: FeatureImportance,
  columnNames: readonly string[] | undefined,
): FeatureImportance {
  const nameOf = (feature: string) => {
    const index = /^f(\d+)$/.exec(feature)?.[1];
    return (index === undefined ? undefined : columnNames?.[Number(index)]) ?? feature;
  };
  return Object.fromEntries(
    Object.entries(importance).map(([kind, features]) => [
      kind,
      features
        .map(({ feature, importance: value }) => ({ feature: nameOf(feature), importance: value }))
        .sort((one, other) => other.importance - one.importance),
    ]),
  );
}
