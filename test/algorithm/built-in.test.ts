import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  BuiltInAlgorithm,
  DataDistribution,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  type TuningOptions,
  type TuningWorkflowProps,
} from '../../lib';
import { checkValue } from '../../lib/algorithm/algorithm-rules';
import { builtIn } from '../../lib/algorithm/built-in/definition';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionOf, fragment, type Json, stackOf, text, workflow } from '../fixtures';

const at = (folder: string) => DataLocation.fromUri(`s3://data/${folder}/`);
const recordIo = (folder: string) => InputData.recordIoProtobuf(at(folder));

/** A valid search for each algorithm. */
const TUNINGS: Readonly<Record<string, TuningOptions & { train: InputData; validation: InputData }>> = {
  'linear-learner': {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
    objective: Objective.minimize('validation:objective_loss'),
    hyperparameters: { predictor_type: 'regressor', learning_rate: 'auto', normalize_data: 'true' },
    parameterRanges: [
      ParameterRange.continuous('wd', { min: 1e-7, max: 1 }),
      ParameterRange.categorical('use_bias', ['true', 'false']),
    ],
    train: InputData.csv(at('train')),
    validation: InputData.csv(at('validation')),
  },
  knn: {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.KNN),
    objective: Objective.maximize('test:accuracy'),
    hyperparameters: { feature_dim: '10', predictor_type: 'classifier', sample_size: '1000' },
    parameterRanges: [ParameterRange.integer('k', { min: 1, max: 100 })],
    train: InputData.csv(at('train')),
    validation: InputData.csv(at('validation')),
  },
  'factorization-machines': {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.FACTORIZATION_MACHINES),
    objective: Objective.minimize('test:rmse'),
    hyperparameters: { feature_dim: '10000', num_factors: '64', predictor_type: 'regressor' },
    parameterRanges: [ParameterRange.continuous('linear_lr', { min: 1e-4, max: 1 })],
    train: recordIo('train'),
    validation: recordIo('validation'),
  },
  kmeans: {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.K_MEANS),
    objective: Objective.minimize('test:ssd'),
    hyperparameters: { feature_dim: '10', k: '5' },
    parameterRanges: [
      ParameterRange.integer('extra_center_factor', { min: 4, max: 10 }),
      ParameterRange.categorical('init_method', ['kmeans++', 'random']),
      ParameterRange.integer('mini_batch_size', { min: 3000, max: 15000 }),
    ],
    train: InputData.csv(at('train'), { labeled: false }),
    validation: InputData.csv(at('validation'), { labeled: false }),
  },
  randomcutforest: {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.RANDOM_CUT_FOREST),
    objective: Objective.maximize('test:f1'),
    hyperparameters: { feature_dim: '10' },
    parameterRanges: [ParameterRange.integer('num_trees', { min: 50, max: 1000 })],
    train: InputData.csv(at('train'), {
      labeled: false,
      distribution: DataDistribution.SHARDED_BY_S3_KEY,
    }),
    validation: InputData.of(at('validation'), { contentType: 'text/csv;label_size=1' }),
  },
};

const ALGORITHMS = Object.values(BuiltInAlgorithm).filter(
  (value): value is BuiltInAlgorithm => value instanceof BuiltInAlgorithm,
);
const NAMES = ALGORITHMS.map(({ algorithmName }) => algorithmName);

function synth(name: string, props: Partial<TuningWorkflowProps> = {}): Stack {
  const stack = stackOf();
  workflow({ ...TUNINGS[name], ...props }, stack);
  return stack;
}

/** The search with one hyperparameter added or changed. */
function withHyperparameters(name: string, hyperparameters: Record<string, string>) {
  return () => synth(name, { hyperparameters: { ...TUNINGS[name]?.hyperparameters, ...hyperparameters } });
}

test('every algorithm is tested here', () => {
  expect(Object.keys(TUNINGS)).toEqual(NAMES);
});

describe.each(NAMES)('%s', (name) => {
  test('has the template that was reviewed', () => {
    expect(Template.fromStack(synth(name)).toJSON()).toMatchSnapshot();
  });

  test('rejects an unknown hyperparameter', () => {
    expect(withHyperparameters(name, { no_such_thing: '1' })).toThrow(
      /hyperparameters\.no_such_thing: is not a hyperparameter of .*; its hyperparameters are .*feature_dim/,
    );
  });

  test('rejects a value outside its bounds, whether it is fixed or tuned', () => {
    expect(withHyperparameters(name, { feature_dim: '0' })).toThrow(
      /hyperparameters\.feature_dim: must be at least 1.*, got "0"/,
    );
    const tuned = TUNINGS[name]?.algorithm?._definition.rules?.hyperparameters.find(
      ({ tunable, type }) => tunable && type === 'integer',
    );
    const range = ParameterRange.integer(tuned?.name ?? '', { min: -1, max: 60 });
    expect(() => synth(name, { parameterRanges: [range] })).toThrow(
      new RegExp(`parameterRanges.${tuned?.name}: min must be at least (1|50)\\b.*, got -1`),
    );
  });

  test('rejects a range for a hyperparameter that cannot be tuned', () => {
    const range = ParameterRange.integer('feature_dim', { min: 1, max: 5 });
    expect(() => synth(name, { parameterRanges: [range] })).toThrow(
      /parameterRanges\.feature_dim: cannot be tuned: the tunable hyperparameters are /,
    );
  });

  test('rejects an unknown metric and the wrong direction', () => {
    expect(() => synth(name, { objective: Objective.minimize('validation:rmse') })).toThrow(
      /objective: must be an objective metric of .*, got "validation:rmse"; its metrics are /,
    );
    const { metric, type } = TUNINGS[name]?.objective ?? Objective.minimize('');
    const other = type === 'Minimize' ? Objective.maximize(metric) : Objective.minimize(metric);
    expect(() => synth(name, { objective: other })).toThrow(
      new RegExp(`objective: ${metric} must be ${type.toLowerCase()}d, got ${other.type}`),
    );
  });

  test('requires its required hyperparameters', () => {
    const required = TUNINGS[name]?.algorithm?._definition.rules?.hyperparameters.filter(
      (rule) => rule.required,
    );
    expect(required?.length).toBeGreaterThan(0);
    for (const { name: hyperparameter } of required ?? []) {
      const { [hyperparameter]: _, ...rest } = TUNINGS[name]?.hyperparameters ?? {};
      const parameterRanges = TUNINGS[name]?.parameterRanges?.filter(
        (range) => range.name !== hyperparameter,
      );
      const others = parameterRanges?.length
        ? parameterRanges
        : [ParameterRange.integer('sample_size', { min: 1, max: 100 })];
      expect(() => synth(name, { hyperparameters: rest, parameterRanges: others })).toThrow(
        new RegExp(`hyperparameters: ${hyperparameter} is required by `),
      );
    }
  });

  test('requires the data on which its metric is computed', () => {
    const { metric } = TUNINGS[name]?.objective ?? Objective.minimize('');
    expect(() => fragment({ ...TUNINGS[name], validation: undefined })).toThrow(
      `validation: is required, because the objective is ${metric}`,
    );
  });

  test('uses SageMaker’s channel names', () => {
    const { TuneHyperparameters } = definitionOf(synth(name)).States;
    const { InputDataConfig } = TuneHyperparameters.Arguments.TrainingJobDefinition;
    expect(InputDataConfig.map(({ ChannelName }: Json) => ChannelName)).toEqual([
      'train',
      name === 'linear-learner' ? 'validation' : 'test',
    ]);
  });

  test('has a source for each kind of fact that the library knows about it', () => {
    const facts = ALGORITHMS.find(({ algorithmName }) => algorithmName === name)?._facts;
    const kinds = new Set(facts?.sources.flatMap(({ of }) => of.split(', ')));
    for (const kind of [
      'images',
      'data',
      'hyperparameters',
      'objective metrics',
      'tunable hyperparameters',
    ]) {
      expect(kinds).toContain(kind);
    }
    for (const source of facts?.sources ?? []) {
      expect(source).toEqual({
        of: expect.any(String),
        repository: expect.stringMatching(/^aws(docs)?\//),
        path: expect.stringMatching(/\.(md|json|py)$/),
        at: expect.stringMatching(/^[0-9a-f]{40}$|^sagemaker/),
        ...(source.page && { page: expect.stringMatching(/^https:\/\/docs\.aws\.amazon\.com\/sagemaker\//) }),
      });
    }
  });

  test('has each hyperparameter only once, and the predictor types that its metrics require', () => {
    const facts = ALGORITHMS.find(({ algorithmName }) => algorithmName === name)?._facts;
    const names = facts?.hyperparameters.map((rule) => rule.name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    for (const { name: metric, predictorTypes = [] } of facts?.objectiveMetrics ?? []) {
      expect(metric.split(':')[0]).toBe(facts?.channelNames.validation);
      const types = facts?.hyperparameters.find((rule) => rule.name === 'predictor_type')?.values ?? [];
      expect(types).toEqual(expect.arrayContaining([...predictorTypes]));
    }
  });

  test('is documented', () => {
    const docs = readFileSync(join(__dirname, '../../docs/built-in-algorithms.md'), 'utf8');
    const facts = ALGORITHMS.find(({ algorithmName }) => algorithmName === name)?._facts;
    const row = docs.split('\n').find((line) => line.startsWith(`| ${facts?.title} `)) ?? '';
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells[2]).toBe(`\`${facts?.channelNames.train}\`, \`${facts?.channelNames.validation}\``);
    expect(cells[4]).toBe(facts?.instances.several ? 'yes' : 'no');
    expect(cells[5]).toMatch(facts?.instances.gpu ? /^yes/ : /^no/);
    for (const { name: metric, direction } of facts?.objectiveMetrics ?? []) {
      const mark = direction === 'Minimize' ? '↓' : '↑';
      expect(docs).toContain(`\`${metric}\` ${mark}`);
    }
  });
});

describe('the image', () => {
  function imageIn(region: string | undefined, name = 'linear-learner', registryAccount?: string) {
    const stack = new Stack(new App(), 'Stack', { env: { region } });
    const algorithm = ALGORITHMS.find(({ algorithmName }) => algorithmName === name) as BuiltInAlgorithm;
    const { image } = builtIn(algorithm, { registryAccount }).bind(stack, {
      train: recordIo('train'),
      objectiveMetric: 'validation:mse',
      hyperparameters: {},
      tuned: [],
      instanceTypes: [],
      instanceTypesOfJobs: [],
      instanceCounts: [],
      networkIsolation: true,
    });
    return { uri: text(stack.resolve(image.uri)), repositoryArn: text(stack.resolve(image.repositoryArn)) };
  }

  test.each(NAMES)('of %s is the algorithm’s', (name) => {
    const { uri, repositoryArn } = imageIn('eu-west-1', name);
    expect(uri).toBe(`438346466558.dkr.ecr.eu-west-1.<AWS::URLSuffix>/${name}:1`);
    expect(repositoryArn).toBe(`arn:<AWS::Partition>:ecr:eu-west-1:438346466558:repository/${name}`);
  });

  test.each([
    ['us-east-1', '382416733822'],
    ['eu-central-1', '664544806723'],
    ['ap-southeast-2', '712309505854'],
    ['us-gov-west-1', '226302683700'],
    ['us-gov-east-1', '237065988967'],
    ['cn-north-1', '390948362332'],
    ['cn-northwest-1', '387376663083'],
    ['us-iso-east-1', '490574956308'],
  ])('of %s comes from account %s', (region, account) => {
    expect(imageIn(region).uri).toBe(`${account}.dkr.ecr.${region}.<AWS::URLSuffix>/linear-learner:1`);
  });

  test('is looked up in one mapping that all algorithms of a stack share', () => {
    const stack = stackOf();
    for (const [index, name] of NAMES.entries()) {
      workflow({ ...TUNINGS[name], jobNamePrefix: `job${index}` }, stack, `Tuning${index}`);
    }
    const { Mappings } = Template.fromStack(stack).toJSON();
    expect(Object.keys(Mappings).filter((id) => id.startsWith('SageMaker'))).toEqual([
      'SageMakerBuiltInRegistry',
    ]);
  });

  test('in an unknown region requires an account', () => {
    expect(() => imageIn('xx-west-1')).toThrow(
      /^the registry of SageMaker's Linear Learner in region "xx-west-1" is unknown: give registryAccount; /,
    );
    expect(imageIn('xx-west-1', 'knn', '111122223333').uri).toMatch(/^111122223333\.dkr\.ecr\.xx-west-1\./);
  });
});

describe('data', () => {
  test.each<[string, string, InputData, string | RegExp]>([
    [
      'linear-learner',
      'features without a label',
      InputData.csv(at('train'), { labeled: false }),
      'train: must be of type application/x-recordio-protobuf or text/csv or text/csv;label_size=1 for Linear Learner, got text/csv;label_size=0: use InputData.recordIoProtobuf or InputData.csv',
    ],
    [
      'knn',
      'Parquet',
      InputData.parquet(at('train')),
      /train: must be of type .* for k-NN, got application\/x-parquet/,
    ],
    [
      'factorization-machines',
      'CSV',
      InputData.csv(at('train')),
      'train: must be of type application/x-recordio-protobuf for Factorization Machines, got text/csv: use InputData.recordIoProtobuf',
    ],
    [
      'kmeans',
      'CSV whose content type does not say how many label columns there are',
      InputData.csv(at('train')),
      /train: must be of type .* for k-means, got text\/csv: use .*InputData\.csv \(labeled: false\)/,
    ],
    [
      'randomcutforest',
      'data that is not sharded',
      InputData.csv(at('train'), { labeled: false }),
      'train: Random Cut Forest requires distribution ShardedByS3Key for this data, got FullyReplicated',
    ],
  ])('%s refuses %s', (name, _what, train, message) => {
    expect(() => synth(name, { train })).toThrow(message);
  });

  test('for validation must have labels if the algorithm detects anomalies', () => {
    expect(() => synth('randomcutforest', { validation: InputData.csv(at('validation')) })).toThrow(
      `validation: must be of type application/x-recordio-protobuf or text/csv;label_size=1 for Random Cut Forest, got text/csv: use InputData.recordIoProtobuf or InputData.of (contentType: "text/csv;label_size=1")`,
    );
  });

  test.each([
    ['kmeans', InputData.of(at('train'), { contentType: 'TEXT/CSV; label_size=1' })],
    ['kmeans', InputData.of(at('train'))],
    ['linear-learner', InputData.of(at('train'), { contentType: Lazy.string({ produce: () => 'x' }) })],
    ['knn', recordIo('train')],
  ])('%s takes %j', (name, train) => {
    expect(() => synth(name, { train })).not.toThrow();
  });
});

describe('several hyperparameters', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    [
      'linear-learner',
      { predictor_type: 'multiclass_classifier' },
      'hyperparameters.num_classes: is required with predictor_type multiclass_classifier',
    ],
    ['linear-learner', { predictor_type: 'multiclass_classifier', num_classes: '3' }, undefined],
    [
      'linear-learner',
      { loss: 'hinge_loss' },
      'hyperparameters.loss: must be one of auto, squared_loss, absolute_loss, eps_insensitive_squared_loss, eps_insensitive_absolute_loss, quantile_loss, huber_loss with predictor_type regressor, got hinge_loss',
    ],
    ['linear-learner', { loss: 'auto' }, undefined],
    [
      'knn',
      { dimension_reduction_type: 'sign' },
      'hyperparameters.dimension_reduction_target: is required with dimension_reduction_type',
    ],
    [
      'knn',
      { dimension_reduction_type: 'sign', dimension_reduction_target: '10' },
      'hyperparameters.dimension_reduction_target: must be less than feature_dim, got 10 and 10',
    ],
    ['knn', { dimension_reduction_type: 'sign', dimension_reduction_target: '9' }, undefined],
    [
      'knn',
      { index_type: 'faiss.IVFPQ', index_metric: 'COSINE' },
      'hyperparameters.index_metric: must be L2 with index_type faiss.IVFPQ, got COSINE',
    ],
    ['knn', { index_type: 'faiss.IVFPQ', index_metric: 'L2' }, undefined],
    [
      'randomcutforest',
      { eval_metrics: '["accuracy"]' },
      'hyperparameters.eval_metrics: must list precision_recall_fscore, which includes the objective test:f1, got ["accuracy"]',
    ],
  ])('of %s, %j: %s', (name, hyperparameters, problem) => {
    if (problem === undefined) expect(withHyperparameters(name, hyperparameters)).not.toThrow();
    else expect(withHyperparameters(name, hyperparameters)).toThrow(problem);
  });

  test('that belong to another initialization method cannot be tuned', () => {
    const parameterRanges = [ParameterRange.continuous('bias_init_scale', { min: 0.1, max: 1 })];
    expect(() => synth('factorization-machines', { parameterRanges })).toThrow(
      'parameterRanges.bias_init_scale: has an effect only with bias_init_method uniform, got normal',
    );
    const hyperparameters = {
      ...TUNINGS['factorization-machines']?.hyperparameters,
      bias_init_method: 'uniform',
    };
    expect(() => synth('factorization-machines', { parameterRanges, hyperparameters })).not.toThrow();
  });

  test('include eval_metrics if the objective metric needs it', () => {
    expect(JSON.stringify(definitionOf(synth('kmeans')))).toContain('eval_metrics');
    const definition = builtIn(BuiltInAlgorithm.K_MEANS);
    expect(definition.defaultHyperparameters('test:ssd')).toEqual({ eval_metrics: '["msd","ssd"]' });
    expect(definition.defaultHyperparameters('test:msd')).toEqual({});
  });
});

test.each([
  ['linear-learner', 'validation:mse', 'binary_classifier', 'regressor'],
  ['linear-learner', 'validation:roc_auc_score', 'regressor', 'binary_classifier'],
  ['knn', 'test:mse', 'classifier', 'regressor'],
  ['factorization-machines', 'test:rmse', 'binary_classifier', 'regressor'],
])('%s does not compute %s with predictor_type %s', (name, metric, given, needed) => {
  const direction = /mse$/.test(metric) ? Objective.minimize(metric) : Objective.maximize(metric);
  const build = (predictorType: string) => () =>
    synth(name, {
      objective: direction,
      hyperparameters: { ...TUNINGS[name]?.hyperparameters, predictor_type: predictorType },
    });
  expect(build(given)).toThrow(`objective: ${metric} requires predictor_type ${needed}, got ${given}`);
  expect(build(needed)).not.toThrow();
  expect(build(Lazy.string({ produce: () => given }))).not.toThrow();
});

describe('values', () => {
  test.each<[string, string, string, string | undefined]>([
    ['linear-learner', 'feature_dim', 'auto', undefined],
    ['linear-learner', 'feature_dim', 'balanced', 'must be a whole number or auto, got "balanced"'],
    ['linear-learner', 'feature_dim', '0', 'must be at least 1 or auto, got "0"'],
    ['linear-learner', 'positive_example_weight_mult', 'balanced', undefined],
    [
      'linear-learner',
      'positive_example_weight_mult',
      '0',
      'must be more than 0 or auto or balanced, got "0"',
    ],
    ['linear-learner', 'num_classes', '2', 'must be at least 3 and at most 1000000, got "2"'],
    ['linear-learner', 'use_bias', 'True', undefined],
    ['linear-learner', 'use_bias', 'auto', 'must be one of true, false, True, False, got "auto"'],
    ['linear-learner', 'momentum', '1', 'must be at least 0 and less than 1 or auto, got "1"'],
    ['knn', 'faiss_index_pq_m', '5', expect.stringMatching(/^must be one of 1, 2, 3, .*, 96, got "5"$/)],
    ['knn', 'faiss_index_ivf_nlists', 'auto', undefined],
    ['factorization-machines', 'bias_lr', '-0.1', 'must be at least 0, got "-0.1"'],
    ['factorization-machines', 'bias_init_value', '-3.5', undefined],
    ['kmeans', 'eval_metrics', '["msd", "ssd"]', undefined],
    ['kmeans', 'eval_metrics', 'msd', expect.stringMatching(/^must be one of \["msd"\], .*, got "msd"$/)],
    ['kmeans', 'local_lloyd_tol', '1.1', 'must be at least 0 and at most 1, got "1.1"'],
    ['randomcutforest', 'num_trees', '49', 'must be at least 50 and at most 1000, got "49"'],
    ['randomcutforest', 'num_samples_per_tree', '2049', 'must be at least 1 and at most 2048, got "2049"'],
    ['randomcutforest', 'mini_batch_size', '500', 'must be at least 1000 and at most 1000, got "500"'],
  ])('of %s: %s takes %j: %s', (name, hyperparameter, value, problem) => {
    const rule = TUNINGS[name]?.algorithm?._definition.rules?.hyperparameters.find(
      (candidate) => candidate.name === hyperparameter,
    );
    expect(rule && checkValue(rule, value)).toEqual(problem);
  });

  test.each<[Record<string, string>, string[] | undefined]>([
    [{ learning_rate: 'auto' }, undefined],
    [{ learning_rate: '0.1', feature_dim: 'auto', positive_example_weight_mult: 'balanced' }, undefined],
    [{ feature_dim: 'many' }, ['hyperparameters.feature_dim: must be a whole number or auto, got "many"']],
    [{ feature_dim: '0' }, ['hyperparameters.feature_dim: must be at least 1 or auto, got "0"']],
    [{ epochs: 'auto' }, ['hyperparameters.epochs: must be a whole number, got "auto"']],
  ])('in the input of an execution, %j causes the problems %j', async (hyperparameters, problems) => {
    const { Configure } = definitionOf(synth('linear-learner')).States;
    const result = await evaluateJsonata(text(Configure.Output), { input: { hyperparameters } });
    expect(result.problems).toEqual(problems);
  });
});

expect.addSnapshotSerializer({
  test: (value) => typeof value === 'string' && /[0-9a-f]{64}/.test(value),
  print: (value) => JSON.stringify(String(value).replace(/[0-9a-f]{64}/g, '<hash>')),
});
