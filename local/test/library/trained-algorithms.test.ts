import { trainedAlgorithms, usedImages } from '../../src/library/trained-algorithms';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
const AlgorithmSpecification = { TrainingImage: IMAGE, TrainingInputMode: 'File' };

/** A definition with a Parallel state that contains one task with these arguments. */
const machine = (Arguments: unknown) => ({
  States: { All: { Type: 'Parallel', Branches: [{ States: { Task: { Type: 'Task', Arguments } } }] } },
});

const algorithm = (program?: string) => ({
  trainingImage: IMAGE,
  hyperparameters: program === undefined ? {} : { sagemaker_program: program },
});

test.each<[string, unknown, unknown[]]>([
  ['a training job', { AlgorithmSpecification }, [algorithm()]],
  [
    'a script',
    { AlgorithmSpecification, HyperParameters: { sagemaker_program: 'train.py' } },
    [algorithm('train.py')],
  ],
  [
    'a script in an expression',
    { AlgorithmSpecification, HyperParameters: '{% $merge([{"sagemaker_program": "train.py"}, $best]) %}' },
    [algorithm('train.py')],
  ],
  [
    'a script in the JSON of an expression',
    {
      AlgorithmSpecification,
      HyperParameters: '{% $merge([$parse("{\\"sagemaker_program\\":\\"train.py\\"}"), $best]) %}',
    },
    [algorithm('train.py')],
  ],
  [
    'a possible script if the hyperparameters are an expression',
    { AlgorithmSpecification, HyperParameters: '{% $best.hyperparameters %}' },
    [{ ...algorithm(), mayRunProgram: true }],
  ],
  [
    'a script only once, although the hyperparameters of the final training are an expression',
    {
      TrainingJobDefinition: { AlgorithmSpecification, StaticHyperParameters: { sagemaker_program: 'a.py' } },
      Final: { AlgorithmSpecification, HyperParameters: '{% $best.hyperparameters %}' },
    },
    [algorithm('a.py')],
  ],
  [
    'each definition of a tuning job',
    {
      TrainingJobDefinitions: [
        { AlgorithmSpecification, StaticHyperParameters: { sagemaker_program: 'a.py' } },
        { AlgorithmSpecification },
      ],
    },
    [algorithm('a.py'), algorithm()],
  ],
  [
    'the channels whose location is not an expression',
    {
      AlgorithmSpecification,
      InputDataConfig: [
        { ChannelName: 'train', DataSource: { S3DataSource: { S3Uri: '{% $settings.train %}' } } },
        { ChannelName: 'code', DataSource: { S3DataSource: { S3Uri: 's3://assets/code.gz' } } },
      ],
    },
    [{ ...algorithm(), channels: [{ name: 'code', s3Uri: 's3://assets/code.gz' }] }],
  ],
  [
    'a distribution setting, and channels in Pipe mode',
    {
      AlgorithmSpecification: { ...AlgorithmSpecification, TrainingInputMode: 'Pipe' },
      HyperParameters: { sagemaker_program: '"a.py"', sagemaker_mpi_enabled: 'true' },
      InputDataConfig: [{ ChannelName: 'train' }, { ChannelName: 'code', InputMode: 'File' }],
    },
    [
      {
        trainingImage: IMAGE,
        hyperparameters: { sagemaker_program: 'a.py', sagemaker_mpi_enabled: 'true' },
        pipedChannels: ['train'],
      },
    ],
  ],
  [
    'no algorithm if the image is an expression',
    { AlgorithmSpecification: { TrainingImage: '{% $definition.image %}' } },
    [],
  ],
])('finds %s', (_name, given, expected) => {
  expect(trainedAlgorithms(machine(given))).toEqual(expected);
});

test('finds all images, and undefined for an image that an expression gives', () => {
  const other = { AlgorithmSpecification: '{% $definition.algorithm %}' };
  expect(usedImages(machine({ AlgorithmSpecification }))).toEqual([IMAGE]);
  expect(usedImages({ A: machine({ AlgorithmSpecification }), B: machine(other) })).toEqual([
    IMAGE,
    undefined,
  ]);
});
