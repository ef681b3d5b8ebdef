import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTrainedModel } from '../../src/commands/trained-model';
import { writeJson } from '../predictions/support';
import { IMAGE, temporaryFolder } from '../training/support';

const ARN = 'arn:aws:sagemaker:us-east-1:111122223333';
const COLUMNS = { label: { column: 'y', classes: ['no', 'yes'] }, columns: [{ name: 'a' }, { name: 'b' }] };

let root = '';

/** Writes the record and the model of a training job. */
function trainingJob(name: string, changes: Record<string, unknown> = {}): void {
  const model = `s3://bucket/output/${name}/model.tar.gz`;
  put(model, '');
  const description = {
    TrainingJobName: name,
    TrainingJobArn: `${ARN}:training-job/${name}`,
    TrainingJobStatus: 'Completed',
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    HyperParameters: { objective: 'binary:logistic' },
    ModelArtifacts: { S3ModelArtifacts: model },
    InputDataConfig: [channel('train', 's3://bucket/input/1/train/')],
    CreationTime: 1,
    LastModifiedTime: 2,
    ...changes,
  };
  writeJson(join(root, 'sagemaker', 'training-jobs', `${name}.json`), {
    name,
    processId: 1,
    tags: [],
    description,
  });
}

function channel(name: string, uri: string, type = 'text/csv', dataType = 'S3Prefix') {
  const source = { S3DataSource: { S3DataType: dataType, S3Uri: uri } };
  return { ChannelName: name, ContentType: type, DataSource: source };
}

function execution(name: string, output: unknown): void {
  const arn = `arn:aws:states:us-east-1:111122223333:execution:m:${name}`;
  const record = {
    name,
    arn,
    stateMachineArn: 'm',
    processId: 1,
    input: {},
    startDate: new Date(0).toISOString(),
  };
  writeJson(join(root, 'executions', name, 'execution.json'), { ...record, status: 'SUCCEEDED', output });
}

function put(uri: string, content: string): void {
  const path = uri.replace('s3:/', join(root, 's3'));
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
}

beforeAll(() => {
  root = temporaryFolder();
  put('s3://bucket/input/1/train/train.csv', '1,2,3\n');
  put('s3://bucket/input/1/columns.json', JSON.stringify(COLUMNS));
  put('s3://bucket/elsewhere/train/part-1.csv', '1,0.5,2,3\n');
  put(
    's3://bucket/manifests/m.json',
    JSON.stringify([{ prefix: 's3://bucket/input/' }, '1/train/train.csv']),
  );
  trainingJob('tune-final');
  trainingJob('tune-001-a');
  trainingJob('of-other-data', {
    InputDataConfig: [channel('train', 's3://bucket/elsewhere/train')],
    HyperParameters: { csv_weights: '1' },
  });
  trainingJob('of-both', {
    InputDataConfig: [channel('train', 's3://bucket/manifests/m.json', 'text/csv', 'ManifestFile')],
  });
  trainingJob('of-a-file', { InputDataConfig: [channel('train', 's3://bucket/input/1/train/train.csv')] });
  trainingJob('of-lost-data', { InputDataConfig: [channel('train', 's3://bucket/lost/train/')] });
  trainingJob('of-libsvm', {
    InputDataConfig: [channel('train', 's3://bucket/input/1/train/', 'text/libsvm')],
  });
  trainingJob('failed', { TrainingJobStatus: 'Failed' });
  trainingJob('gone', { ModelArtifacts: { S3ModelArtifacts: 's3://bucket/output/deleted/model.tar.gz' } });
  execution('with-final', {
    finalTrainingJob: { name: 'tune-final' },
    bestTrainingJob: { name: 'tune-001-a' },
  });
  execution('with-best', { bestTrainingJob: { name: 'tune-001-a' } });
  execution('without', { anything: 1 });
  for (const [version, uri] of [
    ['1', 's3://bucket/output/tune-final/model.tar.gz'],
    ['2', 's3://bucket/other/model.tar.gz'],
  ]) {
    const description = {
      ModelPackageArn: `${ARN}:model-package/churn/${version}`,
      ModelPackageGroupName: 'churn',
      InferenceSpecification: { Containers: [{ Image: IMAGE, ModelDataUrl: uri, Environment: { A: 'b' } }] },
      CreationTime: 1,
    };
    const record = { name: `churn.${version}`, processId: 1, tags: [], description };
    writeJson(join(root, 'sagemaker', 'model-packages', `churn.${version}.json`), record);
  }
});

test.each([
  ['an execution with a final training', 'with-final', 'training job tune-final'],
  ['an execution without a final training', 'with-best', 'training job tune-001-a'],
  ['a training job', 'tune-001-a', 'training job tune-001-a'],
  ['the ARN of a training job', `${ARN}:training-job/tune-final`, 'training job tune-final'],
  ['the beginning of a name', 'tune-f', 'training job tune-final'],
  ['a version of a model package group', 'churn/1', 'model package churn/1'],
  ['the ARN of a model package', `${ARN}:model-package/churn/1`, 'model package churn/1'],
])('%s identifies a model and its training data', (_name, name, title) => {
  expect(findTrainedModel(root, name)).toMatchObject({
    title,
    image: IMAGE,
    hyperparameters: { objective: 'binary:logistic' },
    data: { features: 2, leading: ['label'], prepared: { label: COLUMNS.label } },
  });
});

test.each<[string, string, object]>([
  ['a manifest of objects', 'of-both', { features: 2, prepared: { label: COLUMNS.label } }],
  ['a single object', 'of-a-file', { features: 2, prepared: { label: COLUMNS.label } }],
  ['weights', 'of-other-data', { features: 2, leading: ['label', 'weight'] }],
  ['data that no longer exists', 'of-lost-data', { uri: 's3://bucket/lost/train/', leading: ['label'] }],
])('training data can be %s', (_name, name, data) => {
  expect(findTrainedModel(root, name).data).toMatchObject(data);
});

test('without columns.json next to the data, columns have no names, even if other folders have the file', () => {
  expect(findTrainedModel(root, 'of-other-data').data.prepared).toBeUndefined();
  expect(findTrainedModel(root, 'of-lost-data').data).not.toHaveProperty('features');
});

test.each<[string, string, RegExp]>([
  ['an unknown name', 'nothing', /No execution or job "nothing": .* lists them all/],
  ['an unknown version', 'churn/9', /No model package churn\/9\. Model packages: churn\/1, churn\/2/],
  [
    'a model of another training',
    'churn/2',
    /no training job in .* made its model \(s3:\/\/bucket\/other\/model\.tar\.gz\)/,
  ],
  ['a failed job', 'failed', /training job failed is Failed: it has no model/],
  [
    'a deleted model',
    'gone',
    /its model s3:\/\/bucket\/output\/deleted\/model\.tar\.gz is not an archive in/,
  ],
  [
    'an execution without a model',
    'without',
    /execution without has no model\. .* name the training job: ".* show without" lists its jobs/,
  ],
  [
    'data in another format',
    'of-libsvm',
    /was trained on text\/libsvm: predict needs a model that was trained on text\/csv/,
  ],
])('%s is explained', (_name, name, message) => {
  expect(() => findTrainedModel(root, name)).toThrow(message);
});
