import { combineServers } from './model-server';
import type { TrainedAlgorithm, Trainer } from './trainer';

/**
 * Combines several trainers. The first trainer that accepts a job runs it, unless an earlier one explains why
 * local mode cannot run the job.
 */
export function combineTrainers(trainers: readonly Trainer[]): Trainer {
  const find = (algorithm: TrainedAlgorithm): { trainer?: Trainer; refusal?: string } => {
    for (const trainer of trainers) {
      if (trainer.accepts(algorithm)) return { trainer };
      const refusal = trainer.refusal?.(algorithm);
      if (refusal !== undefined) return { refusal };
    }
    return {
      refusal: `local mode cannot run the training image "${algorithm.trainingImage}". It runs ${images}`,
    };
  };
  const images = trainers.map((trainer) => trainer.images).join('; ');
  return {
    images,
    accepts: (algorithm) => find(algorithm).trainer !== undefined,
    refusal: (algorithm) => find(algorithm).refusal,
    metricDefinitions: (algorithm) => find(algorithm).trainer?.metricDefinitions(algorithm) ?? [],
    prepare: async (algorithm, parallelJobs) => find(algorithm).trainer?.prepare?.(algorithm, parallelJobs),
    serving: combineServers(trainers.flatMap(({ serving }) => serving ?? [])),
    async train(task) {
      const { trainer, refusal } = find(task);
      if (trainer === undefined) throw new Error(refusal);
      return trainer.train(task);
    },
    async close() {
      await Promise.all(trainers.map((trainer) => trainer.close()));
    },
  };
}
