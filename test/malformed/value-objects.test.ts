import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Algorithm,
  AutoMlData,
  BuiltInAlgorithm,
  ContainerImage,
  DataLocation,
  Distribution,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  ScriptSource,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../../lib';
import { fragment, stackOf } from '../fixtures';
import { js, type Row, refused } from './fixtures';

const folder = mkdtempSync(join(tmpdir(), 'malformed-'));
writeFileSync(join(folder, 'train.py'), '');
writeFileSync(join(folder, 'model.json'), '{"TrainingSupported": false}');
afterAll(() => rmSync(folder, { recursive: true }));

const list = () => Fn.split(',', new CfnParameter(stackOf(), 'List').valueAsString);
const token = () => new CfnParameter(stackOf(), 'Value').valueAsString;
const location = DataLocation.fromUri('s3://data/train/');
const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1');
const metrics = [{ name: 'loss', regex: 'loss=(.*)' }];
const bucket = () => s3.Bucket.fromBucketName(new Stack(), 'B', 'mine');

describe('ParameterRange', () => {
  const { integer, continuous, categorical } = js(ParameterRange);
  refused([
    ['no arguments', () => integer(), 'name: is required: give a string'],
    ['no options', () => integer('a'), 'options: is required: give an object'],
    ['options that are null', () => integer('a', null), 'options: must be an object, got null'],
    ['a name that is a number', () => integer(1, { min: 1, max: 2 }), 'name: must be a string, got 1'],
    ['no max', () => continuous('a', { min: 1 }), 'options.max: is required: give a number'],
    [
      'bounds as strings',
      () => continuous('a', { min: '1', max: '2' }),
      'options.min: must be a number, got "1"',
    ],
    ['bounds as a list', () => integer('a', [1, 2]), 'options: must be an object, got [ 1, 2 ]'],
    [
      'an unknown scaling',
      () => integer('a', { min: 1, max: 2, scaling: 'log' }),
      'options.scaling: must be one of Auto, Linear, Logarithmic, ReverseLogarithmic, got "log"',
    ],
    ['no values', () => categorical('a'), 'values: is required: give a list'],
    ['values in one string', () => categorical('a', 'x,y'), 'values: must be a list, got "x,y"'],
    [
      'numbers as values',
      () => categorical('a', [3, 5]),
      'values[0]: must be a string, got 3: write it as a string, "3"',
    ],
    ['a null among the values', () => categorical('a', ['x', null]), 'values[1]: must be a string, got null'],
    [
      'a list that is a token',
      () => categorical('a', list()),
      'values: must be a list that is known at synth',
    ],
  ]);
});

describe('the search', () => {
  const strategy = js(TuningStrategy);
  refused([
    ['a metric that is missing', () => js(Objective).minimize(), 'metric: is required: give a string'],
    ['a metric that is a number', () => js(Objective).maximize(1), 'metric: must be a string, got 1'],
    ['a seed alone', () => strategy.random(42), 'options: must be an object, got 42'],
    ['a seed as a string', () => strategy.random({ seed: '42' }), 'options.seed: must be a number, got "42"'],
    ['random options that are null', () => strategy.random(null), 'options: must be an object, got null'],
    [
      'a resource as a string',
      () => strategy.hyperband({ maxResource: '9' }),
      'options.maxResource: must be a number',
    ],
    [
      'a negative seed',
      () => fragment({ strategy: TuningStrategy.random({ seed: -1 }) }),
      'strategy.seed: must be a whole number from 0',
    ],
    [
      'a resource beyond the limit',
      () => fragment({ strategy: TuningStrategy.hyperband({ maxResource: 20_001 }) }),
      'strategy.maxResource: must be a whole number from 1 to 20000',
    ],
    [
      'one job to learn from',
      () => js(WarmStart).transferLearning('job-1'),
      'tuningJobNames: must be a list, got "job-1"',
    ],
    [
      'a job that is null',
      () => js(WarmStart).identicalDataAndAlgorithm([null]),
      'tuningJobNames[0]: must be a string, got null',
    ],
    [
      'a list of tuning jobs that is a token',
      () => WarmStart.transferLearning(list()),
      'tuningJobNames: must be a list that is known',
    ],
    [
      'six jobs to learn from',
      () => fragment({ warmStart: WarmStart.transferLearning([...'abcdef']) }),
      'warmStart: must have 0 to 5 elements, got 6',
    ],
    [
      'a job that is none',
      () => fragment({ warmStart: WarmStart.transferLearning(['a_b']) }),
      'warmStart: must name tuning jobs',
    ],
  ]);
});

describe('data', () => {
  const data = js(InputData);
  const efs = (options: object) => data.efs({ fileSystemId: 'fs-01234567', directoryPath: '/a', ...options });
  refused([
    ['no bucket', () => js(DataLocation).fromBucket(), 'bucket: is required: give an S3 bucket'],
    [
      'a bucket as a string',
      () => js(DataLocation).fromBucket('b', 'x/'),
      'bucket: must be an S3 bucket, got "b"',
    ],
    ['no key', () => js(DataLocation).fromBucket(bucket()), 'key: is required: give a string'],
    ['no URI', () => js(DataLocation).fromUri(), 'uri: is required: give a string'],
    ['a URL object', () => js(DataLocation).fromUri(new URL('s3://b/x')), 'uri: must be a string, got URL'],
    ['a URI in place of a location', () => data.csv('s3://b/x/'), 'location: must be a DataLocation'],
    ['no location', () => data.parquet(), 'location: is required: give a DataLocation'],
    [
      'a format in place of options',
      () => data.csv(location, 'gzip'),
      'options: must be an object, got "gzip"',
    ],
    ['gzip as a string', () => data.csv(location, { gzip: 'gzip' }), 'options.gzip: must be true or false'],
    [
      'an unknown input mode',
      () => data.libsvm(location, { inputMode: 'Stream' }),
      'options.inputMode: must be one of File, FastFile, Pipe, got "Stream"',
    ],
    [
      'an unknown distribution',
      () => data.of(location, { distribution: 'Random' }),
      'options.distribution: must be one of FullyReplicated, ShardedByS3Key',
    ],
    [
      'a content type that is a number',
      () => data.of(location, { contentType: 1 }),
      'options.contentType: must be a string',
    ],
    [
      'one instance group',
      () => data.csv(location, { instanceGroups: 'cpu' }),
      'options.instanceGroups: must be a list, got "cpu"',
    ],
    [
      'gzip in File mode',
      () => fragment({ train: InputData.csv(location, { gzip: true }) }),
      'train: gzip requires TrainingInputMode.PIPE: SageMaker decompresses data only in this mode',
    ],
    [
      'a group that does not exist',
      () => fragment({ train: InputData.csv(location, { instanceGroups: ['gpu'] }) }),
      'train: instanceGroups names gpu',
    ],
    ['no file system', () => data.efs(), 'options: is required: give an object'],
    [
      'a file system without a directory',
      () => data.fsxLustre({ fileSystemId: 'fs-01234567' }),
      'options.directoryPath: is required',
    ],
    [
      'a file system without a VPC',
      () => fragment({ train: efs({}) }),
      'train: is in a file system: give the VPC',
    ],
    [
      'a file system that is none',
      () => fragment({ train: efs({ fileSystemId: 'efs-1' }) }),
      'train: fileSystemId must be fs- and hexadecimal digits',
    ],
    [
      'a path that is not full',
      () => fragment({ train: efs({ directoryPath: 'a' }) }),
      'train: directoryPath must be a full path, got "a"',
    ],
    ['AutoML data by URI', () => js(AutoMlData).csv('s3://b/x/'), 'location: must be a DataLocation'],
    [
      'AutoML data with a string as gzip',
      () => js(AutoMlData).csv(location, { gzip: 'yes' }),
      'options.gzip: must be true or false',
    ],
    ['no Parquet data', () => js(AutoMlData).parquet(), 'location: is required'],
  ]);
});

describe('Algorithm', () => {
  const algorithm = js(Algorithm);
  const source = () => ScriptSource.fromFolder(folder);
  const script = (options: object) =>
    algorithm.script({
      source: source(),
      entryPoint: 'train.py',
      framework: Framework.scikitLearn('1.4-2'),
      ...options,
    });
  const container = (options: object) => algorithm.container({ image, metrics, ...options });
  const containerIn = (options: object) =>
    fragment({ algorithm: container(options), objective: Objective.minimize('loss'), hyperparameters: {} });
  const hub = (options: object) => algorithm.jumpStart({ document: join(folder, 'model.json'), ...options });
  const rows: Row[] = [
    [
      'XGBoost without options',
      () => algorithm.xgboost(),
      'Algorithm.xgboost: 1 problem found:\n  - props: is required',
    ],
    [
      'XGBoost without a version',
      () => algorithm.xgboost({}),
      'version: is required: give an XGBoostVersion',
    ],
    [
      'XGBoost of an unknown version',
      () => algorithm.xgboost({ version: XGBoostVersion.of('1.1-1') }),
      'XGBoost version "1.1-1" is not known',
    ],
    [
      'a registry account that is short',
      () => algorithm.xgboost({ version: XGBoostVersion.V3_2_0, registryAccount: '12' }),
      'registryAccount must be the 12 digits of an AWS account, got "12"',
    ],
    [
      'a registry account that is a number',
      () => algorithm.xgboost({ version: XGBoostVersion.V3_2_0, registryAccount: 123456789012 }),
      'registryAccount: must be a string',
    ],
    ['no built-in algorithm', () => algorithm.builtIn(), 'algorithm: is required: give a BuiltInAlgorithm'],
    [
      'a built-in algorithm as a string',
      () => algorithm.builtIn('knn'),
      'algorithm: must be a BuiltInAlgorithm',
    ],
    [
      'a built-in algorithm with an invalid registry account',
      () => algorithm.builtIn(BuiltInAlgorithm.KNN, { registryAccount: 'aws' }),
      'registryAccount must be the 12 digits',
    ],
    ['a script without options', () => algorithm.script(), 'Algorithm.script: 1 problem found'],
    ['a script from a path', () => script({ source: folder }), 'source: must be a ScriptSource'],
    [
      'a script without an entry point',
      () => script({ entryPoint: undefined }),
      'entryPoint: is required: give a string',
    ],
    [
      'an entry point that does not exist',
      () => script({ entryPoint: 'main.py' }),
      'the source has no entry point "main.py"',
    ],
    ['a framework as a string', () => script({ framework: 'pytorch' }), 'framework: must be a Framework'],
    [
      'a framework of an unknown version',
      () => script({ framework: Framework.pyTorch('0.1') }),
      'version "0.1" of pytorch is not known',
    ],
    [
      'a framework version that is a number',
      () => js(Framework).pyTorch(2.8),
      'version: must be a string, got 2.8',
    ],
    [
      'a framework version that is a token',
      () => Framework.tensorFlow(token()),
      'version: must be known at synth',
    ],
    [
      'XGBoost’s framework by version number',
      () => js(Framework).xgboost('3.2-0'),
      'version: must be an XGBoostVersion',
    ],
    ['metrics as a map', () => script({ metrics: { loss: 'loss=(.*)' } }), 'metrics: must be a list'],
    [
      'a metric without a regex',
      () => script({ metrics: [{ name: 'loss' }] }),
      'metrics[0].regex: is required',
    ],
    [
      'a RegExp as a regex',
      () => script({ metrics: [{ name: 'loss', regex: /loss=(.*)/ }] }),
      'metrics[0].regex: must be a string, got /loss=(.*)/',
    ],
    [
      'a number in the environment',
      () => script({ environment: { WORKERS: 4 } }),
      'environment.WORKERS: must be a string, got 4',
    ],
    [
      'a distribution as a string',
      () => script({ distribution: 'mpi' }),
      'distribution: must be a Distribution',
    ],
    ['an image by URI', () => script({ image: '1.dkr.ecr/x' }), 'image: must be a ContainerImage'],
    [
      'a folder that does not exist',
      () => ScriptSource.fromFolder('/nowhere'),
      'ScriptSource.fromFolder: "/nowhere" is not a folder',
    ],
    ['no folder', () => js(ScriptSource).fromFolder(), 'path: is required: give a string'],
    ['a folder that is a token', () => ScriptSource.fromFolder(token()), 'path: must be known at synth'],
    [
      'an archive by URI',
      () => js(ScriptSource).fromArchive('s3://b/a.tar.gz'),
      'archive: must be a DataLocation',
    ],
    [
      'an archive that is a zip',
      () => ScriptSource.fromArchive(DataLocation.fromUri('s3://b/a.zip')),
      'must be a .tar.gz in Amazon S3',
    ],
    ['a container without options', () => algorithm.container(), 'Algorithm.container: 1 problem found'],
    [
      'a container without an image',
      () => container({ image: undefined }),
      'image: is required: give a ContainerImage',
    ],
    [
      'a container without metrics',
      () => container({ metrics: undefined }),
      'metrics: is required: give a list',
    ],
    ['no metric', () => containerIn({ metrics: [] }), 'algorithm.metrics: must have 1 to 40 elements, got 0'],
    [
      'a regex without a group',
      () => containerIn({ metrics: [{ name: 'loss', regex: 'loss=.*' }] }),
      'algorithm.metrics.loss.regex: needs a group',
    ],
    [
      'a variable that begins with a digit',
      () => containerIn({ environment: { '1A': 'x' } }),
      'algorithm.environment.1A: the name must be letters',
    ],
    [
      'a variable of 513 characters',
      () => containerIn({ environment: { A: 'x'.repeat(513) } }),
      'algorithm.environment.A: must have 0 to 512 characters',
    ],
    [
      'an image that is not in Amazon ECR',
      () => ContainerImage.fromRegistry('docker.io/library/python:3'),
      'must be an image in Amazon ECR',
    ],
    ['no image', () => js(ContainerImage).fromRegistry(), 'uri: is required: give a string'],
    [
      'a repository as a string',
      () => js(ContainerImage).fromEcrRepository('repo'),
      'repository: must be a repository of Amazon ECR',
    ],
    [
      'an image folder that does not exist',
      () => ContainerImage.fromAsset('/nowhere'),
      'ContainerImage.fromAsset: "/nowhere" is not a folder',
    ],
    [
      'an image folder that is a token',
      () => ContainerImage.fromAsset(token()),
      'directory: must be known at synth',
    ],
    [
      'processes as a string',
      () => js(Distribution).mpi({ processesPerHost: '2' }),
      'options.processesPerHost: must be a number',
    ],
    [
      'half a process',
      () => Distribution.mpi({ processesPerHost: 0.5 }),
      'processesPerHost must be a whole number of at least 1, got 0.5',
    ],
    [
      'options of MPI as a list',
      () => js(Distribution).mpi({ customOptions: ['-x', 'A'] }),
      'options.customOptions: must be a string',
    ],
    ['JumpStart without options', () => algorithm.jumpStart(), 'Algorithm.jumpStart: 1 problem found'],
    [
      'a hub document that is missing',
      () => hub({ document: undefined }),
      'document: is required: give a string',
    ],
    ['a hub document as an object', () => hub({ document: {} }), 'document: must be a string, got {}'],
    ['a hub document that is a token', () => hub({ document: token() }), 'document: must be known at synth'],
    [
      'a hub document that does not exist',
      () => hub({ document: '/nowhere.json' }),
      'document: "/nowhere.json" cannot be read (ENOENT)',
    ],
    ['a model that cannot be trained', () => hub({}), 'cannot be trained: TrainingSupported is false'],
    [
      'a string as acceptEula, which must be a boolean',
      () => hub({ acceptEula: 'yes' }),
      'acceptEula: must be true or false, got "yes"',
    ],
    [
      'a channel with a space',
      () => hub({ trainChannelName: 'my data' }),
      'trainChannelName must be 1 to 64 letters',
    ],
    [
      'a channel that is a number',
      () => hub({ validationChannelName: 1 }),
      'validationChannelName: must be a string, got 1',
    ],
  ];
  refused(rows);
});
