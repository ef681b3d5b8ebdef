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
} from '../training';
import { type CommonTraining, createCommonTraining, type HeadStart, MOST_JOBS } from './head-start';
import type { LocalModeOptions } from './local-mode-options';
import { startsAutoMLJobs, trainableAlgorithms } from './runnable-definitions';
import { trainingImages } from './trained-algorithms';

/** What trains and what searches, in processes of their own. */
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
 * Installs and starts what the state machines of a deployment train with: now, not in the middle of a run.
 *
 * @param headStart what was started before the deployment was known
 * @throws UserError when Python lacks something that cannot be installed, or a command is given for no image
 */
export async function startTraining(options: TrainingOptions, headStart?: HeadStart): Promise<TrainingSide> {
  const { deployment, imageCommands = new Map(), stubTraining, stubTasks = {}, onNotice } = options;
  const images = deployment.stateMachines.flatMap(({ definition }) => trainingImages(definition));
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
    // The workers first: the sampler runs in an environment that there has to be anyway.
    const prepared = Promise.all([
      ...trainableAlgorithms(stateMachines, trainer).map((algorithm) => trainer.prepare?.(algorithm, cores)),
      ...(stateMachines.some(startsAutoMLJobs) ? [automl.prepare()] : []),
    ]);
    prepared.catch(() => undefined); // It is met below.
    sampler = stubTraining
      ? createStubSampler()
      : (sampler ?? createOptunaSampler((await environments.forSampler()).python, onNotice));
    await Promise.all([prepared, sampler.ready]);
    return { trainer, sampler, automl, close };
  } catch (error) {
    // The processes that were started would keep this one alive.
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
      builds: deployment.imageBuilds,
      maxJobs: MOST_JOBS,
    }),
  ]);
}
