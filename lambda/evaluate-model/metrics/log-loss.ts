/** The logarithmic loss of the probability of the correct class. Probabilities are clipped as in scikit-learn. */
export function logLoss(probability: number): number {
  return -Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON));
}
