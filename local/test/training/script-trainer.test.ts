import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricCollector } from '../../src/training/metrics';
import type { ScriptTrainerOptions } from '../../src/training/script/script-trainer';
import { untilEnded } from '../until-ended';
import { anyPython, newTrainer, runScript } from './script-runner';
import {
  channel,
  instances,
  newFolder,
  PYTORCH_IMAGE,
  packSource,
  SCIKIT_LEARN_IMAGE,
  train,
  XGBOOST_IMAGE,
} from './script-support';

describe('accepted jobs', () => {
  test('a program on a framework image is accepted, whatever the account of the image', () => {
    const trainer = newTrainer();
    const accepts = (trainingImage: string, hyperparameters: Record<string, string>) =>
      trainer.accepts({ trainingImage, hyperparameters });
    const script = { sagemaker_program: 'train.py' };
    expect(accepts(SCIKIT_LEARN_IMAGE, script)).toBe(true);
    expect(
      accepts('763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.8.0-cpu-py312', script),
    ).toBe(true);
    expect(accepts(XGBOOST_IMAGE, {})).toBe(false);
    expect(accepts('111122223333.dkr.ecr.eu-west-1.amazonaws.com/constructor:1', script)).toBe(false);
    expect(trainer.refusal?.({ trainingImage: SCIKIT_LEARN_IMAGE, hyperparameters: {} })).toMatch(
      /sagemaker_program/,
    );
    expect(trainer.refusal?.({ trainingImage: XGBOOST_IMAGE, hyperparameters: {} })).toBeUndefined();
  });

  test('unsupported jobs are refused before they start', () => {
    const trainer = newTrainer();
    const given = (others: Record<string, string>, pipedChannels?: string[]) => {
      const algorithm = {
        trainingImage: SCIKIT_LEARN_IMAGE,
        hyperparameters: { sagemaker_program: 'train.py', ...others },
        ...(pipedChannels && { pipedChannels }),
      };
      return [trainer.accepts(algorithm), trainer.refusal?.(algorithm)];
    };
    expect(given({ sagemaker_parameter_server_enabled: 'true' })).toEqual([
      false,
      expect.stringMatching(
        /^sagemaker_parameter_server_enabled is set, .* parameter servers are not implemented/,
      ),
    ]);
    expect(given({}, ['train'])).toEqual([
      false,
      expect.stringMatching(/^channel "train" has input mode Pipe/),
    ]);
    expect(given({ sagemaker_parameter_server_enabled: 'false' }, [])).toEqual([true, undefined]);
  });

  test("metrics come from the request, except for SageMaker's own XGBoost image", () => {
    const trainer = newTrainer();
    const metrics = (trainingImage: string) =>
      trainer.metricDefinitions({ trainingImage, hyperparameters: { sagemaker_program: 'train.py' } });
    expect(metrics(SCIKIT_LEARN_IMAGE)).toEqual([]);
    expect(metrics(XGBOOST_IMAGE).map(({ Name }) => Name)).toContain('validation:rmse');
    expect(metrics(XGBOOST_IMAGE.replace('683313688378', '111122223333'))).toEqual([]);
  });
});

describe('the environment of a script', () => {
  const PRINT_ALL =
    'import json, os, sys\nprint(json.dumps({"args": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}))';

  test('contains hyperparameters as the containers decode them', async () => {
    const { outcome, log, started } = await runScript(PRINT_ALL, {
      plain: 'adam',
      quoted: '"adam"',
      float: '1.3494417573713629e-08',
      whole: '1.0',
      int: '7',
      yes: 'true',
      no: 'false',
      nothing: 'null',
      list: '[1, "a"]',
      object: '{"b": 2, "a": true}',
      path: '/opt/ml/model/x',
      e: '0.00001',
      'batch-size': '32',
      space: 'a b; $HOME "c"',
      _tuning_objective_metric: 'mae',
      sagemaker_container_log_level: '20',
    });
    expect(outcome).toEqual({ status: 'Completed' });
    expect(started).toBe(1);
    const { args, env } = JSON.parse(log.at(-1) ?? '');
    expect(args).toEqual([
      ...['--batch-size', '32', '-e', '1e-05', '--float', '1.3494417573713629e-08', '--int', '7'],
      ...['--list', "[1, 'a']", '--no', 'False', '--nothing', '', '--object', 'a=True,b=2'],
      ...['--path', `${env.SM_MODEL_DIR}/x`, '--plain', 'adam', '--quoted', 'adam'],
      ...['--space', 'a b; $HOME "c"', '--whole', '1.0', '--yes', 'True'],
    ]);
    expect(env).toMatchObject({
      SM_HP_PLAIN: 'adam',
      SM_HP_E: '1e-05',
      'SM_HP_BATCH-SIZE': '32',
      SM_HP_YES: 'true',
      SM_HP_OBJECT: '{"a":true,"b":2}',
      SM_USER_ENTRY_POINT: 'train.py',
      SM_LOG_LEVEL: '20',
      SM_FRAMEWORK_MODULE: 'sagemaker_sklearn_container.training:main',
    });
    expect(JSON.parse(env.SM_USER_ARGS)).toEqual(args);
    const hps = JSON.parse(env.SM_HPS);
    expect(hps).toMatchObject({ float: 1.3494417573713629e-8, nothing: null, list: [1, 'a'] });
    expect(Object.keys(hps).filter((name) => /^(sagemaker|_)/.test(name))).toEqual([]);
    expect(JSON.parse(env.SM_TRAINING_ENV)).toMatchObject({ current_host: 'algo-1', hyperparameters: hps });
  });

  test('contains folders, hosts and the environment of the request, but no variables of the user', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    process.env.SOME_TOKEN = 'secret';
    const data = join(newFolder(), 'rows.csv');
    writeFileSync(data, '1,2\n');
    const files = [{ path: data, name: 'deep/rows.csv' }];
    const { log, workFolder } = await runScript(
      PRINT_ALL,
      {},
      {
        channels: [{ ...channel('train', []), files, contentType: 'text/csv' }],
        environment: { MODE: 'fast', CACHE: '/opt/ml/output/cache' },
      },
    );
    delete process.env.AWS_SECRET_ACCESS_KEY;
    delete process.env.SOME_TOKEN;
    const { env, cwd } = JSON.parse(log.at(-1) ?? '');
    expect(env).toMatchObject({
      SAGEMAKER_BASE_DIR: workFolder,
      SM_MODEL_DIR: `${workFolder}/model`,
      SM_OUTPUT_DATA_DIR: `${workFolder}/output/data`,
      SM_CHANNELS: '["code","train"]',
      SM_CHANNEL_TRAIN: `${workFolder}/input/data/train`,
      SM_HOSTS: '["algo-1"]',
      SM_CURRENT_HOST: 'algo-1',
      SM_CURRENT_INSTANCE_TYPE: 'ml.m5.xlarge',
      SM_NUM_CPUS: '2',
      OMP_NUM_THREADS: '2',
      TRAINING_JOB_NAME: 'job-1',
      AWS_REGION: 'us-east-1',
      MODE: 'fast',
      CACHE: `${workFolder}/output/cache`,
    });
    expect(cwd).toBe(`${workFolder}/code`);
    expect(Object.values(env)).not.toContain('secret');
    expect(readFileSync(join(workFolder, 'input/data/train/deep/rows.csv'), 'utf8')).toBe('1,2\n');
    const config = (name: string) => JSON.parse(readFileSync(join(workFolder, 'input/config', name), 'utf8'));
    expect(config('inputdataconfig.json').train).toEqual({
      ContentType: 'text/csv',
      TrainingInputMode: 'File',
      S3DistributionType: 'FullyReplicated',
      RecordWrapperType: 'None',
    });
    expect(config('resourceconfig.json')).toMatchObject({ current_host: 'algo-1', hosts: ['algo-1'] });
    expect(config('hyperparameters.json')).toMatchObject({ sagemaker_program: 'train.py' });
  });

  test('works for a folder of code with a shell script as program', async () => {
    const folder = newFolder();
    writeFileSync(
      join(folder, 'run.sh'),
      '#!/bin/sh\necho "told $1 $2 by $(python -c \'print("Python")\')"\n',
    );
    const files = [{ path: join(folder, 'run.sh'), name: 'run.sh' }];
    const shell = await train(newTrainer(), {
      trainingImage: SCIKIT_LEARN_IMAGE,
      hyperparameters: {
        sagemaker_program: 'run.sh',
        sagemaker_submit_directory: '"/opt/ml/input/data/code"',
        word: "it's",
      },
      channels: [{ ...channel('code', []), files }],
    });
    expect(shell.log.at(-1)).toBe("told --word it's by Python");
  });

  test('has the checkpoints of an earlier run, and stores new checkpoints', async () => {
    const checkpoints = { folder: newFolder(), localPath: '/opt/ml/checkpoints' };
    writeFileSync(join(checkpoints.folder, 'epoch-1'), 'first');
    const source = `import sys, os
folder = sys.argv[2]
print(open(os.path.join(folder, "epoch-1")).read())
open(os.path.join(folder, "epoch-2"), "w").write("second")`;
    const { log } = await runScript(source, { checkpoints: '/opt/ml/checkpoints' }, { checkpoints });
    expect(log.at(-1)).toBe('first');
    expect(readFileSync(join(checkpoints.folder, 'epoch-2'), 'utf8')).toBe('second');
    const elsewhere = await runScript(
      source,
      {},
      { checkpoints: { ...checkpoints, localPath: '/tmp/points' } },
    );
    expect(elsewhere.reason).toMatch(/^ClientError: CheckpointConfig.LocalPath is "\/tmp\/points"/);
  });

  test.each([
    ['/opt/ml/checkpoints/', undefined],
    [
      '/opt/ml/../../checkpoints',
      /LocalPath is "\/opt\/ml\/\.\.\/\.\.\/checkpoints": .* only below \/opt\/ml$/,
    ],
    ['/opt/ml/model', /LocalPath is "\/opt\/ml\/model", which has other content: .* \/opt\/ml\/checkpoints$/],
    ['/opt/ml', /LocalPath is "\/opt\/ml": .* only below \/opt\/ml$/],
  ])('checkpoints in %s', async (localPath, reason) => {
    const folder = newFolder();
    const source = 'import os\nopen(os.environ["SAGEMAKER_BASE_DIR"] + "/checkpoints/one", "w").close()';
    const result = await runScript(source, {}, { checkpoints: { folder, localPath } });
    if (reason === undefined) expect(readdirSync(folder)).toEqual(['one']);
    else expect(result.reason).toMatch(reason);
  });

  test("is prepared with code from S3, read with the permissions of the job's role", async () => {
    const archive = await packSource({ 'train.py': 'print("from S3")' });
    const job = (objectFile: (uri: string) => string) =>
      runScript('', { sagemaker_submit_directory: 's3://bucket/code.tar.gz' }, { objectFile });
    expect((await job((uri) => (uri === 's3://bucket/code.tar.gz' ? archive : ''))).log.at(-1)).toBe(
      'from S3',
    );
    const refused = await job(() => {
      throw new Error('not authorized to perform: s3:GetObject');
    });
    expect(refused.reason).toBe(
      'ClientError: sagemaker_submit_directory: not authorized to perform: s3:GetObject',
    );
  });
});

describe('how a script fails', () => {
  test.each([
    [SCIKIT_LEARN_IMAGE, ''],
    [PYTORCH_IMAGE, 'raise ValueError\\("no such column: age"\\)\n ValueError: no such column: age'],
  ])(
    'exit code 1: the reason contains the command, and the error if the image %s captures it',
    async (image, message) => {
      const { reason, log } = await runScript(
        'print("begin")\nraise ValueError("no such column: age")',
        { lr: '0.1' },
        { trainingImage: image },
      );
      const words = `ExecuteUserScriptError:\nExitCode 1\nErrorMessage "${message}"\nCommand ".*python -- train.py --lr 0.1"`;
      expect(reason).toMatch(new RegExp(`^AlgorithmError: ${words}, exit code: 1$`));
      expect(log).toEqual(expect.arrayContaining(['begin', 'ValueError: no such column: age']));
    },
  );

  test('lines of stdout and stderr are not mixed if the image captures errors', async () => {
    const pieces = [
      'import sys, time',
      ...['sys.stdout.write("be")', 'sys.stderr.write("other\\n")', 'sys.stdout.write("gin\\n")'].map(
        (write) => `${write}; sys.stdout.flush(); sys.stderr.flush(); time.sleep(0.2)`,
      ),
      'sys.stdout.write("end")',
    ];
    const { log } = await runScript(pieces.join('\n'), {}, { trainingImage: PYTORCH_IMAGE });
    expect(log).toEqual(expect.arrayContaining(['begin', 'other', 'end']));
  });

  test('a reason that is too long keeps the exit code', async () => {
    const { reason } = await runScript('raise ValueError("x" * 5000)', {}, { trainingImage: PYTORCH_IMAGE });
    expect(reason).toHaveLength(1024);
    expect(reason).toMatch(/xxx, exit code: 1$/);
  });

  test('the failure file takes precedence', async () => {
    const { reason } = await runScript(`import os, sys
open(os.path.join(os.environ["SM_OUTPUT_DIR"], "failure"), "w").write("bad rows: 17" + "." * 3000)
sys.exit(3)`);
    expect(reason).toMatch(/^AlgorithmError: bad rows: 17\.+, exit code: 1$/);
    expect(reason).toHaveLength(1024);
  });

  test('a killed script: the log names memory as the likely cause', async () => {
    const { reason, log } = await runScript('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)');
    expect(reason).toMatch(/ExitCode -9\nErrorMessage ""\nCommand ".*", exit code: 1$/);
    expect(log.at(-1)).toMatch(/^The process was killed, most likely because .* out of memory/);
  });

  test('a script that prints no metrics does not fail', async () => {
    const { outcome, log } = await runScript('print("done")');
    const metrics = new MetricCollector([
      { Name: 'mae', Regex: 'mae=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
    ]);
    for (const line of log) metrics.add(line);
    expect(outcome).toEqual({ status: 'Completed' });
    expect(metrics.latest()).toEqual([]);
  });

  test.each([
    [{ sagemaker_submit_directory: 's3://bucket/code.tar.gz' }, /requires the code in a channel/],
    [{ sagemaker_submit_directory: '/opt/ml/input/data/code/x.tar.gz' }, /x\.tar\.gz does not exist/],
    [{ sagemaker_submit_directory: '/opt/ml/../../../etc' }, /requires the code in a channel/],
    [
      { sagemaker_distributed_dataparallel_enabled: 'true' },
      /dataparallel_enabled is set, .* only runs on its GPU clusters/,
    ],
  ])('%j is refused', async (hyperparameters, reason) => {
    const result = await runScript('', hyperparameters as unknown as Record<string, string>);
    expect(result.reason).toMatch(/^ClientError: /);
    expect(result.reason).toMatch(reason);
    expect(result.started).toBe(0);
  });

  test('a missing program is reported in the log', async () => {
    const { reason, log } = await runScript('', { sagemaker_program: 'other.py' });
    expect(reason).toMatch(/^AlgorithmError: ExecuteUserScriptError:\nExitCode 2\n.* -- other\.py"/s);
    expect(log[0]).toMatch(/^sagemaker_program is "other.py", but .* no such file, only train.py\. /);
  });

  test('an archive cannot write outside its folder, and an invalid archive fails the job', async () => {
    const outside = await runScript({ 'train.py': '', '../../evil.py': '' });
    expect(outside.outcome).toEqual({ status: 'Completed' });
    expect(existsSync(join(outside.workFolder, '..', 'evil.py'))).toBe(false);
    expect(existsSync(join(outside.workFolder, 'code', 'evil.py'))).toBe(true);
    const links = { first: '../../input', 'first/second': '/etc', kept: 'train.py' };
    const linked = await runScript(
      '',
      {},
      { channels: [channel('code', [await packSource({ 'train.py': '' }, links)])] },
    );
    expect(readdirSync(join(linked.workFolder, 'code')).sort()).toEqual(['kept', 'train.py']);
    expect(linked.log[0]).toBe(
      "Skipping archive member 'first': link target '../../input' points outside the code directory.",
    );
    const none = join(newFolder(), 'sourcedir.tar.gz');
    writeFileSync(none, 'no archive');
    expect((await runScript('', {}, { channels: [channel('code', [none])] })).reason).toMatch(
      /^ClientError: sagemaker_submit_directory: cannot unpack .* as \.tar\.gz/,
    );
  });

  test('Pipe mode, or a Python that cannot be started, fails the job', async () => {
    const piped = await runScript('', {}, { channels: [channel('train', [], { inputMode: 'Pipe' })] });
    expect(piped.reason).toMatch(/channel "train" has input mode Pipe/);
    const trainer = newTrainer({
      environments: {
        ...anyPython,
        forPackages: async (has) => ({ python: '/no/such/python', pythonVersion: '3', has }),
      },
    });
    expect((await runScript('', {}, { trainer })).reason).toMatch(
      /^InternalServerError: \/no\/such\/python could not be started/,
    );
  });

  test("hyperparameters that exceed the operating system's limits fail the job", async () => {
    const many = Array.from({ length: 60 }, (_, i) => [`h${i}`, 'x'.repeat(2500)] as const);
    const { reason } = await runScript('', Object.fromEntries(many), { instances: instances(2) });
    expect(reason).toMatch(/Cannot start the process: .* environment variable exceeds .*128 KiB/s);
  });

  test('two objects of a channel with the same file name fail the job', async () => {
    const path = await packSource({});
    const files = [path, path].map((each) => ({ path: each, name: 'train.csv' }));
    const { reason } = await runScript('', {}, { channels: [channel('train', [], { files })] });
    expect(reason).toMatch(
      /^ClientError: channel "train": several of its objects would have the path "train\.csv"/,
    );
  });

  test('output without a line break, and a very long line, are logged', async () => {
    const { log } = await runScript('import sys\nsys.stdout.write("y" * 600000 + "\\nmae=0.5")');
    expect(log.at(-1)).toBe('mae=0.5');
    expect(log.filter((line) => line.startsWith('yyy')).join('')).toHaveLength(600000);
  });
});

describe('how a script is stopped', () => {
  const WAIT = 'import signal, sys, time, os\n';
  const stopWhen = async (source: string, options: Partial<ScriptTrainerOptions> = {}, hosts = 1) => {
    const controller = new AbortController();
    const started = performance.now();
    const result = await runScript(
      source,
      {},
      {
        trainer: newTrainer(options),
        signal: controller.signal,
        instances: instances(hosts),
        onLog: (line) => line === 'ready' && controller.abort(),
      },
    );
    return { ...result, seconds: (performance.now() - started) / 1000 };
  };

  test('by SIGTERM, with time to save the model', async () => {
    const { outcome, workFolder } = await stopWhen(`${WAIT}
def save(*_):
    time.sleep(0.2)
    open(os.path.join(os.environ["SM_MODEL_DIR"], "saved"), "w").close()
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready")
time.sleep(60)`);
    expect(outcome).toEqual({ status: 'Stopped' });
    expect(readdirSync(join(workFolder, 'model'))).toEqual(['saved']);
  });

  test('by SIGKILL after the grace period, together with all its child processes', async () => {
    const { outcome, log, seconds } = await stopWhen(
      `${WAIT}import subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "60"])
print("child", child.pid)
print("ready")
time.sleep(60)`,
      { stopGraceMilliseconds: 300 },
    );
    expect(outcome).toEqual({ status: 'Stopped' });
    expect(seconds).toBeLessThan(50);
    const child = log.find((line) => line.startsWith('child'))?.split(' ')[1] ?? '';
    expect(child).toMatch(/^\d+$/);
    await untilEnded(Number(child));
  });

  test('its child processes are ended when the script itself ends', async () => {
    const source = 'import subprocess\nprint("child", subprocess.Popen(["sleep", "60"]).pid)';
    const started = performance.now();
    const { outcome, log } = await runScript(source);
    expect(outcome).toEqual({ status: 'Completed' });
    expect(performance.now() - started).toBeLessThan(50_000);
    expect(log.at(-1)).toMatch(/^child \d+$/);
    await untilEnded(Number(log.at(-1)?.split(' ')[1]));
  });

  test('when its parent process is killed', async () => {
    const processes = join(__dirname, '../../src/training/host-process.ts');
    const parent = `
      const { HostProcess } = require(${JSON.stringify(processes)});
      const command = { command: '/bin/sh', args: ['-c', 'echo $$; sleep 60'], cwd: '/', env: process.env };
      new HostProcess(command, (line) => { console.log(line); process.kill(process.pid, 'SIGKILL'); });`;
    const root = join(__dirname, '../../..');
    const { stdout } = spawnSync(
      process.execPath,
      ['--require', './scripts/typescript.cjs', '--eval', parent],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(stdout).toMatch(/^\d+\n$/);
    await untilEnded(Number(stdout.trim()));
  });

  test('a job that still waits for its turn is stopped without being started', async () => {
    const trainer = newTrainer({ maxJobs: 1 });
    const first = new AbortController();
    const second = new AbortController();
    let ready = () => undefined as unknown;
    const isReady = new Promise((resolve) => {
      ready = () => resolve(undefined);
    });
    const source = 'import time\nprint("ready")\ntime.sleep(60)';
    const one = runScript(
      source,
      {},
      { trainer, signal: first.signal, onLog: (line) => line === 'ready' && ready() },
    );
    await isReady;
    const other = runScript(source, {}, { trainer, signal: second.signal });
    const last = runScript('print("ok")', {}, { trainer });
    await new Promise((resolve) => setTimeout(resolve, 100));
    second.abort();
    expect(await other).toMatchObject({ outcome: { status: 'Stopped' }, started: 0 });
    first.abort();
    expect((await one).outcome).toEqual({ status: 'Stopped' });
    expect((await last).outcome).toEqual({ status: 'Completed' });
  });
});
