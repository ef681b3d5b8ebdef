import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { withoutStubbedTasks } from '../executions/stub-tasks';
import {
  type AutoMLRunner,
  checkImageCommands,
  combineTrainers,
  createAutoMLRunner,
  createContainerTrainer,
  createOptunaSampler,
  createPythonEnvironments,
  createScriptTrainer,
  createStubSampler,
  createStubTrainer,
  createTabularTrainer,
  createXGBoostTrainer,
  DEFAULT_PYTHON_FOLDER,
  type PythonEnvironments,
  type Sampler,
  type Trainer,
} from '../training';
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
 * @throws UserError when Python lacks something that cannot be installed, or a command is given for no image
 */
export async function startTraining(options: TrainingOptions): Promise<TrainingSide> {
  const {
    deployment,
    pythonFolder,
    imageCommands = new Map(),
    stubTraining,
    stubTasks = {},
    onNotice,
  } = options;
  const images = deployment.stateMachines.flatMap(({ definition }) => trainingImages(definition));
  checkImageCommands(imageCommands, images);
  const stateMachines = deployment.stateMachines.map(({ definition }) => ({
    definition: withoutStubbedTasks(definition, stubTasks),
  }));
  const environments = createPythonEnvironments({
    folder: pythonFolder,
    otherFolders: [resolve(DEFAULT_PYTHON_FOLDER)],
    onNotice,
  });
  const cores = availableParallelism();
  const maxJobs = Math.max(2, cores);
  const trainers = createTrainers(environments, options, maxJobs);
  const trainer = stubTraining ? createStubTrainer(trainers, stubTraining) : trainers;
  let sampler: Sampler | undefined;
  const close = async () => void (await Promise.all([trainer.close(), sampler?.close()]));
  try {
    const automl = createAutoMLRunner({ environments, maxWorkers: maxJobs });
    // The workers first: the sampler runs in an environment that there has to be anyway.
    const prepared = Promise.all([
      ...trainableAlgorithms(stateMachines, trainer).map((algorithm) => trainer.prepare?.(algorithm, cores)),
      ...(stateMachines.some(startsAutoMLJobs) ? [automl.prepare()] : []),
    ]);
    prepared.catch(() => undefined); // It is met below.
    sampler = stubTraining
      ? createStubSampler()
      : createOptunaSampler((await environments.forSampler()).python, onNotice);
    await Promise.all([prepared, sampler.ready]);
    return { trainer, sampler, automl, close };
  } catch (error) {
    // The processes that were started would keep this one alive.
    await close();
    throw error;
  }
}

function createTrainers(
  environments: PythonEnvironments,
  { deployment, imageCommands = new Map(), onNotice }: TrainingOptions,
  maxJobs: number,
): Trainer {
  return combineTrainers([
    createXGBoostTrainer({
      pythonFor: (version, extras) => environments.forXGBoost(version, extras),
      maxWorkers: maxJobs,
      onNotice,
    }),
    createTabularTrainer({ pythonFor: (wanted) => environments.forPackages(wanted), maxWorkers: maxJobs }),
    createScriptTrainer({ environments, maxJobs }),
    createContainerTrainer({ commands: imageCommands, builds: deployment.imageBuilds, maxJobs }),
  ]);
}
