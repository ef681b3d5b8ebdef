// Runs or resumes a fleet with stubbed training, and kills its own process at a moment listed in fleet-moments.ts, or
// a number of milliseconds after the fleet has started or continued. Arguments: the assembly, the root folder, and the
// moment or number of milliseconds. Without the third argument, the fleet runs to its end. Each finished training adds a
// line to `<root>/trained`.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { LocalMode } from '../../src';
import { ExecutionStore } from '../../src/executions/executions';
import { BucketStore } from '../../src/services/s3/bucket-store';
import { JobStore } from '../../src/services/sagemaker/jobs/job-store';
import { ITEMS, type Moment } from './fleet-moments';

const [assembly = '', root = '', moment] = process.argv.slice(2);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the process was killed');
}

/** Kills the process when a method returns from its `number`th call whose arguments satisfy `isWanted`. */
function dieAfter<Type, Method extends keyof Type>(
  { prototype }: { readonly prototype: Type },
  method: Method,
  isWanted: (...given: ArgumentsOf<Type[Method]>) => boolean,
  number = 1,
): void {
  const original = prototype[method] as (...given: unknown[]) => unknown;
  let calls = 0;
  const replacement = function (this: unknown, ...given: ArgumentsOf<Type[Method]>): unknown {
    const result = original.apply(this, given);
    calls += isWanted(...given) ? 1 : 0;
    return calls === number ? die() : result;
  };
  Object.assign(prototype as object, { [method]: replacement });
}

type ArgumentsOf<Method> = Method extends (...given: infer Given) => unknown ? Given : never;

let trainings = 0;

const arrange: Readonly<Record<Moment, () => void>> = {
  'items start': () => dieAfter(ExecutionStore, 'keepItem', ({ status }) => status === 'RUNNING', 2),
  'jobs train': () => {
    trainings = 5;
  },
  'resume starts': () => dieAfter(JobStore, 'takeOver', () => true),
  'the results are written': () => dieAfter(BucketStore, 'replace', ({ key }) => key.includes('/results/')),
  'the summary is written': () => dieAfter(BucketStore, 'replace', ({ key }) => key.endsWith('/fleet.csv')),
};

async function main(): Promise<void> {
  const milliseconds = Number(moment);
  if (moment !== undefined && Number.isNaN(milliseconds)) arrange[moment as Moment]();
  const stack = await LocalMode.deploy({
    assembly,
    root,
    waitTimeScale: 0.01,
    stubTraining: async ({ name }) => {
      // Slow enough that a process with a limit of time is killed before the fleet ends.
      await new Promise((done) => setTimeout(done, milliseconds >= 0 ? 100 : 10));
      trainings -= 1;
      if (trainings === 0) die();
      appendFileSync(join(root, 'trained'), `${name}\n`);
      return { 'validation:rmse': 1 };
    },
  });
  for (const channel of ['train', 'validation']) {
    await stack.bucket('Fleet/Bucket').put(`input/${channel}/data.csv`, '1,2,3\n');
  }
  const start = () => stack.startExecution({ input: { items: ITEMS }, name: 'fleet' });
  // Without an execution to resume, the fleet has not started yet, or it has ended.
  const hasStarted = existsSync(join(root, 'executions/fleet'));
  const execution = hasStarted ? stack.resume().executions[0] : start();
  if (milliseconds >= 0) setTimeout(die, milliseconds);
  await execution?.ended;
  await stack.close();
}

void main();
