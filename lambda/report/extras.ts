import type { FeatureImportance, LearningCurve } from './report-data';

/** Points of a learning curve that are kept: more cannot be told apart on a page. */
const MAX_POINTS = 200;

/** A learning curve with evenly spaced points, the first and the last among them, and only numbers. */
export function thinned(curve: LearningCurve): LearningCurve {
  const points = curve.points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  if (points.length <= MAX_POINTS) return { ...curve, points };
  const step = (points.length - 1) / (MAX_POINTS - 1);
  const kept = Array.from({ length: MAX_POINTS }, (_, index) => points[Math.round(index * step)]);
  return { ...curve, points: kept.filter((point) => point !== undefined) };
}

/** Importance by the names of the columns, where they are known: a model without names calls them `f0`, `f1`, … */
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
