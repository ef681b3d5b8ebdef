/**
 * The hyperparameters of a training job, without those that SageMaker added because a tuning job started it.
 *
 * Names that start with `_tuning_` belong to SageMaker (the only known one is `_tuning_objective_metric`), all others to the
 * user. `_` alone is not enough: `_kfold` and `_num_cv_round` are hyperparameters of XGBoost that users set, and the final
 * training needs them.
 */
export function withoutTuningHyperparameters(
  hyperparameters: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hyperparameters ?? {}).filter(([name]) => !name.startsWith('_tuning_')),
  );
}
