import { Duration, Token } from 'aws-cdk-lib';
import {
  AutoMlData,
  type AutoMlFragmentProps,
  AutoMlMode,
  AutoMlObjective,
  AutoMlProblemType,
  DataLocation,
} from '../../lib';
import { problemsIn, stackOf, vpcIn } from '../fixtures';
import { autoMlFragment, csv } from './fixtures';

type Props = Partial<AutoMlFragmentProps>;

function problemsOf(props: Props): string[] {
  return problemsIn(() => autoMlFragment(props));
}

const { REGRESSION, BINARY_CLASSIFICATION, MULTICLASS_CLASSIFICATION } = AutoMlProblemType;

test.each<[string, Props]>([
  ['the defaults', {}],
  ['an objective that fits the problem type', { problemType: REGRESSION, objective: AutoMlObjective.RMSE }],
  ['accuracy for two classes', { problemType: BINARY_CLASSIFICATION, objective: AutoMlObjective.ACCURACY }],
  ['accuracy for several', { problemType: MULTICLASS_CLASSIFICATION, objective: AutoMlObjective.ACCURACY }],
  ['the most candidates', { maxCandidates: 750 }],
  ['the longest run time', { maxRuntime: Duration.days(30) }],
  ['a fraction', { validationFraction: 0.3 }],
  ['validation data', { validation: csv('validation') }],
  ['weights', { mode: AutoMlMode.ENSEMBLING, sampleWeightColumn: 'w-1_a' }],
  [
    'what is known at deployment',
    { target: Token.asString({ Ref: 'Target' }), maxCandidates: Token.asNumber({ Ref: 'N' }) },
  ],
])('%s are accepted', (_name, props) => {
  expect(problemsOf(props)).toEqual([]);
});

const OF_API = '(SageMaker accepts problemType and objective only together)';

test.each<[string, Props, string[]]>([
  ['an empty target', { target: '' }, [expect.stringMatching(/^target: must have 1 to/)]],
  [
    'an objective without a problem type',
    { objective: AutoMlObjective.ACCURACY },
    [
      `problemType: is required, because an objective is given; Accuracy is for BinaryClassification and MulticlassClassification ${OF_API}`,
    ],
  ],
  [
    'a problem type without an objective',
    { problemType: REGRESSION },
    [`objective: is required, because a problemType is given; for Regression: MAE, MSE, RMSE, R2 ${OF_API}`],
  ],
  [
    'an objective for another problem type',
    { problemType: BINARY_CLASSIFICATION, objective: AutoMlObjective.F1_MACRO },
    [
      'objective: must be a metric for BinaryClassification: Accuracy, BalancedAccuracy, AUC, F1, Precision, Recall; got F1macro',
    ],
  ],
  [
    'no candidates',
    { maxCandidates: 0 },
    ['maxCandidates: must be a whole number from 1 to 750, got 0 (limit of SageMaker)'],
  ],
  [
    'too many candidates',
    { maxCandidates: 751 },
    ['maxCandidates: must be a whole number from 1 to 750, got 751 (limit of SageMaker)'],
  ],
  [
    'a run time that is too long',
    { maxRuntime: Duration.days(31) },
    ['maxRuntime: must be a whole number from 1 to 2592000, got 2678400 (seconds)'],
  ],
  [
    'half a second',
    { maxRuntimePerTrainingJob: Duration.millis(1500) },
    ['maxRuntimePerTrainingJob: must be a whole number from 1 to 2592000, got 1.5 (seconds)'],
  ],
  [
    'all for validation',
    { validationFraction: 1 },
    ['validationFraction: must be more than 0 and less than 1, got 1'],
  ],
  [
    'a fraction in addition to validation data',
    { validationFraction: 0.2, validation: csv('validation') },
    ['validationFraction: cannot be combined with validation data (SageMaker rejects the combination)'],
  ],
  [
    'two formats',
    { validation: AutoMlData.parquet(DataLocation.fromUri('s3://data/v/')) },
    [
      'validation: must have the format of the training data (text/csv;header=present), got x-application/vnd.amazon+parquet',
    ],
  ],
  [
    'validation data that is compressed',
    { validation: AutoMlData.csv(DataLocation.fromUri('s3://data/v/'), { gzip: true }) },
    [
      'validation: must have the format of the training data (text/csv;header=present), got text/csv;header=present, Gzip',
    ],
  ],
  [
    'weights in another mode',
    { sampleWeightColumn: 'w', mode: AutoMlMode.AUTO },
    [
      'mode: must be ENSEMBLING, because a sampleWeightColumn is given, got AUTO (SageMaker supports sample weights only in this mode)',
    ],
  ],
  [
    'weights that are the target',
    { target: 'a b', sampleWeightColumn: 'a b', mode: AutoMlMode.ENSEMBLING },
    [
      'sampleWeightColumn: must be 1 to 256 letters, digits, underscores and hyphens, got "a b"',
      'sampleWeightColumn: must not be the target column',
    ],
  ],
  [
    'places that are none',
    {
      train: AutoMlData.csv(DataLocation.fromUri('data/train')),
      featureSpecification: DataLocation.fromUri('x'),
    },
    [
      'train: must be s3://bucket/key, got "data/train"',
      'featureSpecification: must be s3://bucket/key, got "x"',
    ],
  ],
  [
    'an output URI that is too long',
    { output: DataLocation.fromUri(`s3://models/${'x'.repeat(512)}`) },
    [expect.stringMatching(/^output: must have 1 to 512 characters, got 524/)],
  ],
  [
    'as many tags as SageMaker allows, because the construct adds one',
    { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'v'])) },
    ['tags: must have 0 to 49 elements, got 50'],
  ],
  [
    'a prefix that is none',
    { jobNamePrefix: 'Houses' },
    [expect.stringMatching(/^jobNamePrefix: must be 1 to 16 lowercase/)],
  ],
  [
    'an input that is not an expression',
    { input: '$.x' },
    ['input: must be a JSONata string, {% … %}, got "$.x"'],
  ],
  [
    'security groups without a VPC',
    { securityGroups: [] },
    ['securityGroups: must have 1 to 5 elements, got 0', 'securityGroups: requires a VPC: give vpc too'],
  ],
])('%s are rejected', (_name, props, problems) => {
  expect(problemsOf(props)).toEqual(problems);
});

test('a VPC is accepted', () => {
  const stack = stackOf();
  expect(() => autoMlFragment({ vpc: vpcIn(stack) }, stack)).not.toThrow();
});
