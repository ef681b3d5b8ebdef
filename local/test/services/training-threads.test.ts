import { availableParallelism } from 'node:os';
import { CreateHyperParameterTuningJobCommand, CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import {
  closeServices,
  printX,
  sagemakerClient,
  samplerOf,
  start,
  trainerOf,
  trainingRequest,
  tuningRequest,
  until,
  xs,
} from './helpers';

jest.mock('node:os', () => {
  const os = jest.requireActual<typeof import('node:os')>('node:os');
  return { ...os, availableParallelism: jest.fn(os.availableParallelism) };
});

afterEach(closeServices);

/** Services on a machine with `cores` cores, and the thread limits of their training jobs. */
async function services(cores: number, jobs: number) {
  jest.mocked(availableParallelism).mockReturnValue(cores);
  const threads: number[] = [];
  const trainer = trainerOf((task) => {
    threads.push(task.threads);
    return printX(task);
  });
  const client = sagemakerClient(await start({ trainer, sampler: samplerOf(xs(...Array(jobs).fill(1))) }));
  const trained = () =>
    until(
      async () => threads,
      ({ length }) => length === jobs,
    );
  return { client, trained };
}

test.each([
  [8, 1, 8],
  [8, 2, 4],
  [8, 3, 2],
  [8, 10, 1],
  [2, 2, 1],
  [1, 2, 1],
])(
  'on %i cores with %i parallel jobs, each training job of a search may use %i cores',
  async (cores, parallel, threads) => {
    const { client, trained } = await services(cores, 3);
    const config = { ResourceLimits: { MaxNumberOfTrainingJobs: 3, MaxParallelTrainingJobs: parallel } };
    await client.send(new CreateHyperParameterTuningJobCommand(tuningRequest('Tune', config) as never));
    expect(await trained()).toEqual([threads, threads, threads]);
  },
);

test('a training job outside a search may use all cores', async () => {
  const { client, trained } = await services(8, 1);
  await client.send(new CreateTrainingJobCommand(trainingRequest('Final') as never));
  expect(await trained()).toEqual([8]);
});
