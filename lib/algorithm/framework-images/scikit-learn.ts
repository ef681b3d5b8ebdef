import { XGBOOST_ACCOUNTS } from '../xgboost-images';
import type { FrameworkImageFacts, FrameworkVersions } from './facts';
import { containerDocs, sdkTable } from './sources';

/**
 * Versions of SageMaker's scikit-learn image. The image is in the same accounts as the XGBoost image, and supports
 * only CPUs.
 */
export const SCIKIT_LEARN: FrameworkVersions = {
  '1.0-1': scikitLearn('1.0-1'),
  '1.2-1': scikitLearn('1.2-1'),
  '1.4-2': scikitLearn('1.4-2'),
  '1.4-2-py312': scikitLearn('1.4-2-py312', 'py312', '559bbcd94e729c03dc6753eeaf9757f82cc33330'),
  '1.9-0': scikitLearn('1.9-0', 'py3', '5a49882255b166625e87883f10f5221ce9e591e9'),
};

function scikitLearn(version: string, python = 'py3', docs?: string): FrameworkImageFacts {
  return {
    title: `scikit-learn ${version}`,
    repository: 'sagemaker-scikit-learn',
    // The tag that the SDK uses. The documentation of the containers shortens the tag to the version.
    tags: { cpu: `${version}-cpu-py3` },
    python,
    registry: { mappingId: 'SageMakerXGBoostRegistry', accounts: XGBOOST_ACCOUNTS },
    sources: [
      sdkTable('sklearn'),
      ...(docs ? [containerDocs(`sagemaker-scikit-learn/${version}-cpu-sagemaker`, docs)] : []),
    ],
  };
}
