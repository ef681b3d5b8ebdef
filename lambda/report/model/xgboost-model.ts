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
 * Reads a model as SageMaker's XGBoost images save it: UBJSON since XGBoost 2.1, the binary format before. JSON is what scripts
 * can save. The images before 1.3-1 save a Python pickle, which only Python reads.
 *
 * @throws Error that says why in words for a person, where the model cannot be read
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
 */
export function parseXGBoostModel(buffer: Buffer): XGBoostModel {
  const [first, second] = [buffer[0], buffer[1]];
  if (first === 0x80) {
    throw new Error('the model is a Python pickle, as images of XGBoost before 1.3-1 save it');
  }
  if (first !== 0x7b) return parseLegacyModel(buffer);
  // A key begins with a quotation mark in JSON, and with the type of its length in UBJSON.
  return modelOf(
    second !== undefined && /[iUIlL]/.test(String.fromCharCode(second))
      ? parseUbjson(buffer, (key) => TREE_NUMBERS.some((name) => name === key))
      : JSON.parse(buffer.toString('utf8')),
  );
}

function modelOf(document: unknown): XGBoostModel {
  const { learner } = document as { learner?: Learner };
  const gradientBooster = learner?.gradient_booster;
  if (!gradientBooster?.name) throw new Error('the model is in no known format');
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
  /** DART keeps its trees one level deeper. */
  readonly gradient_booster?: Booster & { readonly name?: string; readonly gbtree?: Booster };
}
