import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelRegistry, ToleratedFailures } from '../../../lib';
import { LocalMode } from '../../src';
import { logsCommand } from '../../src/commands/logs';
import { reportCommand } from '../../src/commands/report';
import { showCommand } from '../../src/commands/show';
import { findTrainedModel } from '../../src/commands/trained-model';
import { until } from '../services/helpers';
import { redrive } from './redrive';
import {
  commandOutput,
  deployFleet,
  folderOf,
  itemOf,
  items,
  synthesizeFleet,
  trainingOf,
} from './stub-fleet';
import { temporaryFolder } from './support';

test('a failed execution has a summary, and its retry runs only the items that did not succeed', async () => {
  const failing = new Set(['i1', 'i3']);
  const { stub, jobs } = trainingOf(failing);
  const root = temporaryFolder();
  const stack = await deployFleet(
    synthesizeFleet({
      toleratedFailures: ToleratedFailures.count(1),
      maxConcurrency: 1,
      cost: { maxInstanceHours: 100 },
    }),
    root,
    stub,
  );
  const execution = stack.startExecution({ input: { items: items(6) }, name: 'night' });
  expect(await execution.ended).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
  });
  const folder = join(root, 's3', stack.bucket('Fleet/Bucket').name, folderOf(execution));
  const summary = () => JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8'));
  expect(summary()).toMatchObject({ items: 6, succeeded: 2, failed: 2, notStarted: 2 });
  const page = join(folder, 'fleet.html');
  expect(readFileSync(page, 'utf8')).toContain('FAILED</span>');

  // The report of a fleet is its summary. The page of an item's search stays where the execution wrote it.
  expect(await commandOutput(reportCommand(), 'night', '--root', root)).toBe(`Report: ${page}`);
  const shown = (await commandOutput(showCommand(), 'night', '--root', root)).split('\n');
  expect(shown).toContain(`Report: ${page}`);
  expect(shown).toContainEqual(expect.stringMatching(/^Instance time: .* of at most /));
  expect(shown).toContainEqual(expect.stringMatching(/--input '\{"retry":"night"\}'/));
  expect(await commandOutput(showCommand(), 'i0', '--root', root)).toMatch(/Tuning job[\s\S]*fleet-i0-/);
  expect(findTrainedModel(root, 'i0').title).toMatch(/^training job fleet-i0-/);
  expect(() => findTrainedModel(root, 'night')).toThrow(
    /night is a fleet.* give the id of an item.*fleet\.csv/,
  );
  const reports = join(folder, '../../../reports');
  const before = readdirSync(reports, { recursive: true });
  const [search] = stack.reports?.list() ?? [];
  expect(search).toMatchObject({ item: { execution: 'night', name: expect.stringMatching(/i\d$/) } });
  expect(await stack.reports?.page(search as NonNullable<typeof search>)).toContain(search?.name);
  expect(readdirSync(reports, { recursive: true })).toEqual(before);

  failing.clear();
  const jobsBefore = new Map(jobs);
  const retry = await stack.startExecution({ input: { retry: 'night' } }).ended;
  expect(retry.output).toMatchObject({ fleet: { items: 4, succeeded: 4, objective: { best: 1, worst: 5 } } });
  // Without `--execution`, the command prints the logs of the item's last execution.
  const logsOf = async (...args: string[]) =>
    (await commandOutput(logsCommand(), 'i1', '--root', root, ...args)).match(/^==> .*-00\d-.* <==$/gm) ?? [];
  const [last, first] = [await logsOf(), await logsOf('--execution', 'night')];
  expect([last.length, first.length]).toEqual([2, 2]);
  expect(last).not.toEqual(first);
  await expect(logsOf('--follow')).rejects.toThrow(/--follow follows one job.* Its jobs:\n {2}fleet-i1-/);

  for (const { id } of items(6)) {
    const again = ['i1', 'i3'].includes(id) || !jobsBefore.has(id);
    expect([id, (jobs.get(id) ?? 0) - (jobsBefore.get(id) ?? 0)]).toEqual([id, again ? 2 : 0]);
  }

  // A redrive continues the failed items in their Fail states, and does not run any item again.
  jobs.clear();
  expect(await redrive(stack, execution)).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  expect(jobs).toEqual(new Map());
});

test('a redrive of a stopped execution runs only the items that had not succeeded', async () => {
  const { stub, jobs } = trainingOf(new Set());
  let entered = () => undefined as unknown;
  const isInThird = new Promise<void>((resolve) => {
    entered = resolve;
  });
  const stack = await deployFleet(synthesizeFleet({ maxConcurrency: 1 }), temporaryFolder(), async (job) => {
    const result = await stub(job);
    if (itemOf(job.name) === 'i2' && jobs.get('i2') === 1) {
      entered();
      await new Promise((stopped) => job.signal.addEventListener('abort', stopped));
    }
    return result;
  });
  const execution = stack.startExecution({ input: { items: items(4) } });
  await isInThird;
  await execution.stop();
  const { output } = await redrive(stack, execution);
  expect(output).toMatchObject({ fleet: { items: 4, succeeded: 4 } });
  // The search of the third item starts from the beginning.
  expect(Object.fromEntries(jobs)).toMatchObject({ i0: 2, i1: 2, i3: 2 });
});

test('with a cost bound, quotas and a registry, the execution history does not grow with the number of items', async () => {
  const { stub } = trainingOf(new Set());
  const assembly = synthesizeFleet({
    report: false,
    checkQuotas: true,
    cost: { pricePerHour: { 'ml.m5.xlarge': 0.36 }, maxInstanceHours: 42 },
    registry: ModelRegistry.group({ name: 'stores' }),
  });
  const stack = await deployFleet(assembly, temporaryFolder(), stub);
  const bound = 2 * (3600 + 120);
  const events: number[] = [];
  for (const count of [2, 20]) {
    const execution = stack.startExecution({ input: { items: items(count) } });
    const { status, output } = await execution.ended;
    expect({ status, output }).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        fleet: {
          succeeded: count,
          cost: {
            bound: { instanceSeconds: count * bound, cost: expect.closeTo(count * bound * 0.0001, 6) },
          },
          quotas: { maxConcurrency: 10, unknown: ['ml.m5.xlarge for training job usage'] },
        },
      },
    });
    // The role of the state machine is allowed to list quotas.
    expect(output).not.toHaveProperty('fleet.quotas.error');
    events.push(stack.executionStore.history(execution.arn).length);
  }
  expect(events[1]).toBe(events[0]);
  const groups = stack.jobs.modelPackageGroups.list();
  expect(groups.filter(({ name }) => /^stores-i\d+-[0-9a-f]{16}$/.test(name))).toHaveLength(20);
  const versions = groups.map(({ latestVersion }) => latestVersion).sort();
  expect(versions).toEqual([...Array.from({ length: 18 }, () => 1), 2, 2]);

  const tooMany = await stack.startExecution({ input: { items: items(21) } }).ended;
  expect(tooMany).toMatchObject({
    error: 'InvalidInput',
    cause: expect.stringContaining('21 items × 2.07 instance hours (2 training jobs)'),
  });
  await stack.close();
});

test('an invalid list of items fails before any job; an invalid item fails without affecting the others', async () => {
  const { stub } = trainingOf(new Set());
  const faults: string[] = [];
  const assembly = synthesizeFleet({ toleratedFailures: ToleratedFailures.count(1) });
  const stack = await deployFleet(assembly, temporaryFolder(), stub, (text) => faults.push(text));
  const twice = await stack.startExecution({ input: { items: [{ id: 1 }, { id: 1 }] } }).ended;
  expect(twice).toMatchObject({ status: 'FAILED', error: 'InvalidItems' });
  expect(stack.tuningJobs()).toEqual([]);
  expect(faults.filter((text) => text.includes('event rule'))).toEqual([]);
  const one = await stack.startExecution({
    input: { items: [{ id: 'i0' }, { id: 'i1', hyperparameters: { eta: 'high' } }] },
  }).ended;
  expect(one.output).toMatchObject({
    fleet: { succeeded: 1, failed: 1, reasons: [{ error: 'InvalidInput', example: 'i1' }] },
  });
  await stack.close();
});

test('finished items do not run again when the execution is resumed', async () => {
  const assembly = synthesizeFleet({ maxConcurrency: 2 });
  const root = temporaryFolder();
  const notices: string[] = [];
  const first = new Map<string, number>();
  const stack = await deployFleet(
    assembly,
    root,
    async ({ name }) => {
      const id = itemOf(name);
      first.set(id, (first.get(id) ?? 0) + 1);
      // The fourth item never ends.
      if (id === 'i3') await new Promise(() => undefined);
      return { 'validation:rmse': 1 };
    },
    (text) => notices.push(text),
  );
  const { arn } = stack.startExecution({ input: { items: items(8) } });
  const ended = () => stack.executionStore.items(arn).filter(({ status }) => status === 'SUCCEEDED');
  await until(
    () => ended().length,
    (count) => count >= 7,
  );
  await stack.close();
  // The event rule for stopped executions is not triggered, because the execution will be resumed.
  expect(notices.filter((text) => text.includes('event rule'))).toEqual([]);
  const { stub, jobs } = trainingOf(new Set());
  const again = await LocalMode.deploy({ assembly, root, stubTraining: stub });
  const [record] = await Promise.all(again.resume().executions.map((execution) => execution.ended));
  expect(record?.output).toMatchObject({ fleet: { items: 8, succeeded: 8 } });
  expect([...jobs.keys()]).toEqual(['i3']);
  await again.close();
});
