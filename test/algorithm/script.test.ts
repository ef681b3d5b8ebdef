import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App, CfnParameter, LegacyStackSynthesizer, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { parseTar } from 'nanotar';
import {
  Algorithm,
  ContainerImage,
  DataLocation,
  Distribution,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  type ScriptOptions,
  ScriptSource,
  type TuningFragmentProps,
  XGBoostVersion,
} from '../../lib';
import { definitionIn, flat, fragment, type Json, problemsIn, stackOf, statementsIn } from '../fixtures';

const TEMPORARY = mkdtempSync(join(tmpdir(), 'script-test-'));
afterAll(() => rmSync(TEMPORARY, { recursive: true }));

const METRICS = [{ name: 'validation:rmse', regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }];
const CODE = folderOf({ 'train.py': 'print(1)' });
const MORE = InputData.of(DataLocation.fromUri('s3://more/'));
const GPU = { instanceType: 'ml.g5.xlarge' };

/** A new folder with the given files. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(TEMPORARY, 'code-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function script(options: Partial<ScriptOptions> = {}): Algorithm {
  return Algorithm.script({
    source: ScriptSource.fromFolder(CODE),
    entryPoint: 'train.py',
    framework: Framework.pyTorch('2.8.0'),
    metrics: METRICS,
    ...options,
  });
}

/** Tunes a script with its own hyperparameters. */
function props(options: Partial<ScriptOptions> = {}, more: Partial<TuningFragmentProps> = {}) {
  return {
    algorithm: script(options),
    hyperparameters: { layers: '3' },
    parameterRanges: [ParameterRange.continuous('lr', { min: 0.01, max: 0.1 })],
    ...more,
  };
}

function problemsOf(options: Partial<ScriptOptions>, more: Partial<TuningFragmentProps> = {}): string[] {
  return problemsIn(() => fragment(props(options, more)));
}

/** The requests of the trials and of the final training. */
function requests(
  options: Partial<ScriptOptions> = {},
  more: Partial<TuningFragmentProps> = {},
  stack = stackOf(),
): { trials: Json; final: Json } {
  const { States } = definitionIn(fragment(props(options, more), stack), stack);
  return {
    trials: States.TuneHyperparameters.Arguments.TrainingJobDefinition,
    final: States.TrainFinalModel.Arguments,
  };
}

/** The literal values of a request's hyperparameters. */
function fixed(expression: string): Json {
  return JSON.parse(/\{"[^}]*\}/.exec(expression)?.[0] ?? '{}');
}

/** The archive that a stack uploads, and its object key. */
function packed(source: ScriptSource, entryPoint = 'train.py') {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  fragment(props({ source, entryPoint }), stack);
  const assembly = app.synth();
  const manifest = JSON.parse(readFileSync(join(assembly.directory, 'Stack.assets.json'), 'utf8'));
  const [asset] = Object.values<Json>(manifest.files).filter(({ source: { path } }) =>
    path.endsWith('.tar.gz'),
  );
  const archive = readFileSync(join(assembly.directory, asset.source.path));
  const [destination] = Object.values<Json>(asset.destinations);
  // Copied, because parseTar reads from the start of the underlying memory, which Node.js 24 shares between buffers.
  const tar = new Uint8Array(gunzipSync(archive));
  return { key: destination.objectKey as string, archive, files: parseTar(tar) };
}

describe('the archive of a folder', () => {
  test('has every file unchanged, also in subfolders', () => {
    const folder = folderOf({ 'train.py': 'import a.b', 'a/b.py': 'B', 'a/__init__.py': '', 'run.sh': 'ls' });
    const { files } = packed(ScriptSource.fromFolder(folder));
    expect(files.map(({ name, text }) => [name, text])).toEqual([
      ['a/__init__.py', ''],
      ['a/b.py', 'B'],
      ['run.sh', 'ls'],
      ['train.py', 'import a.b'],
    ]);
    expect(files.map(({ attrs }) => attrs?.mode)).toEqual(
      ['644', '644', '755', '644'].map((mode) => expect.stringMatching(mode)),
    );
  });

  test('leaves out files that are not code', () => {
    const folder = folderOf({
      'train.py': '',
      '.git/config': '',
      '.venv/bin/python': '',
      '__pycache__/train.pyc': '',
      'a/__pycache__/b.pyc': '',
      'a/b.py': '',
      'node_modules/x/index.js': '',
      '.gitignore': '',
    });
    symlinkSync('/usr/bin/python3', join(folder, '.venv/bin/python3'));
    const { files } = packed(ScriptSource.fromFolder(folder));
    expect(files.map(({ name }) => name)).toEqual(['.gitignore', 'a/b.py', 'train.py']);
  });

  test('is the same for the same files, regardless of their time and order', () => {
    const [one, other] = [
      folderOf({ 'train.py': 'x', 'b.py': 'y' }),
      folderOf({ 'b.py': 'y', 'train.py': 'x' }),
    ];
    utimesSync(join(other, 'b.py'), 1, 1);
    chmodSync(join(other, 'b.py'), 0o600);
    const [first, second] = [one, other].map((folder) => packed(ScriptSource.fromFolder(folder)));
    expect(second?.archive.equals(first?.archive as Buffer)).toBe(true);
    expect(second?.key).toBe(first?.key);
  });

  test('has a different name if a file changes', () => {
    const [one, other] = [folderOf({ 'train.py': 'x' }), folderOf({ 'train.py': 'y' })];
    expect(packed(ScriptSource.fromFolder(one)).key).not.toBe(packed(ScriptSource.fromFolder(other)).key);
  });

  test.each<[string, () => string, RegExp]>([
    ['no folder', () => join(TEMPORARY, 'none'), /fromFolder: ".*none" is not a folder/],
    ['a file', () => join(CODE, 'train.py'), /is not a folder/],
    [
      'a path that tar has no room for',
      () => folderOf({ [`${'d'.repeat(60)}/${'f'.repeat(40)}`]: '' }),
      /longer than the 100 bytes/,
    ],
    [
      'a link',
      () => {
        const folder = folderOf({ 'train.py': '' });
        symlinkSync('/etc/hostname', join(folder, 'data.txt'));
        return folder;
      },
      /data\.txt is neither a file nor a folder/,
    ],
  ])('cannot be created from %s', (_name, folder, message) => {
    expect(() => ScriptSource.fromFolder(folder())).toThrow(message);
  });

  test('accepts a path of 100 bytes', () => {
    const name = `${'d'.repeat(59)}/${'f'.repeat(40)}`;
    expect(packed(ScriptSource.fromFolder(folderOf({ 'train.py': '', [name]: '1' }))).files[0]?.name).toBe(
      name,
    );
  });

  test('requires a synthesizer that knows its name', () => {
    const stack = stackOf({ synthesizer: new LegacyStackSynthesizer() });
    expect(() => fragment(props(), stack)).toThrow(/the name of the archive must be known at synth/);
  });
});

describe('the entry point', () => {
  test.each<[Record<string, string>, string]>([
    [{ 'main.py': '', 'lib/x.py': '', 'README.md': '' }, 'lib/x.py, main.py'],
    [{ 'README.md': '' }, 'none'],
    [{}, 'none'],
  ])('that is missing is reported with the existing programs: %j', (files, known) => {
    expect(() => script({ source: ScriptSource.fromFolder(folderOf(files)) })).toThrow(
      `Algorithm.script: the source has no entry point "train.py"; its programs are ${known}`,
    );
  });

  test('can be in a subfolder', () => {
    const source = ScriptSource.fromFolder(folderOf({ 'src/train.py': '' }));
    expect(
      fixed(requests({ source, entryPoint: 'src/train.py' }).trials.StaticHyperParameters),
    ).toMatchObject({
      sagemaker_program: 'src/train.py',
    });
  });
});

describe('the code', () => {
  test('is in a channel, and a hyperparameter has its file name', () => {
    const { trials, final } = requests();
    for (const request of [trials, final]) {
      const [code] = request.InputDataConfig.filter(({ ChannelName }: Json) => ChannelName === 'code');
      const { S3Uri, S3DataType } = code.DataSource.S3DataSource;
      const file = S3Uri.split('/').at(-1);
      expect(S3DataType).toBe('S3Prefix');
      expect(file).toMatch(/^[0-9a-f]{64}\.gz$/);
      expect(fixed(trials.StaticHyperParameters)).toEqual({
        layers: '3',
        sagemaker_program: 'train.py',
        sagemaker_submit_directory: `/opt/ml/input/data/code/${file}`,
        sagemaker_container_log_level: '20',
      });
    }
  });

  test('in S3 is used directly', () => {
    const source = ScriptSource.fromArchive(DataLocation.fromUri('s3://code/v1/mine.tar.gz'));
    const { trials } = requests({ source, entryPoint: 'unknown.py' });
    expect(trials.InputDataConfig.at(-1)).toMatchObject({
      ChannelName: 'code',
      DataSource: { S3DataSource: { S3Uri: 's3://code/v1/mine.tar.gz' } },
    });
    expect(fixed(trials.StaticHyperParameters).sagemaker_submit_directory).toBe(
      '/opt/ml/input/data/code/mine.tar.gz',
    );
  });

  test('in S3 must be an archive with a known name', () => {
    const from = (uri: string) => () => ScriptSource.fromArchive(DataLocation.fromUri(uri));
    expect(from('s3://code/v1/')).toThrow('must be a .tar.gz in Amazon S3, got "s3://code/v1/"');
    expect(from('s3://code/train.py')).toThrow('must be a .tar.gz');
    expect(from(new CfnParameter(stackOf(), 'Code').valueAsString)).toThrow('must be known at synth');
  });

  test('and the data are all that the role can read', () => {
    const stack = stackOf();
    const { trials } = requests({}, {}, stack);
    const key = trials.InputDataConfig.at(-1).DataSource.S3DataSource.S3Uri.replace(/^s3:\/\/[^/]+\//, '');
    expect(key).toMatch(/\.gz$/);
    const statements = statementsIn(stack, /TrainingRole/);
    const read = statements
      .filter(({ Action }) => Action === 's3:GetObject')
      .flatMap(({ Resource }) => Resource);
    expect(read).toEqual([
      'arn:<AWS::Partition>:s3:::data/train/*',
      'arn:<AWS::Partition>:s3:::data/validation/*',
      expect.stringMatching(new RegExp(`^arn:.*/${key}\\*$`)),
    ]);
  });

  test('can be shared by two definitions and two workflows of a stack', () => {
    const stack = stackOf();
    const algorithm = script();
    const further = {
      ...props(),
      name: 'again',
      algorithm,
      objective: Objective.minimize('validation:rmse'),
    };
    fragment({ ...props(), algorithm, furtherDefinitions: [further] }, stack);
    fragment({ ...props(), algorithm, jobNamePrefix: 'other' }, stack, 'Other');
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

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

  test('of Hugging Face is only for GPUs', () => {
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

  test('is the only one that the role can pull', () => {
    const stack = stackOf({ env: { region: 'eu-west-1' } });
    requests({}, {}, stack);
    const [pull] = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
      Action.includes('ecr:BatchGetImage'),
    );
    expect(pull.Resource).toBe('arn:<AWS::Partition>:ecr:eu-west-1:763104351884:repository/pytorch-training');
  });

  test('of an unknown version is rejected immediately', () => {
    expect(() => script({ framework: Framework.pyTorch('1.0.0') })).toThrow(
      /version "1\.0\.0" of pytorch is not known: use one of .*2\.8\.0.*, or give image/,
    );
    expect(() =>
      script({ framework: Framework.xgboost(XGBoostVersion.of('9.9-9')), metrics: undefined }),
    ).toThrow(/version "9\.9-9" of xgboost is not known: use one of .*3\.2-0.*, or give image/);
  });

  test('of an unknown version can be given', () => {
    const stack = stackOf();
    const image = ContainerImage.fromEcrRepository(
      ecr.Repository.fromRepositoryName(stack, 'R', 'mine'),
      'v1',
    );
    const { trials } = requests({ framework: Framework.pyTorch('1.0.0'), image }, {}, stack);
    expect(trials.AlgorithmSpecification.TrainingImage).toMatch(/\/mine:v1$/);
  });

  test('is the same for the tuning and the final training', () => {
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

  test('of instance groups with and without GPUs is the GPU image', () => {
    const instanceGroups = [
      { name: 'data', instanceType: 'ml.c5.xlarge', instanceCount: 2 },
      { name: 'train', instanceType: 'ml.g5.xlarge', instanceCount: 1 },
    ];
    expect(imageIn('eu-west-1', {}, { instanceGroups })).toMatch(/-gpu-/);
  });

  test('for GPUs is missing for some frameworks', () => {
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

  test('has no custom metrics, and the image of XGBoost', () => {
    const { trials } = requests(XGBOOST, TUNABLE, stackOf({ env: { region: 'eu-west-1' } }));
    expect(trials.AlgorithmSpecification).toEqual({
      TrainingImage: '141502667606.dkr.ecr.eu-west-1.<AWS::URLSuffix>/sagemaker-xgboost:3.2-0',
      TrainingInputMode: 'File',
    });
  });

  test('cannot have metrics, and the error names the alternatives', () => {
    expect(problemsOf({ ...XGBOOST, metrics: METRICS }, TUNABLE)).toEqual([
      expect.stringMatching(
        /^algorithm\.metrics: SageMaker rejects .*give algorithm\.image, a copy of sagemaker-xgboost:3\.2-0/,
      ),
    ]);
  });

  test('is tuned with hyperparameters that XGBoost declares, and can have others that are fixed', () => {
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

  test('has no such limits with a copy of the image', () => {
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

  test("count toward the limit, together with the container's", () => {
    const hyperparameters = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));
    // 1 tuned, 3 for the container, and 1 for SageMaker.
    expect(problemsOf({}, { hyperparameters: hyperparameters(95) })).toEqual([]);
    expect(problemsOf({}, { hyperparameters: hyperparameters(96) })).toEqual([
      expect.stringMatching(/^hyperparameters: may be 100 in all, .* got 101$/),
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

  test('has at most 48 variables in all definitions together', () => {
    expect(problemsOf({ environment: variables(48) })).toEqual([]);
    expect(problemsOf({ environment: variables(49) })).toEqual([
      'algorithm.environment: may have 48 variables, got 49',
    ]);
    const second = {
      ...props({ environment: variables(24) }),
      name: 'second',
      objective: Objective.minimize('validation:rmse'),
    };
    expect(problemsOf({ environment: variables(24) }, { furtherDefinitions: [second] })).toEqual([]);
    expect(problemsOf({ environment: variables(25) }, { furtherDefinitions: [second] })).toEqual([
      'algorithm.environment: may have 48 variables in all definitions together, got 49',
    ]);
  });

  test('accepts tokens', () => {
    expect(problemsOf({ environment: { A: Token.asString({ Ref: 'B' }) } })).toEqual([]);
  });
});

describe('the network', () => {
  const source = ScriptSource.fromFolder(folderOf({ 'train.py': '', 'requirements.txt': 'pandas' }));

  test('is needed for requirements.txt', () => {
    expect(problemsOf({ source })).toEqual([
      expect.stringMatching(/^networkIsolation: the script has a requirements\.txt/),
    ]);
    expect(problemsOf({ source }, { networkIsolation: false })).toEqual([]);
  });

  test('is not needed for a requirements.txt in a subfolder, which is not installed', () => {
    const nested = ScriptSource.fromFolder(folderOf({ 'train.py': '', 'a/requirements.txt': '' }));
    expect(problemsOf({ source: nested })).toEqual([]);
  });
});

describe('channels', () => {
  const data = requests().trials.InputDataConfig.length;

  test('cannot have the name of the code channel', () => {
    const channels = { code: MORE };
    expect(problemsOf({}, { channels })).toEqual([
      'channels.code: is a channel that the algorithm brings along: use another name',
    ]);
  });

  test('are at most 20 in total', () => {
    const channels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, MORE]));
    expect(problemsOf({}, { channels: channels(20 - data) })).toEqual([]);
    expect(problemsOf({}, { channels: channels(21 - data) })).toEqual([
      expect.stringMatching(/^channels: a training job has 20 channels at most, .* got 21$/),
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
  ])('with %s is passed to the container, with the instance type', (_name, distribution, framework, told) => {
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
  });

  test('is not passed without a distribution', () => {
    const { trials, final } = requests({}, { resources: P4 });
    expect(trials.StaticHyperParameters).not.toMatch(/instance_type|mpi/);
    expect(fixed(final.HyperParameters)).toEqual({});
  });

  test('with SMDDP requires GPUs in the tuning and in the final training', () => {
    const distribution = Distribution.smDataParallel();
    expect(problemsOf({ distribution })).toEqual([
      'algorithm.distribution: SMDDP runs on GPUs only, got ml.m5.xlarge',
    ]);
    expect(problemsOf({ distribution }, { resources: P4 })).toEqual([]);
    const instanceType = new CfnParameter(stackOf(), 'Type').valueAsString;
    expect(problemsOf({ distribution }, { resources: { instanceType } })).toEqual([]);
  });

  test('is only for containers that support it', () => {
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

describe('a script that pip installs', () => {
  const XGBOOST = { framework: Framework.xgboost(XGBoostVersion.V3_2_0), metrics: undefined };
  const SKLEARN = { framework: Framework.scikitLearn('1.9-0') };
  const OFF = { PIP_NO_BUILD_ISOLATION: '0' };
  const folder = (files: Record<string, string>) =>
    ScriptSource.fromFolder(folderOf({ 'train.py': 'print(1)', 'train.sh': 'true', ...files }));
  const SETUP = folder({ 'setup.py': 'setup()' });
  const ARCHIVE = ScriptSource.fromArchive(DataLocation.fromUri('s3://code/sourcedir.tar.gz'));
  const environmentOf = (options: Partial<ScriptOptions>, networkIsolation = true) =>
    script(options)._definition.bind(stackOf({ env: { region: 'eu-west-1' } }), {
      train: MORE,
      objectiveMetric: 'validation:rmse',
      hyperparameters: {},
      tuned: [],
      instanceTypes: ['ml.m5.xlarge'],
      instanceTypesOfJobs: [['ml.m5.xlarge']],
      instanceCounts: [1],
      networkIsolation,
    }).environment;

  test.each<[string, Partial<ScriptOptions>, boolean, object | undefined]>([
    ['XGBoost, always', XGBOOST, true, OFF],
    ['XGBoost 1.7, always', { ...XGBOOST, framework: Framework.xgboost(XGBoostVersion.V1_7_1) }, true, OFF],
    ['XGBoost with a network', XGBOOST, false, undefined],
    ['given variables', { ...XGBOOST, environment: { A: 'b' } }, true, { ...OFF, A: 'b' }],
    [
      'the same variable given',
      { ...XGBOOST, environment: { PIP_NO_BUILD_ISOLATION: '1' } },
      true,
      { PIP_NO_BUILD_ISOLATION: '1' },
    ],
    ['scikit-learn without setup.py', SKLEARN, true, undefined],
    ['scikit-learn with setup.py', { ...SKLEARN, source: SETUP }, true, OFF],
    ['PyTorch with setup.py', { source: SETUP }, true, OFF],
    ['a shell script with setup.py', { source: SETUP, entryPoint: 'train.sh' }, true, undefined],
    ['an archive', { source: ARCHIVE }, true, OFF],
    ['an archive with a network', { source: ARCHIVE }, false, undefined],
  ])('%s', (_title, options, networkIsolation, environment) => {
    expect(environmentOf(options, networkIsolation)).toEqual(environment);
  });

  const built = (requires: string) => ({
    'pyproject.toml': `[build-system]\nrequires = ${requires}\n\n[project]\nname = "a"\n`,
  });

  test.each<[string, Partial<ScriptOptions>, string | undefined]>([
    ['setuptools', { source: folder(built('["setuptools>=61", "wheel"]')) }, undefined],
    ['hatchling', { source: folder(built('["hatchling"]')) }, 'hatchling'],
    [
      'several lines',
      { source: folder(built('[\n  "setuptools",\n  "setuptools-scm[toml]>=8",\n]')) },
      'setuptools-scm',
    ],
    [
      'no build system',
      { source: folder({ 'pyproject.toml': '[tool.ruff]\nline-length = 110\n' }) },
      undefined,
    ],
  ])('a pyproject.toml with %s', (_title, options, tool) => {
    const problems = (more: object) =>
      script({ ...XGBOOST, ...options })._definition.check?.({
        networkIsolation: true,
        instanceTypes: [],
        instanceTypesOfJobs: [],
        ...more,
      } as never);
    const expected = `networkIsolation: the script's pyproject.toml is built with ${tool}, which the container cannot install without a network: set it to false, or use an image that has the packages (every container has setuptools and wheel)`;
    expect(problems({})).toEqual(tool ? [expected] : []);
    expect(problems({ networkIsolation: false })).toEqual([]);
  });
});
