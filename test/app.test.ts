import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readSettings } from '../bin/settings';
import { TuningStack } from '../bin/tuning-stack';
import { context } from '../cdk.json';
import { definitionOf, flat, type Json } from './fixtures';

const root = join(__dirname, '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'app-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The app's stack with the given settings, as if passed with `--context tuning:<name>=…`. */
function stackWith(settings: Record<string, unknown> = {}): TuningStack {
  const given = Object.entries(settings).map(([name, value]) => [`tuning:${name}`, value]);
  const app = new App({ context: { ...context, ...Object.fromEntries(given) } });
  const read = readSettings(app.node);
  const { account, region, stackName } = read;
  return new TuningStack(app, stackName, { env: { account, region }, settings: read });
}

function settingsOf(settings: Record<string, unknown>) {
  const given = Object.entries(settings).map(([name, value]) => [`tuning:${name}`, value]);
  return readSettings(new App({ context: Object.fromEntries(given) }).node);
}

function csv(...lines: string[]): string {
  const path = join(folder, 'data.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('settings', () => {
  test('have defaults', () => {
    expect(settingsOf({})).toMatchObject({
      stackName: 'SageMakerTuning',
      data: join(root, 'data', 'bikeshare'),
      xgboostVersion: '3.2-0',
      strategy: 'Bayesian',
      maxParallelTrainingJobs: 2,
      instanceType: 'ml.m5.xlarge',
    });
  });

  test('can be strings that contain numbers, booleans or objects', () => {
    expect(
      settingsOf({
        maxTrainingJobs: '5',
        earlyStopping: 'true',
        hyperparameters: '{"num_round":"10"}',
        parameterRanges: '{"eta":{"type":"continuous","min":0.1,"max":0.5}}',
      }),
    ).toMatchObject({
      maxTrainingJobs: 5,
      earlyStopping: true,
      hyperparameters: { num_round: '10' },
      parameterRanges: { eta: { type: 'continuous', min: 0.1, max: 0.5 } },
    });
  });

  test('remain strings if the setting is a string', () => {
    expect(
      settingsOf({ account: '123456789012', jobNamePrefix: '1', xgboostVersion: '1.7-1' }),
    ).toMatchObject({
      account: '123456789012',
      jobNamePrefix: '1',
      xgboostVersion: '1.7-1',
    });
  });

  test('that are invalid are all reported in one error', () => {
    const settings = {
      maxJobs: 5,
      maxTrainingJobs: 'many',
      strategy: 'Genetic',
      parameterRanges: {
        eta: { type: 'continuous', min: 0 },
        gamma: { type: 'float', min: 0 },
        max_depth: { type: 'categorical', values: '4,6', scale: 'Linear' },
      },
      hyperparameters: { alpha: 0.1 },
      stackName: 'my stack',
      account: '12',
      earlyStopping: 'yes',
    };
    expect(() => settingsOf(settings)).toThrow(
      new Error(
        [
          'the context (cdk.json, or --context tuning:<name>=<value>) is not valid:',
          '  - tuning:stackName: must be at most 128 letters, digits and hyphens, a letter first, got "my stack"',
          '  - tuning:account: must be the 12 digits of an account ID, got "12"',
          '  - tuning:parameterRanges.eta.max: is missing: must be a number',
          '  - tuning:parameterRanges.gamma.type: the type must be "integer", "continuous" or "categorical", got {"type":"float","min":0}',
          '  - tuning:parameterRanges.max_depth.values: must be a list of strings, got "4,6"',
          '  - tuning:parameterRanges.max_depth.scale: is not a setting',
          '  - tuning:hyperparameters.alpha: must be a string, got 0.1',
          '  - tuning:strategy: must be "Bayesian" or "Random" or "Grid" or "Hyperband", got "Genetic"',
          '  - tuning:maxTrainingJobs: must be a number, got "many"',
          '  - tuning:earlyStopping: must be a boolean, got "yes"',
          '  - tuning:maxJobs: is not a setting',
          'Settings are stackName, account, region, data, label, problemType, categories, excludeColumns, xgboostVersion, objective, direction, parameterRanges, hyperparameters, strategy, maxTrainingJobs, maxParallelTrainingJobs, earlyStopping, instanceType, pricePerHour, maxCost, maxInstanceHours, jobNamePrefix, finalTraining, report, evaluation, testFraction, qualityGate, failOnQualityGate, registry',
        ].join('\n'),
      ),
    );
  });

  test('for missing data are reported', () => {
    expect(() => settingsOf({ data: '/no/such.csv' })).toThrow(
      'tuning:data: no such file or folder: /no/such.csv',
    );
  });

  test('of other apps are ignored', () => {
    expect(() => readSettings(new App({ context: { 'other:thing': 1 } }).node)).not.toThrow();
  });

  test('with report false leave out the function that writes a report', () => {
    const functionsOf = (settings: Record<string, unknown>) =>
      Object.keys(Template.fromStack(stackWith(settings)).findResources('AWS::Lambda::Function'));
    expect(functionsOf({}).filter((id) => /Report/.test(id))).toHaveLength(1);
    expect(functionsOf({ report: false }).filter((id) => /Report/.test(id))).toEqual([]);
  });

  test.each([
    [
      'repeatBest',
      ['TrainFinalModel'],
      /^\{% \$merge.*'finalTrainingJob': \$states\.input\.finalTrainingJob\}/,
    ],
    ['reuseBest', [], /'reused': true/],
    [
      'trainAndValidation',
      ['PrepareFinalTraining', 'TrainFinalModel'],
      /\$states\.input\.finalTrainingJob\}/,
    ],
    ['none', [], /^(?!.*finalTrainingJob)/],
  ])('finalTraining: %s', (finalTraining, names, output) => {
    const { States } = definitionOf(stackWith({ finalTraining }));
    expect(Object.keys(States).filter((name) => /^(Prepare|Train)Final/.test(name))).toEqual(names);
    expect(States.Result.Output).toMatch(output);
  });

  test('reach the tuning job', () => {
    const stack = stackWith({
      xgboostVersion: '1.7-1',
      objective: 'validation:auc',
      direction: 'Maximize',
      hyperparameters: { objective: 'binary:logistic' },
      parameterRanges: {
        num_round: { type: 'integer', min: 10, max: 81 },
        max_depth: { type: 'categorical', values: ['3', '5'] },
        eta: { type: 'continuous', min: 0.1, max: 0.5, scaling: 'Linear' },
      },
      strategy: 'Random',
      maxTrainingJobs: 7,
      maxParallelTrainingJobs: 4,
      earlyStopping: true,
      instanceType: 'ml.c5.xlarge',
      jobNamePrefix: 'mine',
    });
    const { TuneHyperparameters, Configure } = definitionOf(stack).States;
    const { HyperParameterTuningJobConfig: config, TrainingJobDefinition: definition } =
      TuneHyperparameters.Arguments;
    expect(config).toMatchObject({
      Strategy: 'Random',
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
      TrainingJobEarlyStoppingType: 'Auto',
      ParameterRanges: {
        IntegerParameterRanges: expect.stringContaining('\\"MaxValue\\":\\"81\\"'),
        ContinuousParameterRanges: expect.stringContaining('\\"ScalingType\\":\\"Linear\\"'),
        CategoricalParameterRanges: expect.stringContaining('[\\"3\\",\\"5\\"]'),
      },
    });
    expect(definition.AlgorithmSpecification.TrainingImage).toMatch(/sagemaker-xgboost:1\.7-1$/);
    expect(definition.ResourceConfig.InstanceType).toBe('ml.c5.xlarge');
    expect(definition.StaticHyperParameters).toContain('\\"objective\\":\\"binary:logistic\\"');
    expect(TuneHyperparameters.Arguments.HyperParameterTuningJobName).toMatch(/^{% "mine-" &/);
    expect(Configure.Output).toContain('$input.maxTrainingJobs : $min([7, $most])');
    expect(Configure.Output).toContain('$input.maxParallelTrainingJobs : 4');
  });

  test.each([
    ['Hyperband uses the maximum of the range of num_round as its maximum resource', {}, 1000],
    [
      'Hyperband uses a fixed num_round as its maximum resource',
      {
        hyperparameters: { num_round: '81' },
        parameterRanges: { eta: { type: 'continuous', min: 0.1, max: 0.5 } },
      },
      81,
    ],
  ])('%s', (_name, settings, rounds) => {
    const { States } = definitionOf(stackWith({ strategy: 'Hyperband', ...settings }));
    expect(States.TuneHyperparameters.Arguments.HyperParameterTuningJobConfig.StrategyConfig).toEqual({
      HyperbandStrategyConfig: { MinResource: 1, MaxResource: rounds },
    });
  });
});

describe('training data', () => {
  test('have their own prefix', () => {
    const placeOf = (data: string) => {
      const deployments = Template.fromStack(stackWith({ data, label: 'y' })).findResources(
        'Custom::CDKBucketDeployment',
      );
      return Object.values(deployments)[0]?.Properties.DestinationBucketKeyPrefix;
    };
    const numbers = Array.from({ length: 30 }, (_, i) => `${i},${i}`);
    const first = placeOf(csv('x,y', ...numbers));
    expect(first).toMatch(/^input\/[0-9a-f]{12}\/$/);
    expect(placeOf(csv('x,y', ...numbers))).toBe(first);
    expect(placeOf(csv('x,y', ...numbers, '1,2'))).not.toBe(first);
  });

  test('from a folder are uploaded with columns.json, but without other files of the folder', () => {
    const assembly = new App({
      context,
      outdir: join(folder, 'out'),
      postCliContext: { 'aws:cdk:disable-asset-staging': false },
    });
    new TuningStack(assembly, 'SageMakerTuning', { settings: readSettings(assembly.node) });
    const { directory } = assembly.synth();
    const uploaded = readdirSync(directory).filter((name) => existsSync(join(directory, name, 'train')));
    expect(uploaded).toHaveLength(1);
    expect(readdirSync(join(directory, uploaded[0] ?? ''), { recursive: true }).sort()).toEqual([
      'columns.json',
      'train',
      'train/train.csv',
      'validation',
      'validation/validation.csv',
    ]);
  });

  test('in S3 are not uploaded', () => {
    const stack = stackWith({ data: 's3://lake/bikes' });
    const template = Template.fromStack(stack);
    template.resourceCountIs('Custom::CDKBucketDeployment', 0);
    const { Configure } = definitionOf(stack).States;
    expect(Configure.Output).toContain('$allowed := $parse("[\\"s3://lake/bikes/\\"]")');
    expect(Configure.Output).toContain('"s3://lake/bikes/train/"');
  });
});

describe('the template', () => {
  test('is the one that was reviewed', () => {
    expect(Template.fromStack(stackWith()).toJSON()).toMatchSnapshot();
  });

  test('is the same each time', () => {
    expect(Template.fromStack(stackWith()).toJSON()).toEqual(Template.fromStack(stackWith()).toJSON());
    const path = csv('y,x', ...Array.from({ length: 50 }, (_, i) => `${i},${i}`));
    const one = Template.fromStack(stackWith({ data: path, label: 'y' })).toJSON();
    expect(Template.fromStack(stackWith({ data: path, label: 'y' })).toJSON()).toEqual(one);
  });

  test.each([
    ['us-east-1', 'aws', '683313688378'],
    ['us-gov-west-1', 'aws-us-gov', '414596584902'],
    ['cn-north-1', 'aws-cn', '450853457545'],
  ])('of %s is for partition %s', (region, partition, registry) => {
    const stack = stackWith({ region, account: '123456789012' });
    const template = Template.fromStack(stack);
    const { TuneHyperparameters } = definitionOf(stack).States;
    expect(TuneHyperparameters.Arguments.TrainingJobDefinition.AlgorithmSpecification.TrainingImage).toBe(
      `${registry}.dkr.ecr.${region}.<AWS::URLSuffix>/sagemaker-xgboost:3.2-0`,
    );
    const arns = JSON.stringify(flat(template.findResources('AWS::IAM::Policy'))).match(/arn:[^:]+:/g) ?? [];
    expect(new Set(arns)).toEqual(new Set([`arn:${partition}:`]));
    expect(template.toJSON().Mappings).not.toHaveProperty('SageMakerXGBoostRegistry');
  });

  test('of an environment-agnostic stack looks up the values that depend on the region', () => {
    const template = Template.fromStack(stackWith());
    template.hasMapping('SageMakerXGBoostRegistry', { 'cn-north-1': { account: '450853457545' } });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/arn:aws(-cn|-us-gov)?:/);
  });

  test('has outputs that show the next steps', () => {
    const stack = stackWith();
    const template = Template.fromStack(stack);
    template.hasMapping('Consoles', {
      aws: { domain: 'console.aws.amazon.com' },
      'aws-cn': { domain: 'console.amazonaws.cn' },
      'aws-us-gov': { domain: 'console.amazonaws-us-gov.com' },
    });
    const outputs = Object.entries<Json>(template.findOutputs('*')).map(([name, { Value }]) => [
      name,
      flat(Value),
    ]);
    expect(Object.fromEntries(outputs)).toEqual({
      CostBound: '20 training jobs × 1.03 h + final training 1.03 h = 21.7 instance hours',
      StateMachineConsole: expect.stringMatching(
        /^https:\/\/<AWS::Region>\.<Fn::FindInMap>\/states\/home\?region=<AWS::Region>#\/statemachines\/view\/<TuningStateMachine\w+>$/,
      ),
      StartCommand: expect.stringMatching(
        /^aws stepfunctions start-execution --region <AWS::Region> --state-machine-arn <TuningStateMachine\w+> --input '{}'$/,
      ),
      BucketName: expect.stringMatching(/^<TuningBucket\w+>$/),
      TrainingRoleArn: expect.stringMatching(/^<TuningTrainingRole\w+\.Arn>$/),
      JobNamePrefix: expect.stringMatching(/^[0-9a-f]{7}-<Fn::Select>-$/),
    });
  });
});

test('cdk synth gives the same assembly twice, without AWS settings in the environment', () => {
  const synth = (name: string) => {
    const output = join(folder, name);
    execFileSync('npx', ['cdk', 'synth', '--quiet', '--no-notices', '--output', output], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: folder, CI: 'true' },
      stdio: 'pipe',
    });
    return Object.fromEntries(
      readdirSync(output)
        .filter((file) => file.endsWith('.template.json') || file.endsWith('.assets.json'))
        .map((file) => [file, readFileSync(join(output, file), 'utf8')]),
    );
  };
  const first = synth('first');
  expect(Object.keys(first).sort()).toEqual(['SageMakerTuning.assets.json', 'SageMakerTuning.template.json']);
  expect(synth('second')).toEqual(first);
});

expect.addSnapshotSerializer({
  test: (value) => typeof value === 'string' && /[0-9a-f]{64}/.test(value),
  print: (value) => JSON.stringify(String(value).replace(/[0-9a-f]{64}/g, '<hash>')),
});
