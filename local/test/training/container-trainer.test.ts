import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedAlgorithmRefusal } from '../../src/training/closed-algorithms';
import { createContainerTrainer } from '../../src/training/container/container-trainer';
import { checkImageCommands } from '../../src/training/container/image-commands';
import type { Trainer } from '../../src/training/trainer';
import { channel, instances, newFolder, train } from './script-support';

const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/forest:1.0';

/** A trainer that maps the image's repository to a command, which runs the given shell script. */
function commandTrainer(script: string): Trainer {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'main.sh'), script);
  const commands = new Map([['team/forest', { command: ['/bin/sh', 'main.sh'] as const, cwd }]]);
  return createContainerTrainer({ commands, docker: false });
}

describe('a command mapped to an image', () => {
  test('gets the argument train, the folders below /opt/ml and the SM_ variables', async () => {
    const trainer = commandTrainer(`
echo "$1 in $(basename $PWD | cut -c1-11) on $SM_CURRENT_HOST of $SM_HOSTS with $MODE"
cat "$SAGEMAKER_BASE_DIR/input/config/hyperparameters.json"
cat "$SM_CHANNEL_TRAIN/rows.csv" > "$SM_MODEL_DIR/model"`);
    const rows = join(newFolder(), 'rows.csv');
    writeFileSync(rows, '1,2');
    const { outcome, log, workFolder, started } = await train(trainer, {
      trainingImage: IMAGE,
      hyperparameters: { depth: '3' },
      environment: { MODE: 'fast' },
      channels: [channel('train', [rows])],
    });
    expect(outcome).toEqual({ status: 'Completed' });
    expect(started).toBe(1);
    expect(log).toEqual(['train in script-test on algo-1 of ["algo-1"] with fast', '{"depth":"3"}']);
    expect(readFileSync(join(workFolder, 'model/model'), 'utf8')).toBe('1,2');
  });

  test('fails like a container, with its failure file or its last output lines; the request may replace the argument train', async () => {
    const { reason, log } = await train(commandTrainer('echo "$@"; echo "no data" >&2; exit 7'), {
      trainingImage: IMAGE,
      containerArguments: ['fit', '--fast'],
    });
    expect(log).toEqual(['fit --fast', 'no data']);
    expect(reason).toBe('AlgorithmError: fit --fast\nno data, exit code: 7');
    const own = await train(commandTrainer('echo "label missing" > $SM_OUTPUT_DIR/failure; exit 1'), {
      trainingImage: IMAGE,
    });
    expect(own.reason).toBe('AlgorithmError: label missing, exit code: 1');
    const missing = createContainerTrainer({
      commands: new Map([[IMAGE, { command: ['no-such-command'], cwd: '/' }]]),
      docker: false,
    });
    expect((await train(missing, { trainingImage: IMAGE })).reason).toMatch(
      /no-such-command: not found, exit code: 127/,
    );
  });

  test('a command for an unused image is refused', () => {
    const check = (name: string, images: (string | undefined)[]) => () =>
      checkImageCommands(new Map([[name, { command: ['x'], cwd: '/' }]]), images);
    expect(check('team/forest', [IMAGE])).not.toThrow();
    expect(check('team/forst', [IMAGE, IMAGE])).toThrow(
      /^--image-command team\/forst=\.\.\.: no state machine uses .* Images in use: team\/forest$/,
    );
    // `undefined` stands for an image that is only known at run time. Such an image could still match the name.
    expect(check('team/forst', [IMAGE, undefined])).not.toThrow();
  });

  test('Pipe mode is refused before anything starts', () => {
    const trainer = commandTrainer('');
    const algorithm = { trainingImage: IMAGE, hyperparameters: {}, pipedChannels: ['train'] };
    expect(trainer.accepts(algorithm)).toBe(false);
    expect(trainer.refusal?.(algorithm)).toMatch(/^channel "train" has input mode Pipe/);
  });

  test('replaces images with the given repository, tag or full URI', () => {
    const accepts = (key: string) =>
      createContainerTrainer({
        commands: new Map([[key, { command: ['x'], cwd: '/' }]]),
        docker: false,
      }).accepts({
        trainingImage: IMAGE,
        hyperparameters: {},
      });
    expect(['team/forest', 'team/forest:1.0', IMAGE].map(accepts)).toEqual([true, true, true]);
    expect(['forest', 'team/forest:2.0', 'team'].map(accepts)).toEqual([false, false, false]);
  });
});

/**
 * Replaces the Docker command. Records the arguments of each call and, for `docker run`, runs the image's program.
 */
function stubDocker(run: string, version = 'exit 0'): { docker: string; calls: () => string[][] } {
  const folder = newFolder();
  const docker = join(folder, 'docker');
  mkdirSync(join(folder, 'calls'));
  const script = `#!/bin/sh
[ "$1" = version ] && { ${version}; }
file=$(mktemp "${folder}/calls/$(date +%s%N)-XXXX")
for word; do printf '%s\\n' "$word" >> "$file"; done
volume=$(printf '%s\\n' "$@" | sed -n 's/:\\/opt\\/ml$//p')
[ "$1" = run ] || { [ "$1" = stop ] && touch "${folder}/stopped"; exit 0; }
folder=${folder}
${run}
`;
  writeFileSync(docker, script);
  chmodSync(docker, 0o755);
  const read = (name: string) =>
    readFileSync(join(folder, 'calls', name), 'utf8')
      .trimEnd()
      .split('\n');
  return { docker, calls: () => readdirSync(join(folder, 'calls')).sort().map(read) };
}

describe('Docker (with a stub for its command, because no Docker engine runs here)', () => {
  test('runs the image with the folders below /opt/ml', async () => {
    const { docker, calls } = stubDocker(
      'cat $volume/input/data/train/rows.csv; touch $volume/model/weights',
    );
    const trainer = createContainerTrainer({ commands: new Map(), docker });
    expect(trainer.accepts({ trainingImage: IMAGE, hyperparameters: {} })).toBe(true);
    const rows = join(newFolder(), 'rows.csv');
    writeFileSync(rows, '1,2\n');
    const checkpoints = { folder: newFolder(), localPath: '/opt/points' };
    const { outcome, log, workFolder } = await train(trainer, {
      trainingImage: IMAGE,
      environment: { MODE: 'fast' },
      channels: [channel('train', [rows])],
      checkpoints,
    });
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log).toEqual(['1,2']);
    expect(readdirSync(join(workFolder, 'model'))).toEqual(['weights']);
    const [run = []] = calls();
    expect(run.slice(0, 3)).toEqual(['run', '--rm', '--name']);
    expect(run.slice(-2)).toEqual([IMAGE, 'train']);
    expect(run.join(' ')).toContain(
      `--volume ${workFolder}:/opt/ml --volume ${checkpoints.folder}:/opt/points`,
    );
    expect(run.join(' ')).toContain('--env TRAINING_JOB_NAME=job-1');
    expect(run).toEqual(expect.arrayContaining(['--hostname', 'algo-1', 'MODE=fast']));
  });

  test('runs the entry point and the arguments of the request', async () => {
    const { docker, calls } = stubDocker('exit 0');
    const trainer = createContainerTrainer({ commands: new Map(), docker });
    const given = { containerEntrypoint: ['python', 'main.py'], containerArguments: ['--fast'] };
    await train(trainer, { trainingImage: IMAGE, ...given });
    const [run = []] = calls();
    expect(run.slice(run.indexOf('--entrypoint'))).toEqual([
      '--entrypoint',
      'python',
      IMAGE,
      'main.py',
      '--fast',
    ]);
  });

  test('builds an image of the app once, before its first job', async () => {
    const { docker, calls } = stubDocker('exit 0');
    const build = { directory: '/app/image', buildArguments: ['--platform', 'linux/amd64'] };
    const trainer = createContainerTrainer({
      commands: new Map(),
      docker,
      builds: new Map([['my-assets:abc', build]]),
    });
    const registry = '111122223333.dkr.ecr.us-east-1.amazonaws.com';
    await trainer.prepare?.({ trainingImage: `${registry}/my-assets:abc`, hyperparameters: {} }, 1);
    await trainer.prepare?.({ trainingImage: `${registry}/another:abc`, hyperparameters: {} }, 1);
    expect(calls().filter(([command]) => command !== 'version')).toEqual([
      ['build', '--tag', `${registry}/my-assets:abc`, '--platform', 'linux/amd64', '/app/image'],
    ]);
  });

  test.each([
    ['cut off from the network', true, ['--network', 'none']],
    ['with a network', false, []],
  ])('runs %s as requested', async (_name, networkIsolation, expected) => {
    const { docker, calls } = stubDocker('exit 0');
    await train(createContainerTrainer({ commands: new Map(), docker }), {
      trainingImage: IMAGE,
      networkIsolation,
    });
    const [run = []] = calls();
    const at = run.indexOf('--network');
    expect(at < 0 ? [] : run.slice(at, at + 2)).toEqual(expected);
  });

  test('builds an image once for several jobs; the error of a failed build shows the end of its output', async () => {
    const build = { directory: '/app/image', buildArguments: [] };
    const builds = new Map([['mine:1', build]]);
    const { docker, calls } = stubDocker('exit 0');
    const trainer = createContainerTrainer({ commands: new Map(), docker, builds });
    const algorithm = { trainingImage: 'mine:1', hyperparameters: {} };
    await Promise.all([trainer.prepare?.(algorithm, 1), trainer.prepare?.(algorithm, 1)]);
    expect(calls().filter(([command]) => command === 'build')).toHaveLength(1);
    const noisy = join(newFolder(), 'docker');
    writeFileSync(
      noisy,
      '#!/bin/sh\n[ "$1" = version ] && exit 0\nseq 100000 >&2; echo "no space left" >&2; exit 1\n',
    );
    chmodSync(noisy, 0o755);
    const failing = createContainerTrainer({ commands: new Map(), docker: noisy, builds });
    const error = await failing.prepare?.(algorithm, 1).catch((problem: Error) => problem);
    expect(error).toMatchObject({
      message: expect.stringMatching(/Cannot build the image from \/app\/image: .*no space left$/s),
    });
    expect((error as Error).message.length).toBeLessThan(2500);
  });

  test('a job that is stopped during the pull ends the pull and leaves no container', async () => {
    const { docker, calls } = stubDocker('echo pulling; exec sleep 60');
    const stub = readFileSync(docker, 'utf8');
    writeFileSync(docker, stub.replace('touch', 'exit 1; touch'));
    const controller = new AbortController();
    const started = performance.now();
    const { outcome } = await train(createContainerTrainer({ commands: new Map(), docker }), {
      trainingImage: IMAGE,
      signal: controller.signal,
      onLog: (line) => line === 'pulling' && controller.abort(),
    });
    expect(outcome).toEqual({ status: 'Stopped' });
    expect(performance.now() - started).toBeLessThan(10_000);
    const name = calls().find(([command]) => command === 'run')?.[3];
    expect(calls().filter(([command]) => command === 'rm')).toEqual([['rm', '--force', name]]);
  });

  test('the files of a container get the user as owner before local mode reads them', async () => {
    const user = jest.spyOn(process, 'getuid' as never).mockReturnValue(1000 as never);
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    Object.defineProperty(process, 'platform', { ...platform, value: 'linux' });
    try {
      const { docker, calls } = stubDocker(
        'case "$*" in *chown*) touch $volume/model/owned;; *) touch $volume/model/weights;; esac',
      );
      const checkpoints = { folder: newFolder(), localPath: '/opt/ml/checkpoints' };
      const { workFolder } = await train(createContainerTrainer({ commands: new Map(), docker }), {
        trainingImage: IMAGE,
        instances: instances(2),
        checkpoints,
      });
      expect(readdirSync(join(workFolder, 'model')).sort()).toEqual(['owned', 'weights']);
      const chowns = calls().filter((words) => words.includes('chown'));
      for (const chown of chowns) {
        expect(chown.slice(-2)).toEqual([expect.stringMatching(/^1000:/), '/opt/ml']);
      }
      // The hosts share the checkpoints.
      const folders = chowns.map((words) => words[words.indexOf('--volume') + 1]?.replace(/:.*/, ''));
      expect(folders).toHaveLength(3);
      expect(folders.at(-1)).toBe(checkpoints.folder);
    } finally {
      user.mockRestore();
      Object.defineProperty(process, 'platform', platform ?? {});
    }
  });

  test('several hosts with network isolation can only reach each other', async () => {
    const { docker, calls } = stubDocker('exit 0');
    await train(createContainerTrainer({ commands: new Map(), docker }), {
      trainingImage: IMAGE,
      instances: instances(2),
      networkIsolation: true,
    });
    const created = calls().find(([command, action]) => command === 'network' && action === 'create');
    expect(created?.slice(1, 3)).toEqual(['create', '--internal']);
  });

  test('several hosts share a network, which is removed afterwards', async () => {
    const { docker, calls } = stubDocker('echo ok');
    const trainer = createContainerTrainer({ commands: new Map(), docker });
    const { log } = await train(trainer, { trainingImage: IMAGE, instances: instances(2) });
    expect(log).toEqual(['ok', 'ok']);
    const networks = calls().filter(([command]) => command === 'network');
    expect(networks.map(([, action]) => action)).toEqual(['create', 'rm']);
    const runs = calls().filter(([command]) => command === 'run');
    expect(runs.map((run) => run[run.indexOf('--network-alias') + 1]).sort()).toEqual(['algo-1', 'algo-2']);
    expect(runs.map((run) => run[run.indexOf('--network') + 1])).toEqual([
      networks[0]?.[2],
      networks[0]?.[2],
    ]);
  });

  test('a container is stopped through Docker, and its exit code shows what killed it', async () => {
    const { docker, calls } = stubDocker(
      'echo ready; while [ ! -e $folder/stopped ]; do sleep 0.05; done; exit 143',
    );
    const trainer = createContainerTrainer({ commands: new Map(), docker });
    const controller = new AbortController();
    const { outcome } = await train(trainer, {
      trainingImage: IMAGE,
      signal: controller.signal,
      onLog: (line) => line === 'ready' && controller.abort(),
    });
    expect(outcome).toEqual({ status: 'Stopped' });
    const stop = calls().find(([command]) => command === 'stop');
    expect(stop?.slice(0, 3)).toEqual(['stop', '--time', '120']);
    const killed = createContainerTrainer({ commands: new Map(), docker: stubDocker('exit 137').docker });
    expect((await train(killed, { trainingImage: IMAGE })).reason).toMatch(
      /exit code: 137\. .* ran out of memory/,
    );
  });
});

test('without Docker or a command for the image, the error says what to do', async () => {
  for (const docker of [stubDocker('', 'exit 1').docker, '/no/such/docker', false as const]) {
    const trainer = createContainerTrainer({ commands: new Map(), docker });
    const algorithm = { trainingImage: IMAGE, hyperparameters: {} };
    expect(trainer.accepts(algorithm)).toBe(false);
    expect(trainer.refusal?.(algorithm)).toMatch(
      /start Docker, or map a command .* --image-command team\/forest=<command>$/,
    );
  }
});

test('built-in algorithms whose code is not public are refused, even with Docker', () => {
  const trainingImage = '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1';
  const { docker } = stubDocker('exit 0');
  const trainer = createContainerTrainer({ commands: new Map(), docker });
  expect(trainer.accepts({ trainingImage, hyperparameters: {} })).toBe(false);
  expect(trainer.refusal?.({ trainingImage, hyperparameters: {} })).toMatch(
    /^SageMaker's linear-learner only runs on AWS: its code is not public/,
  );
  for (const tag of ['1', 'latest']) {
    expect(closedAlgorithmRefusal(`811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:${tag}`)).toMatch(
      /legacy XGBoost .*: use a version of sagemaker-xgboost, such as 3\.2-0/,
    );
  }
  // A custom image with the same name as SageMaker's legacy XGBoost.
  expect(closedAlgorithmRefusal('111122223333.dkr.ecr.us-east-1.amazonaws.com/xgboost:1')).toBeUndefined();
  expect(closedAlgorithmRefusal(IMAGE)).toBeUndefined();
  expect(closedAlgorithmRefusal('knn:1')).toBeUndefined();
});
