import { trainOnPool } from './pool-training';
import type { FoundPython } from './python-lookup';
import { requirementsFiles, type WantedPackages } from './python-requirements';
import { PythonWorkerPool } from './python-worker-pool';
import type { TrainedAlgorithm, Trainer, TrainingTask } from './trainer';

/** What `createTabularTrainer` needs. */
export interface TabularTrainerOptions {
  /** Finds or makes an environment with a library (`PythonEnvironments.forPackages`). */
  readonly pythonFor: (wanted: WantedPackages) => Promise<Pick<FoundPython, 'python'>>;
  /** How many jobs of a library run at once, each in a process of its own; further ones wait. */
  readonly maxWorkers: number;
}

/** What a tabular model of JumpStart trains. */
export interface TabularModel {
  readonly library: 'lightgbm' | 'catboost';
  readonly task: 'classification' | 'regression';
}

/** The name that JumpStart's scripts have. Other scripts are the user's own. */
const PROGRAM = 'transfer_learning.py';

const PACKAGES: Readonly<Record<TabularModel['library'], WantedPackages>> = {
  lightgbm: {
    name: 'lightgbm-4.6.0',
    title: 'LightGBM 4.6.0',
    requirements: requirementsFiles('lightgbm-4.6.0'),
    packages: { lightgbm: '4.6.0', numpy: undefined, scipy: undefined, pandas: undefined },
  },
  catboost: {
    name: 'catboost-1.2.10',
    title: 'CatBoost 1.2.10',
    requirements: requirementsFiles('catboost-1.2.10'),
    packages: { catboost: '1.2.10', numpy: undefined, pandas: undefined },
  },
};

/**
 * Makes the trainer of SageMaker's LightGBM and CatBoost. On AWS they are JumpStart models: a framework image with
 * a script that is not public. Here the libraries themselves train, in warm Python processes, with the data
 * layout, the hyperparameters, the defaults and the log that the developer guide describes.
 */
export function createTabularTrainer(options: TabularTrainerOptions): Trainer {
  const pools = new Map<string, PythonWorkerPool>();
  let isClosed = false;

  async function poolFor({ library }: TabularModel): Promise<PythonWorkerPool> {
    const { python } = await options.pythonFor(PACKAGES[library]);
    if (isClosed) throw new Error('the trainer is closed');
    const pool =
      pools.get(library) ?? new PythonWorkerPool(python, options.maxWorkers, `${library}_worker.py`);
    pools.set(library, pool);
    return pool;
  }

  return {
    images: "SageMaker's LightGBM and CatBoost (JumpStart models)",
    accepts: (algorithm) => tabularModelOf(algorithm) !== undefined,
    refusal: refusalOf,
    metricDefinitions: () => [],
    async prepare(algorithm, parallelJobs) {
      const model = tabularModelOf(algorithm);
      if (model !== undefined) await (await poolFor(model)).warm(parallelJobs);
    },
    train: (task) =>
      trainOnPool(task, async () => {
        const model = tabularModelOf(task);
        if (model === undefined) throw new Error('neither LightGBM nor CatBoost');
        return { pool: await poolFor(model), job: jobOf(task, model) };
      }),
    async close() {
      isClosed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/**
 * The model that a job of LightGBM or CatBoost trains; undefined for anything else. JumpStart's locations tell:
 * `source-directory-tarballs/lightgbm/transfer_learning/regression/…/sourcedir.tar.gz` for the script,
 * `lightgbm-training/train-lightgbm-regression-model.tar.gz` for its artifact.
 */
export function tabularModelOf(algorithm: TrainedAlgorithm): TabularModel | undefined {
  for (const location of locationsOf(algorithm)) {
    const library = /(?<![a-z])(?:lightgbm|catboost)(?![a-z])/.exec(location)?.[0];
    const task = /(?<![a-z])(?:classification|regression)(?![a-z])/.exec(location)?.[0];
    if (library && task) return { library, task } as TabularModel;
  }
  return undefined;
}

/** Where the script and its artifact come from; nothing when the script is not JumpStart's. */
function locationsOf({ hyperparameters, channels = [] }: TrainedAlgorithm): string[] {
  const program = plain(hyperparameters.sagemaker_program);
  if (program !== PROGRAM && !program.endsWith(`/${PROGRAM}`)) return [];
  const uris = channels.flatMap(({ name, s3Uri }) =>
    name === 'code' || name === 'model' ? (s3Uri ?? []) : [],
  );
  return [plain(hyperparameters.sagemaker_submit_directory), ...uris].map((text) => text.toLowerCase());
}

/** A hyperparameter's text; SageMaker's Python SDK sends it as JSON. */
function plain(text = ''): string {
  return text.replace(/^"(.*)"$/, '$1');
}

function refusalOf(algorithm: TrainedAlgorithm): string | undefined {
  const locations = locationsOf(algorithm).join(' ');
  if (tabularModelOf(algorithm) !== undefined || locations === '') return undefined;
  const name = /tabtransformer/.test(locations)
    ? 'TabTransformer'
    : /autogluon/.test(locations)
      ? 'AutoGluon-Tabular'
      : undefined;
  if (name !== undefined) {
    return (
      `local mode cannot train ${name}: its script is in a bucket of AWS's, and it needs ` +
      `${name === 'TabTransformer' ? 'PyTorch' : 'AutoGluon'} as the image has it. Of the tabular JumpStart ` +
      'models local mode trains LightGBM and CatBoost; XGBoost it trains as Algorithm.xgboost()'
    );
  }
  if (!/jumpstart-(?:cache|private)/.test(locations)) return undefined;
  return (
    "local mode cannot run this JumpStart model: its script is in a bucket of AWS's. Of the JumpStart models " +
    'local mode trains LightGBM and CatBoost, by the libraries themselves'
  );
}

function jobOf(
  { hyperparameters, workFolder, threads, channels, instances }: TrainingTask,
  model: TabularModel,
) {
  return {
    task: model.task,
    hyperparameters,
    workFolder,
    threads,
    hosts: instances.length,
    channels: channels.map(({ name, contentType, files }) => ({
      name,
      files,
      ...(contentType !== undefined && { contentType }),
    })),
  };
}
