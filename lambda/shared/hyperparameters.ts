/**
 * The hyperparameters of a training job, without those that SageMaker added because a tuning job started it.
 *
 * SageMaker adds only names that start with `_tuning_` (the only known name is `_tuning_objective_metric`). Other names
 * that start with `_` must stay: users can set XGBoost's hyperparameters `_kfold` and `_num_cv_round`, and the final
 * training needs them.
 */
export function withoutTuningHyperparameters(
  hyperparameters: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hyperparameters ?? {}).filter(([name]) => !name.startsWith('_tuning_')),
  );
}
