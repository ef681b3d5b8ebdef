/** A tree, stored as arrays with one number for each node. The first node is the root. */
export interface Tree {
  /** Left and right child of each node; -1 for a leaf. */
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** Number of the feature that the node splits on. */
  readonly feature: ArrayLike<number>;
  /** Reduction of the loss by the split. */
  readonly gain: ArrayLike<number>;
  /** Sum of the second derivatives of the loss for the rows that reach the node. */
  readonly cover: ArrayLike<number>;
}

/** The parts of a model that its feature importance depends on. */
export interface XGBoostModel {
  /** `gbtree`, `dart` or `gblinear`, which has no trees. */
  readonly booster: string;
  readonly trees: readonly Tree[];
  /** The features' names; an empty list if the model does not contain them. */
  readonly featureNames: readonly string[];
}
