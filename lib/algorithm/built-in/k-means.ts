import { BOOLEANS, type BuiltInFacts, jsonLists, RECORD_IO_PROTOBUF } from './facts';
import { BUILT_IN_REGISTRY } from './registry';
import { guide, imageSources, sdk } from './sources';

// Without label_size, SageMaker would treat the first column of CSV as the label.
const CONTENT_TYPES = [RECORD_IO_PROTOBUF, 'text/csv;label_size=0', 'text/csv;label_size=1'];
const INIT_METHODS = ['random', 'kmeans++'];

/** Clustering. */
export const K_MEANS: BuiltInFacts = {
  title: 'k-means',
  repository: 'kmeans',
  tag: '1',
  registry: BUILT_IN_REGISTRY,
  channelNames: { train: 'train', validation: 'test' },
  data: { train: { contentTypes: CONTENT_TYPES }, validation: { contentTypes: CONTENT_TYPES } },
  // AWS's table of common parameters contradicts itself: it says "not parallelizable", but also one GPU on "one or more
  // instances". The algorithm's own page recommends sharding the training data, which makes sense only with several
  // instances.
  instances: { several: true, gpu: true },
  hyperparameters: [
    { name: 'feature_dim', type: 'integer', min: 1, required: true },
    { name: 'k', type: 'integer', min: 1, required: true },
    { name: 'epochs', type: 'integer', min: 1, tunable: true },
    { name: 'eval_metrics', type: 'categorical', values: jsonLists('msd', 'ssd') },
    { name: 'extra_center_factor', type: 'integer', min: 1, words: ['auto'], tunable: true },
    // This hyperparameter exists only in the SDK, which always sends it.
    { name: 'force_dense', type: 'categorical', values: BOOLEANS },
    { name: 'half_life_time_size', type: 'integer', min: 0 },
    { name: 'init_method', type: 'categorical', values: INIT_METHODS, tunable: true },
    { name: 'local_lloyd_init_method', type: 'categorical', values: INIT_METHODS },
    { name: 'local_lloyd_max_iter', type: 'integer', min: 1 },
    { name: 'local_lloyd_num_trials', type: 'integer', min: 1, words: ['auto'] },
    { name: 'local_lloyd_tol', type: 'continuous', min: 0, max: 1 },
    { name: 'mini_batch_size', type: 'integer', min: 1, tunable: true },
  ],
  objectiveMetrics: [
    { name: 'test:msd', direction: 'Minimize' },
    { name: 'test:ssd', direction: 'Minimize' },
  ],
  // The algorithm reports only the metrics in eval_metrics, whose default is msd.
  hyperparametersFor: { 'test:ssd': { eval_metrics: '["msd","ssd"]' } },
  sources: [
    ...imageSources('kmeans'),
    guide('data, channels, instances', 'k-means', '32a7c07b484589e8302edcf67a91268fb18db87f'),
    guide('label_size of CSV', 'cdf-training', '108648518576254d52adc512db412a7c426eca84'),
    guide('hyperparameters', 'k-means-api-config', 'cf4045a036f990cafc17c93c2ee070aa6efa7248'),
    sdk('kmeans'),
    guide(
      'objective metrics, tunable hyperparameters',
      'k-means-tuning',
      '2dfa4dd0ce508ccad9eefe5f999bafb13fcd75b8',
    ),
  ],
};
