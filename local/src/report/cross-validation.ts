/**
 * Whether a training job cross-validates the best hyperparameters of a search. The constructs give such jobs names that
 * end with `-cross-validation-` and a hash.
 */
export function isCrossValidation(jobName: string): boolean {
  return /-cross-validation-[0-9a-f]{8}$/.test(jobName);
}
