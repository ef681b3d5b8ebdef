import { CfnParameter, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import {
  ContainerImage,
  Distribution,
  Framework,
  Objective,
  ParameterRange,
  type ScriptOptions,
  XGBoostVersion,
} from '../../lib';
import { flat, type Json, stackOf, statementsIn } from '../fixtures';
import { fixed, GPU, METRICS, MORE, problemsOf, props, requests, script } from './script-fixtures';

describe('the image', () => {
  const imageIn = (region: string | undefined, options: Partial<ScriptOptions>, resources = {}) =>
    flat(
      requests(options, { resources }, stackOf({ env: { region } })).trials.AlgorithmSpecification
        .TrainingImage,
    );

  test.each<[string, Partial<ScriptOptions>, object, string]>([
    [
      'eu-west-1',
      { framework: Framework.pyTorch('2.8.0') },
      {},
      '763104351884.dkr.ecr.eu-west-1.<AWS::URLSuffix>/pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker',
    ],
    [
      'eu-west-1',
      { framework: Framework.pyTorch('2.8.0') },
      GPU,
      '763104351884.dkr.ecr.eu-west-1.<AWS::URLSuffix>/pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-sagemaker',
    ],
    [
      'cn-north-1',
      { framework: Framework.pyTorch('2.8.0') },
      {},
      '727897471807.dkr.ecr.cn-north-1.<AWS::URLSuffix>/pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker',
    ],
    [
      'eu-west-1',
      { framework: Framework.scikitLearn('1.4-2') },
      {},
      '141502667606.dkr.ecr.eu-west-1.<AWS::URLSuffix>/sagemaker-scikit-learn:1.4-2-cpu-py3',
    ],
    [
      'us-east-1',
      { framework: Framework.tensorFlow('2.19.0') },
      {},
      '763104351884.dkr.ecr.us-east-1.<AWS::URLSuffix>/tensorflow-training:2.19.0-cpu-py312-ubuntu22.04-sagemaker',
    ],
  ])('in %s for %j on %j', (region, options, resources, image) => {
    expect(imageIn(region, options, resources)).toBe(image);
  });

  test('of Hugging Face is a GPU image', () => {
    expect(imageIn('eu-west-1', { framework: Framework.huggingFace('4.49.0') }, GPU)).toMatch(
      /^763104351884\.dkr\.ecr\.eu-west-1\..*\/huggingface-pytorch-training:.*transformers4\.49\.0-gpu/,
    );
  });

  test('is looked up at deploy time if the region is unknown', () => {
    const stack = stackOf();
    requests({}, {}, stack);
    const [mapping] = Object.values<Json>(Template.fromStack(stack).findMappings('*'));
    expect(mapping['eu-west-1']).toEqual({ account: '763104351884' });
  });

  test('is the only image that the role can pull', () => {
    const stack = stackOf({ env: { region: 'eu-west-1' } });
    requests({}, {}, stack);
    const [pull] = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
      Action.includes('ecr:BatchGetImage'),
    );
    expect(pull.Resource).toBe('arn:<AWS::Partition>:ecr:eu-west-1:763104351884:repository/pytorch-training');
  });

  test('of an unknown version is rejected as soon as the algorithm is created', () => {
    expect(() => script({ framework: Framework.pyTorch('1.0.0') })).toThrow(
      /version "1\.0\.0" of pytorch is not known: use one of .*2\.8\.0.*, or give image/,
    );
    expect(() =>
      script({ framework: Framework.xgboost(XGBoostVersion.of('9.9-9')), metrics: undefined }),
    ).toThrow(/version "9\.9-9" of xgboost is not known: use one of .*3\.2-0.*, or give image/);
  });

  test('of an unknown version can be given with the image option', () => {
    const stack = stackOf();
    const image = ContainerImage.fromEcrRepository(
      ecr.Repository.fromRepositoryName(stack, 'R', 'mine'),
      'v1',
    );
    const { trials } = requests({ framework: Framework.pyTorch('1.0.0'), image }, {}, stack);
    expect(trials.AlgorithmSpecification.TrainingImage).toMatch(/\/mine:v1$/);
  });

  test('must be the same for the search and the final training', () => {
    expect(problemsOf({}, { finalTraining: { resources: GPU } })).toEqual([
      'resources.instanceType: the tuning and the final training share one image, but GPU and CPU instances need different images: use one kind of instance, got ml.m5.xlarge, ml.g5.xlarge',
    ]);
    const xgboost = { framework: Framework.xgboost(XGBoostVersion.V3_2_0), metrics: undefined };
    expect(
      problemsOf(xgboost, {
        maxTrainingJobs: 5,
        parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 9 })],
        finalTraining: { resources: GPU },
      }),
    ).toEqual([]);
  });

  test('for instance groups, only some of which have GPUs, is the GPU image', () => {
    const instanceGroups = [
      { name: 'data', instanceType: 'ml.c5.xlarge', instanceCount: 2 },
      { name: 'train', instanceType: 'ml.g5.xlarge', instanceCount: 1 },
    ];
    expect(imageIn('eu-west-1', {}, { instanceGroups })).toMatch(/-gpu-/);
  });

  test('for GPUs does not exist for some frameworks', () => {
    const options = { framework: Framework.scikitLearn('1.4-2') };
    expect(() => requests(options, { resources: GPU })).toThrow(
      'Algorithm.script: scikit-learn 1.4-2 has no image for GPUs, got ml.g5.xlarge: use other instances, or give image',
    );
  });

  test.each(['ml.trn1.2xlarge', 'ml.inf2.xlarge'])('is unknown for %s', (instanceType) => {
    expect(problemsOf({}, { resources: { instanceType } })).toEqual([
      `resources.instanceType: no image of pytorch is known for AWS Trainium and Inferentia: give algorithm.image, got ${instanceType}`,
    ]);
  });
});

describe("a script in SageMaker's own XGBoost image", () => {
  const XGBOOST = { framework: Framework.xgboost(XGBoostVersion.V3_2_0), metrics: undefined };
  const TUNABLE = {
    maxTrainingJobs: 5,
    parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 9 })],
  };
  const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/xgboost-copy:1');

  test('uses the XGBoost image and no custom metrics', () => {
    const { trials } = requests(XGBOOST, TUNABLE, stackOf({ env: { region: 'eu-west-1' } }));
    expect(trials.AlgorithmSpecification).toEqual({
      TrainingImage: '141502667606.dkr.ecr.eu-west-1.<AWS::URLSuffix>/sagemaker-xgboost:3.2-0',
      TrainingInputMode: 'File',
    });
  });

  test('cannot have custom metrics, and the error names the alternatives', () => {
    expect(problemsOf({ ...XGBOOST, metrics: METRICS }, TUNABLE)).toEqual([
      expect.stringMatching(
        /^algorithm\.metrics: SageMaker rejects .*give algorithm\.image, a copy of sagemaker-xgboost:3\.2-0/,
      ),
    ]);
  });

  test('can tune only hyperparameters that XGBoost declares; fixed hyperparameters can have any name', () => {
    expect(problemsOf(XGBOOST)).toEqual([
      expect.stringMatching(
        /^parameterRanges\.lr: is not a hyperparameter of a script in the image of XGBoost 3\.2-0/,
      ),
    ]);
    expect(problemsOf(XGBOOST, { ...TUNABLE, objective: Objective.minimize('validation:mine') })).toEqual([
      expect.stringMatching(/^objective: must be an objective metric of .*, got "validation:mine"/),
    ]);
    expect(problemsOf(XGBOOST, { ...TUNABLE, hyperparameters: { mine: 'x' } })).toEqual([]);
  });

  test("has no such limits if its image is a copy of SageMaker's", () => {
    expect(problemsOf({ ...XGBOOST, image, metrics: METRICS })).toEqual([]);
    expect(problemsOf({ ...XGBOOST, image })).toEqual([
      'algorithm.metrics: must have 1 to 40 elements, got 0',
      'objective: must be one of the metrics of the script train.py, got "validation:rmse"; its metrics are none',
    ]);
  });
});

describe('metrics', () => {
  test('reach both requests', () => {
    const { trials, final } = requests();
    const definitions = [
      { Name: 'validation:rmse', Regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
    ];
    expect(trials.AlgorithmSpecification.MetricDefinitions).toEqual(definitions);
    expect(final.AlgorithmSpecification.MetricDefinitions).toEqual(definitions);
  });

  test.each(['x=(.*)', 'x=(?<value>.*)', 'x=(?P<value>.*)', '\\(x=([0-9]+)\\)'])(
    'regex %s is valid',
    (regex) => {
      expect(problemsOf({ metrics: [{ name: 'validation:rmse', regex }] })).toEqual([]);
    },
  );

  test.each(['x=.*', 'x=\\(.*\\)', 'x=(?:a|b)', '(?i)x=.*', 'x=[(].*[)]'])(
    'regex %s has no group',
    (regex) => {
      expect(problemsOf({ metrics: [{ name: 'validation:rmse', regex }] })).toEqual([
        `algorithm.metrics.validation:rmse.regex: needs a group, ( … ), around the value, got ${JSON.stringify(regex)}`,
      ]);
    },
  );

  test('must include the objective', () => {
    expect(problemsOf({ metrics: [{ name: 'loss', regex: '(.)' }] })).toEqual([
      'objective: must be one of the metrics of the script train.py, got "validation:rmse"; its metrics are loss',
    ]);
  });

  test('must have unique names, and at most 40 are allowed', () => {
    expect(problemsOf({ metrics: [...METRICS, ...METRICS] })).toEqual([
      'algorithm.metrics: has duplicate names: validation:rmse',
    ]);
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `m${i}`, regex: '(.)' }));
    expect(problemsOf({ metrics: [...METRICS, ...many] })).toEqual([
      'algorithm.metrics: must have 1 to 40 elements, got 41',
    ]);
  });
});

describe('hyperparameters', () => {
  test.each(['sagemaker_program', 'sagemaker_mpi_enabled', '_tuning_objective_metric'])(
    '%s is reserved',
    (name) => {
      const reserved = 'is reserved: the algorithm or SageMaker sets it';
      expect(problemsOf({}, { hyperparameters: { [name]: 'x' } })).toEqual([
        `hyperparameters.${name}: ${reserved}`,
      ]);
      expect(problemsOf({}, { finalTraining: { hyperparameters: { [name]: 'x' } } })).toEqual([
        `finalTraining.hyperparameters.${name}: ${reserved}`,
      ]);
      expect(
        problemsOf({}, { parameterRanges: [ParameterRange.continuous(name, { min: 0, max: 1 })] }),
      ).toEqual([`parameterRanges.${name}: ${reserved}`]);
    },
  );

  test('count toward the limit together with those of the container', () => {
    const hyperparameters = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));
    // 1 tuned hyperparameter, 3 for the container and 1 for SageMaker also count toward the limit of 100.
    expect(problemsOf({}, { hyperparameters: hyperparameters(95) })).toEqual([]);
    expect(problemsOf({}, { hyperparameters: hyperparameters(96) })).toEqual([
      expect.stringMatching(/^hyperparameters: a training job can have at most 100, got 101\. /),
    ]);
  });
});

describe('the environment', () => {
  const variables = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, 'x']));

  test('reaches both requests', () => {
    const { trials, final } = requests({ environment: { MODE: 'fast' } });
    expect(trials.Environment).toEqual({ MODE: 'fast' });
    expect(final.Environment).toEqual({ MODE: 'fast' });
  });

  test.each<[string, Record<string, string>, string]>([
    ['a bad name', { '1A': '' }, '1A: the name must be letters, digits and underscores, no digit first'],
    [
      'a long value',
      { A: 'x'.repeat(513) },
      `A: must have 0 to 512 characters, got 513: "${'x'.repeat(60)}…"`,
    ],
    [
      'a long name',
      { ['A'.repeat(513)]: '' },
      `${'A'.repeat(513)}: must have 1 to 512 characters, got 513: "${'A'.repeat(60)}…"`,
    ],
  ])('with %s', (_name, environment, problem) => {
    expect(problemsOf({ environment })).toEqual([`algorithm.environment.${problem}`]);
  });

  test('has at most 48 variables, counted over all definitions', () => {
    expect(problemsOf({ environment: variables(48) })).toEqual([]);
    expect(problemsOf({ environment: variables(49) })).toEqual([
      'algorithm.environment: can have at most 48 variables, got 49',
    ]);
    const second = {
      ...props({ environment: variables(24) }),
      name: 'second',
      objective: Objective.minimize('validation:rmse'),
    };
    expect(problemsOf({ environment: variables(24) }, { furtherDefinitions: [second] })).toEqual([]);
    expect(problemsOf({ environment: variables(25) }, { furtherDefinitions: [second] })).toEqual([
      'algorithm.environment: can have at most 48 variables in all definitions together, got 49',
    ]);
  });

  test('accepts tokens', () => {
    expect(problemsOf({ environment: { A: Token.asString({ Ref: 'B' }) } })).toEqual([]);
  });
});

describe('channels', () => {
  const data = requests().trials.InputDataConfig.length;

  test('cannot have the name of the code channel', () => {
    const channels = { code: MORE };
    expect(problemsOf({}, { channels })).toEqual([
      'channels.code: is a channel that the algorithm adds: use another name',
    ]);
  });

  test('are at most 20 in total', () => {
    const channels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, MORE]));
    expect(problemsOf({}, { channels: channels(20 - data) })).toEqual([]);
    expect(problemsOf({}, { channels: channels(21 - data) })).toEqual([
      expect.stringMatching(/^channels: a training job can have at most 20 channels, got 21\. /),
    ]);
  });
});

describe('distribution', () => {
  const P4 = { instanceType: 'ml.p4d.24xlarge', instanceCount: 2 };

  test.each<[string, Distribution, Framework, Record<string, string>]>([
    [
      'MPI',
      Distribution.mpi({ processesPerHost: 8, customOptions: '-x A' }),
      Framework.tensorFlow('2.19.0'),
      {
        sagemaker_mpi_enabled: 'true',
        sagemaker_mpi_num_of_processes_per_host: '8',
        sagemaker_mpi_custom_mpi_options: '-x A',
      },
    ],
    [
      'torchrun',
      Distribution.torchrun(),
      Framework.pyTorch('2.8.0'),
      { sagemaker_torch_distributed_enabled: 'true' },
    ],
    [
      'SMDDP',
      Distribution.smDataParallel(),
      Framework.pyTorch('2.8.0'),
      { sagemaker_distributed_dataparallel_enabled: 'true' },
    ],
    [
      'parameter servers',
      Distribution.parameterServer(),
      Framework.tensorFlow('2.19.0'),
      { sagemaker_parameter_server_enabled: 'true' },
    ],
    [
      'mirrored workers',
      Distribution.multiWorkerMirrored(),
      Framework.tensorFlow('2.19.0'),
      { sagemaker_multi_worker_mirrored_strategy_enabled: 'true' },
    ],
  ])(
    'with %s is passed to the container, together with the instance type',
    (_name, distribution, framework, told) => {
      const { trials, final } = requests(
        { distribution, framework },
        { resources: P4, finalTraining: { resources: { ...P4, instanceType: 'ml.p5.48xlarge' } } },
      );
      expect(fixed(trials.StaticHyperParameters)).toMatchObject({
        ...told,
        sagemaker_instance_type: 'ml.p4d.24xlarge',
      });
      // The other hyperparameters come from the best training job.
      expect(final.HyperParameters).toMatch(
        /^{% \$merge\(\[\$states\.input\.result\.bestTrainingJob\.hyperparameters, /,
      );
      expect(fixed(final.HyperParameters)).toEqual({ sagemaker_instance_type: 'ml.p5.48xlarge' });
    },
  );

  test('is not passed without a distribution', () => {
    const { trials, final } = requests({}, { resources: P4 });
    expect(trials.StaticHyperParameters).not.toMatch(/instance_type|mpi/);
    expect(fixed(final.HyperParameters)).toEqual({});
  });

  test('with SMDDP requires GPUs in both the search and the final training', () => {
    const distribution = Distribution.smDataParallel();
    expect(problemsOf({ distribution })).toEqual([
      'algorithm.distribution: SMDDP runs on GPUs only, got ml.m5.xlarge',
    ]);
    expect(problemsOf({ distribution }, { resources: P4 })).toEqual([]);
    const instanceType = new CfnParameter(stackOf(), 'Type').valueAsString;
    expect(problemsOf({ distribution }, { resources: { instanceType } })).toEqual([]);
  });

  test('is accepted only for containers that support it', () => {
    const distribution = Distribution.torchrun();
    const framework = Framework.scikitLearn('1.4-2');
    expect(problemsOf({ distribution, framework })).toEqual([
      'algorithm.distribution: torchrun is for the containers of pytorch, huggingface-pytorch, got scikit-learn',
    ]);
    const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1');
    expect(problemsOf({ distribution, framework, image })).toEqual([]);
  });

  test('requires instances of one type', () => {
    const instanceGroups = [
      { name: 'a', instanceType: 'ml.g5.xlarge', instanceCount: 1 },
      { name: 'b', instanceType: 'ml.g5.2xlarge', instanceCount: 1 },
    ];
    expect(problemsOf({ distribution: Distribution.mpi() }, { resources: { instanceGroups } })).toEqual([
      expect.stringMatching(/^algorithm\.distribution: MPI requires instances of one type/),
    ]);
  });
});
