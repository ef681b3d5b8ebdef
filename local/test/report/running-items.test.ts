import { MapProgress } from '../../src/executions/map-progress';
import { renderScreen } from '../../src/report/jobs-screen';
import type { Jobs } from '../../src/services';
import type { MapItemState } from '../../src/states';

const NIGHT = 'arn:night';

function item(index: number, status: MapItemState['status'], more: Partial<MapItemState> = {}): MapItemState {
  const path = [{ map: 'TuneItems', index, label: `store-${index}` }];
  return { executionArn: NIGHT, path, total: 43, status, ...more };
}

/** A training job of the item with this index. An undefined index means a job without an item. */
function training(name: string, index: number | undefined, status: 'InProgress' | 'Completed') {
  return {
    name,
    ...(index !== undefined && {
      createdBy: { executionArn: 'child', token: '', place: item(index, 'RUNNING') },
    }),
    description: { TrainingJobName: name, TrainingJobStatus: status, TrainingStartTime: 0 },
  };
}

function jobsWith(...trainingJobs: ReturnType<typeof training>[]): Jobs {
  const store = (records: readonly unknown[]) => ({
    listRecent: () => records,
    ownCount: records.length,
    listGroup: () => [],
  });
  const tuning = [
    {
      name: 'search-5',
      createdBy: { executionArn: 'child', token: '', place: item(5, 'RUNNING') },
      description: {
        HyperParameterTuningJobName: 'search-5',
        HyperParameterTuningJobStatus: 'InProgress',
        HyperParameterTuningJobConfig: { ResourceLimits: { MaxNumberOfTrainingJobs: 4 } },
        CreationTime: 0,
      },
    },
  ];
  return { tuning: store(tuning), training: store(trainingJobs), automl: store([]) } as unknown as Jobs;
}

function render(maps: MapProgress, jobs: Jobs, rows: number): string[] {
  const lines = renderScreen(jobs, maps, { rows, columns: 200, now: 10 });
  expect(lines.length).toBeLessThanOrEqual(rows);
  return lines.map((line) => line.trim());
}

test('a Map with many items has one line per unfinished or failed item, with failed items first, and no line for ended jobs', () => {
  const maps = new MapProgress();
  for (const index of [0, 1, 2, 3, 4, 5]) maps.tell(item(index, 'RUNNING'));
  maps.tell(item(0, 'SUCCEEDED'));
  const cause = '{"FailureReason":"AlgorithmError: no rows"}';
  maps.tell(item(2, 'FAILED', { error: 'States.TaskFailed', cause }));
  const jobs = jobsWith(
    training('final-0', 0, 'Completed'),
    training('final-1', 1, 'InProgress'),
    training('alone', undefined, 'InProgress'),
    training('earlier', undefined, 'Completed'),
  );
  expect(render(maps, jobs, 20).slice(2)).toEqual([
    '2: store-2  FAILED  States.TaskFailed: AlgorithmError: no rows',
    '1: store-1  RUNNING  10.0 s  Training job final-1',
    '3: store-3  RUNNING',
    '4: store-4  RUNNING',
    '5: store-5  RUNNING  0 of 4 training jobs  Tuning job search-5',
    'Training job alone  InProgress  10.0 s',
  ]);
});

test('while other items run, failed items take at most half of the rows, and only the last ones are shown', () => {
  const maps = new MapProgress();
  for (let index = 0; index < 40; index++) maps.tell(item(index, index < 30 ? 'FAILED' : 'RUNNING'));
  const lines = render(maps, jobsWith(), 12).slice(2);
  const ofStatus = (status: string) => lines.filter((line) => line.includes(status));
  expect(ofStatus('FAILED').map((line) => line.split(' ')[0])).toEqual(['25:', '26:', '27:', '28:', '29:']);
  expect(ofStatus('RUNNING')).toHaveLength(5);
  // An item that runs again after a redrive no longer counts as failed.
  for (let index = 0; index < 40; index++) maps.tell(item(index, 'RUNNING'));
  expect(render(maps, jobsWith(), 12).join()).not.toContain('FAILED');
});
