import { renderMapItems } from '../../src/report/map-items';
import { renderTuningJob } from '../../src/report/tuning-job-table';
import type { Jobs } from '../../src/services';
import type { MapItemState } from '../../src/states';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:Each:run';

type Named = [map: string, index: number, label: string];

function placeIn(...path: Named[]) {
  return { executionArn: ARN, path: path.map(([map, index, label]) => ({ map, index, label })) };
}

function item(status: MapItemState['status'], path: Named[], more: Partial<MapItemState> = {}): MapItemState {
  return { ...placeIn(...path), status, total: 3, ...more };
}

/** Training jobs of items, with the fields that the report reads. */
function jobsWith(
  ...trained: {
    path: Named[];
    name: string;
    loss?: number;
    reason?: string;
    arn?: string;
    warnings?: string[];
  }[]
): Jobs {
  const list = trained.map(({ path, name, loss, reason, arn = ARN, warnings }) => ({
    name,
    dataWarnings: warnings,
    createdBy: { executionArn: 'child', token: '', place: { ...placeIn(...path), executionArn: arn } },
    description: {
      TrainingJobName: name,
      ...(reason !== undefined && { FailureReason: reason }),
      ...(loss !== undefined && { FinalMetricDataList: [{ MetricName: 'loss', Value: loss }] }),
    },
  }));
  const store = (records: readonly { readonly name: string }[]) => ({
    alone: () => records,
    known: (name: string) => records.find((record) => record.name === name),
  });
  return { tuning: store([]), training: store(list), automl: store([]) } as unknown as Jobs;
}

/** The rendered lines, split into fields. */
function render(
  items: readonly MapItemState[],
  jobs: Jobs,
  status: 'RUNNING' | 'FAILED' = 'FAILED',
): string[][] {
  return renderMapItems({ arn: ARN, status }, items, jobs).map((line) => line.trim().split(/ {2,}/));
}

test('warnings about the data of items follow the table: the first ones, each with its item', () => {
  const labels = ['a', 'b', 'c'];
  const items = labels.map((label, index) => item('SUCCEEDED', [['Each', index, label]]));
  const [a = [], b = []] = labels.map((label, index): Named[] => [['Each', index, label]]);
  const jobs = jobsWith(
    { path: a, name: 'a', loss: 1, warnings: ['train.csv: its first line looks like a header'] },
    { path: b, name: 'b', loss: 2, warnings: ['empty lines', 'a date', 'text', 'more text'] },
    { path: [['Each', 2, 'c']], name: 'c', loss: 3 },
  );
  const lines = renderMapItems({ arn: ARN, status: 'SUCCEEDED' }, items, jobs);
  const start = lines.findIndex((line) => line.includes('Warnings'));
  expect(lines.slice(start)).toEqual([
    ' Warnings about the data of 2 items, also in the logs of their jobs:',
    ' 0: a  train.csv: its first line looks like a header',
    ' 1: b  empty lines',
    ' 1: b  a date',
    ' … 2 more warnings',
    '',
  ]);
  expect(renderMapItems({ arn: ARN, status: 'SUCCEEDED' }, items.slice(2), jobs).join()).not.toMatch(
    /Warning/,
  );
});

test('failed items come first, then stopped ones, then items with a failed job, then the rest', () => {
  const items = [
    item('SUCCEEDED', [['Each', 0, 'a']]),
    item('SUCCEEDED', [['Each', 1, 'b']]),
    item('ABORTED', [['Each', 2, 'c']]),
    item('FAILED', [['Each', 10, 'd']], { error: 'Bad', cause: '{"errorMessage":"no data"}' }),
    item('FAILED', [['Each', 4, 'e']], {
      error: 'SageMaker.SageMakerException',
      cause: 'No bucket (Service: SageMaker, Status Code: 400)',
    }),
    item('FAILED', [['Each', 5, 'f']], { error: 'States.TaskFailed', cause: '{"TrainingJobName":"five"}' }),
  ].map((each) => ({ ...each, total: 8 }));
  const jobs = jobsWith(
    { path: [['Each', 0, 'a']], name: 'zero', loss: 0.5 },
    { path: [['Each', 1, 'b']], name: 'one', reason: 'AlgorithmError: caught' },
    { path: [['Each', 5, 'f']], name: 'five', reason: 'AlgorithmError: five' },
    { path: [['Each', 2, 'c']], name: 'of another execution', loss: 1, arn: 'other' },
  );
  expect(render(items, jobs)).toEqual([
    ['Map Each', '3 FAILED, 1 ABORTED, 2 SUCCEEDED, 2 not started'],
    ['item', 'status', 'objective', 'best job', 'failure reason'],
    ['4: e', 'FAILED', 'SageMaker.SageMakerException: No bucket'],
    ['5: f', 'FAILED', 'five', 'States.TaskFailed: AlgorithmError: five'],
    ['10: d', 'FAILED', 'Bad: no data'],
    ['2: c', 'ABORTED'],
    ['1: b', 'SUCCEEDED', 'one', 'AlgorithmError: caught'],
    ['0: a', 'SUCCEEDED', 'loss 0.50000', 'zero'],
    [''],
  ]);
});

test('a table for each Map; the item of an outer Map has the jobs of the inner ones', () => {
  const outer: Named = ['Outer', 0, 'x'];
  const items = [
    item('RUNNING', [outer], { total: 1 }),
    item('SUCCEEDED', [outer, ['Inner', 0, 'a']], { total: 2 }),
    item('RUNNING', [outer, ['Inner', 1, 'b']], { total: 2 }),
  ];
  const jobs = jobsWith({ path: [outer, ['Inner', 0, 'a']], name: 'job', loss: 1 });
  expect(
    render(items, jobs, 'RUNNING').map(([first, ...others]) => [first, others.at(0), others.at(-1)]),
  ).toEqual([
    ['Map Outer', '1 RUNNING', '1 RUNNING'],
    ['item', 'status', 'failure reason'],
    ['0: x', 'RUNNING', 'job'],
    ['', undefined, undefined],
    ['Map Outer / Inner', '1 RUNNING, 1 SUCCEEDED', '1 RUNNING, 1 SUCCEEDED'],
    ['item', 'status', 'failure reason'],
    ['0: x / 1: b', 'RUNNING', 'RUNNING'],
    ['0: x / 0: a', 'SUCCEEDED', 'job'],
    ['', undefined, undefined],
  ]);
});

test('items that were running when local mode exited count as stopped', () => {
  const items = [item('RUNNING', [['Each', 0, 'a']])];
  const jobs = jobsWith({ path: [['Each', 0, 'a']], name: 'job' });
  expect(render(items, jobs, 'FAILED')[0]).toEqual(['Map Each', '1 ABORTED, 2 not started']);
});

test('a Map without jobs is shown only if an item has failed', () => {
  const items = [item('SUCCEEDED', [['Each', 0, 'a']])];
  expect(render(items, jobsWith())).toEqual([]);
  expect(render([...items, item('FAILED', [['Each', 1, 'b']])], jobsWith())).toHaveLength(5);
  expect(render([], jobsWith())).toEqual([]);
});

test('the live table of a tuning job shows the item before the job name', () => {
  const description = {
    HyperParameterTuningJobName: 'tune',
    HyperParameterTuningJobStatus: 'InProgress',
    HyperParameterTuningJobConfig: { ResourceLimits: { MaxNumberOfTrainingJobs: 2 } },
    CreationTime: 0,
  } as Parameters<typeof renderTuningJob>[0]['description'];
  const screen = { rows: 10, columns: 80, now: 1 };
  const head = (place?: ReturnType<typeof placeIn>) =>
    renderTuningJob({ description, trainingJobs: [], ...(place && { place }) }, screen)[0];
  expect(head(placeIn(['Each', 2, 'houses']))).toBe('[2: houses] Tuning job  InProgress  tune');
  expect(head()).toBe('Tuning job  InProgress  tune');
});

test.each([
  [80, '0: a       SUCCEEDED  loss 0.50000'],
  [undefined, '0: a       SUCCEEDED  loss 0.50000  final-0a1b2c3d4e5f-0a1b2c3d4e5f-0a1b2c'],
])('with a width of %s, the lines of the table have at most this width', (width, line) => {
  const name = 'final-0a1b2c3d4e5f-0a1b2c3d4e5f-0a1b2c';
  const cause = `no data in ${'a long place '.repeat(20)}`;
  const items = [
    item('SUCCEEDED', [['Each', 0, 'a']]),
    item('FAILED', [['Each', 1, 'broken']], { error: 'Bad', cause }),
  ];
  const jobs = jobsWith({ path: [['Each', 0, 'a']], name, loss: 0.5 });
  const lines = renderMapItems({ arn: ARN, status: 'FAILED' }, items, jobs, width);
  expect(Math.max(...lines.map(({ length }) => length)) <= (width ?? 0)).toBe(width !== undefined);
  expect(lines.map((each) => each.trim())).toContain(line);
  expect(lines.join('\n')).toContain('Bad: no data in a long');
});
