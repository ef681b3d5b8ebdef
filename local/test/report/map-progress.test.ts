import { MapProgress } from '../../src/executions/map-progress';
import { JobLines } from '../../src/report/job-lines';
import { renderScreen } from '../../src/report/jobs-screen';
import { renderMapProgress } from '../../src/report/map-progress';
import { renderRunningItems } from '../../src/report/running-items';
import { openJobs } from '../../src/services';
import type { MapItemState } from '../../src/states';
import { temporaryFolder } from '../end-to-end/support';

const item = (
  index: number,
  status: MapItemState['status'],
  more: Partial<MapItemState> = {},
): MapItemState => ({
  executionArn: 'arn:night',
  path: [{ map: 'TuneItems', index, label: `store-${index}` }],
  total: 30,
  status,
  ...more,
});

test('a Map with many items prints a line when an item ends, with the number of ended items', () => {
  const maps = new MapProgress();
  const lines: string[] = [];
  const jobs = openJobs(temporaryFolder(), () => undefined);
  const print = new JobLines(jobs, maps, (line) => lines.push(line));
  for (const index of [0, 1, 2]) maps.tell(item(index, 'RUNNING'));
  maps.tell(item(1, 'SUCCEEDED'));
  maps.tell(item(0, 'FAILED', { error: 'InvalidInput' }));
  // Items of an inner Map are not counted: they are part of an item of the outer Map.
  maps.tell({
    ...item(0, 'SUCCEEDED'),
    path: [...item(2, 'RUNNING').path, { map: 'Inner', index: 0, label: 'x' }],
  });
  print.close();
  expect(lines).toEqual(['[1 of 30] 1: store-1  SUCCEEDED', '[2 of 30] 0: store-0  FAILED  InvalidInput']);
  const [counts] = maps.large();
  expect(counts).toMatchObject({ running: 1, succeeded: 1, failed: 1, total: 30 });
  if (!counts) throw new Error('no Map');
  const screen = { rows: 10, columns: 200, now: counts.startedAt / 1000 + 10 };
  expect(renderMapProgress(counts, screen).join(' ')).toMatch(
    /Map TuneItems.* 2 of 30 items, 1 running, 1 failed, 10\.0 s elapsed, about 2 min left/,
  );
});

test('a Map with few items has no progress lines', () => {
  const maps = new MapProgress();
  maps.tell({ ...item(0, 'RUNNING'), total: 5 });
  expect(maps.large()).toEqual([]);
});

test('after a resume, items that had ended before are counted, but not used for the time estimate', () => {
  const maps = new MapProgress();
  maps.continueFrom([item(0, 'SUCCEEDED'), item(1, 'FAILED'), item(2, 'RUNNING')]);
  maps.tell(item(2, 'RUNNING'));
  maps.tell(item(2, 'SUCCEEDED'));
  expect(maps.large()).toMatchObject([{ succeeded: 2, failed: 1, running: 0, endedBefore: 2 }]);
});

test('an item that runs again counts once, and a redrive restarts the progress of its own Map only', () => {
  const maps = new MapProgress();
  maps.tell({ ...item(0, 'RUNNING'), executionArn: 'arn:day' });
  maps.tell({ ...item(0, 'SUCCEEDED'), executionArn: 'arn:day' });
  const [day] = maps.large();
  for (const status of ['RUNNING', 'FAILED'] as const)
    for (const index of [0, 1]) maps.tell(item(index, status));
  // The execution is redriven in the same process.
  maps.continueFrom([item(0, 'FAILED'), item(1, 'FAILED'), item(2, 'ABORTED')]);
  expect(maps.large()).toEqual([
    day,
    expect.objectContaining({ succeeded: 0, failed: 2, running: 0, endedBefore: 2 }),
  ]);
  maps.tell(item(0, 'RUNNING'));
  expect(maps.large()[1]).toMatchObject({ succeeded: 0, failed: 1, running: 1, endedBefore: 1 });
  maps.tell(item(0, 'SUCCEEDED'));
  expect(maps.large()[1]).toMatchObject({ succeeded: 1, failed: 1, running: 0, endedBefore: 1 });
});

describe('items that wait for a retry', () => {
  const failure = { error: 'SageMaker.AmazonSageMakerException', cause: 'No S3 objects found' };
  const retry = (index: number) => {
    const { executionArn, path } = item(index, 'RUNNING');
    return { executionArn, path, failure };
  };
  const progressOf = (maps: MapProgress) => {
    const [map] = maps.large();
    if (!map) throw new Error('no Map');
    const screen = { rows: 10, columns: 200, now: map.startedAt / 1000 + 10 };
    return {
      head: renderMapProgress(map, screen).join('\n'),
      items: renderRunningItems(
        map,
        openJobs(temporaryFolder(), () => undefined),
        screen,
      ),
    };
  };

  test('are counted, with the last error, until their next attempt', () => {
    const maps = new MapProgress();
    for (const index of [0, 1, 2, 3]) maps.tell(item(index, 'RUNNING'));
    for (const index of [0, 1]) maps.tell(item(index, 'SUCCEEDED'));
    maps.tellRetry(retry(2));
    const { head, items } = progressOf(maps);
    expect(head).toContain(
      '1 waiting for a retry, last error: SageMaker.AmazonSageMakerException: No S3 obj',
    );
    expect(head).toContain(' left');
    expect(items).toEqual([
      ' 2: store-2  WAITING FOR A RETRY  SageMaker.AmazonSageMakerException: No S3 objects found',
      ' 3: store-3  RUNNING',
    ]);
    maps.tellRetry({ ...retry(2), failure: undefined });
    expect(progressOf(maps).head).not.toContain('retry');
  });

  test('have no time left if all remaining items only wait', () => {
    const maps = new MapProgress();
    for (let index = 0; index < 30; index += 1) maps.tell(item(index, index < 28 ? 'SUCCEEDED' : 'RUNNING'));
    expect(progressOf(maps).head).toContain(' left');
    for (const index of [28, 29]) maps.tellRetry(retry(index));
    expect(progressOf(maps).head).not.toContain(' left');
  });

  test('have one line each without a terminal', () => {
    const maps = new MapProgress();
    const lines: string[] = [];
    const print = new JobLines(
      openJobs(temporaryFolder(), () => undefined),
      maps,
      (line) => lines.push(line),
    );
    maps.tell(item(0, 'RUNNING'));
    for (let attempt = 0; attempt < 3; attempt += 1) maps.tellRetry(retry(0));
    print.close();
    expect(lines).toEqual([
      '[0 of 30] 0: store-0  WAITING FOR A RETRY  SageMaker.AmazonSageMakerException: No S3 objects found',
    ]);
  });
});

describe('an execution that waits for a retry outside of a Map', () => {
  const quota = { error: 'SageMaker.ResourceLimitExceededException', cause: 'The quota is used up' };
  const wait = (failure?: typeof quota) => ({
    executionArn: 'arn:night',
    path: [],
    ...(failure && { failure }),
  });
  const jobs = () => openJobs(temporaryFolder(), () => undefined);
  const screenOf = (maps: MapProgress) => renderScreen(jobs(), maps, { rows: 10, columns: 200, now: 10 });
  const line = 'WAITING FOR A RETRY  SageMaker.ResourceLimitExceededException: The quota is used up';

  test('shows why, until its next attempt', () => {
    const maps = new MapProgress();
    maps.tellRetry(wait(quota));
    expect(screenOf(maps)).toEqual([` ${line}`]);
    maps.tellRetry(wait());
    expect(screenOf(maps)).toEqual([]);
  });

  test('has one line for each error without a terminal', () => {
    const maps = new MapProgress();
    const lines: string[] = [];
    const print = new JobLines(jobs(), maps, (text) => lines.push(text));
    for (const failure of [quota, undefined, quota, undefined, { ...quota, error: 'Other' }]) {
      maps.tellRetry(wait(failure));
    }
    print.close();
    expect(lines).toEqual([line, 'WAITING FOR A RETRY  Other: The quota is used up']);
  });
});

test('an item of a Map with few items shows why it waits for a retry', () => {
  const maps = new MapProgress();
  const lines: string[] = [];
  const jobs = openJobs(temporaryFolder(), () => undefined);
  const print = new JobLines(jobs, maps, (text) => lines.push(text));
  const few = { ...item(0, 'RUNNING'), total: 2 };
  maps.tell(few);
  maps.tellRetry({
    executionArn: few.executionArn,
    path: few.path,
    failure: { error: 'Bad', cause: 'no data' },
  });
  print.close();
  const expected = '[0: store-0] WAITING FOR A RETRY  Bad: no data';
  expect(lines).toEqual([expected]);
  expect(renderScreen(jobs, maps, { rows: 10, columns: 200, now: 10 })).toEqual([` ${expected}`]);
});
