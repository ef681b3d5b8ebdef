import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  DataLocation,
  InputData,
  type JumpStartOptions,
  Objective,
  ParameterRange,
  type TuningOptions,
} from '../../lib';
import type { AlgorithmUse } from '../../lib/algorithm/algorithm-definition';
import { definitionOf, flat, type Json, statementsIn, text, workflow } from '../fixtures';

const LIGHTGBM = join(__dirname, 'fixtures', 'lightgbm-classification-model.json');
const GATED = join(__dirname, 'fixtures', 'gated-text-model.json');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jumpstart-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Reads a model document from a file, which may contain the whole response of DescribeHubContent. Changes members of
 * the document and writes it, without the rest of the response, to a new file.
 */
function changed(from: string, change: Json): string {
  const file = JSON.parse(readFileSync(from, 'utf8'));
  const document = file.HubContentDocument ? JSON.parse(file.HubContentDocument) : file;
  return written(JSON.stringify({ ...document, ...change }));
}

function written(content: string, name = 'model.json'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function use(more: Partial<AlgorithmUse> = {}): AlgorithmUse {
  return {
    train: InputData.csv(DataLocation.fromUri('s3://data/train/')),
    objectiveMetric: 'any',
    hyperparameters: {},
    tuned: [],
    instanceTypes: ['ml.m5.4xlarge'],
    instanceTypesOfJobs: [['ml.m5.4xlarge']],
    instanceCounts: [1],
    networkIsolation: true,
    ...more,
  };
}

function definition(document: string, options: Partial<JumpStartOptions> = {}) {
  return Algorithm.jumpStart({ document, ...options })._definition;
}

function stackIn(region?: string): Stack {
  const stack = new Stack(new App(), 'Stack', { env: { region } });
  // The stack needs a resource, because a template without resources is invalid.
  new CfnWaitConditionHandle(stack, 'Any');
  return stack;
}

function boundIn(
  stack: Stack,
  document: string,
  options?: Partial<JumpStartOptions>,
  more?: Partial<AlgorithmUse>,
) {
  const { channels, ...bound } = definition(document, options).bind(stack, use(more));
  return {
    ...flat(stack.resolve(bound)),
    channels: channels?.map(({ name, location, contentType }) => ({ name, uri: location.uri, contentType })),
  };
}

describe('a training job', () => {
  test('has the settings of the document', () => {
    expect(boundIn(stackIn('us-east-1'), LIGHTGBM)).toMatchInlineSnapshot(`
{
  "channels": [
    {
      "contentType": undefined,
      "name": "code",
      "uri": "s3://jumpstart-cache-prod-us-east-1/source-directory-tarballs/lightgbm/transfer_learning/classification/v0.0.0/sourcedir.tar.gz",
    },
    {
      "contentType": "application/x-sagemaker-model",
      "name": "model",
      "uri": "s3://jumpstart-cache-prod-us-east-1/lightgbm-training/train-lightgbm-classification-model.tar.gz",
    },
  ],
  "containerHyperparameters": {
    "sagemaker_container_log_level": "20",
    "sagemaker_program": "transfer_learning.py",
    "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
  },
  "image": {
    "repositoryArn": "arn:<AWS::Partition>:ecr:us-east-1:763104351884:repository/pytorch-training",
    "uri": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.9.0-cpu-py38",
  },
}
`);
  });

  test('has the settings for its instance family and type', () => {
    const options = { acceptEula: true };
    const bound = boundIn(stackIn('eu-west-1'), GATED, options, { instanceTypes: ['ml.g5.48xlarge'] });
    expect(bound).toMatchInlineSnapshot(`
{
  "channels": [
    {
      "contentType": undefined,
      "name": "code",
      "uri": "s3://jumpstart-cache-prod-eu-west-1/source-directory-tarballs/text/prepack/v0.0.0/packed.tar.gz",
    },
  ],
  "containerHyperparameters": {
    "sagemaker_program": "transfer_learning.py",
    "sagemaker_submit_directory": "/opt/ml/input/data/code/packed.tar.gz",
  },
  "environment": {
    "SM_NUM_GPUS": "8",
    "SageMakerGatedModelS3Uri": "s3://jumpstart-private-cache-prod-eu-west-1/g5/train-example-text-model.tar.gz",
    "TOKENIZERS_PARALLELISM": "false",
    "accept_eula": "true",
  },
  "image": {
    "repositoryArn": "arn:<AWS::Partition>:ecr:eu-west-1:763104351884:repository/huggingface-pytorch-training",
    "uri": "763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface-pytorch-training:2.1.0-gpu",
  },
}
`);
    const other = boundIn(stackIn('eu-west-1'), GATED, options, { instanceTypes: ['ml.p4d.24xlarge'] });
    expect(other.environment.SageMakerGatedModelS3Uri).toBe(
      's3://jumpstart-private-cache-prod-eu-west-1/p4d/train-example-text-model.tar.gz',
    );
  });

  test('defaults to the resources in the document', () => {
    const { defaultInstanceType, defaultVolumeSize } = definition(LIGHTGBM);
    expect(defaultInstanceType).toBe('ml.m5.4xlarge');
    expect(defaultVolumeSize?.toGibibytes()).toBe(50);
  });

  test('uses the channel names of JumpStart scripts unless others are given', () => {
    expect(definition(LIGHTGBM).channelNames).toEqual({ train: 'training', validation: 'validation' });
    const options = { trainChannelName: 'train', validationChannelName: 'test' };
    expect(definition(LIGHTGBM, options).channelNames).toEqual({ train: 'train', validation: 'test' });
  });

  test('can pull its image only from its repository', () => {
    const stack = stackIn('us-east-1');
    const { image } = definition(LIGHTGBM).bind(stack, use());
    expect(text(stack.resolve(image.repositoryArn))).toBe(
      'arn:<AWS::Partition>:ecr:us-east-1:763104351884:repository/pytorch-training',
    );
  });
});

describe('the file', () => {
  test('can be the whole response or only the document', () => {
    const alone = changed(LIGHTGBM, {});
    expect(boundIn(stackIn('us-east-1'), alone)).toEqual(boundIn(stackIn('us-east-1'), LIGHTGBM));
    expect(definition(LIGHTGBM).title).toBe('JumpStart model lightgbm-classification-model 0.0.0');
    // Without the response, the model is named after its training artifact.
    expect(definition(alone).title).toBe('JumpStart model lightgbm-classification-model');
  });

  test('can have a given model ID', () => {
    const document = changed(LIGHTGBM, { TrainingArtifactUri: undefined });
    expect(definition(document).title).toBe('the JumpStart model in model.json');
    expect(definition(document, { modelId: 'catboost-regression-model' }).title).toBe(
      'JumpStart model catboost-regression-model',
    );
  });

  test.each<[string, () => string, RegExp]>([
    [
      'is missing',
      () => join('no', 'model.json'),
      /"no\/model\.json" cannot be read \(ENOENT\): get it with: aws sagemaker describe-hub-content .* > model\.json$/,
    ],
    ['is no JSON', () => written('{'), /model\.json is not valid JSON: /],
    ['is no object', () => written('[]'), /model\.json must be a JSON object, got \[\]$/],
    [
      'is of something else',
      () => written('{"a":1}'),
      /model\.json is not a hub document: it has neither TrainingSupported nor HubContentDocument; get it with/,
    ],
    [
      'has a broken document',
      () => written('{"HubContentDocument":"{"}'),
      /HubContentDocument in .*model\.json is not valid JSON/,
    ],
    [
      'is of a notebook',
      () => written('{"HubContentDocument":"{}","HubContentType":"Notebook"}'),
      /must be the hub document of a Model, got HubContentType "Notebook"$/,
    ],
    [
      'has no script',
      () => changed(LIGHTGBM, { TrainingScriptUri: undefined }),
      /model\.json lacks TrainingScriptUri, /,
    ],
    [
      'has no image',
      () => changed(LIGHTGBM, { TrainingEcrUri: undefined }),
      /model\.json lacks TrainingEcrUri, /,
    ],
    [
      'has a script elsewhere',
      () => changed(LIGHTGBM, { TrainingScriptUri: 'https://x/y' }),
      /TrainingScriptUri in .*model\.json must be s3:\/\/bucket\/key, got "https:\/\/x\/y"$/,
    ],
    [
      'refers to an image alias that it does not have',
      () =>
        changed(GATED, {
          TrainingInstanceTypeVariants: { Variants: { g5: { Properties: { ImageUri: '$cpu' } } } },
        }),
      /uses \$cpu, which is not among its Aliases$/,
    ],
    [
      'describes a model that cannot be trained',
      () => changed(LIGHTGBM, { TrainingSupported: false }),
      /^JumpStart model lightgbm-classification-model cannot be trained: TrainingSupported is false in /,
    ],
  ])('that %s is rejected', (_, path, message) => {
    let thrown: unknown;
    try {
      definition(path());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'TuningValidationError', message: expect.stringMatching(message) });
  });

  test('must have an image in Amazon ECR', () => {
    const document = changed(LIGHTGBM, { TrainingEcrUri: 'docker.io/library/busybox' });
    expect(() => boundIn(stackIn(), document)).toThrow(/must be in Amazon ECR, got "docker\.io/);
  });
});

describe('the region', () => {
  test('of the stack must be the region for which the document was made', () => {
    expect(() => boundIn(stackIn('eu-west-1'), LIGHTGBM)).toThrow(
      /lightgbm-classification-model\.json is for region us-east-1, but the stack Stack is in eu-west-1; get it with: aws sagemaker describe-hub-content --hub-name SageMakerPublicHub --hub-content-type Model --hub-content-name lightgbm-classification-model --region eu-west-1 > model\.json$/,
    );
  });

  test('is checked at deployment if the stack is environment-agnostic', () => {
    const stack = stackIn();
    boundIn(stack, LIGHTGBM);
    boundIn(stack, LIGHTGBM);
    boundIn(stack, GATED, { acceptEula: true }, { instanceTypes: ['ml.g5.2xlarge'] });
    const { Rules } = Template.fromStack(stack).toJSON();
    expect(Rules.JumpStartRegionuseast1).toEqual({
      Assertions: [
        {
          Assert: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
          AssertDescription:
            'The hub document of JumpStart model lightgbm-classification-model 0.0.0 is for region us-east-1: deploy the stack there, or get the document for the region of the stack.',
        },
      ],
    });
    expect(Rules).toHaveProperty('JumpStartRegioneuwest1');
  });

  test('is not checked at deployment if it is known at synth', () => {
    const stack = stackIn('us-east-1');
    boundIn(stack, LIGHTGBM);
    expect(Object.keys(Template.fromStack(stack).toJSON().Rules ?? {})).not.toContain(
      'JumpStartRegionuseast1',
    );
  });
});

describe('a license', () => {
  test('must be accepted', () => {
    expect(() => definition(GATED)).toThrow(
      'JumpStart model example-text-model has a license that you must accept (license "Example Community License", at s3://jumpstart-cache-prod-eu-west-1/terms/example.txt): read it, then set acceptEula to true',
    );
    expect(() => definition(GATED, { acceptEula: false })).toThrow(/acceptEula to true$/);
    expect(() => definition(GATED, { acceptEula: true })).not.toThrow();
  });

  test('without a link causes an error that refers to the page of the model', () => {
    const document = changed(GATED, { HostingEulaUri: undefined, License: undefined });
    expect(() => definition(document)).toThrow(/\(see https:\/\/example\.com\/text-model\)/);
  });

  test('does not have to be accepted if the model has none', () => {
    expect(boundIn(stackIn(), LIGHTGBM).environment).toBeUndefined();
  });

  test('is not enough if the document lacks the location of a gated model', () => {
    const document = changed(GATED, { TrainingInstanceTypeVariants: undefined });
    expect(() => boundIn(stackIn(), document, { acceptEula: true })).toThrow(
      /is in a gated bucket, and .*model\.json has no GatedModelEnvVarUri/,
    );
  });

  test('gives access to the model package once it is accepted', () => {
    const document = changed(GATED, { TrainingModelPackageArtifactUri: 's3://packages/model.tar.gz' });
    const bound = boundIn(stackIn(), document, { acceptEula: true });
    expect(bound.environment).toMatchObject({ SageMakerGatedModelS3Uri: 's3://packages/model.tar.gz' });
    expect(bound.channels.map(({ name }: Json) => name)).toEqual(['code']);
  });

  test('gives access to a model only on instance types that are in the document', () => {
    const bind = () => boundIn(stackIn(), GATED, { acceptEula: true }, { instanceTypes: ['ml.m5.large'] });
    expect(bind).toThrow(/has no model for instance type ml\.m5\.large; .* has one for g5, p4d$/);
  });
});

describe('instances', () => {
  const check = (more: Partial<AlgorithmUse>) =>
    definition(GATED, { acceptEula: true }).check?.(use({ instanceTypes: ['ml.g5.2xlarge'], ...more }));

  test('of one type are accepted', () => {
    expect(check({ instanceTypes: ['ml.g5.2xlarge', 'ml.g5.4xlarge'] })).toEqual([]);
  });

  test('that need a different image or model cannot be mixed', () => {
    expect(check({ instanceTypes: ['ml.g5.2xlarge', 'ml.g5.48xlarge'] })).toEqual([
      'resources.instanceType: JumpStart model example-text-model needs a different image or model on ml.g5.48xlarge than on ml.g5.2xlarge: use instances of one type for the tuning and the final training',
    ]);
  });

  test('with a different default for a hyperparameter require that it is set or tuned', () => {
    expect(check({ instanceTypes: ['ml.p4d.24xlarge'] })).toEqual([
      'hyperparameters.epoch: has a different default on ml.p4d.24xlarge, "2": set it or tune it',
    ]);
    expect(check({ instanceTypes: ['ml.p4d.24xlarge'], hyperparameters: { epoch: '2' } })).toEqual([]);
    expect(check({ instanceTypes: ['ml.p4d.24xlarge'], tuned: ['epoch'] })).toEqual([]);
  });

  test('use network isolation unless the document disables it', () => {
    const { check: checked } = definition(changed(LIGHTGBM, { TrainingEnableNetworkIsolation: false }));
    expect(checked?.(use())).toEqual([expect.stringMatching(/^networkIsolation: must be false for /)]);
    expect(checked?.(use({ networkIsolation: false }))).toEqual([]);
    const silent = changed(LIGHTGBM, { TrainingEnableNetworkIsolation: undefined });
    expect(definition(silent).check?.(use())).toEqual([]);
  });
});

describe('hyperparameters and metrics', () => {
  const { rules, metricDefinitions, defaultHyperparameters } = definition(GATED, { acceptEula: true });

  test('have the bounds of the document, and can all be tuned', () => {
    expect(rules?.hyperparameters).toEqual([
      { name: 'epoch', type: 'integer', min: 1, max: 1000, tunable: true },
      { name: 'learning_rate', type: 'continuous', min: 1e-8, max: 1, tunable: true },
      { name: 'peft_type', type: 'categorical', values: ['lora', 'None'], tunable: true },
      { name: 'max_steps', type: 'integer', min: undefined, max: undefined, tunable: true },
    ]);
  });

  test('have the defaults of the document', () => {
    expect(defaultHyperparameters('text:eval-loss')).toEqual({
      epoch: '1',
      learning_rate: '0.0001',
      peft_type: 'lora',
      max_steps: '-1',
    });
  });

  test('use the given metric definitions instead of those in the document', () => {
    expect(metricDefinitions).toEqual([{ name: 'text:eval-loss', regex: "'eval_loss': ([0-9]+\\.[0-9]+)" }]);
    const metrics = [
      { name: 'text:eval-loss', regex: 'other=(.*)' },
      { name: 'f1', regex: 'f1=(.*)' },
    ];
    expect(definition(GATED, { acceptEula: true, metrics }).metricDefinitions).toEqual(metrics);
  });

  test('are not checked if the document has none', () => {
    const document = changed(GATED, { Hyperparameters: undefined });
    expect(definition(document, { acceptEula: true }).rules).toBeUndefined();
  });
});

describe('a workflow', () => {
  const tuning = (props: Partial<TuningOptions> = {}) => {
    const stack = stackIn('us-east-1');
    workflow(
      {
        algorithm: Algorithm.jumpStart({ document: LIGHTGBM }),
        objective: Objective.maximize('auc'),
        parameterRanges: [ParameterRange.integer('num_leaves', { min: 10, max: 100 })],
        hyperparameters: {},
        ...props,
      },
      stack,
    );
    return stack;
  };

  test('sends a request with the settings of the document', () => {
    const { Arguments } = definitionOf(tuning()).States.TuneHyperparameters;
    const { RoleArn, OutputDataConfig, ResourceConfig, StaticHyperParameters, ...request } =
      Arguments.TrainingJobDefinition;
    expect(ResourceConfig).toMatchObject({ InstanceType: 'ml.m5.4xlarge', InstanceCount: 1 });
    expect(request).toMatchInlineSnapshot(`
{
  "AlgorithmSpecification": {
    "MetricDefinitions": [
      {
        "Name": "binary_logloss",
        "Regex": "binary_logloss: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "binary_error",
        "Regex": "binary_error: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "auc",
        "Regex": "auc: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "average_precision",
        "Regex": "average_precision: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "multi_logloss",
        "Regex": "multi_logloss: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "multi_error",
        "Regex": "multi_error: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "auc_mu",
        "Regex": "auc_mu: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
      {
        "Name": "cross_entropy",
        "Regex": "cross_entropy: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
      },
    ],
    "TrainingImage": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.9.0-cpu-py38",
    "TrainingInputMode": "File",
  },
  "EnableNetworkIsolation": true,
  "InputDataConfig": [
    {
      "ChannelName": "training",
      "CompressionType": "None",
      "ContentType": "text/csv",
      "DataSource": {
        "S3DataSource": {
          "S3DataDistributionType": "FullyReplicated",
          "S3DataType": "S3Prefix",
          "S3Uri": "{% $states.input.settings.train %}",
        },
      },
      "InputMode": "File",
    },
    {
      "ChannelName": "validation",
      "CompressionType": "None",
      "ContentType": "text/csv",
      "DataSource": {
        "S3DataSource": {
          "S3DataDistributionType": "FullyReplicated",
          "S3DataType": "S3Prefix",
          "S3Uri": "{% $states.input.settings.validation %}",
        },
      },
      "InputMode": "File",
    },
    {
      "ChannelName": "code",
      "CompressionType": "None",
      "DataSource": {
        "S3DataSource": {
          "S3DataDistributionType": "FullyReplicated",
          "S3DataType": "S3Prefix",
          "S3Uri": "s3://jumpstart-cache-prod-us-east-1/source-directory-tarballs/lightgbm/transfer_learning/classification/v0.0.0/sourcedir.tar.gz",
        },
      },
      "InputMode": "File",
    },
    {
      "ChannelName": "model",
      "CompressionType": "None",
      "ContentType": "application/x-sagemaker-model",
      "DataSource": {
        "S3DataSource": {
          "S3DataDistributionType": "FullyReplicated",
          "S3DataType": "S3Prefix",
          "S3Uri": "s3://jumpstart-cache-prod-us-east-1/lightgbm-training/train-lightgbm-classification-model.tar.gz",
        },
      },
      "InputMode": "File",
    },
  ],
  "StoppingCondition": {
    "MaxRuntimeInSeconds": 3600,
  },
}
`);
    expect(StaticHyperParameters).toContain('\\"metric\\":\\"auc\\"');
    expect(StaticHyperParameters).toContain('\\"num_boost_round\\":\\"5000\\"');
    expect(StaticHyperParameters).toContain('\\"sagemaker_program\\":\\"transfer_learning.py\\"');
  });

  test('does not set defaults of tuned hyperparameters, which SageMaker would reject', () => {
    const { Arguments } = definitionOf(tuning()).States.TuneHyperparameters;
    expect(Arguments.TrainingJobDefinition.StaticHyperParameters).not.toContain('num_leaves');
  });

  test('allows the training role to read the script and the model', () => {
    const stack = tuning();
    const read = statementsIn(stack, /TrainingRole/).filter(({ Action }) => Action === 's3:GetObject');
    const resources = read.flatMap(({ Resource }) => Resource).filter((arn: string) => /jumpstart/.test(arn));
    expect(resources.sort()).toEqual([
      expect.stringMatching(
        /:s3:::jumpstart-cache-prod-us-east-1\/lightgbm-training\/train-lightgbm-.*gz\*?$/,
      ),
      expect.stringMatching(/:s3:::jumpstart-cache-prod-us-east-1\/source-directory-tarballs\/.*gz\*?$/),
    ]);
  });

  test.each<[string, Partial<TuningOptions>, RegExp]>([
    [
      'an unknown hyperparameter',
      { hyperparameters: { depth: '3' } },
      /hyperparameters\.depth: is not a hyperparameter of JumpStart model lightgbm-/,
    ],
    [
      'a value out of bounds',
      { hyperparameters: { learning_rate: '2' } },
      /hyperparameters\.learning_rate: must be more than 0 and at most 1, got "2"/,
    ],
    [
      'a range out of bounds',
      { parameterRanges: [ParameterRange.integer('num_leaves', { min: 1, max: 10 })] },
      /parameterRanges\.num_leaves: min must be more than 1 and at most 131072 \(the limit of JumpStart model .*\), got 1/,
    ],
    [
      'an unknown objective',
      { objective: Objective.minimize('rmse') },
      /objective: must be an objective metric of JumpStart model lightgbm-.*, got "rmse"/,
    ],
    [
      'a loss to be maximized',
      { objective: Objective.maximize('binary_logloss') },
      /objective: binary_logloss must be minimized/,
    ],
    [
      'settings of the container',
      { hyperparameters: { sagemaker_program: 'my.py' } },
      /hyperparameters\.sagemaker_program: is reserved/,
    ],
  ])('rejects %s', (_, props, message) => {
    expect(() => tuning(props)).toThrow(message);
  });

  test('accepts any of the metrics as the objective if their direction is unknown', () => {
    const document = written(readFileSync(GATED, 'utf8').replaceAll('eu-west-1', 'us-east-1'));
    const algorithm = Algorithm.jumpStart({ document, acceptEula: true });
    const parameterRanges = [ParameterRange.integer('epoch', { min: 1, max: 90 })];
    expect(() => tuning({ algorithm, parameterRanges, objective: Objective.minimize('loss') })).toThrow(
      /objective: must be one of the metrics of JumpStart model example-text-model, got "loss"; its metrics are text:eval-loss/,
    );
    const objective = Objective.minimize('text:eval-loss');
    expect(() => tuning({ algorithm, parameterRanges, objective })).not.toThrow();
  });
});
