import { parseLegacyModel } from './legacy-model';
import type { XGBoostModel } from './tree-model';
import { parseUbjson } from './ubjson';

const TREE_NUMBERS = [
  'left_children',
  'right_children',
  'split_indices',
  'loss_changes',
  'sum_hessian',
] as const;

/**
 * Reads a model saved by SageMaker's XGBoost images: UBJSON since XGBoost 2.1, and the binary format in earlier
 * versions. Scripts can also save JSON. Images before 1.3-1 save a Python pickle, which cannot be read here.
 *
 * @throws Error with a readable reason if the model cannot be read
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
 */
export function parseXGBoostModel(buffer: Buffer): XGBoostModel {
  const [first, second] = [buffer[0], buffer[1]];
  if (first === 0x80) {
    throw new Error('the model is a Python pickle, the format of XGBoost images before 1.3-1');
  }
  if (first !== 0x7b) return parseLegacyModel(buffer);
  // In JSON, a key begins with a quotation mark. In UBJSON, a key begins with the type marker of its length.
  return modelOf(
    second !== undefined && /[iUIlL]/.test(String.fromCharCode(second))
      ? parseUbjson(buffer, (key) => TREE_NUMBERS.some((name) => name === key))
      : JSON.parse(buffer.toString('utf8')),
  );
}

function modelOf(document: unknown): XGBoostModel {
  const { learner } = document as { learner?: Learner };
  const gradientBooster = learner?.gradient_booster;
  if (!gradientBooster?.name) throw new Error('the format of the model is unknown');
  const trees = (gradientBooster.gbtree ?? gradientBooster).model?.trees ?? [];
  return {
    booster: gradientBooster.name,
    featureNames: learner?.feature_names ?? [],
    trees: trees.map((tree) => ({
      left: tree.left_children,
      right: tree.right_children,
      feature: tree.split_indices,
      gain: tree.loss_changes,
      cover: tree.sum_hessian,
    })),
  };
}

interface Booster {
  readonly model?: {
    readonly trees?: readonly Readonly<Record<(typeof TREE_NUMBERS)[number], ArrayLike<number>>>[];
  };
}

interface Learner {
  readonly feature_names?: readonly string[];
  /** In the file of a DART model, the object with the trees is nested one level deeper. */
  readonly gradient_booster?: Booster & { readonly name?: string; readonly gbtree?: Booster };
}
