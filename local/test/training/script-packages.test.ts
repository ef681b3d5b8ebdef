import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MetricCollector } from '../../src/training/metrics';
import { createPythonEnvironments } from '../../src/training/python-environment';
import { untilEnded } from '../until-ended';
import { anyPython, newTrainer, pythonOfScripts, runScript } from './script-runner';
import { channel, instances, newFolder, projectEnvironments, XGBOOST_IMAGE } from './script-support';
import { SETUP_TIMEOUT, writeRegressionCsv } from './support';

describe('requirements.txt', () => {
  // The package differs in each run and must not stay in the project's `.venv`.
  const own = createPythonEnvironments({ folder: newFolder(), onNotice: () => undefined });
  const environments = { ...anyPython, withRequirements: own.withRequirements };

  test(
    "is installed into a separate environment that extends the framework's environment",
    async () => {
      const source = {
        'train.py': 'import tiny_scorer, numpy\nprint("score", tiny_scorer.SCORE)',
        'requirements.txt': `${tinyPackage()}\n`,
      };
      const trainer = newTrainer({ environments });
      const [one, other] = await Promise.all([
        runScript(source, {}, { trainer }),
        runScript(source, {}, { trainer }),
      ]);
      expect([one.log.at(-1), other.log.at(-1)]).toEqual(['score 42', 'score 42']);
      expect(() =>
        execFileSync(pythonOfScripts(), ['-c', 'import tiny_scorer'], { stdio: 'ignore' }),
      ).toThrow();
    },
    SETUP_TIMEOUT,
  );

  /** A package `helper` that builds without downloads. `build` is Python code to run before the build. */
  const helperPackage = (value: string, build = '') => ({
    'helper/pyproject.toml':
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    'helper/helper.py': `VALUE = "${value}"\n`,
    'helper/backend.py': `import os, sys, time, zipfile
${build}
def build_wheel(folder, *_):
    with open("helper.py") as stream:
        return wheel(folder, "helper.py", stream.read())
def build_editable(folder, *_):
    return wheel(folder, "helper.pth", os.getcwd())
def wheel(folder, name, content):
    info = "helper-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, "helper-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr(name, content)
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: helper\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return "helper-1.0-py3-none-any.whl"
`,
  });

  test(
    'can list packages of the source directory; editable packages remain usable after the job',
    async () => {
      const job = async (requirement: string, value: string) => {
        const source = { ...helperPackage(value), 'train.py': 'import helper\nprint(helper.VALUE)' };
        const files = { ...source, 'requirements.txt': `${requirement}\n` };
        const { log, workFolder } = await runScript(files, {}, { trainer: newTrainer({ environments }) });
        rmSync(workFolder, { recursive: true });
        return log.at(-1);
      };
      expect(await job('-e ./helper', 'one')).toBe('one');
      expect(await job('-e ./helper', 'one')).toBe('one');
      expect(await job('-e ./helper', 'two')).toBe('two');
    },
    SETUP_TIMEOUT,
  );

  test(
    'leaves no files if its installation is stopped with the job, and pip sees no credentials',
    async () => {
      const folder = newFolder();
      const seen = join(newFolder(), 'seen');
      const installed = createPythonEnvironments({
        folder,
        onNotice: () => undefined,
        env: {
          ...process.env,
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_PROFILE: 'person',
          GITHUB_TOKEN: 'secret',
        },
      });
      const build = `names = [name for name in os.environ if name.startswith("AWS") or "TOKEN" in name]
open("${seen}.new", "w").write(f"{os.getpid()} {sorted(names)}")
os.rename("${seen}.new", "${seen}")
time.sleep(60)`;
      const controller = new AbortController();
      const trainer = newTrainer({
        environments: { ...anyPython, withRequirements: installed.withRequirements },
      });
      const files = { ...helperPackage('x', build), 'train.py': '', 'requirements.txt': './helper\n' };
      const job = runScript(files, {}, { trainer, signal: controller.signal });
      const poll = setInterval(() => existsSync(seen) && controller.abort(), 50);
      const { outcome, started } = await job;
      clearInterval(poll);
      expect([outcome, started]).toEqual([{ status: 'Stopped' }, 0]);
      expect(readdirSync(folder)).toEqual([]);
      const [pid = '', ...names] = readFileSync(seen, 'utf8').split(' ');
      await untilEnded(Number(pid));
      expect(names.join(' ')).toBe(
        "['AWS_CONFIG_FILE', 'AWS_EC2_METADATA_DISABLED', 'AWS_SHARED_CREDENTIALS_FILE']",
      );
    },
    SETUP_TIMEOUT,
  );

  test(
    "with a package that cannot be installed fails the job with pip's message",
    async () => {
      const { reason, log } = await runScript(
        { 'train.py': '', 'requirements.txt': './no-such-package\n' },
        {},
        { trainer: newTrainer({ environments }) },
      );
      expect(log.join('\n')).toMatch(/no-such-package/);
      expect(reason).toMatch(
        /^AlgorithmError: InstallRequirementsError:\nExitCode 1\nErrorMessage ""\nCommand ".* -m pip install -r requirements.txt", exit code: 1$/,
      );
    },
    SETUP_TIMEOUT,
  );
});

describe('real frameworks', () => {
  const script = (name: string) => readFileSync(join(__dirname, 'scripts', name), 'utf8');
  const data = () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const parts = [1, 2, 3].map((seed) => writeRegressionCsv(join(folder, `part-${seed}.csv`), 700, 5, seed));
    return { parts, validation: [writeRegressionCsv(join(folder, 'validation.csv'), 300, 5, 9)] };
  };

  test(
    'a scikit-learn script prints custom metrics',
    async () => {
      const { parts, validation } = data();
      const trainer = newTrainer({ environments: projectEnvironments });
      const { outcome, log, workFolder } = await runScript(
        { 'train.py': script('scikit_learn.py') },
        { 'n-estimators': '"20"', 'max-depth': '6', bootstrap: 'true' },
        { trainer, channels: [channel('train', parts), channel('validation', validation)] },
      );
      expect(outcome).toEqual({ status: 'Completed' });
      const metrics = new MetricCollector([
        { Name: 'mae', Regex: 'mae=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
        { Name: 'r2', Regex: 'r2=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
      ]);
      for (const line of log) metrics.add(line);
      const [mae, r2] = metrics.latest();
      expect(mae?.Value).toBeLessThan(0.2);
      expect(r2?.Value).toBeGreaterThan(0.9);
      expect(readdirSync(join(workFolder, 'model'))).toEqual(['model.joblib']);
    },
    SETUP_TIMEOUT,
  );

  test(
    'XGBoost on three hosts with sharded data is as good as on one host',
    async () => {
      const { parts, validation } = data();
      const trainer = newTrainer({ environments: projectEnvironments });
      const run = async (hosts: number, distribution: 'FullyReplicated' | 'ShardedByS3Key') => {
        const { outcome, log, workFolder } = await runScript(
          { 'train.py': script('distributed_xgboost.py') },
          { num_round: '30' },
          {
            trainer,
            trainingImage: XGBOOST_IMAGE,
            instances: instances(hosts),
            channels: [channel('train', parts, { distribution }), channel('validation', validation)],
          },
        );
        expect({ outcome, log: outcome.status === 'Completed' ? [] : log }).toEqual({
          outcome: { status: 'Completed' },
          log: [],
        });
        expect(readdirSync(join(workFolder, 'model'))).toEqual(['model.ubj']);
        const rmse = log.filter((line) => line.startsWith('validation rmse'));
        expect(rmse).toHaveLength(1);
        return {
          rmse: Number(rmse[0]?.split(': ')[1]),
          rows: log.filter((line) => line.startsWith('rows on')).sort(),
        };
      };
      const one = await run(1, 'FullyReplicated');
      const [three, again] = await Promise.all([run(3, 'ShardedByS3Key'), run(3, 'ShardedByS3Key')]);
      expect(one.rows).toEqual(['rows on algo-1: 2100']);
      expect(three.rows).toEqual(['rows on algo-1: 700', 'rows on algo-2: 700', 'rows on algo-3: 700']);
      expect(Math.abs(three.rmse - one.rmse) / one.rmse).toBeLessThan(0.02);
      expect(again.rmse).toBe(three.rmse);
    },
    SETUP_TIMEOUT,
  );
});

/** A pure Python package as a wheel, which pip can install without building. */
function tinyPackage(): string {
  const wheel = join(newFolder(), 'tiny_scorer-1.0-py3-none-any.whl');
  const code = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny_scorer.py", "SCORE = 42")
    info = "tiny_scorer-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-scorer\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "tiny_scorer.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")`;
  execFileSync(pythonOfScripts(), ['-c', code, wheel]);
  return wheel;
}
