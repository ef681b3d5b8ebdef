/** A training job that both the toolkit and local mode run. */
export interface ToolkitCase {
  readonly name: string;
  /** Files in the source directory, in addition to `probe.py`. @default train.py, which only imports probe.py */
  readonly files?: Readonly<Record<string, string>>;
  /** Code of `train.py` after the import of probe.py. */
  readonly body?: string;
  /** Symbolic links in the archive, and their targets. */
  readonly links?: Readonly<Record<string, string>>;
  readonly hyperparameters?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the container captures errors, as PyTorch's does. @default false */
  readonly capturesErrors?: boolean;
  /** Number of instances. The results of the last instance are compared. @default 1 */
  readonly instances?: number;
  /** Channels in addition to the code channel, with their content types. */
  readonly channels?: Readonly<Record<string, string | undefined>>;
}

const PROBE = 'import probe\n';
const shell = (lines: string) => ({
  files: { 'run.sh': `#!/bin/sh\n${lines}\n` },
  hyperparameters: { sagemaker_program: 'run.sh' },
});
const failing = (name: string, body: string): ToolkitCase[] => [
  { name, body },
  { name: `${name}, captured`, body, capturesErrors: true },
];
const value = (name: string, text: string): ToolkitCase => ({ name, hyperparameters: { value: text } });

/** Conversion of hyperparameter strings. */
const VALUES: ToolkitCase[] = [
  value('a word', 'adam'),
  value('a quoted word', '"adam"'),
  value('an empty text', ''),
  value('a quoted empty text', '""'),
  value('white space', '  a  b  '),
  value('an integer', '7'),
  value('a negative integer', '-7'),
  value('an integer of many digits', '123456789012345678901234567890'),
  value('a number with leading zeros', '007'),
  value('a float', '0.10'),
  value('a small float', '0.00001'),
  value('an exponent', '1e3'),
  value('a whole float', '1.0'),
  value('a float that is too large', '1e999'),
  value('NaN', 'NaN'),
  value('negative infinity', '-Infinity'),
  value('true', 'true'),
  value('False of Python', 'False'),
  value('a quoted boolean', '"true"'),
  value('null', 'null'),
  value('None of Python', 'None'),
  value('a list', '[1, "a", null, true, [2.50]]'),
  value('an empty list', '[]'),
  value('an object', '{"b": 2, "a": true, "c": null}'),
  value('a nested object', '{"b": {"y": [1, {"z": "q"}], "x": 1.0}, "a": "t"}'),
  value('an empty object', '{}'),
  value('quotes of a shell', `it's "so" $HOME \`id\` \\ ; && | * ~`),
  value('a JSON text with escapes', '"a\\"b\\\\c\\u00e4\\n"'),
  value('line breaks', 'one\ntwo\n'),
  value('a tab', 'a\tb'),
  value('other scripts', 'äöü 日本 😀'),
  value('a JSON text of other scripts', '["äöü", "日本 😀"]'),
  value('JSON that is cut off', '{"a": 1'),
  value('a path of the container', '/opt/ml/model/best'),
  value('a quoted path of the container', '"/opt/ml/checkpoints"'),
  value('an S3 URI', 's3://bucket/key with space'),
  value('an option', '--verbose'),
  value('a long text', 'x'.repeat(20_000)),
];

/** Hyperparameter names, including those that the container reads. */
const NAMES: ToolkitCase[] = [
  {
    name: 'names of one letter, with dashes and dots',
    hyperparameters: { e: '1', 'batch-size': '2', 'a.b': '3' },
  },
  { name: 'the order of names', hyperparameters: { b: '1', A: '2', a: '3', _x: '4', '1': '5', é: '6' } },
  {
    name: 'the objective metric of a tuning job',
    hyperparameters: { _tuning_objective_metric: 'validation:rmse', lr: '0.1' },
  },
  {
    name: 'hyperparameters of the SageMaker SDK',
    hyperparameters: {
      sagemaker_program: '"train.py"',
      sagemaker_container_log_level: '20',
      sagemaker_job_name: '"job-1"',
      sagemaker_region: '"us-east-1"',
      sagemaker_enable_cloudwatch_metrics: 'false',
      sagemaker_estimator_class_name: '"XGBoost"',
      sagemaker_instance_type: '"ml.m5.xlarge"',
    },
  },
  {
    name: 'an unknown hyperparameter for the container',
    hyperparameters: { sagemaker_my_own: '{"a": [1]}' },
  },
  { name: 'another log level', hyperparameters: { sagemaker_container_log_level: '10' } },
  { name: 'no hyperparameters' },
];

const INPUTS: ToolkitCase[] = [
  {
    name: 'channels',
    channels: { train: 'text/csv', validation: undefined, 'extra-1': 'application/x-parquet' },
  },
  { name: 'environment variables', environment: { MODE: 'fast', EMPTY: '', TEXT: 'ä "b" $c' } },
];

const HOSTS: ToolkitCase[] = [
  {
    name: 'the second of two instances',
    instances: 2,
    hyperparameters: { lr: '0.1' },
    channels: { train: undefined },
  },
  {
    name: 'the third of three instances, which fails',
    instances: 3,
    body: 'import sys\nsys.exit(probe.host == "algo-3")',
  },
];

const PROGRAMS: ToolkitCase[] = [
  {
    name: 'a program in a subfolder',
    files: { 'src/deep/train.py': PROBE },
    hyperparameters: { sagemaker_program: 'src/deep/train.py' },
  },
  {
    name: 'a name with a dot, a plus and a dash',
    files: { 'a.b+c-d.py': PROBE },
    hyperparameters: { sagemaker_program: 'a.b+c-d.py' },
  },
  {
    name: 'a hidden file',
    files: { '.train.py': PROBE },
    hyperparameters: { sagemaker_program: '.train.py' },
  },
  { name: 'a shell script', ...shell('"$PROBE_PYTHON" probe.py "$@"') },
  {
    name: 'a shell script with odd arguments',
    ...shell('"$PROBE_PYTHON" probe.py "$@"'),
    hyperparameters: {
      sagemaker_program: 'run.sh',
      empty: '',
      quote: `it's "so"`,
      dollar: '$HOME `id` * ~',
      lines: 'a\nb',
      plain: 'a=b:c,d/e@f%g+h',
      scripts: 'é',
    },
  },
  { name: 'a shell script that exits with 3', ...shell('exit 3') },
  {
    name: 'a shell script with a killed program',
    ...shell(`"$PROBE_PYTHON" -c 'import os; os.kill(os.getpid(), 9)'`),
  },
  { name: 'a shell script that kills itself', ...shell('kill -9 $$') },
  {
    name: 'a shell script with a missing interpreter',
    files: { 'run.sh': '#!/no/such/sh\n' },
    hyperparameters: { sagemaker_program: 'run.sh' },
  },
  {
    name: 'a shell script with a requirements.txt, which is not installed',
    ...shell('"$PROBE_PYTHON" probe.py "$@"'),
    files: {
      'run.sh': '#!/bin/sh\n"$PROBE_PYTHON" probe.py "$@"\n',
      'requirements.txt': './no-such-package\n',
    },
  },
  {
    name: 'a shell script in a subfolder',
    files: { 'bin/run.sh': '#!/bin/sh\n"$PROBE_PYTHON" probe.py "$@"\n' },
    hyperparameters: { sagemaker_program: 'bin/run.sh' },
  },
  {
    name: 'a program without an extension',
    files: { run: '#!/bin/sh\n"$PROBE_PYTHON" probe.py "$@"\n' },
    hyperparameters: { sagemaker_program: 'run' },
  },
  {
    name: 'a package, which is installed',
    files: {
      'setup.py':
        'from setuptools import setup\nsetup(name="tool", version="1", package_dir={"": "lib"}, packages=["tool"])\n',
      'lib/tool/__init__.py': '',
      'train.py': `import tool, probe\n`,
    },
    environment: { PIP_NO_BUILD_ISOLATION: '0' },
  },
  {
    name: 'an invalid package',
    files: { 'setup.py': 'raise SystemExit("no package")\n', 'train.py': PROBE },
    environment: { PIP_NO_BUILD_ISOLATION: '0' },
  },
  {
    name: 'a shell script next to a setup.py',
    files: {
      'setup.py': 'raise SystemExit("no package")\n',
      'run.sh': '#!/bin/sh\n"$PROBE_PYTHON" probe.py "$@"\n',
    },
    hyperparameters: { sagemaker_program: 'run.sh' },
  },
  { name: 'no such program', hyperparameters: { sagemaker_program: 'other.py' } },
  { name: 'no such program in a subfolder', hyperparameters: { sagemaker_program: 'src/train.py' } },
  { name: 'no such shell script', hyperparameters: { sagemaker_program: 'other.sh' } },
  ...['../train.py', '/bin/sh', '-c', 'a;b.py', 'a b.py', './train.py', '+x.py', "it's.py", 'ä.py', ''].map(
    (program) => ({
      name: `the program ${JSON.stringify(program)}`,
      hyperparameters: { sagemaker_program: JSON.stringify(program) },
    }),
  ),
  {
    name: 'a requirements.txt that asks for nothing',
    files: { 'train.py': PROBE, 'requirements.txt': '# nothing\n' },
  },
  {
    name: 'a requirements.txt that cannot be installed',
    files: { 'train.py': PROBE, 'requirements.txt': './no-such-package\n' },
  },
  { name: 'a link in the archive', files: { 'real.py': PROBE }, links: { 'train.py': 'real.py' } },
  {
    name: 'a link that leads out of the archive',
    files: { 'train.py': PROBE },
    links: { passwd: '/etc/passwd' },
  },
  { name: 'a member that leads out of the archive', files: { '../../train.py': PROBE } },
];

const ENDS: ToolkitCase[] = [
  ...failing('an exception', 'raise ValueError("no such column: age")'),
  ...failing('an exception in a function', 'def load():\n    return {}["price"]\n\nload()'),
  ...failing(
    'an exception with a cause',
    'try:\n    1 / 0\nexcept Exception as error:\n    raise RuntimeError("bad") from error',
  ),
  ...failing('a custom exception', 'class DataProblem(Exception):\n    pass\n\nraise DataProblem("rows")'),
  ...failing('a syntax error', 'exec("def :")'),
  ...failing('a missing module', 'import no_such_module'),
  ...failing('a message of other scripts', 'raise ValueError("Spalte äöü fehlt 日本 😀")'),
  ...failing('a long message', 'raise ValueError("x" * 3000)'),
  ...failing('exit code 3', 'import sys\nsys.exit(3)'),
  ...failing('a string as exit code', 'import sys\nsys.exit("no license for this solver")'),
  ...failing('exit code 137', 'import sys\nsys.exit(137)'),
  ...failing('exit code 255', 'import sys\nsys.exit(-1)'),
  ...failing('exit code 0', 'import sys\nsys.exit(0)'),
  ...failing('killed', 'import os\nos.kill(os.getpid(), 9)'),
  ...failing('ended by SIGTERM', 'import os\nos.kill(os.getpid(), 15)'),
  ...failing('a fault of native code', 'import os\nos.kill(os.getpid(), 11)'),
  ...failing('abort', 'import os\nos.abort()'),
  ...failing('a failure file', 'import sys\nopen(probe.failure, "w").write("only 3 rows")\nsys.exit(3)'),
  ...failing('a failure file, and no failure', 'open(probe.failure, "w").write("only 3 rows")'),
  {
    name: 'a long failure file',
    body: 'import sys\nopen(probe.failure, "w").write("y" * 5000)\nsys.exit(1)',
  },
  {
    name: 'errors that were printed only, captured',
    body: 'import sys\nprint("ValueError: seen")\nprint("after")\nsys.exit(1)',
    capturesErrors: true,
  },
  {
    name: 'no error printed, captured',
    body: 'import sys\nprint("nothing to see")\nsys.exit(1)',
    capturesErrors: true,
  },
];

/** All cases. */
export const CASES: readonly ToolkitCase[] = [...VALUES, ...NAMES, ...INPUTS, ...HOSTS, ...PROGRAMS, ...ENDS];

/** A module that records the script's arguments and environment. */
export const PROBE_MODULE = `import json, os, sys
folder = os.environ["SM_OUTPUT_DATA_DIR"]
host = os.environ["SM_CURRENT_HOST"]
failure = os.path.join(os.environ["SM_OUTPUT_DIR"], "failure")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "seen.json"), "w") as file:
    seen = {"arguments": sys.argv[1:], "program": sys.argv[0], "folder": os.getcwd(), "environment": dict(os.environ)}
    json.dump(seen, file)
`;
