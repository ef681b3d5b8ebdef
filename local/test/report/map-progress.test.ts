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

describe('items that wait after an error', () => {
  const failure = { error: 'SageMaker.AmazonSageMakerException', cause: 'No S3 objects found' };
  const wait = (index: number) => {
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
    const end = maps.startWait(wait(2));
    const { head, items } = progressOf(maps);
    expect(head).toContain(
      '1 waiting after an error, last error: SageMaker.AmazonSageMakerException: No S3 o',
    );
    expect(head).toContain(' left');
    expect(items).toEqual([
      ' 2: store-2  WAITING AFTER AN ERROR  SageMaker.AmazonSageMakerException: No S3 objects found',
      ' 3: store-3  RUNNING',
    ]);
    end();
    expect(progressOf(maps).head).not.toContain('waiting');
  });

  test('have no time left if all remaining items only wait', () => {
    const maps = new MapProgress();
    for (let index = 0; index < 30; index += 1) maps.tell(item(index, index < 28 ? 'SUCCEEDED' : 'RUNNING'));
    expect(progressOf(maps).head).toContain(' left');
    for (const index of [28, 29]) maps.startWait(wait(index));
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
    for (let attempt = 0; attempt < 3; attempt += 1) maps.startWait(wait(0))();
    const line =
      '[0 of 30] 0: store-0  WAITING AFTER AN ERROR  SageMaker.AmazonSageMakerException: No S3 objects found';
    expect(lines).toEqual([line]);
    // The item runs again.
    maps.tell(item(0, 'RUNNING'));
    maps.startWait(wait(0));
    expect(lines).toEqual([line, line]);
    print.close();
  });
});

describe('an execution that waits after an error outside of a Map', () => {
  const quota = { error: 'SageMaker.ResourceLimitExceededException', cause: 'The quota is used up' };
  const wait = (failure = quota, name = 'night') => ({
    executionArn: `arn:aws:states:us-east-1:123456789012:execution:Tune:${name}`,
    path: [],
    failure,
  });
  const other = { ...quota, error: 'Other' };
  const jobs = () => openJobs(temporaryFolder(), () => undefined);
  const screenOf = (maps: MapProgress) => renderScreen(jobs(), maps, { rows: 10, columns: 200, now: 10 });
  const line = 'WAITING AFTER AN ERROR  SageMaker.ResourceLimitExceededException: The quota is used up';
  const otherLine = 'WAITING AFTER AN ERROR  Other: The quota is used up';

  /** Starts and ends waits of a running execution. @returns the lines that are printed without a terminal */
  function linesOf(run: (maps: MapProgress) => void): string[] {
    const maps = new MapProgress();
    const lines: string[] = [];
    const print = new JobLines(jobs(), maps, (text) => lines.push(text));
    maps.startExecution(wait().executionArn);
    run(maps);
    print.close();
    return lines;
  }

  test('shows why, until the wait is over', () => {
    const maps = new MapProgress();
    const end = maps.startWait(wait());
    expect(screenOf(maps)).toEqual([` ${line}`]);
    end();
    expect(screenOf(maps)).toEqual([]);
  });

  test('shows one wait for each waiting branch', () => {
    const maps = new MapProgress();
    const ends = [wait(), wait(other), wait()].map((each) => maps.startWait(each));
    expect(screenOf(maps)).toEqual([line, otherLine, line].map((each) => ` ${each}`));
    for (const end of ends.slice(1)) end();
    expect(screenOf(maps)).toEqual([` ${line}`]);
  });

  test('has one line for each error without a terminal', () => {
    const lines = linesOf((maps) => {
      for (const failure of [quota, quota, other, quota]) maps.startWait(wait(failure))();
    });
    expect(lines).toEqual([line, otherLine]);
  });

  test('has a line for the same error again after a redrive', () => {
    const lines = linesOf((maps) => {
      maps.startWait(wait())();
      maps.endExecution(wait().executionArn);
      maps.startExecution(wait().executionArn);
      maps.startWait(wait())();
    });
    expect(lines).toEqual([line, line]);
  });

  test('has its name in the line while another execution runs', () => {
    const day = wait(other, 'day');
    const lines = linesOf((maps) => {
      maps.startExecution(day.executionArn);
      maps.startWait(wait());
      expect(screenOf(maps)).toEqual([` Execution night  ${line}`]);
      maps.startWait(day)();
      maps.endExecution(day.executionArn);
      expect(screenOf(maps)).toEqual([` ${line}`]);
    });
    expect(lines).toEqual([`Execution night  ${line}`, `Execution day  ${otherLine}`]);
  });
});

test('a branch of an item still waits after the wait of another branch', () => {
  const maps = new MapProgress();
  maps.tell(item(0, 'RUNNING'));
  const { executionArn, path } = item(0, 'RUNNING');
  const [, end] = ['Long', 'Short'].map((error) =>
    maps.startWait({ executionArn, path, failure: { error } }),
  );
  expect(maps.large()).toMatchObject([{ waiting: 1, lastFailure: { error: 'Short' } }]);
  end?.();
  expect(maps.large()).toMatchObject([
    { waiting: 1, lastFailure: { error: 'Long' }, runningItems: [{ wait: { failure: { error: 'Long' } } }] },
  ]);
});

test('an item of a Map with few items shows why it waits after an error', () => {
  const maps = new MapProgress();
  const lines: string[] = [];
  const jobs = openJobs(temporaryFolder(), () => undefined);
  const print = new JobLines(jobs, maps, (text) => lines.push(text));
  const few = { ...item(0, 'RUNNING'), total: 2 };
  maps.tell(few);
  maps.startWait({
    executionArn: few.executionArn,
    path: few.path,
    failure: { error: 'Bad', cause: 'no data' },
  });
  print.close();
  const expected = '[0: store-0] WAITING AFTER AN ERROR  Bad: no data';
  expect(lines).toEqual([expected]);
  expect(renderScreen(jobs, maps, { rows: 10, columns: 200, now: 10 })).toEqual([` ${expected}`]);
});
