import { isFirstPartyXGBoost } from './first-party-accounts';
import { isXGBoostImage } from './xgboost-images';

/**
 * What SageMaker's XGBoost declares as tunable (aws/sagemaker-xgboost-container,
 * algorithm_mode/hyperparameter_validation.py, 0.90-1 to 3.2-0).
 */
const XGBOOST = [
  'num_round',
  'eta',
  'gamma',
  'max_depth',
  'min_child_weight',
  'max_delta_step',
  'subsample',
  'colsample_bytree',
  'colsample_bylevel',
  'colsample_bynode',
  'lambda',
  'alpha',
];

/**
 * The hyperparameters that a tuning job may search with an image. SageMaker holds its own images to what they declare,
 * whether they run the algorithm or a script (aws/sagemaker-python-sdk#2226, aws/sagemaker-xgboost-container#113);
 * undefined where anything may be tuned, or what is declared is not known here.
 */
export function tunableHyperparameters(trainingImage: string): readonly string[] | undefined {
  return isXGBoostImage(trainingImage) && isFirstPartyXGBoost(trainingImage) ? XGBOOST : undefined;
}
