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

/** How many jobs run at once, each in a process of its own. */
export const MOST_JOBS = Math.max(2, availableParallelism());

/** What depends on no deployment. */
export interface CommonTraining {
  readonly environments: PythonEnvironments;
  readonly xgboost: Trainer;
  /** Where it was started already. */
  readonly sampler?: Sampler;
}

/** Finds Python, and makes what trains the built-in XGBoost; starts nothing. */
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

/** What is expected of an app that has never run here: the built-in XGBoost, in its newest release. */
const USUAL: TrainedAlgorithm = { trainingImage: 'sagemaker-xgboost', hyperparameters: {} };

/** What a head start is made with. */
export interface HeadStartOptions extends Pick<LocalModeOptions, 'pythonFolder' | 'onNotice'> {
  /** The folder that the app will run in. @default - a new one */
  readonly root?: string;
}

/**
 * Starts processes while an app is synthesized: those that the last deployment of its root needed. Nothing is installed for it,
 * and what turns out not to be needed is ended.
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
    // Every state machine has expressions.
    evaluator.warm();
  }

  /** What was started, if it is what an app needs; otherwise it is ended. */
  async take(app: Pick<DeploymentRecord, 'deployment' | 'stubTasks'>): Promise<CommonTraining | undefined> {
    const needed = this.xgboostOf(algorithmsOf(app));
    if (versionOf(needed) !== versionOf(this.algorithm)) {
      await this.close();
      return undefined;
    }
    const sampler = await this.started;
    return { ...this.common, ...(sampler && { sampler }) };
  }

  /** Ends all of it. */
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
    // A worker that does not come up says so to the job that it gets.
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
