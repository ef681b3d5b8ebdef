import type { FeatureImportance } from '../report-data';
import type { Tree, XGBoostModel } from './tree-model';

/** Maximum number of features for each kind of importance. */
const MAX_FEATURES = 50;

interface Sums {
  splits: number;
  gain: number;
  cover: number;
}

/**
 * Feature importance, defined as in XGBoost's `get_score`: the number of splits that use a feature (`weight`), and the mean
 * gain and cover of those splits.
 *
 * @see https://xgboost.readthedocs.io/en/stable/python/python_api.html#xgboost.Booster.get_score
 */
export function importanceOf({ trees, featureNames }: XGBoostModel): FeatureImportance {
  const sums = new Map<number, Sums>();
  for (const tree of trees) addTree(tree, sums);
  const kind = (importance: (sums: Sums) => number) =>
    [...sums]
      .map(([feature, each]) => ({
        feature: featureNames[feature] ?? `f${feature}`,
        importance: importance(each),
      }))
      .sort((one, other) => other.importance - one.importance)
      .slice(0, MAX_FEATURES);
  return {
    gain: kind(({ gain, splits }) => gain / splits),
    cover: kind(({ cover, splits }) => cover / splits),
    weight: kind(({ splits }) => splits),
  };
}

/** Adds the nodes that are reachable from the root of a tree. Other nodes in the arrays were pruned. */
function addTree({ left, right, feature, gain, cover }: Tree, sums: Map<number, Sums>): void {
  const pending = [0];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const [leftChild = -1, rightChild = -1] = [left[node], right[node]];
    if (leftChild < 0) continue;
    pending.push(leftChild, rightChild);
    const number = feature[node] ?? 0;
    const each = sums.get(number) ?? { splits: 0, gain: 0, cover: 0 };
    each.splits += 1;
    each.gain += gain[node] ?? 0;
    each.cover += cover[node] ?? 0;
    sums.set(number, each);
  }
}
