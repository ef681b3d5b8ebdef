/**
 * The hyperparameters that a training job had, without those that SageMaker added because a tuning job started it.
 *
 * The rule: names that start with `_tuning_` are SageMaker's, all others are the user's. The one known is
 * `_tuning_objective_metric`. It is not enough for a name to start with `_`: `_kfold` and `_num_cv_round` are
 * hyperparameters of XGBoost that users set, and a final training without them would be another training.
 */
export function withoutTuningHyperparameters(
  hyperparameters: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hyperparameters ?? {}).filter(([name]) => !name.startsWith('_tuning_')),
  );
}
