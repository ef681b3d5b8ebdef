import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createContainerTrainer, writeModelArchive } from '../../src/training';
import { newFolder } from './script-support';
import { MODEL_HANDLER, type TaskChanges, type Transformed, transformFiles } from './serving-support';
import { defaultEnvironment, SETUP_TIMEOUT } from './support';

const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/forest:1.0';

let python: string;
let modelArchive: string;
beforeAll(async () => {
  ({ python } = await defaultEnvironment());
  const folder = newFolder();
  writeFileSync(join(folder, 'factor'), '3');
  modelArchive = join(newFolder(), 'model.tar.gz');
  await writeModelArchive(folder, modelArchive);
}, SETUP_TIMEOUT);

/**
 * A model server that multiplies the first column by the model's factor. Tests cause faults with the
 * environment variable `FAULT`, or with words in a request.
 */
const PROGRAM = `
import json, os, sys, time
${MODEL_HANDLER}
assert sys.argv[1:] == ["serve"], sys.argv
fault = os.environ.get("FAULT", "")
if fault == "start":
    sys.exit("no model")
factor = int(open(os.path.join(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"), "factor")).read())
print("variables", os.environ.get("SAGEMAKER_BATCH"), os.environ.get("FOLDER"), os.environ.get("AWS_SECRET_ACCESS_KEY"), flush=True)
started = time.monotonic()

class Handler(ModelHandler):
    def do_GET(self):
        if self.path == "/ping":
            healthy = fault != "ping" and time.monotonic() - started > 0.3
            self.answer(200 if healthy else 503, b"")
        elif self.path == "/execution-parameters" and os.environ.get("PARAMETERS"):
            self.answer(200, os.environ["PARAMETERS"].encode())
        else:
            self.answer(404, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print("request of", len(body.splitlines()), "records as", self.headers["Content-Type"], flush=True)
        if "exit" in body:
            print("out of memory", flush=True)
            os._exit(137)
        if "bad" in body:
            return self.answer(400, b"bad record")
        if "worse" in body:
            return self.answer(500, b"internal")
        rows = [float(line.split(",")[0]) * factor for line in body.splitlines()]
        self.answer(200, "".join(f"{row}\\n" for row in rows).encode())

http.server.HTTPServer(("127.0.0.1", int(os.environ.get("SAGEMAKER_BIND_TO_PORT", 8080))), Handler).serve_forever()
`;

function transform(
  contents: readonly string[],
  changes: TaskChanges = {},
  startSeconds = 20,
): Promise<Transformed> {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'forest.py'), PROGRAM);
  const command: [string, ...string[]] = [python, 'forest.py'];
  const trainer = createContainerTrainer({
    commands: new Map([['team/forest', { command, cwd }]]),
    docker: false,
    python: async () => python,
    startSeconds,
  });
  return transformFiles(trainer.serving, contents, { image: IMAGE, modelArchive, ...changes });
}

test('a command gets the argument serve, the model and the environment variables, but no credentials', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  const environment = { SAGEMAKER_BATCH: 'true', FOLDER: '/opt/ml/model' };
  const { outputs, reason, log } = await transform(['1,2\n2,3\n', '4,0\n'], { environment });
  delete process.env.AWS_SECRET_ACCESS_KEY;
  expect([reason, outputs]).toEqual(['', ['3.0\n6.0\n', '12.0\n']]);
  expect(log).toMatch(/^variables true \/.*\/model None$/m);
  expect(log).toContain('request of 2 records as text/csv');
});

test('the server uses port 8080, or another port if 8080 is in use', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.once('error', () => resolve());
    other.listen(8080, '127.0.0.1', resolve);
  });
  try {
    expect((await transform(['5\n'])).outputs).toEqual(['15.0\n']);
  } finally {
    other.close();
  }
});

test.each([
  [
    '{"BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2}',
    {},
    3,
    'MaxPayloadInMB=2, BatchStrategy=SINGLE_RECORD',
  ],
  [
    '{"BatchStrategy": "SINGLE_RECORD"}',
    { leftToModel: [] },
    1,
    'MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD',
  ],
  ['not JSON', {}, 1, 'MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD'],
])(
  'execution parameters %s of the container apply unless the job sets its own: %j',
  async (parameters, batch, requests, settings) => {
    const { log, outputs } = await transform(['1\n2\n3\n'], {
      environment: { PARAMETERS: parameters },
      batch,
    });
    expect(outputs).toEqual(['3.0\n6.0\n9.0\n']);
    expect(log.match(/request of/g)).toHaveLength(requests);
    expect(log).toContain(settings);
  },
);

test.each<[string, Record<string, string>, string, RegExp, string]>([
  [
    'exits at its start',
    { FAULT: 'start' },
    '1\n',
    /^AlgorithmError: Model container failed to respond to ping\. .* \(the container ended with exit code 1\)$/,
    'no model',
  ],
  [
    'never becomes healthy',
    { FAULT: 'ping' },
    '1\n',
    /respond to ping\. .*for 2 seconds: HTTP status 503\)$/,
    'variables',
  ],
  [
    'exits in a request',
    {},
    'exit\n',
    /^AlgorithmError: See job logs for more information \(the container ended with exit code 137\)$/,
    'Unable to get response from algorithm',
  ],
  [
    'refuses a record',
    {},
    'bad\n',
    /^ClientError: See job logs for more information \(bad record\)$/,
    'ClientError: 400',
  ],
  [
    'fails',
    {},
    'worse\n',
    /^AlgorithmError: See .* \(internal\)$/,
    'Bad HTTP status received from algorithm: 500',
  ],
])('a container that %s', async (_, environment, content, reason, line) => {
  const { reason: found, outputs, log } = await transform([content], { environment }, 2);
  expect(found).toMatch(reason);
  expect(outputs).toEqual([undefined]);
  expect(log).toContain(line);
});

test('a stopped job ends its program', async () => {
  const stop = new AbortController();
  const { status } = await transform(['1\n'], {
    environment: { FAULT: 'ping' },
    signal: stop.signal,
    onLog: (line) => line.startsWith('variables') && stop.abort(),
  });
  expect(status).toBe('Stopped');
});

describe.each([
  ['build', new Map([['team/forest:1.0', { directory: '/app/image', buildArguments: [] }]])],
  ['pull', undefined],
])('a job that is stopped during a docker %s of its image', (subcommand, builds) => {
  test('ends at once', async () => {
    const path = join(newFolder(), 'docker');
    const [begun, ended, release] = ['begun', 'ended', 'release'].map((name) => `${path}.${name}`) as [
      string,
      string,
      string,
    ];
    writeFileSync(
      path,
      `#!/bin/sh
[ "$2" = inspect ] && exit 1
[ "$1" = ${subcommand} ] || exit 0
touch '${begun}'
for i in $(seq 100); do [ -e '${release}' ] && break; sleep 0.05; done
touch '${ended}'`,
    );
    chmodSync(path, 0o755);
    const { serving } = createContainerTrainer({
      commands: new Map(),
      docker: path,
      builds,
      python: async () => python,
    });
    const stop = new AbortController();
    const begins = setInterval(() => existsSync(begun) && stop.abort(), 20);
    const { status } = await transformFiles(serving, ['1\n'], {
      image: IMAGE,
      modelArchive,
      signal: stop.signal,
    });
    clearInterval(begins);
    expect([status, existsSync(begun), existsSync(ended)]).toEqual(['Stopped', true, false]);
    writeFileSync(release, '');
  });
});

describe('Docker', () => {
  /**
   * A replacement for the Docker command. It runs the model server directly and records its own arguments.
   */
  function docker(): { docker: string; calls: () => string[]; job: () => string } {
    const folder = newFolder();
    writeFileSync(join(folder, 'forest.py'), PROGRAM);
    const script = `#!/bin/sh
echo "$*" >> '${folder}/calls'
[ "$2" = inspect ] && exit 1
[ "$1" = run ] || exit 0
[ "$3" = --name ] || exit 0
folder=$(echo "$*" | sed 's/.*--volume \\([^:]*\\):.*/\\1/')
port=$(echo "$*" | sed 's/.*127.0.0.1:\\([0-9]*\\):8080.*/\\1/')
cat "$folder/../transform.json" > '${folder}/job'
SM_MODEL_DIR=$folder SAGEMAKER_BIND_TO_PORT=$port exec '${python}' '${folder}/forest.py' serve`;
    const path = join(folder, 'docker');
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    return {
      docker: path,
      calls: () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n'),
      job: () => readFileSync(join(folder, 'job'), 'utf8'),
    };
  }

  const serverOf = (path: string) =>
    createContainerTrainer({ commands: new Map(), docker: path, python: async () => python }).serving;

  test('publishes the port of the container on the loopback address only, and removes the container', async () => {
    const { docker: path, calls, job } = docker();
    const environment = { MODE: 'a b' };
    process.env.MY_TOKEN = 'secret-token';
    const { outputs, reason } = await transformFiles(serverOf(path), ['2\n'], {
      image: IMAGE,
      modelArchive,
      environment,
    });
    delete process.env.MY_TOKEN;
    expect([reason, outputs]).toEqual(['', ['6.0\n']]);
    // The Docker command gets the user's environment. This environment must not be written to a file or passed to the
    // container.
    expect(`${job()}${calls().join()}`).not.toContain('secret-token');
    const name = `transform-1-transform-${process.pid}`;
    expect(calls()).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^run --rm --name ${name} --publish 127\\.0\\.0\\.1:\\d+:8080 --volume /.*/model:/opt/ml/model --env MODE=a b ${IMAGE} serve$`,
        ),
      ),
    );
    expect(calls().slice(1, 3)).toEqual([`image inspect ${IMAGE}`, `pull ${IMAGE}`]);
    expect(calls()).toContain(`rm --force ${name}`);
  });

  test('a model without a network is refused: its container has no port', () => {
    const { docker: path } = docker();
    const model = { image: IMAGE, environment: {}, networkIsolation: true };
    expect(serverOf(path)?.accepts(model)).toBe(false);
    expect(serverOf(path)?.refusal?.(model)).toMatch(
      /EnableNetworkIsolation in Docker \(".*team\/forest:1\.0"\)/,
    );
  });
});

test.each([
  [IMAGE, /map a command of this machine to the image, with --image-command team\/forest=<command>/],
  ['382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1', /linear-learner only runs on AWS/],
])('without Docker or a command, %s is refused', (image, words) => {
  const { serving } = createContainerTrainer({
    commands: new Map(),
    docker: false,
    python: async () => python,
  });
  expect(serving?.accepts({ image, environment: {} })).toBe(false);
  expect(serving?.refusal?.({ image, environment: {} })).toMatch(words);
});
