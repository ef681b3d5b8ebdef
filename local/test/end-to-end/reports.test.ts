import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Report } from '../../../lambda/report/report-data';
import { LocalMode } from '../../src';
import type { ReportData } from '../../src/report/report-files';
import { until } from '../services/helpers';
import { addFragment } from './fragment-support';
import { executionsIn, startCommand, synthesize, temporaryFolder, tuningJobsIn } from './support';

/** Compiles only if the Lambda function writes all members that the comparison of reports reads. */
export const readable = (report: Report): ReportData => report;

const METRICS = { 'validation:rmse': 0.5, 'train:rmse': 0.25 };

function addMachine(scope: Construct, hasReport: boolean): void {
  new StateMachine(scope, 'Machine', {
    queryLanguage: QueryLanguage.JSONATA,
    definitionBody: DefinitionBody.fromChainable(addFragment(scope, undefined, hasReport)),
  });
}

function app(hasReport: boolean): string {
  return synthesize((stack) => addMachine(stack, hasReport));
}

const [withReport, withoutReport] = [app(true), app(false)];

/** Runs an app's execution to completion, with stubbed training. */
async function run(assembly: string, root: string): Promise<void> {
  const stack = await LocalMode.deploy({ assembly, root, stubTraining: () => METRICS });
  await stack.startExecution().output();
  await stack.close();
}

/** Runs `report` in a new process, not in the process of the search. */
async function report(root: string, ...names: string[]) {
  const { exitCode, output } = await startCommand(['report', '--root', root, ...names]).ended;
  const pages = [...output.matchAll(/^Report: (.*)$/gm)].map(([, page]) => String(page));
  const data = pages.map((page): ReportData & { readonly finalModel?: { readonly job: string } } =>
    JSON.parse(readFileSync(join(dirname(page), 'report.json'), 'utf8')),
  );
  return { exitCode, output, pages, data };
}

test('a report can be written again, and several can be compared', async () => {
  const root = temporaryFolder();
  await run(withReport, root);
  await run(withReport, root);
  const outputs = executionsIn(root).map(({ output }) => output as { report: string });
  const pageOf = (uri: string) => uri.replace(/^s3:\//, join(root, 's3'));
  for (const { report: uri } of outputs) rmSync(dirname(pageOf(uri)), { recursive: true });
  const [one, other] = executionsIn(root).map(({ name }) => name) as [string, string];
  const both = await report(root, one, other);
  expect(both).toMatchObject({ exitCode: 0 });
  expect(both.pages).toEqual(outputs.map((output) => pageOf(output.report)));
  expect(both.data).toMatchObject(
    [1, 2].map(() => ({ search: { status: 'Completed' }, finalModel: { job: expect.any(String) } })),
  );
  const [, file = ''] = /^Comparison: (.*)$/m.exec(both.output) ?? [];
  expect(readFileSync(file, 'utf8')).toContain(`${one}</bdi></a>`);
  // Without a name, `report` uses the most recent execution.
  expect((await report(root)).pages).toHaveLength(1);
});

test('report also works for running and interrupted searches', async () => {
  const root = temporaryFolder();
  const stack = await LocalMode.deploy({
    assembly: withReport,
    root,
    stubTraining: ({ name }) => (name.includes('-001-') ? METRICS : new Promise(() => undefined)),
  });
  stack.startExecution();
  await until(
    () => stack.trainingJobs().filter(({ TrainingJobStatus }) => TrainingJobStatus === 'Completed').length,
    (completed) => completed === 1,
  );
  const [search] = stack.reports?.list() ?? [];
  expect(search).toMatchObject({ status: 'InProgress', isRunning: true });
  expect(await stack.reports?.page(search as NonNullable<typeof search>)).toContain(search?.name);
  const running = await report(root, search?.name ?? '');
  expect(running).toMatchObject({ exitCode: 0, data: [{ search: { status: 'InProgress' } }] });
  expect(running.data[0]?.jobs.map(({ value }) => value)).toContain(0.5);
  expect(running.data[0]).not.toHaveProperty('finalModel');
  await stack.close();
  expect(await report(root)).toMatchObject({
    exitCode: 0,
    data: [{ jobs: running.data[0]?.jobs.map(() => ({})) }],
  });
});

test('in an app with several workflows, the workflow that created a search writes its report', async () => {
  const assembly = synthesize((stack) => {
    for (const id of ['One', 'Two']) addMachine(new Construct(stack, id), true);
  });
  const root = temporaryFolder();
  const stack = await LocalMode.deploy({ assembly, root, stubTraining: () => METRICS });
  try {
    for (const stateMachine of ['One/Machine', 'Two/Machine']) {
      const { report: uri } = (await stack.startExecution({ stateMachine }).output()) as { report: string };
      const file = uri.replace(/^s3:\//, join(root, 's3'));
      rmSync(file);
      const [search] = stack.reports?.list() ?? [];
      expect(await stack.reports?.page(search as NonNullable<typeof search>)).toBe(
        readFileSync(file, 'utf8'),
      );
    }
  } finally {
    await stack.close();
  }
});

test('a run of an app without reports gets a report after an app with reports has run', async () => {
  const root = temporaryFolder();
  await run(withoutReport, root);
  const [old] = tuningJobsIn(root);
  const refused = await report(root);
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toMatch(/No app that ran here can report the tuning job .*"report: false"/);
  await run(withReport, root);
  expect(await report(root, old?.name ?? '')).toMatchObject({
    exitCode: 0,
    data: [{ search: { name: old?.name }, finalModel: {} }],
  });
});
