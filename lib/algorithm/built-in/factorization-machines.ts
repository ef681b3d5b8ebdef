import { Token } from 'aws-cdk-lib';
import type { HyperparameterRule } from '../algorithm-rules';
import { type BuiltInFacts, type BuiltInMetric, RECORD_IO_PROTOBUF } from './facts';
import { BUILT_IN_REGISTRY } from './registry';
import { guide, imageSources, sdk } from './sources';

const BINARY = ['binary_classifier'];
const TERMS = ['bias', 'linear', 'factors'];
const CONTENT_TYPES = [RECORD_IO_PROTOBUF];

/** The initialization parameters of each term. Each parameter is used by one initialization method. */
const INIT_PARAMETERS: Readonly<Record<string, string>> = {
  scale: 'uniform',
  sigma: 'normal',
  value: 'constant',
};
const DEFAULT_INIT_METHOD = 'normal';

// For most hyperparameters, the guide only recommends a range. Other values are allowed, so the range is not used as
// bounds.
const HYPERPARAMETERS: readonly HyperparameterRule[] = [
  { name: 'feature_dim', type: 'integer', min: 1, required: true },
  { name: 'num_factors', type: 'integer', min: 1, required: true },
  { name: 'predictor_type', type: 'categorical', values: ['binary_classifier', 'regressor'], required: true },
  { name: 'clip_gradient', type: 'continuous' },
  // The documentation page about tuning has `epoch`; all other pages have `epochs`.
  { name: 'epochs', type: 'integer', min: 1, tunable: true },
  { name: 'eps', type: 'continuous' },
  { name: 'mini_batch_size', type: 'integer', min: 1, tunable: true },
  { name: 'rescale_grad', type: 'continuous' },
  ...TERMS.flatMap((term): HyperparameterRule[] => [
    { name: `${term}_lr`, type: 'continuous', min: 0, tunable: true },
    { name: `${term}_wd`, type: 'continuous', min: 0, tunable: true },
    { name: `${term}_init_method`, type: 'categorical', values: ['uniform', 'normal', 'constant'] },
    { name: `${term}_init_scale`, type: 'continuous', min: 0, tunable: true },
    { name: `${term}_init_sigma`, type: 'continuous', min: 0, tunable: true },
    { name: `${term}_init_value`, type: 'continuous', tunable: true },
  ]),
];

const METRICS: readonly BuiltInMetric[] = [
  { name: 'test:rmse', direction: 'Minimize', predictorTypes: ['regressor'] },
  { name: 'test:binary_classification_accuracy', direction: 'Maximize', predictorTypes: BINARY },
  { name: 'test:binary_classification_cross_entropy', direction: 'Minimize', predictorTypes: BINARY },
  { name: 'test:binary_f_beta', direction: 'Maximize', predictorTypes: BINARY },
];

/** Regression and binary classification on sparse data, with interactions between features. */
export const FACTORIZATION_MACHINES: BuiltInFacts = {
  title: 'Factorization Machines',
  repository: 'factorization-machines',
  tag: '1',
  registry: BUILT_IN_REGISTRY,
  channelNames: { train: 'train', validation: 'test' },
  data: { train: { contentTypes: CONTENT_TYPES }, validation: { contentTypes: CONTENT_TYPES } },
  instances: { several: true, gpu: true },
  hyperparameters: HYPERPARAMETERS,
  objectiveMetrics: METRICS,
  checkTogether,
  sources: [
    ...imageSources('factorization-machines'),
    guide('data, channels, instances', 'fact-machines', '108648518576254d52adc512db412a7c426eca84'),
    guide('hyperparameters', 'fact-machines-hyperparameters', '15874293e6472d70351601fb9d74883956fd744a'),
    sdk('factorization_machines'),
    guide(
      'objective metrics, tunable hyperparameters',
      'fm-tuning',
      '108648518576254d52adc512db412a7c426eca84',
    ),
  ],
};

/**
 * Reports tuned parameters that the initialization method ignores. Tuning them is useless: every training job would
 * train the same model.
 */
function checkTogether(values: Readonly<Record<string, string>>): string[] {
  return TERMS.flatMap((term) => {
    const method = values[`${term}_init_method`] ?? DEFAULT_INIT_METHOD;
    if (Token.isUnresolved(method)) return [];
    return Object.entries(INIT_PARAMETERS)
      .filter(([parameter, needed]) => values[`${term}_init_${parameter}`] === '' && method !== needed)
      .map(
        ([parameter, needed]) =>
          `parameterRanges.${term}_init_${parameter}: has an effect only with ${term}_init_method ${needed}, got ${method}`,
      );
  });
}
