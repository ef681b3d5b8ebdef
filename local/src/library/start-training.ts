import { availableParallelism } from 'node:os';
import { withoutStubbedTasks } from '../executions/stub-tasks';
import {
  type AutoMLRunner,
  checkImageCommands,
  combineTrainers,
  createAutoMLRunner,
  createContainerTrainer,
  createOptunaSampler,
  createScriptTrainer,
  createStubSampler,
  createStubTrainer,
  createTabularTrainer,
  type Sampler,
  type Trainer,
  type WantedPackages,
} from '../training';
import { type CommonTraining, createCommonTraining, type HeadStart, MOST_JOBS } from './head-start';
import type { LocalModeOptions } from './local-mode-options';
import { startsAutoMLJobs, trainableAlgorithms } from './runnable-definitions';
import { usedImages } from './trained-algorithms';

/** The Python environment for transform jobs with containers. Such jobs need no packages. */
const ANY_PYTHON: WantedPackages = { name: 'python', title: 'Python', requirements: [], packages: {} };

/** The trainers and the sampler, which use separate processes. */
export interface TrainingSide {
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  readonly automl: AutoMLRunner;
  /** Ends the processes. */
  close(): Promise<void>;
}

type TrainingOptions = Pick<
  LocalModeOptions,
  'deployment' | 'pythonFolder' | 'imageCommands' | 'stubTraining' | 'stubTasks' | 'onNotice'
>;

/**
 * Installs packages and starts processes that a deployment's state machines need for training, before any
 * execution starts.
 *
 * @param headStart the processes that were started before the deployment was known
 * @throws UserError when Python packages cannot be installed, or an image command matches no image
 */
export async function startTraining(options: TrainingOptions, headStart?: HeadStart): Promise<TrainingSide> {
  const { deployment, imageCommands = new Map(), stubTraining, stubTasks = {}, onNotice } = options;
  const images = deployment.stateMachines.flatMap(({ definition }) => usedImages(definition));
  checkImageCommands(imageCommands, images);
  const stateMachines = deployment.stateMachines.map(({ definition }) => ({
    definition: withoutStubbedTasks(definition, stubTasks),
  }));
  const common = (await headStart?.take(options)) ?? createCommonTraining(options);
  const { environments } = common;
  const cores = availableParallelism();
  const trainers = createTrainers(common, options);
  const trainer = stubTraining ? createStubTrainer(trainers, stubTraining) : trainers;
  let { sampler }: { sampler?: Sampler } = common;
  const close = async () => void (await Promise.all([trainer.close(), sampler?.close()]));
  try {
    const automl = createAutoMLRunner({ environments, maxWorkers: MOST_JOBS });
    // Prepares the trainers first: the sampler can then use an environment that a trainer needs anyway.
    const prepared = Promise.all([
      ...trainableAlgorithms(stateMachines, trainer).map((algorithm) => trainer.prepare?.(algorithm, cores)),
      ...(stateMachines.some(startsAutoMLJobs) ? [automl.prepare()] : []),
    ]);
    prepared.catch(() => undefined); // Handled below.
    sampler = stubTraining
      ? createStubSampler()
      : (sampler ?? createOptunaSampler((await environments.forSampler()).python, onNotice));
    await Promise.all([prepared, sampler.ready]);
    return { trainer, sampler, automl, close };
  } catch (error) {
    // Otherwise, the processes that were started would keep this process alive.
    await close();
    throw error;
  }
}

function createTrainers(
  { environments, xgboost }: CommonTraining,
  { deployment, imageCommands = new Map() }: TrainingOptions,
): Trainer {
  return combineTrainers([
    xgboost,
    createTabularTrainer({ pythonFor: (wanted) => environments.forPackages(wanted), maxWorkers: MOST_JOBS }),
    createScriptTrainer({ environments, maxJobs: MOST_JOBS }),
    createContainerTrainer({
      commands: imageCommands,
      python: async () => (await environments.forPackages(ANY_PYTHON)).python,
      builds: deployment.imageBuilds,
      maxJobs: MOST_JOBS,
    }),
  ]);
}
