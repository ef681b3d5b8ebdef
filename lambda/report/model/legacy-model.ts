import type { Tree, XGBoostModel } from './tree-model';

/** Sizes of the structures in the binary format, in bytes. All numbers are little-endian. */
const BYTES = { learner: 136, model: 160, tree: 148, node: 20, statistics: 16 };
/** Bit of a node's feature number that encodes the direction for missing values. */
const DEFAULT_LEFT = 0x80000000;

/**
 * Reads the binary format of XGBoost before version 2.1. It consists of the learner's parameters, the names of
 * objective and booster, the model's parameters, and the parameters, nodes and statistics of each tree.
 *
 * @see https://github.com/dmlc/xgboost/blob/v1.7.4/src/learner.cc (LoadModel)
 * @see https://github.com/dmlc/xgboost/blob/v1.7.4/include/xgboost/tree_model.h
 */
export function parseLegacyModel(buffer: Buffer): XGBoostModel {
  let at = buffer.toString('latin1', 0, 4) === 'binf' ? 4 : 0;
  at += BYTES.learner;
  const text = (): string => {
    const length = Number(buffer.readBigUInt64LE(at));
    const read = buffer.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
    return read;
  };
  text();
  const booster = text();
  if (booster !== 'gbtree' && booster !== 'dart') return { booster, trees: [], featureNames: [] };
  const count = buffer.readInt32LE(at);
  at += BYTES.model;
  const trees: Tree[] = [];
  for (let index = 0; index < count; index += 1) {
    const nodes = buffer.readInt32LE(at + 4);
    const node = at + BYTES.tree;
    const statistics = node + nodes * BYTES.node;
    at = statistics + nodes * BYTES.statistics;
    if (nodes < 1 || at > buffer.length) throw new Error('the format of the model is unknown');
    const numbers = (read: (index: number) => number) =>
      Float64Array.from({ length: nodes }, (_, i) => read(i));
    trees.push({
      left: numbers((i) => buffer.readInt32LE(node + i * BYTES.node + 4)),
      right: numbers((i) => buffer.readInt32LE(node + i * BYTES.node + 8)),
      feature: numbers((i) => buffer.readUInt32LE(node + i * BYTES.node + 12) % DEFAULT_LEFT),
      gain: numbers((i) => buffer.readFloatLE(statistics + i * BYTES.statistics)),
      cover: numbers((i) => buffer.readFloatLE(statistics + i * BYTES.statistics + 4)),
    });
  }
  return { booster, trees, featureNames: [] };
}
