import { Duration } from 'aws-cdk-lib';
import { AutoMlFragment, AutoMlObjective, AutoMlWorkflow, DataLocation } from '../../lib';
import { autoMlFragment, autoMlWorkflow, csv } from '../automl/fixtures';
import { stackOf } from '../fixtures';
import { js, type Row, refused } from './fixtures';

describe('AutoML', () => {
  const inFragment = (what: string, props: object, message: string): Row => [
    what,
    () => autoMlFragment(js(props)),
    message,
  ];
  const inWorkflow = (what: string, props: object, message: string): Row => [
    what,
    () => autoMlWorkflow(js(props)),
    message,
  ];
  const at = (uri: string) => DataLocation.fromUri(uri);
  refused([
    [
      'no props of the workflow',
      () => new AutoMlWorkflow(stackOf(), 'A', js(undefined)),
      'props: is required',
    ],
    [
      'no props of the fragment',
      () => new AutoMlFragment(stackOf(), 'A', js(undefined)),
      'props: is required',
    ],
    inFragment('no target', { target: undefined }, 'target: is required: give a string'),
    inFragment('an empty target', { target: '' }, 'target: must have'),
    inFragment('a target by its number', { target: 0 }, 'target: must be a string, got 0'),
    inFragment('data by URI', { train: 's3://data/' }, 'train: must be an AutoMlData'),
    inFragment('no output', { output: undefined }, 'output: is required'),
    inFragment(
      'a whole bucket as output',
      { output: at('s3://models/') },
      'output: must be a folder, not a whole bucket',
    ),
    inFragment(
      'output within the data',
      { output: at('s3://data/train/x/') },
      'train: must not contain output',
    ),
    inFragment(
      'validation within the data',
      { validation: csv('train/v') },
      'train: must not contain validation',
    ),
    inFragment('no candidates', { maxCandidates: 0 }, 'maxCandidates: must be a whole number from 1 to 750'),
    inFragment('candidates in words', { maxCandidates: 'many' }, 'maxCandidates: must be a number'),
    inFragment(
      '31 days',
      { maxRuntime: Duration.days(31) },
      'maxRuntime: must be a whole number from 1 to 2592000',
    ),
    inFragment(
      'all data for validation',
      { validationFraction: 1 },
      'validationFraction: must be more than 0 and less than 1',
    ),
    inFragment(
      'an unknown mode',
      { mode: 'FAST' },
      'mode: must be one of AUTO, ENSEMBLING, HYPERPARAMETER_TUNING, got "FAST"',
    ),
    inFragment(
      'an unknown problem type',
      { problemType: 'Clustering' },
      'problemType: must be one of Regression',
    ),
    inFragment('an objective as a string', { objective: 'RMSE' }, 'objective: must be an AutoMlObjective'),
    inFragment(
      'an objective alone',
      { objective: AutoMlObjective.RMSE },
      'problemType: is required, because an objective is given',
    ),
    inFragment('weights without their mode', { sampleWeightColumn: 'w' }, 'mode: must be ENSEMBLING'),
    inFragment(
      'a feature specification by URI',
      { featureSpecification: 's3://b/f.json' },
      'featureSpecification: must be a DataLocation',
    ),
    inFragment('input that does not parse', { input: '{% ( %}' }, 'input: must be valid JSONata'),
    inFragment(
      'a tag with angle brackets',
      { tags: { 'a<b>': 'x' } },
      'tags.a<b>: the key must consist of letters',
    ),
    inWorkflow(
      'the whole bucket for output',
      { outputPrefix: '/' },
      'outputPrefix: must be a folder such as output/',
    ),
    inWorkflow('a bucket as a string', { bucket: 'b' }, 'bucket: must be an S3 bucket'),
    inWorkflow('a name that is empty', { stateMachineName: '' }, 'stateMachineName: must be 1 to 80 letters'),
  ]);
});
