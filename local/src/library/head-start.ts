import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { evaluator } from '../evaluator/evaluator';
import { withoutStubbedTasks } from '../executions/stub-tasks';
import {
  createOptunaSampler,
  createPythonEnvironments,
  createXGBoostTrainer,
  DEFAULT_PYTHON_FOLDER,
  DEFAULT_XGBOOST_VERSION,
  type PythonEnvironments,
  type Sampler,
  type TrainedAlgorithm,
  type Trainer,
  xgboostVersionOf,
} from '../training';
import { type DeploymentRecord, lastDeployment } from './deployment-records';
import type { LocalModeOptions } from './local-mode-options';
import { trainedAlgorithms } from './trained-algorithms';

/** Maximum number of jobs that run in parallel, each in a separate process. */
export const MOST_JOBS = Math.max(2, availableParallelism());

/** The parts of training that do not depend on a deployment. */
export interface CommonTraining {
  readonly environments: PythonEnvironments;
  readonly xgboost: Trainer;
  /** The sampler, if it has been started. */
  readonly sampler?: Sampler;
}

/** Finds Python and creates the trainer of built-in XGBoost, without starting a process. */
export function createCommonTraining({
  pythonFolder,
  onNotice,
}: Pick<LocalModeOptions, 'pythonFolder' | 'onNotice'>): CommonTraining {
  const environments = createPythonEnvironments({
    folder: pythonFolder,
    otherFolders: [resolve(DEFAULT_PYTHON_FOLDER)],
    onNotice,
  });
  const xgboost = createXGBoostTrainer({
    pythonFor: (version, extras) => environments.forXGBoost(version, extras),
    maxWorkers: MOST_JOBS,
    onNotice,
  });
  return { environments, xgboost };
}

/** Algorithm assumed for an app that has never run in its root folder: built-in XGBoost in its newest version. */
const USUAL: TrainedAlgorithm = { trainingImage: 'sagemaker-xgboost', hyperparameters: {} };

/** Options for a head start. */
export interface HeadStartOptions extends Pick<LocalModeOptions, 'pythonFolder' | 'onNotice'> {
  /** The app's root folder. @default - a new folder */
  readonly root?: string;
}

/**
 * While an app is being synthesized, starts the processes that the last deployment in its root folder needed. Installs
 * nothing. Ends processes that turn out to be unneeded.
 */
export class HeadStart {
  private readonly common: CommonTraining;
  private readonly algorithm: TrainedAlgorithm | undefined;
  private readonly started: Promise<Sampler | undefined>;
  private isClosed = false;

  constructor(options: HeadStartOptions) {
    this.common = createCommonTraining(options);
    const last = options.root === undefined ? undefined : lastDeployment(options.root);
    this.algorithm = last === undefined ? USUAL : this.xgboostOf(algorithmsOf(last));
    this.started = this.start(options);
    // The evaluator is started for every app, because every state machine evaluates expressions.
    evaluator.warm();
  }

  /** Returns the started processes if the app needs their version of XGBoost. Otherwise, ends the processes. */
  async take(app: Pick<DeploymentRecord, 'deployment' | 'stubTasks'>): Promise<CommonTraining | undefined> {
    const needed = this.xgboostOf(algorithmsOf(app));
    if (versionOf(needed) !== versionOf(this.algorithm)) {
      await this.close();
      return undefined;
    }
    const sampler = await this.started;
    return { ...this.common, ...(sampler && { sampler }) };
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    this.isClosed = true;
    const sampler = await this.started;
    await Promise.all([this.common.xgboost.close(), sampler?.close()]);
  }

  private async start({ onNotice }: HeadStartOptions): Promise<Sampler | undefined> {
    const { environments, xgboost } = this.common;
    const version = versionOf(this.algorithm) ?? DEFAULT_XGBOOST_VERSION;
    const python = await environments.readyForXGBoost(version);
    if (python === undefined || this.isClosed) return undefined;
    // Ignores an error: if a worker fails to start, its first job reports why.
    if (this.algorithm) xgboost.prepare?.(this.algorithm, availableParallelism()).catch(() => undefined);
    return createOptunaSampler(python.python, onNotice);
  }

  private xgboostOf(algorithms: readonly TrainedAlgorithm[]): TrainedAlgorithm | undefined {
    return algorithms.find((algorithm) => this.common.xgboost.accepts(algorithm));
  }
}

function algorithmsOf({
  deployment,
  stubTasks = {},
}: Pick<DeploymentRecord, 'deployment' | 'stubTasks'>): TrainedAlgorithm[] {
  return deployment.stateMachines.flatMap(({ definition }) =>
    trainedAlgorithms(withoutStubbedTasks(definition, stubTasks)),
  );
}

function versionOf(algorithm: TrainedAlgorithm | undefined): string | undefined {
  return algorithm && xgboostVersionOf(algorithm.trainingImage);
}
