import { firstAcceptor } from './first-acceptor';
import { combineServers } from './model-server';
import type { TrainedAlgorithm, Trainer } from './trainer';

/**
 * Combines several trainers. The first trainer that accepts a job runs it, unless an earlier one explains why
 * local mode cannot run the job.
 */
export function combineTrainers(trainers: readonly Trainer[]): Trainer {
  const find = (algorithm: TrainedAlgorithm) =>
    firstAcceptor(
      trainers,
      algorithm,
      `local mode cannot run the training image "${algorithm.trainingImage}". It runs ${images}`,
    );
  const images = trainers.map((trainer) => trainer.images).join('; ');
  return {
    images,
    accepts: (algorithm) => find(algorithm).acceptor !== undefined,
    refusal: (algorithm) => find(algorithm).refusal,
    metricDefinitions: (algorithm) => find(algorithm).acceptor?.metricDefinitions(algorithm) ?? [],
    resumes: (algorithm) => find(algorithm).acceptor?.resumes?.(algorithm) ?? true,
    prepare: async (algorithm, parallelJobs) => find(algorithm).acceptor?.prepare?.(algorithm, parallelJobs),
    serving: combineServers(trainers.flatMap(({ serving }) => serving ?? [])),
    async train(task) {
      const { acceptor, refusal } = find(task);
      if (acceptor === undefined) throw new Error(refusal);
      return acceptor.train(task);
    },
    async close() {
      await Promise.all(trainers.map((trainer) => trainer.close()));
    },
  };
}
