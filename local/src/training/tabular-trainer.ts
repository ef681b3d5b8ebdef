import type { ServedModel } from './model-server';
import { transformOnPool } from './pool-serving';
import { trainOnPool } from './pool-training';
import type { FoundPython } from './python-lookup';
import { requirementsFiles, type WantedPackages } from './python-requirements';
import { PythonWorkerPool } from './python-worker-pool';
import type { TrainedAlgorithm, Trainer, TrainingTask } from './trainer';

/** Options of `createTabularTrainer`. */
export interface TabularTrainerOptions {
  /** Finds or creates an environment with a library (`PythonEnvironments.forPackages`). */
  readonly pythonFor: (wanted: WantedPackages) => Promise<Pick<FoundPython, 'python'>>;
  /** Maximum number of parallel jobs per library, each in a separate process. Further jobs wait. */
  readonly maxWorkers: number;
}

/** The algorithm and problem type of a tabular JumpStart model. */
export interface TabularModel {
  readonly library: 'lightgbm' | 'catboost';
  readonly task: 'classification' | 'regression';
}

/** File name of JumpStart's scripts. Scripts with other names are the user's. */
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
 * Creates the trainer of SageMaker's LightGBM and CatBoost. On AWS, these are JumpStart models: a framework
 * image with a script that is not public. In local mode, the libraries train in warm Python processes, with the
 * data layout, hyperparameters, defaults and log described in the developer guide.
 */
export function createTabularTrainer(options: TabularTrainerOptions): Trainer {
  const pools = new Map<string, PythonWorkerPool>();
  let isClosed = false;

  async function poolFor(library: TabularModel['library']): Promise<PythonWorkerPool> {
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
    resumes: () => false,
    async prepare(algorithm, parallelJobs) {
      const model = tabularModelOf(algorithm);
      if (model !== undefined) await (await poolFor(model.library)).warm(parallelJobs);
    },
    train: (task) =>
      trainOnPool(task, async () => {
        const model = tabularModelOf(task);
        if (model === undefined) throw new Error('neither LightGBM nor CatBoost');
        return { pool: await poolFor(model.library), job: jobOf(task, model) };
      }),
    serving: {
      images: "models of SageMaker's LightGBM and CatBoost (JumpStart's inference script)",
      accepts: (model) => servedLibraryOf(model) !== undefined,
      transform: (task) =>
        transformOnPool(task, async () => {
          const library = servedLibraryOf(task);
          if (library === undefined) throw new Error('neither LightGBM nor CatBoost');
          return poolFor(library);
        }),
    },
    async close() {
      isClosed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/**
 * The model of a LightGBM or CatBoost job; undefined for any other job. Derived from JumpStart's locations of
 * the script (`source-directory-tarballs/lightgbm/transfer_learning/regression/…/sourcedir.tar.gz`) and its
 * artifact (`lightgbm-training/train-lightgbm-regression-model.tar.gz`).
 */
export function tabularModelOf(algorithm: TrainedAlgorithm): TabularModel | undefined {
  for (const location of locationsOf(algorithm)) {
    const library = /(?<![a-z])(?:lightgbm|catboost)(?![a-z])/.exec(location)?.[0];
    const task = /(?<![a-z])(?:classification|regression)(?![a-z])/.exec(location)?.[0];
    if (library && task) return { library, task } as TabularModel;
  }
  return undefined;
}

/**
 * The library of a LightGBM or CatBoost model; undefined for any other model. The location of JumpStart's inference
 * script names the library (`source-directory-tarballs/lightgbm/inference/regression/…/sourcedir.tar.gz`).
 */
export function servedLibraryOf({ environment }: ServedModel): TabularModel['library'] | undefined {
  const location = environment.SAGEMAKER_SUBMIT_DIRECTORY ?? '';
  const library = /^s3:.*\/(lightgbm|catboost)\/inference\/(?:classification|regression)\//.exec(
    location,
  )?.[1];
  return library as TabularModel['library'] | undefined;
}

/** Locations of the script and its artifact; empty if the script is not JumpStart's. */
function locationsOf({ hyperparameters, channels = [] }: TrainedAlgorithm): string[] {
  const program = plain(hyperparameters.sagemaker_program);
  if (program !== PROGRAM && !program.endsWith(`/${PROGRAM}`)) return [];
  const uris = channels.flatMap(({ name, s3Uri }) =>
    name === 'code' || name === 'model' ? (s3Uri ?? []) : [],
  );
  return [plain(hyperparameters.sagemaker_submit_directory), ...uris].map((text) => text.toLowerCase());
}

/** A hyperparameter as a plain string. The SageMaker Python SDK sends it as JSON. */
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
      `local mode cannot train ${name}: its script is in one of AWS's buckets, and it needs ` +
      `${name === 'TabTransformer' ? 'PyTorch' : 'AutoGluon'} in the image's version. Of the tabular JumpStart ` +
      'models, local mode trains LightGBM and CatBoost. It trains XGBoost as Algorithm.xgboost()'
    );
  }
  if (!/jumpstart-(?:cache|private)/.test(locations)) return undefined;
  return (
    "local mode cannot run this JumpStart model: its script is in one of AWS's buckets. Of the JumpStart models, " +
    'local mode supports only LightGBM and CatBoost'
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
