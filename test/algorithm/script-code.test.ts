import { chmodSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, LegacyStackSynthesizer } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  DataLocation,
  Framework,
  Objective,
  type ScriptOptions,
  ScriptSource,
  XGBoostVersion,
} from '../../lib';
import { fragment, type Json, stackOf, statementsIn } from '../fixtures';
import {
  CODE,
  fixed,
  folderOf,
  MORE,
  packed,
  problemsOf,
  props,
  requests,
  script,
  TEMPORARY,
} from './script-fixtures';

describe('the archive of a folder', () => {
  test('has every file unchanged, even in subfolders', () => {
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

  test('is the same for the same files, regardless of their modification times and order', () => {
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
      'a path that is too long for a tar header',
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

  test('requires a synthesizer that knows the name of the archive at synth', () => {
    const stack = stackOf({ synthesizer: new LegacyStackSynthesizer() });
    expect(() => fragment(props(), stack)).toThrow(/the name of the archive must be known at synth/);
  });
});

describe('the entry point', () => {
  test.each<[Record<string, string>, string]>([
    [{ 'main.py': '', 'lib/x.py': '', 'README.md': '' }, 'lib/x.py, main.py'],
    [{ 'README.md': '' }, 'none'],
    [{}, 'none'],
  ])('that is missing is reported together with the existing programs: %j', (files, known) => {
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
  test('is in a channel, and a hyperparameter contains the name of its file there', () => {
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

  test('and the data are the only objects that the role can read', () => {
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

describe('the network', () => {
  const source = ScriptSource.fromFolder(folderOf({ 'train.py': '', 'requirements.txt': 'pandas' }));

  test('is needed for requirements.txt', () => {
    expect(problemsOf({ source })).toEqual([
      expect.stringMatching(/^networkIsolation: the script has a requirements\.txt/),
    ]);
    expect(problemsOf({ source }, { networkIsolation: false })).toEqual([]);
  });

  test('is not needed for a requirements.txt in a subfolder, because it is not installed', () => {
    const nested = ScriptSource.fromFolder(folderOf({ 'train.py': '', 'a/requirements.txt': '' }));
    expect(problemsOf({ source: nested })).toEqual([]);
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
    const expected = `networkIsolation: the script's pyproject.toml is built with ${tool}, which the container cannot install without a network: set networkIsolation to false, or use an image that has the packages (every container has setuptools and wheel)`;
    expect(problems({})).toEqual(tool ? [expected] : []);
    expect(problems({ networkIsolation: false })).toEqual([]);
  });
});
