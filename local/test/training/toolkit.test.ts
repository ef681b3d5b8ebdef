import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { LONGEST_REASON } from '../../src/training/failure-reason';
import { createScriptTrainer } from '../../src/training/script/script-trainer';
import type { Trainer } from '../../src/training/trainer';
import {
  channel,
  instances,
  PYTORCH_IMAGE,
  packSource,
  projectEnvironments,
  SCIKIT_LEARN_IMAGE,
  SUBMIT_DIRECTORY,
  train,
} from './script-support';
import { SETUP_TIMEOUT } from './support';
import { CASES, PROBE_MODULE, type ToolkitCase } from './toolkit/cases';
import { type Left, leftIn, toolkitPython, toolkitRefusal, trainWithToolkit } from './toolkit/toolkit';

/** The results of the same job, run by the toolkit and by local mode. */
interface Both {
  readonly toolkit: Left;
  readonly local: Left & { readonly reason: string };
}

const JOB = 'job-1';

const refusal = toolkitRefusal();
if (refusal !== undefined) {
  process.stderr.write(
    `Skipped: local mode is not compared with SageMaker's training toolkit: ${refusal}.\n`,
  );
}
const results = new Map<string, Both>();
let trainer: Trainer;

beforeAll(async () => {
  if (refusal !== undefined) return;
  const python = await toolkitPython();
  trainer = createScriptTrainer({
    environments: {
      forPackages: async (has) => ({ python, pythonVersion: '3', has }),
      withRequirements: (...given) => projectEnvironments.withRequirements(...given),
    },
    maxJobs: availableParallelism(),
  });
  const jobs = await Promise.all(CASES.map((each) => jobOf(each, python)));
  const toolkit = await trainWithToolkit(python, jobs);
  const local = await Promise.all(jobs.map((job) => trainLocally(job)));
  for (const [i, { name }] of CASES.entries()) {
    const [theirs, ours] = [toolkit[i], local[i]];
    if (theirs && ours) results.set(name, { toolkit: theirs, local: ours });
  }
}, SETUP_TIMEOUT);
afterAll(() => trainer?.close());

async function jobOf(given: ToolkitCase, python: string) {
  const files = given.files ?? { 'train.py': `import probe\n${given.body ?? ''}\n` };
  const source = await packSource({ ...files, 'probe.py': PROBE_MODULE }, given.links);
  const channels = Object.entries(given.channels ?? {}).map(([name, contentType]) =>
    channel(name, [], contentType === undefined ? {} : { contentType }),
  );
  return {
    trainingJobName: JOB,
    hyperparameters: {
      sagemaker_program: 'train.py',
      sagemaker_submit_directory: SUBMIT_DIRECTORY,
      ...given.hyperparameters,
    },
    environment: { PROBE_PYTHON: python, ...given.environment },
    channels: [channel('code', [source]), ...channels],
    instances: instances(given.instances ?? 1),
    capturesErrors: given.capturesErrors ?? false,
  };
}

async function trainLocally({ capturesErrors, ...job }: Awaited<ReturnType<typeof jobOf>>) {
  const { reason, workFolder } = await train(trainer, {
    ...job,
    trainingImage: capturesErrors ? PYTORCH_IMAGE : SCIKIT_LEARN_IMAGE,
    threads: availableParallelism() * job.instances.length,
  });
  const exitCode = reason.startsWith('not failed: Completed')
    ? 0
    : Number(/, exit code: (-?\d+)$/.exec(reason)?.[1] ?? Number.NaN);
  const host = job.instances.length === 1 ? '' : join('hosts', job.instances.at(-1)?.name ?? '');
  return { ...leftIn(join(workFolder, host), exitCode), reason };
}

const describeToolkit = refusal === undefined ? describe : describe.skip;
describeToolkit("as SageMaker's training toolkit", () => {
  test.each(CASES.map(({ name }) => name))('%s', (name) => {
    const { toolkit, local } = results.get(name) as Both;
    expect(seenBy(local)).toEqual(seenBy(toolkit));
    expect(local.exitCode).toBe(toolkit.exitCode);
    expect(local.reason.replaceAll(local.base, '/opt/ml')).toBe(expectedReason(toolkit));
  });
});

/**
 * The environment variables that both the toolkit and local mode must set. Each also sets variables that the other does
 * not set.
 */
const CONTRACT =
  /^(SM_(?!STUDIO_LOCAL_MODE$|FRAMEWORK_MODULE$).*|SAGEMAKER_(BASE_DIR|JOB_NAME|REGION)|CURRENT_HOST|TRAINING_JOB_NAME|AWS_REGION|MODE|EMPTY|TEXT)$/;

/** The script's arguments and environment, with container paths. */
function seenBy({ seen, base }: Left) {
  if (seen === undefined) return undefined;
  const { environment, ...others } = JSON.parse(
    JSON.stringify(seen).replaceAll(base, '/opt/ml'),
  ) as typeof seen;
  const contract = Object.entries(environment)
    .filter(([name]) => CONTRACT.test(name))
    .map(([name, value]) => [name, value.replace(/"framework_module":(null|"[^"]*"),/, '')]);
  return { ...others, environment: Object.fromEntries(contract) };
}

/** SageMaker's failure reason for an exit code and a failure file. */
function expectedReason({ exitCode, failure = '', base }: Left): string {
  if (exitCode === 0) return 'not failed: Completed';
  const suffix = `, exit code: ${exitCode}`;
  // The traceback is removed, because it contains the toolkit's own code.
  const message = failure.replace(/^(Framework Error: \n)Traceback[\s\S]*\n\n/, '$1').trim();
  const reason = `AlgorithmError: ${message}`.slice(0, LONGEST_REASON - suffix.length) + suffix;
  return reason.replaceAll(base, '/opt/ml');
}
