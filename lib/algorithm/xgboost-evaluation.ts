import { Token } from 'aws-cdk-lib';
import { EvaluationProblem } from '../evaluation/evaluation-problem';

/** Hyperparameters that determine what a model of SageMaker's XGBoost predicts, and which columns its data has. */
export const PREDICTION_HYPERPARAMETERS: readonly string[] = ['objective', 'num_class', 'csv_weights'];

/** Objectives whose predictions are in the unit of the label. */
const REGRESSION =
  /^(reg:(linear|squarederror|squaredlogerror|logistic|pseudohubererror|absoluteerror|gamma|tweedie)|count:poisson)$/;

/**
 * Derives the evaluation problem of a model from its objective. If the problem is unknown, returns the reason as a
 * string.
 *
 * @see https://xgboost.readthedocs.io/en/stable/parameter.html#learning-task-parameters
 */
export function problemOfXGBoost(
  hyperparameters: Readonly<Record<string, string>>,
): EvaluationProblem | string {
  const { objective = 'reg:squarederror', num_class: classes = '' } = hyperparameters;
  if (Token.isUnresolved(objective)) return 'the objective is a token, which is unknown at synth';
  if (REGRESSION.test(objective)) return EvaluationProblem.regression();
  if (objective === 'binary:logistic' || objective === 'binary:hinge') {
    return EvaluationProblem.binaryClassification();
  }
  if (objective.startsWith('rank:')) return EvaluationProblem.ranking();
  if (objective.startsWith('multi:')) {
    if (!/^[0-9]+$/.test(classes)) return `num_class is unknown at synth for ${objective}`;
    const probabilities = objective === 'multi:softprob';
    return EvaluationProblem.multiclassClassification({ classes: Number(classes), probabilities });
  }
  return `the predictions of ${objective} are not in the unit of the label`;
}
