/**
 * Whether a training job cross-validates the best hyperparameters of a search, according to its name, which the
 * constructs choose.
 */
export function isCrossValidation(jobName: string): boolean {
  return /-cross-validation-[0-9a-f]{8}$/.test(jobName);
}
