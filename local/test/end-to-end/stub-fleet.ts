import { App, Stack } from 'aws-cdk-lib';
import type { Command } from 'commander';
import { context } from '../../../cdk.json';
import { TuningFleet, type TuningFleetProps } from '../../../lib';
import { TUNING } from '../../../test/fixtures';
import { LocalMode } from '../../src';
import type { StubTraining } from '../../src/training';
import { temporaryFolder } from './support';

/** Synthesizes an app with a fleet whose items share their data. */
export function synthesizeFleet(props: Partial<TuningFleetProps> = {}): string {
  const app = new App({ context, outdir: temporaryFolder() });
  addFleet(new Stack(app, 'Test'), 'Fleet', props);
  return app.synth().directory;
}

/** Creates a fleet whose items share their data. */
export function addFleet(stack: Stack, id: string, props: Partial<TuningFleetProps>): void {
  new TuningFleet(stack, id, {
    ...TUNING,
    maxTrainingJobs: 2,
    finalTraining: { enabled: false },
    jobNamePrefix: 'fleet',
    // All items share this data.
    trainPrefix: 'input/train/',
    validationPrefix: 'input/validation/',
    ...props,
  });
}

const deployed: LocalMode[] = [];

// Closes local mode even if a test failed before closing it. Otherwise, Jest would not exit.
afterEach(async () => {
  for (const stack of deployed.splice(0)) await stack.close();
});

/** Deploys the app and uploads data that all items share. The deployment is closed after the test. */
export async function deployFleet(
  assembly: string,
  root: string,
  stubTraining: StubTraining,
  onNotice: (text: string) => void = () => undefined,
): Promise<LocalMode> {
  const stack = await LocalMode.deploy({ assembly, root, stubTraining, waitTimeScale: 0.01, onNotice });
  deployed.push(stack);
  for (const channel of ['train', 'validation']) {
    await stack.bucket('Fleet/Bucket').put(`input/${channel}/data.csv`, '1,2,3\n');
  }
  return stack;
}

/** Items `i0`, `i1`, … */
export const items = (count: number) => Array.from({ length: count }, (_, number) => ({ id: `i${number}` }));

/** Key of an execution's folder in the fleet's bucket: `arn:…:execution:<state machine>:<execution>`. */
export const folderOf = ({ arn }: { readonly arn: string }) =>
  `output/fleets/${arn.split(':').slice(6).join('/')}/`;

/** The item ID in the name of a training job. */
export const itemOf = (trainingJob: string) => /^fleet-(\w+)-/.exec(trainingJob)?.[1] ?? '';

/**
 * Returns a stub, which fails the training jobs of some items, and `jobs`, which counts the training jobs started for
 * each item.
 */
export function trainingOf(failing: ReadonlySet<string>): { stub: StubTraining; jobs: Map<string, number> } {
  const jobs = new Map<string, number>();
  const stub: StubTraining = ({ name }) => {
    const id = itemOf(name);
    jobs.set(id, (jobs.get(id) ?? 0) + 1);
    if (failing.has(id)) throw new Error('label is nan');
    return { 'validation:rmse': Number(id.slice(1)) };
  };
  return { stub, jobs };
}

/** Runs a command in this process. Returns what it printed to the standard output. */
export async function commandOutput(command: Command, ...args: string[]): Promise<string> {
  const printed: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((text) => void printed.push(`${text}\n`));
  const write = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await command.parseAsync(args, { from: 'user' });
    return printed.join('').trimEnd();
  } finally {
    log.mockRestore();
    write.mockRestore();
  }
}
