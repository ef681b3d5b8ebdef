import type { TrainingJobSummary } from '../../src/services';
import { bestTrainingJob, searchProgress } from '../../src/services/sagemaker/tuning/tuning-progress';

type Job = Partial<TrainingJobSummary> & { readonly value?: number; readonly tuned?: number };

let jobs = 0;

function job({ value, tuned = 1, ...given }: Job): TrainingJobSummary {
  jobs += 1;
  return {
    TrainingJobName: `job-${jobs}`,
    TrainingJobArn: '',
    TuningJobName: 'Tune',
    CreationTime: jobs,
    TrainingEndTime: jobs,
    TrainingJobStatus: value === undefined ? 'Failed' : 'Completed',
    TunedHyperParameters: Object.fromEntries(Array.from({ length: tuned }, (_, i) => [`h${i}`, '1'])),
    ...(value !== undefined && {
      FinalHyperParameterTuningJobObjectiveMetric: { Type: 'Minimize', MetricName: 'loss', Value: value },
    }),
    ObjectiveStatus: value === undefined ? 'Failed' : 'Succeeded',
    ...given,
  };
}

const values = (...list: (number | undefined)[]) => list.map((value) => job({ value }));
const same = (count: number, change: Job = {}) =>
  Array.from({ length: count }, () => job({ value: 1, ...change }));

test('one percent is an improvement; less is not, even if several small gains add up to more', () => {
  expect(searchProgress(values(100, 99)).jobsNotImproving).toBe(0);
  expect(searchProgress(values(100, 99.1)).jobsNotImproving).toBe(1);
  expect(searchProgress(values(100, 99.1, 98.9)).jobsNotImproving).toBe(0);
  expect(searchProgress(values(100, undefined, 100, 200)).jobsNotImproving).toBe(3);
  expect(searchProgress(values(-100, -101)).jobsNotImproving).toBe(0);
  expect(searchProgress([])).toEqual({ jobsNotImproving: 0 });
});

test('jobs are counted in the order of their end, and running jobs are not counted', () => {
  const [first, second] = [job({ value: 1 }), job({ value: 2 })];
  expect(searchProgress([first, second]).jobsNotImproving).toBe(1);
  expect(searchProgress([{ ...first, TrainingEndTime: 1e9 }, second]).jobsNotImproving).toBe(0);
  const running = job({ TrainingJobStatus: 'InProgress', ObjectiveStatus: 'Pending' });
  expect(searchProgress([first, running]).jobsNotImproving).toBe(0);
});

test('a search has converged after ten jobs without improvement', () => {
  const start = same(1);
  expect(searchProgress([...start, ...same(9)]).convergedAt).toBeUndefined();
  const list = [...start, ...same(10)];
  const convergedAt = list.at(-1)?.TrainingEndTime;
  expect(searchProgress(list)).toEqual({ jobsNotImproving: 10, convergedAt });
  // Once a search has converged, it stays converged, even if the best value improves later.
  expect(searchProgress([...list, job({ value: 0.1 })])).toEqual({ jobsNotImproving: 0, convergedAt });
});

test('a search with many hyperparameters needs more jobs to converge, and failed jobs are not counted', () => {
  const wide = { tuned: 5 };
  expect(searchProgress(same(15, wide)).convergedAt).toBeUndefined();
  expect(searchProgress(same(16, wide)).convergedAt).toBeDefined();
  expect(searchProgress([...same(1), ...values(...Array(20).fill(undefined))]).convergedAt).toBeUndefined();
});

test('the best job is the best completed job, or else the best stopped job, but never a job without an objective value', () => {
  const stopped = job({ value: 1, TrainingJobStatus: 'Stopped' });
  const completed = job({ value: 2 });
  const failed = values(undefined);
  expect(bestTrainingJob([stopped, completed, ...failed])).toBe(completed);
  expect(bestTrainingJob([...failed, stopped])).toBe(stopped);
  expect(bestTrainingJob(failed)).toBeUndefined();
  const maximize = (value: number) => ({ Type: 'Maximize' as const, MetricName: 'auc', Value: value });
  const [low, high] = [0.5, 0.9].map((value) =>
    job({ value, FinalHyperParameterTuningJobObjectiveMetric: maximize(value) }),
  );
  expect(bestTrainingJob([low, high].flatMap((each) => each ?? []))).toBe(high);
});
