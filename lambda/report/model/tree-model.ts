/** A tree as columns, one number for each node; the root is the first. */
export interface Tree {
  /** The children; -1 where the node is a leaf. */
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** Number of the feature that the node asks for. */
  readonly feature: ArrayLike<number>;
  /** How much the split lowered the loss. */
  readonly gain: ArrayLike<number>;
  /** Sum of the second derivatives of the rows that come here. */
  readonly cover: ArrayLike<number>;
}

/** What of a model tells the importance of its features. */
export interface XGBoostModel {
  /** `gbtree`, `dart` or `gblinear`, which has no trees. */
  readonly booster: string;
  readonly trees: readonly Tree[];
  /** Empty where the model has no names. */
  readonly featureNames: readonly string[];
}
