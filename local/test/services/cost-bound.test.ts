import { Duration } from 'aws-cdk-lib';
import { ExecutionBound } from '../../../lambda/list-fleet-items/execution-bound';
import { Algorithm as LibraryAlgorithm, XGBoostVersion } from '../../../lib';
import { fleetBound } from '../../../lib/private/fleet-bound';
import type { TuningDefinition, TuningInput } from '../../../lib/private/tuning-definitions';
import { pseudoRandom } from '../../../test/pseudo-random';
import type { RunningServices } from '../../src/services';
import type { TrainingJobDescription } from '../../src/services/sagemaker/api-types';
import { type Algorithm, closeServices, samplerOf, start, trainerOf, tuningRequest, xs } from './helpers';

/** A search, and how its training jobs behave. */
interface RandomSearch {
  readonly trainingJobs: number;
  readonly parallel: number;
  readonly instances: number;
  readonly maxTrainingSeconds: number;
  readonly maxTuningSeconds?: number;
  /** Whether each training job runs until it is stopped, and takes as long to stop as SageMaker allows. */
  readonly isWorst: boolean;
}

const MOST_TRAINING_JOBS = 8;
const random = pseudoRandom(7);
const between = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));

/** Fleets of two items each. Only the numbers of training jobs differ between the items of a fleet. */
const FLEETS: [RandomSearch, RandomSearch][] = Array.from({ length: 100 }, (_, index) => {
  const shared = {
    instances: between(1, 4),
    maxTrainingSeconds: between(60, 7200),
    ...(random() < 0.5 && { maxTuningSeconds: between(120, 20_000) }),
    isWorst: index % 2 === 0,
  };
  const item = () => ({
    ...shared,
    trainingJobs: between(1, MOST_TRAINING_JOBS),
    parallel: between(1, 4),
  });
  return [item(), item()];
});

/** The bounds of the items' searches, in instance seconds. */
function boundsOf(items: [RandomSearch, RandomSearch]): number[] {
  const [search] = items;
  const definition = {
    algorithm: LibraryAlgorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    name: 'first',
    parameterRanges: [],
    resources: { instanceCount: search.instances },
    maxTrainingRuntime: Duration.seconds(search.maxTrainingSeconds),
  };
  const { maxTuningSeconds } = search;
  const tuning = {
    ...definition,
    cost: {},
    finalTraining: { enabled: false },
    maxTuningRuntime: maxTuningSeconds === undefined ? undefined : Duration.seconds(maxTuningSeconds),
  };
  const bound = fleetBound(tuning as unknown as TuningInput, [definition as unknown as TuningDefinition]);
  if (bound === undefined) throw new Error('the bound is unknown');
  const execution = new ExecutionBound(bound);
  return items.map(
    ({ trainingJobs, parallel }) =>
      execution.add({ maxTrainingJobs: trainingJobs, maxParallelTrainingJobs: parallel }).instanceSeconds,
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('on virtual time', () => {
  const FROZEN = ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
  beforeAll(() => jest.useFakeTimers({ doNotFake: [...FROZEN] }));
  afterAll(async () => {
    jest.useRealTimers();
    await closeServices();
  });

  /** Number of training jobs that have started and wait for the virtual time at which they end. */
  let waiting = 0;
  let current: RandomSearch | undefined;

  const train: Algorithm = async (task) => {
    task.onLog('loss=1;');
    waiting += 1;
    const seconds = current?.isWorst ? Number.POSITIVE_INFINITY : between(1, 9000);
    await new Promise<void>((resolve) => {
      if (Number.isFinite(seconds)) setTimeout(resolve, seconds * 1000);
      task.signal.addEventListener('abort', () =>
        setTimeout(resolve, 1000 * (current?.isWorst ? 120 : between(0, 120))),
      );
    });
    waiting -= 1;
    return { status: task.signal.aborted ? 'Stopped' : 'Completed' };
  };

  /** Runs the search to completion. Returns the descriptions of its training jobs. */
  async function run(
    services: RunningServices,
    name: string,
    search: RandomSearch,
  ): Promise<TrainingJobDescription[]> {
    const request = tuningRequest(name, {
      ResourceLimits: {
        MaxNumberOfTrainingJobs: search.trainingJobs,
        MaxParallelTrainingJobs: search.parallel,
        ...(search.maxTuningSeconds && { MaxRuntimeInSeconds: search.maxTuningSeconds }),
      },
    });
    const { TrainingJobDefinition: definition } = request;
    current = search;
    await services.router.call(
      'sagemaker',
      'CreateHyperParameterTuningJob',
      {
        ...request,
        TrainingJobDefinition: {
          ...definition,
          ResourceConfig: { ...definition.ResourceConfig, InstanceCount: search.instances },
          StoppingCondition: { MaxRuntimeInSeconds: search.maxTrainingSeconds },
        },
      },
      services.user,
    );
    const job = () => services.jobs.tuning.get(name)?.description;
    const trained = () => services.jobs.training.listNamed(`${name}-`).map(({ description }) => description);
    const hasEnded = () => job()?.HyperParameterTuningEndTime !== undefined;
    /** Whether nothing more happens until the virtual time advances. */
    const isWaiting = () => {
      const jobs = trained();
      const running = jobs.filter(({ TrainingEndTime }) => TrainingEndTime === undefined).length;
      const isFull = running === search.parallel || jobs.length === search.trainingJobs;
      const age = Date.now() / 1000 - (job()?.CreationTime ?? 0);
      const isEnding = search.maxTuningSeconds !== undefined && age >= search.maxTuningSeconds;
      return running > 0 && running === waiting && (isFull || isEnding);
    };
    while (!hasEnded()) {
      if (isWaiting()) jest.advanceTimersToNextTimer();
      await new Promise(setImmediate);
    }
    return trained();
  }

  test('each of 200 searches in 100 fleets stays within its bound; a search that uses its limits fully has a bound at most 1.3 times its use', async () => {
    const services = await start({
      sampler: samplerOf(xs(...Array.from({ length: MOST_TRAINING_JOBS }, (_, x) => x))),
      trainer: trainerOf(train),
    });
    const ratios: number[] = [];
    for (const [index, items] of FLEETS.entries()) {
      const bounds = boundsOf(items);
      const used: number[] = [];
      for (const [place, item] of items.entries()) {
        const jobs = await run(services, `search-${index}-${place}`, item);
        used.push(sum(jobs.map(({ TrainingTimeInSeconds: s = 0 }) => s * item.instances)));
        expect(used[place]).toBeLessThanOrEqual(bounds[place] ?? 0);
        if (item.isWorst) ratios.push((bounds[place] ?? 0) / (used[place] ?? 0));
      }
      expect(sum(used)).toBeLessThanOrEqual(sum(bounds));
    }
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1.3);
  });
});
