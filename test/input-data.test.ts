import { DataDistribution, DataLocation, InputData, TrainingInputMode } from '../lib';

const LOCATION = DataLocation.fromUri('s3://data/train/');

test.each<[string, InputData, string | undefined]>([
  ['CSV with a label', InputData.csv(LOCATION), 'text/csv'],
  ['CSV without one', InputData.csv(LOCATION, { labeled: false }), 'text/csv;label_size=0'],
  ['libsvm', InputData.libsvm(LOCATION), 'text/libsvm'],
  ['Parquet', InputData.parquet(LOCATION), 'application/x-parquet'],
  ['RecordIO', InputData.recordIoProtobuf(LOCATION), 'application/x-recordio-protobuf'],
  ['images', InputData.of(LOCATION, { contentType: 'application/x-image' }), 'application/x-image'],
  ['anything', InputData.of(LOCATION), undefined],
])('%s has its content type', (_name, data, contentType) => {
  expect(data.contentType).toBe(contentType);
  expect(data.location).toBe(LOCATION);
  expect(data._channel('c')).toMatchObject({ channelName: 'c', s3Uri: 's3://data/train/', contentType });
});

test('options of the input data are set in the channel', () => {
  const options = {
    gzip: true,
    inputMode: TrainingInputMode.PIPE,
    distribution: DataDistribution.SHARDED_BY_S3_KEY,
    instanceGroups: ['a'],
  };
  expect(InputData.csv(LOCATION, { ...options, labeled: false })._channel('c', '{% $uri %}')).toEqual({
    channelName: 'c',
    s3Uri: '{% $uri %}',
    contentType: 'text/csv;label_size=0',
    ...options,
  });
});

test('a file system has no S3 location', () => {
  const data = InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/a', contentType: 'text/csv' });
  expect(data.location).toBeUndefined();
  expect(data._channel('c')).toEqual({
    channelName: 'c',
    contentType: 'text/csv',
    fileSystem: { fileSystemId: 'fs-01234567', directoryPath: '/a', fileSystemType: 'EFS' },
  });
});
