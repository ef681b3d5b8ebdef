import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { internalErrorReason } from './failure-reason';
import type { PythonEnvironments } from './python-environment';
import { describeEnd, MOST_PROCESSES, PythonProcess } from './python-process';
import { requirementsFiles, type WantedPackages } from './python-requirements';

/** The files of a channel of an AutoML job. */
export interface AutoMLChannelFiles {
  readonly files: readonly string[];
  readonly gzip: boolean;
  readonly parquet: boolean;
}

/** The prediction problem. Its members are sent to `local/python/automl_worker.py`. */
export interface AutoMLSearch {
  /** Name of the column to predict. */
  readonly target: string;
  readonly training: AutoMLChannelFiles;
  readonly validation?: AutoMLChannelFiles;
  /** Fraction of the training rows to hold out. @default - cross-validation for up to 5,000 rows, otherwise 0.2 */
  readonly validationFraction?: number;
  /** @default inferred from the target */
  readonly problemType?: string;
  /** @default MSE, F1 or Accuracy, depending on the problem type */
  readonly objective?: string;
  /** Name of the column with the weights of rows. */
  readonly sampleWeight?: string;
  /** File with FeatureAttributeNames and FeatureDataTypes. */
  readonly featureSpecification?: string;
  /** Model families to try, out of `AUTOML_FAMILIES`. @default all */
  readonly algorithms?: readonly string[];
}

/** An AutoML job, as its runner receives it. */
export interface AutoMLTask {
  readonly search: AutoMLSearch;
  readonly maxCandidates: number;
  readonly maxSecondsPerCandidate: number;
  /** Working folder of the job. */
  readonly workFolder: string;
  /** Total number of threads for all candidates trained in parallel. */
  readonly threads: number;
  /** Aborting this signal ends the search. Finished candidates are kept. */
  readonly signal: AbortSignal;
  /** Called once, when the search starts, after any packages have been installed. */
  readonly onStart: () => void;
  readonly onAnalysis: (analysis: AutoMLAnalysis) => void;
  readonly onCandidateStart: (number: number) => void;
  /** Stores the results of a candidate. The candidate's folder is deleted afterwards. */
  readonly onCandidateEnd: (number: number, outcome: CandidateOutcome) => Promise<void>;
  readonly onLog: (line: string) => void;
}

/** Results of analyzing the data, before the first candidate. */
export interface AutoMLAnalysis {
  readonly problemType: string;
  readonly objective: string;
  readonly direction: 'Minimize' | 'Maximize';
  readonly rows: number;
  /** Feature types by column. */
  readonly features: Readonly<Record<string, string>>;
  /** Notes for the user about the data. */
  readonly notes: readonly string[];
  /** Describes how candidates are validated. */
  readonly validation: string;
  /** Metrics of a model that always predicts the mean or the most frequent class. */
  readonly baseline: Readonly<Record<string, number>>;
  readonly sklearnVersion: string;
}

/** A trained candidate. */
export interface CandidateResult {
  readonly algorithm: string;
  readonly preprocessing: Readonly<Record<string, unknown>>;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** Validation metrics by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Value of the objective metric. */
  readonly objective: number;
  readonly seconds: number;
}

/** How a candidate ended. */
export type CandidateOutcome =
  | { readonly status: 'Completed'; readonly result: CandidateResult; readonly modelFolder: string }
  | { readonly status: 'Stopped'; readonly reason: string }
  | { readonly status: 'Failed'; readonly reason: string };

/** How a search ended. A search that was stopped counts as completed, with its results so far. */
export type AutoMLOutcome =
  | { readonly status: 'Completed' }
  | { readonly status: 'Failed'; readonly failureReason: string };

/** Runs local mode's equivalent of an Autopilot search. */
export interface AutoMLRunner {
  /** Installs the packages for searches. */
  prepare(): Promise<void>;
  /** Runs a search to completion. The promise rejects only if no suitable Python interpreter is available. */
  run(task: AutoMLTask): Promise<AutoMLOutcome>;
}

/** Dependencies of the runner. */
export interface AutoMLRunnerOptions {
  readonly environments: Pick<PythonEnvironments, 'forPackages'>;
  /** Maximum number of candidates trained in parallel. */
  readonly maxWorkers: number;
}

/**
 * Model families that a request can select, by their names in AutoMLAlgorithms. Without a selection, the
 * search uses one more family.
 */
export const AUTOML_FAMILIES = ['xgboost', 'linear-learner', 'extra-trees', 'randomforest'] as const;

/** Creates the runner of AutoML jobs. Each job has a few Python processes, which end with the job. */
export function createAutoMLRunner({ environments, maxWorkers }: AutoMLRunnerOptions): AutoMLRunner {
  return {
    prepare: async () => void (await environments.forPackages(automlPackages(false))),
    async run(task) {
      const { python } = await environments.forPackages(automlPackages(task.search.training.parquet));
      if (task.signal.aborted) return { status: 'Completed' };
      task.onStart();
      return new SearchRun(python, task, Math.min(maxWorkers, task.threads, task.maxCandidates)).run();
    },
  };
}

export function automlPackages(parquet: boolean): WantedPackages {
  return {
    name: parquet ? 'automl-parquet' : 'automl',
    title: 'scikit-learn and XGBoost for AutoML jobs',
    requirements: requirementsFiles('automl', ...(parquet ? ['parquet'] : [])),
    packages: {
      // These versions are pinned, because other versions may select a different best candidate from the same data.
      pandas: '2.3.3',
      'scikit-learn': '1.9.1|1.7.2|1.6.1',
      'xgboost|xgboost-cpu': '3.2.0|2.1.4',
      joblib: undefined,
      ...(parquet && { pyarrow: undefined }),
    },
    python: { min: '3.9' },
  };
}

/** A search that uses several processes. */
class SearchRun {
  private readonly workers = new Set<SearchWorker>();
  private readonly threads: number;
  private started = 0;
  private analysis: AutoMLAnalysis | undefined;
  private failureReason: string | undefined;

  constructor(
    private readonly python: string,
    private readonly task: AutoMLTask,
    private readonly lanes: number,
  ) {
    this.threads = Math.max(1, Math.floor(task.threads / lanes));
  }

  public async run(): Promise<AutoMLOutcome> {
    const stop = () => {
      for (const worker of this.workers) worker.kill();
    };
    this.task.signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.all(Array.from({ length: this.lanes }, () => this.lane()));
    } finally {
      this.task.signal.removeEventListener('abort', stop);
      stop();
    }
    // The search fails only if no worker could read the data.
    return this.failureReason !== undefined && this.analysis === undefined && !this.task.signal.aborted
      ? { status: 'Failed', failureReason: this.failureReason }
      : { status: 'Completed' };
  }

  /** Trains candidates one after the other. */
  private async lane(): Promise<void> {
    let worker = await this.preparedWorker();
    while (worker !== undefined && this.hasNext()) {
      this.started += 1;
      const number = this.started;
      this.task.onCandidateStart(number);
      const folder = join(this.task.workFolder, `candidate-${number}`);
      await mkdir(folder, { recursive: true });
      await this.task.onCandidateEnd(number, await this.train(worker, number, folder));
      await rm(folder, { recursive: true, force: true });
      if (!worker.isRunning && this.hasNext()) {
        worker = await this.preparedWorker();
      }
    }
    await worker?.close();
  }

  private hasNext(): boolean {
    return !this.task.signal.aborted && this.started < this.task.maxCandidates;
  }

  /** A worker that has read the data; undefined if the data is invalid or every process dies. */
  private async preparedWorker(): Promise<SearchWorker | undefined> {
    for (let processes = 1; !this.task.signal.aborted; processes += 1) {
      const worker = new SearchWorker(this.python, this.threads, this.task.onLog);
      this.workers.add(worker);
      const answer = await worker.ask({ op: 'prepare', threads: this.threads, ...this.task.search });
      if (answer.prepared !== undefined) {
        this.analyze(answer.prepared as AutoMLAnalysis);
        return worker;
      }
      worker.kill();
      if (answer.ended === undefined || processes === MOST_PROCESSES) {
        this.failureReason ??=
          answer.ended === undefined
            ? String(answer.failed)
            : internalErrorReason(`${answer.ended}, ${processes} times in a row`);
        return undefined;
      }
    }
    return undefined;
  }

  private analyze(analysis: AutoMLAnalysis): void {
    if (this.analysis !== undefined) return;
    this.analysis = analysis;
    this.task.onAnalysis(analysis);
  }

  private async train(worker: SearchWorker, number: number, folder: string): Promise<CandidateOutcome> {
    const { maxSecondsPerCandidate: limit, signal } = this.task;
    let isOverTime = false;
    const timer = setTimeout(
      () => {
        isOverTime = true;
        worker.kill();
      },
      Math.min(limit * 1000, LONGEST_TIMER_MS),
    );
    const answer = await worker.ask({ op: 'candidate', number, folder });
    clearTimeout(timer);
    if (answer.result !== undefined) {
      const result = answer.result as CandidateResult;
      return { status: 'Completed', result, modelFolder: join(folder, 'model') };
    }
    if (signal.aborted) return { status: 'Stopped', reason: 'the job was stopped' };
    if (isOverTime) return { status: 'Stopped', reason: `it took longer than ${limit} s` };
    return { status: 'Failed', reason: String(answer.failed ?? `AlgorithmError: ${answer.ended}`) };
  }
}

/** Maximum delay of Node.js's timers. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A search process. It handles one message at a time. */
class SearchWorker {
  private readonly process: PythonProcess;
  private answer: ((message: Record<string, unknown>) => void) | undefined;

  constructor(
    python: string,
    threads: number,
    private readonly onLog: (line: string) => void,
  ) {
    const env = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
    this.process = new PythonProcess(python, 'automl_worker.py', (message) => this.receive(message), env);
  }

  public get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Sends a message and returns the answer. `ended` is set if the process ends instead. */
  public async ask(message: Record<string, unknown>): Promise<Record<string, unknown>> {
    const answer = new Promise<Record<string, unknown>>((resolve) => {
      this.answer = resolve;
    });
    this.process.send(message);
    const end = this.process.ended.then((how) => ({
      ended: `the process of the search ${describeEnd(how)}`,
    }));
    return Promise.race([answer, end]);
  }

  public kill(): void {
    this.process.kill();
  }

  public async close(): Promise<void> {
    await this.process.close();
  }

  private receive(message: Record<string, unknown>): void {
    if (Array.isArray(message.log)) {
      for (const line of message.log) this.onLog(String(line));
    } else {
      this.answer?.(message);
    }
  }
}
