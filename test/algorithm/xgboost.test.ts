import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Algorithm, DataLocation, InputData, XGBoostVersion } from '../../lib';
import type { AlgorithmUse } from '../../lib/algorithm/algorithm-definition';
import { checkValue } from '../../lib/algorithm/algorithm-rules';
import { stackOf, text, workflow } from '../fixtures';

const USE: AlgorithmUse = {
  train: InputData.csv(DataLocation.fromUri('s3://data/train/')),
  objectiveMetric: 'validation:rmse',
  hyperparameters: {},
  tuned: [],
  instanceTypes: ['ml.m5.xlarge'],
  instanceTypesOfJobs: [['ml.m5.xlarge']],
  instanceCounts: [1],
  networkIsolation: true,
};

function imageIn(region: string | undefined, version = '3.2-0', registryAccount?: string) {
  const stack = new Stack(new App(), 'Stack', { env: { region } });
  const algorithm = Algorithm.xgboost({ version: XGBoostVersion.of(version), registryAccount });
  const { uri, repositoryArn } = algorithm._definition.bind(stack, USE).image;
  return { uri: text(stack.resolve(uri)), repositoryArn: text(stack.resolve(repositoryArn)) };
}

function rulesOf(version: string) {
  const { rules } = Algorithm.xgboost({ version: XGBoostVersion.of(version) })._definition;
  if (!rules) throw new Error(`no rules for ${version}`);
  return {
    ...rules,
    names: rules.hyperparameters.map(({ name }) => name),
    metrics: rules.objectiveMetrics.map(({ name }) => name),
    rule: (wanted: string) => rules.hyperparameters.find(({ name }) => name === wanted),
  };
}

describe('the image', () => {
  test.each([
    ['us-east-1', '683313688378'],
    ['eu-central-1', '492215442770'],
    ['us-gov-west-1', '414596584902'],
    ['us-gov-east-1', '237065988967'],
    ['cn-north-1', '450853457545'],
    ['cn-northwest-1', '451049120500'],
    ['us-iso-east-1', '833128469047'],
  ])('of %s comes from account %s', (region, account) => {
    const { uri, repositoryArn } = imageIn(region);
    expect(uri).toBe(`${account}.dkr.ecr.${region}.<AWS::URLSuffix>/sagemaker-xgboost:3.2-0`);
    expect(repositoryArn).toBe(`arn:<AWS::Partition>:ecr:${region}:${account}:repository/sagemaker-xgboost`);
  });

  test.each([
    ['0.90-2', '0.90-2-cpu-py3'],
    ['1.0-1', '1.0-1-cpu-py3'],
    ['1.7-1', '1.7-1'],
    ['3.0-5', '3.0-5'],
  ])('of version %s has tag %s', (version, tag) => {
    expect(imageIn('us-east-1', version).uri).toMatch(new RegExp(`/sagemaker-xgboost:${tag}$`));
  });

  test('of an environment-agnostic stack is looked up at deploy time', () => {
    const { uri, repositoryArn } = imageIn(undefined);
    const stack = stackOf();
    workflow({}, stack);
    expect(uri).toBe('<Fn::FindInMap>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/sagemaker-xgboost:3.2-0');
    expect(repositoryArn).toBe(
      'arn:<AWS::Partition>:ecr:<AWS::Region>:<Fn::FindInMap>:repository/sagemaker-xgboost',
    );
    Template.fromStack(stack).hasMapping('SageMakerXGBoostRegistry', {
      'us-east-1': { account: '683313688378' },
      'us-gov-west-1': { account: '414596584902' },
      'cn-north-1': { account: '450853457545' },
    });
  });

  test('is looked up in one mapping that several workflows of a stack share', () => {
    const stack = stackOf();
    workflow({}, stack, 'One');
    workflow({}, stack, 'Other');
    const mappings = Template.fromStack(stack).findMappings(
      '*',
      Match.objectLike({ 'us-east-1': { account: Match.anyValue() } }),
    );
    expect(Object.keys(mappings)).toEqual(['SageMakerXGBoostRegistry']);
  });

  test('of an unknown region or version comes from the account that is given', () => {
    expect(imageIn('xx-west-1', '3.2-0', '111122223333').uri).toMatch(/^111122223333\.dkr\.ecr\.xx-west-1\./);
    expect(imageIn('us-east-1', '4.0-1', '111122223333').uri).toMatch(/^111122223333\..*:4\.0-1$/);
    expect(imageIn(undefined, '3.2-0', '111122223333').uri).toMatch(/^111122223333\./);
  });

  test('of an unknown region requires an account', () => {
    expect(() => imageIn('xx-west-1')).toThrow(
      /^the registry of SageMaker's XGBoost in region "xx-west-1" is unknown: give registryAccount; known regions are af-south-1, .*us-west-2$/,
    );
  });

  test('of an unknown version requires an account', () => {
    expect(() => Algorithm.xgboost({ version: XGBoostVersion.of('1.1-1') })).toThrow(
      'XGBoost version "1.1-1" is not known: use one of 0.90-1, 0.90-2, 1.0-1, 1.2-1, 1.2-2, 1.3-1, 1.5-1, 1.7-1, 3.0-5, 3.2-0, or, if SageMaker has this version, give registryAccount too',
    );
  });

  test.each([
    ['1.7-1', XGBoostVersion.V1_7_1],
    ['3.0-5', XGBoostVersion.V3_0_5],
    ['3.2-0', XGBoostVersion.V3_2_0],
  ])('of %s has a constant', (version, constant) => {
    expect(constant.version).toBe(version);
    expect(() => Algorithm.xgboost({ version: constant })).not.toThrow();
  });
});

describe('the rules', () => {
  test.each([
    ['0.90-1', 'silent', true],
    ['1.0-1', 'silent', true],
    ['1.2-1', 'silent', false],
    ['0.90-1', 'num_parallel_tree', false],
    ['0.90-2', 'num_parallel_tree', true],
    ['1.5-1', 'single_precision_histogram', true],
    ['1.7-1', 'single_precision_histogram', false],
    ['1.3-1', 'use_dask_gpu_training', false],
    ['3.2-0', 'use_dask_gpu_training', true],
  ])('version %s has %s: %s', (version, name, known) => {
    expect(rulesOf(version).names.includes(name)).toBe(known);
  });

  test.each([
    ['0.90-1', 'reg:squaredlogerror', false],
    ['1.0-1', 'reg:squaredlogerror', true],
    ['1.5-1', 'reg:absoluteerror', false],
    ['1.7-1', 'reg:absoluteerror', true],
    ['0.90-1', 'reg:linear', true],
  ])('version %s has objective %s: %s', (version, objective, known) => {
    expect(rulesOf(version).rule('objective')?.values?.includes(objective)).toBe(known);
  });

  test.each([
    ['1.2-1', 'validation:mape', false],
    ['1.3-1', 'validation:mape', true],
    ['0.90-1', 'validation:rmsle', false],
    ['3.2-0', 'validation:rmsle', true],
  ])('version %s can be tuned for %s: %s', (version, metric, known) => {
    expect(rulesOf(version).metrics.includes(metric)).toBe(known);
  });

  test('have the same tunable and required hyperparameters as the code of the container', () => {
    const { hyperparameters } = rulesOf('3.2-0');
    expect(hyperparameters.filter(({ tunable }) => tunable).map(({ name }) => name)).toEqual([
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
    ]);
    expect(hyperparameters.filter(({ required }) => required).map(({ name }) => name)).toEqual(['num_round']);
  });

  test('are unknown for a newer version', () => {
    const version = XGBoostVersion.of('9.9-9');
    expect(Algorithm.xgboost({ version, registryAccount: '123456789012' })._definition.rules).toBeUndefined();
  });

  test.each<[string, string, string | undefined]>([
    ['num_round', '1', undefined],
    ['num_round', '+7', undefined],
    ['num_round', '0', 'must be at least 1 and at most 2147483647, got "0"'],
    ['num_round', '1e2', 'must be a whole number, got "1e2"'],
    ['num_round', ' 1', 'must be a whole number, got " 1"'],
    ['eta', '0', undefined],
    ['eta', '1', undefined],
    ['eta', '.5', undefined],
    ['eta', '1.', undefined],
    ['eta', '1E-3', undefined],
    ['eta', '1.0000001', 'must be at least 0 and at most 1, got "1.0000001"'],
    ['eta', '-0.1', 'must be at least 0 and at most 1, got "-0.1"'],
    ['eta', 'nan', 'must be a number, got "nan"'],
    ['eta', '0x1', 'must be a number, got "0x1"'],
    ['subsample', '0', 'must be more than 0 and at most 1, got "0"'],
    ['sketch_eps', '1', 'must be more than 0 and less than 1, got "1"'],
    ['booster', 'dart', undefined],
    ['booster', 'Dart', 'must be one of gbtree, gblinear, dart, got "Dart"'],
    ['updater', 'sync,refresh', undefined],
    ['updater', 'sync,', expect.stringMatching(/^may only list grow_colmaker, .*, got "sync,"$/)],
    ['eval_metric', 'error@0.7,rmse', undefined],
    ['monotone_constraints', '(1,0)', undefined],
  ])('%s takes %j: %s', (name, value, problem) => {
    const rule = rulesOf('3.2-0').rule(name);
    expect(rule && checkValue(rule, value)).toEqual(problem);
  });
});

test('the final training evaluates the objective metric too', () => {
  const { _definition } = Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 });
  expect(_definition.defaultHyperparameters('validation:rmse')).toEqual({
    objective: 'reg:squarederror',
    eval_metric: 'rmse',
  });
  expect(_definition.defaultHyperparameters('something')).toEqual({});
});
