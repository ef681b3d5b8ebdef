import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPythonEnvironments, DEFAULT_XGBOOST_VERSION, xgboostVersionOf } from '../../src/training';
import { inspectInterpreter } from '../../src/training/python-interpreters';
import {
  isInstallable,
  missingPackages,
  type WantedPackages,
  xgboostPackages,
} from '../../src/training/python-requirements';
import { defaultEnvironment, fakePython, SETUP_TIMEOUT, temporaryFolder } from './support';

const REGISTRY = '683313688378.dkr.ecr.us-east-1.amazonaws.com';

test.each([
  ['sagemaker-xgboost:3.2-0', '3.2.0'],
  ['sagemaker-xgboost:3.0-5-cpu-py3', '3.0.5'],
  ['sagemaker-xgboost:1.7-1', '1.7.4'],
  ['sagemaker-xgboost:1.5-1', '1.5.2'],
  ['sagemaker-xgboost:4.1-7', '4.1.7'],
  ['sagemaker-xgboost@sha256:0123', '3.2.0'],
])('%s contains XGBoost %s', (image, version) => {
  expect(xgboostVersionOf(`${REGISTRY}/${image}`)).toBe(version);
});

test.each([
  ['3.2.0', '3.11.7', '3.2.0'],
  ['3.2.0', '3.9.18', '2.1.4'],
  ['3.0.5', '3.13.0', '3.0.5'],
  ['1.5.2', '3.12.0', '1.7.4'],
  ['4.1.7', '3.12.0', '3.2.0'],
])('XGBoost %s on Python %s is %s', (wanted, python, expected) => {
  const taken = xgboostPackages(wanted, ['parquet']).find((each) => isInstallable(each, python));
  expect(taken?.name).toBe(`xgboost-${expected}-parquet`);
  expect(taken?.requirements.filter((file) => !existsSync(file))).toEqual([]);
});

test('$PYTHON is preferred if it has all packages', async () => {
  const python = fakePython('3.12.1', {
    optuna: '5.0.0',
    'xgboost-cpu': '3.2.0',
    numpy: '2.0.0',
    scipy: '1.0.0',
  });
  const notices: string[] = [];
  const environments = createPythonEnvironments({
    folder: temporaryFolder(),
    onNotice: (text) => notices.push(text),
    env: { ...process.env, PYTHON: python },
  });
  expect(await environments.forXGBoost('3.2.0')).toEqual({
    python,
    pythonVersion: '3.12.1',
    xgboostVersion: '3.2.0',
  });
  expect(await environments.forSampler()).toMatchObject({ python });
  expect(notices).toEqual([]);
});

test('looking up a ready environment prints no notices; searching for an environment does', async () => {
  const notices: string[] = [];
  const onNotice = (text: string) => void notices.push(text);
  const environmentsWith = (folder: string, PYTHON: string) =>
    createPythonEnvironments({ folder, onNotice, env: { ...process.env, PATH: '/nowhere', PYTHON } });
  const lacking = environmentsWith(temporaryFolder(), fakePython('3.12.1', {}));
  expect(await lacking.readyForXGBoost('3.2.0')).toBeUndefined();
  const found = await defaultEnvironment();
  const unusable = environmentsWith(resolve('.venv'), '/nowhere/python');
  expect(await unusable.readyForXGBoost('3.2.0')).toEqual(found);
  expect(notices).toEqual([]);
  expect(await unusable.forXGBoost('3.2.0')).toEqual(found);
  expect(notices).toEqual([expect.stringMatching(/^\$PYTHON is not a Python/)]);
});

test('a notice says if the available XGBoost version differs from the wanted version', async () => {
  const python = fakePython('3.12.1', { optuna: '4.2.0', xgboost: '1.7.4', numpy: '1.0.0', scipy: '1.0.0' });
  const notices: string[] = [];
  const environments = createPythonEnvironments({
    folder: temporaryFolder(),
    onNotice: (text) => notices.push(text),
    env: { ...process.env, PYTHON: python },
  });
  // No Python interpreter on this machine has XGBoost 1.5.2, so local mode finds no better interpreter.
  expect(await environments.forXGBoost('1.5.2')).toMatchObject({ python, xgboostVersion: '1.7.4' });
  expect(notices).toEqual([
    expect.stringMatching(/XGBoost 1\.5\.2 is not available .* trains with XGBoost 1\.7\.4/),
  ]);
});

test('an existing environment in another folder is used', async () => {
  const python = fakePython('3.12.1', { numpy: '2.0.0' });
  const other = temporaryFolder();
  mkdirSync(join(other, 'xgboost-3.0.5', 'bin'), { recursive: true });
  const made = fakePython('3.12.1', {
    optuna: '5.0.0',
    'xgboost-cpu': '3.0.5',
    numpy: '2.0.0',
    scipy: '1.0.0',
  });
  symlinkSync(made, join(other, 'xgboost-3.0.5', 'bin', 'python'));
  const environments = createPythonEnvironments({
    folder: join(temporaryFolder(), 'not-made'),
    otherFolders: [other],
    onNotice: () => undefined,
    env: { PYTHON: python },
  });
  expect(await environments.forXGBoost('3.0.5')).toMatchObject({ xgboostVersion: '3.0.5' });
});

describe('a Python broken by environment variables', () => {
  const find = (env: NodeJS.ProcessEnv, notices: string[] = []) =>
    createPythonEnvironments({
      folder: temporaryFolder(),
      onNotice: (text) => notices.push(text),
      env: { PATH: process.env['PATH'], ...env },
    }).forXGBoost(DEFAULT_XGBOOST_VERSION);
  const withSitecustomize = (code: string) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'sitecustomize.py'), code);
    return { PYTHONPATH: folder };
  };

  test('PYTHONHOME: the error contains the output of Python and names the variable', async () => {
    await expect(find({ PYTHONHOME: '/nonexistent' })).rejects.toThrow(
      /cannot use what is installed:[\s\S]*python3 does not start: .*Fatal Python error: [\s\S]*No module named 'encodings'[\s\S]*Unset these variables if they cause this: PYTHONHOME=\/nonexistent$/,
    );
  });

  test('a sitecustomize that ends the process: the error contains the path of the module', async () => {
    const env = withSitecustomize('raise SystemExit("no license")');
    await expect(find(env)).rejects.toThrow(
      /python3 does not start: [\s\S]*sitecustomize\.py", line 1[\s\S]*SystemExit: no license[\s\S]*: PYTHONPATH=/,
    );
  });

  test('$PYTHON: the notice says why this interpreter is not used', async () => {
    const broken = fakePython('2.7.18', {});
    const notices: string[] = [];
    await expect(find({ PYTHON: broken, PYTHONHOME: '/nonexistent' }, notices)).rejects.toThrow();
    expect(notices).toEqual([
      `$PYTHON is not a Python 3.9 or newer: looking for another one. ${broken} is Python 2.7.18, which is too old.`,
    ]);
  });

  test.each([
    ['raises', 'raise RuntimeError("ignored by Python")'],
    ['prints', 'print("hello")'],
  ])('a sitecustomize that %s changes nothing', async (_how, code) => {
    const { python } = await defaultEnvironment();
    expect(await inspectInterpreter(python, ['numpy'], withSitecustomize(code))).toMatchObject({
      packages: { numpy: expect.any(String) },
    });
  });
});

test('the error of a failed installation lists the packages and the command, and no files are left', async () => {
  const python = fakePython('3.12.1', { numpy: '2.0.0' }, 'echo "no venv here" >&2; exit 3');
  const folder = temporaryFolder();
  const environments = createPythonEnvironments({
    folder,
    onNotice: () => undefined,
    env: { PYTHON: python },
  });
  // No interpreter on this machine has this version, and only the interpreter in $PYTHON could install it.
  await expect(environments.forXGBoost('3.0.5')).rejects.toThrow(
    /Missing: optuna, xgboost 3\.0\.5, scipy\.\nTo install them: .*python -m pip install -r .*xgboost-3\.0\.5\.txt[\s\S]*no venv here/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('folders of killed processes are deleted, but not those of running processes', async () => {
  const folder = temporaryFolder();
  const gone = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
  mkdirSync(join(folder, `.xgboost-3.0.5-${gone}-0123abcd`, 'bin'), { recursive: true });
  mkdirSync(join(folder, `.xgboost-3.0.5-${process.pid}-0123abcd`, 'bin'), { recursive: true });
  const python = fakePython('3.12.1', {});
  const environments = createPythonEnvironments({
    folder,
    onNotice: () => undefined,
    env: { PYTHON: python },
  });
  await expect(environments.forXGBoost('3.0.5')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([`.xgboost-3.0.5-${process.pid}-0123abcd`]);
});

test(
  'the project has a complete environment',
  async () => {
    const { python } = await defaultEnvironment();
    const interpreter = await inspectInterpreter(
      python,
      ['optuna', 'xgboost', 'xgboost-cpu', 'numpy', 'scipy'],
      process.env,
    );
    expect(interpreter && missingPackages(interpreter, xgboostPackages('3.2.0', [])[0])).toEqual([]);
  },
  SETUP_TIMEOUT,
);

test(
  'the packages of an environment are compiled when it is created',
  async () => {
    const { python } = await defaultEnvironment();
    const code = `
import importlib.util, json, os
compiled = lambda name: os.path.exists(importlib.util.cache_from_source(importlib.util.find_spec(name).origin))
print(json.dumps([compiled(name) for name in ['numpy', 'numpy.linalg', 'xgboost', 'optuna']]))`;
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const output = execFileSync(python, ['-c', code], { encoding: 'utf8', env });
    expect(JSON.parse(output)).toEqual([true, true, true, true]);
  },
  SETUP_TIMEOUT,
);

test('an invalid $PYTHON is reported', async () => {
  const notices: string[] = [];
  const found = createPythonEnvironments({
    folder: resolve(__dirname, '../../../.venv'),
    onNotice: (text) => notices.push(text),
    env: { ...process.env, PYTHON: '/bin/ls' },
  });
  await found.forXGBoost(DEFAULT_XGBOOST_VERSION);
  expect(notices).toEqual([
    expect.stringMatching(
      /^\$PYTHON is not a Python 3\.9 or newer: looking for another one\. \/bin\/ls is not a Python interpreter: it printed ".*"\.$/,
    ),
  ]);
});

const SOME_PACKAGES: WantedPackages = {
  name: 'some-2.1',
  requirements: ['/no/such/list.txt'],
  packages: { 'some|some-cpu': '2.1', other: undefined, third: '4|5' },
  python: { min: '3.10', max: '3.12' },
};

test('the wanted packages can have alternative names and versions, and a range of Python versions', async () => {
  const forPackages = (python: string, ...alternatives: WantedPackages[]) =>
    createPythonEnvironments({
      folder: temporaryFolder(),
      onNotice: () => undefined,
      env: { PYTHON: python },
    }).forPackages(SOME_PACKAGES, alternatives);
  const good = fakePython('3.12.1', { 'some-cpu': '2.1.7+cpu', other: '9', third: '5.0' });
  expect(await forPackages(good)).toEqual({ python: good, pythonVersion: '3.12.1', has: SOME_PACKAGES });
  const bad = fakePython('3.12.1', { some: '2.10.0', third: '6.0' }, 'echo "no venv" >&2; exit 3');
  await expect(forPackages(bad)).rejects.toThrow(
    /Missing: some 2\.1, other, third\.\nTo install them: .* -r \/no\/such\/list\.txt/,
  );
});

test('without a suitable Python, an alternative is used; without an alternative, the error contains the range of versions', async () => {
  const python = fakePython('3.99.0', { some: '3.0' });
  const notices: string[] = [];
  const environments = createPythonEnvironments({
    folder: temporaryFolder(),
    onNotice: (text) => notices.push(text),
    env: { PYTHON: python },
  });
  const wanted = { ...SOME_PACKAGES, python: { min: '3.90', max: '3.91' } };
  const newer: WantedPackages = { name: 'some-3.0', requirements: ['list.txt'], packages: { some: '3.0' } };
  expect(await environments.forPackages(wanted, [newer])).toMatchObject({ python, has: newer });
  expect(notices).toEqual([expect.stringContaining('some-2.1 is not available for Python 3.99.0:')]);
  await expect(environments.forPackages({ ...wanted, name: 'lone' })).rejects.toThrow(
    /lone is not available for the installed Python 3\.99\.0\. Install Python 3\.90 to 3\.91/,
  );
});
