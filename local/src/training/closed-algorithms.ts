import { isLegacyXGBoost } from './first-party-accounts';
import { parseImage } from './image-uri';

/**
 * Repositories of built-in algorithms whose code is not public, with alternatives that run locally. Source:
 * aws/sagemaker-python-sdk, image_uri_config/<algorithm>.json (member `repository`).
 */
const CLOSED_ALGORITHMS: Readonly<Record<string, string>> = {
  'linear-learner': "XGBoost with booster gblinear, or a script with scikit-learn's linear models",
  knn: "a script with scikit-learn's nearest neighbors",
  'factorization-machines': 'a script with a factorization machine library',
  kmeans: "a script with scikit-learn's KMeans",
  pca: "a script with scikit-learn's PCA",
  randomcutforest: "a script with scikit-learn's IsolationForest",
  blazingtext: 'a script with a word vector library',
  'forecasting-deepar': 'a script with PyTorch',
  'image-classification': 'a script with PyTorch',
  ipinsights: 'a script with PyTorch',
  lda: "a script with scikit-learn's LatentDirichletAllocation",
  ntm: 'a script with PyTorch',
  object2vec: 'a script with PyTorch',
  'object-detection': 'a script with PyTorch',
  'semantic-segmentation': 'a script with PyTorch',
  seq2seq: 'a script with PyTorch',
};

/**
 * AWS advises against the tags `xgboost:1` and `xgboost:latest`:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
 */
const LEGACY_XGBOOST =
  "xgboost:1 and xgboost:latest are SageMaker's legacy XGBoost (0.72), whose code is not public: use a version of " +
  'sagemaker-xgboost, such as 3.2-0 (XGBoostVersion.V3_2_0; in the SageMaker Python SDK: image_uris.retrieve("xgboost", region, "3.0-5"))';

/**
 * Why a built-in algorithm of SageMaker cannot run on this machine.
 *
 * @returns undefined if the image does not belong to an algorithm that runs only on AWS
 */
export function closedAlgorithmRefusal(trainingImage: string): string | undefined {
  const image = parseImage(trainingImage);
  if (isLegacyXGBoost(image)) return LEGACY_XGBOOST;
  const { account, repository } = image;
  const instead = account === undefined ? undefined : CLOSED_ALGORITHMS[repository];
  return instead === undefined
    ? undefined
    : `SageMaker's ${repository} only runs on AWS: its code is not public. To run locally, use ${instead}`;
}
