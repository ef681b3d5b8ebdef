import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { replaceFile } from '../../../local-folder/replace-file';
import type {
  AutoMLAnalysis,
  AutoMLChannelFiles,
  AutoMLOutcome,
  AutoMLRunner,
  AutoMLSearch,
  CandidateOutcome,
} from '../../../training/automl-runner';
import { LONGEST_REASON } from '../../../training/failure-reason';
import { logEvents } from '../../../training/log-events';
import { writeModelArchive } from '../../../training/model-archive';
import type { TrainingDefinition } from '../api-types';
import type { EngineContext } from '../engine-context';
import { during } from '../jobs/failed-step';
import { jobEnd } from '../jobs/job-end';
import { startTimeLimit } from '../jobs/time-limit';
import { automlFolderOf, removeWorkFolder } from '../jobs/work-folder';
import { newCandidate, standardMetrics } from './automl-candidates';
import { chosenAlgorithms, isLocalAlgorithm, PARQUET } from './automl-checks';
import type {
  AutoMLCandidate,
  AutoMLJobDescription,
  AutoMLJobRecord,
  CreateAutoMLJobRequest,
  TabularJobConfig,
} from './automl-types';

/** Default of MaxCandidates (Autopilot: 10 trials in ensembling mode, 100 in HPO mode). */
export const DEFAULT_MAX_CANDIDATES = 20;

/** Default time limit of a candidate, in seconds. */
export const DEFAULT_MAX_SECONDS_PER_CANDIDATE = 600;

/** What an AutoML job needs to run: a part of the engine context, and the runner. */
export type AutoMLContext = Pick<
  EngineContext,
  'root' | 'environment' | 'jobs' | 'data' | 'now' | 'deploymentId' | 'isEnding'
> & {
  readonly runner: AutoMLRunner;
};

/** Why a search ends before its last candidate. */
export type AutoMLStopReason = 'Stopped' | 'MaxAutoMLJobRuntimeReached';

/** A job's input in the form of a training definition: AutoML jobs read S3 in the same way as training jobs. */
export function automlInput(request: CreateAutoMLJobRequest, table: TabularJobConfig): TrainingDefinition {
  const { FeatureSpecificationS3Uri: specification } = table;
  const channels = request.AutoMLJobInputDataConfig.map((channel) => ({
    ...channel,
    ChannelName: channel.ChannelType ?? 'training',
  }));
  const features = {
    ChannelName: FEATURES,
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: specification ?? '' } },
  };
  return {
    AlgorithmSpecification: { TrainingInputMode: 'File' },
    RoleArn: request.RoleArn,
    InputDataConfig: specification === undefined ? channels : [...channels, features],
    OutputDataConfig: { S3OutputPath: request.OutputDataConfig.S3OutputPath },
  };
}

const FEATURES = 'feature-specification';

/** Runs an AutoML job from start to end. */
export class AutoMLRun {
  /** Resolves to the job's last record. Never rejects: failures are in the record. */
  public readonly finished: Promise<AutoMLJobRecord>;
  private readonly controller = new AbortController();
  private readonly name: string;
  private readonly table: TabularJobConfig;
  private readonly results = new Map<string, Extract<CandidateOutcome, { status: 'Completed' }>['result']>();
  private readonly candidateNames = new Map<number, string>();
  private analysis: AutoMLAnalysis | undefined;
  private stopReason: AutoMLStopReason | undefined;
  private stoppedByClosing: boolean | undefined;
  private isOver = false;
  private endTimeLimit: () => void = () => undefined;
  private log: (line: string) => void = () => undefined;

  constructor(
    private readonly context: AutoMLContext,
    private readonly request: CreateAutoMLJobRequest,
    table: TabularJobConfig,
  ) {
    this.name = request.AutoMLJobName;
    this.table = table;
    this.finished = this.run();
  }

  /** Ends the job with the results so far. Does nothing if the job has ended. */
  public stop(reason: AutoMLStopReason): void {
    if (this.stopReason !== undefined || this.isOver) {
      return;
    }
    this.stopReason = reason;
    this.stoppedByClosing = reason === 'Stopped' && this.context.isEnding();
    if (reason === 'Stopped') {
      if (this.stoppedByClosing) this.update((record) => ({ ...record, isInterrupted: true }));
      this.describe({ AutoMLJobStatus: 'Stopping', AutoMLJobSecondaryStatus: 'Stopping' });
    }
    this.controller.abort();
  }

  private async run(): Promise<AutoMLJobRecord> {
    // Waits until the caller has stored the job's record and registered this run.
    await Promise.resolve();
    const logs = path.join(this.context.root, 'logs');
    const folder = automlFolderOf(this.context.root, this.name);
    let file: number | undefined;
    let outcome: AutoMLOutcome;
    try {
      fs.mkdirSync(logs, { recursive: true });
      const log = fs.openSync(joinInside(logs, `${this.name}.log`), 'a');
      file = log;
      this.log = (text) => fs.writeSync(log, `${logEvents(text).join('\n')}\n`);
      fs.mkdirSync(folder, { recursive: true });
      outcome = await this.search(folder);
    } catch (error) {
      outcome = { status: 'Failed', failureReason: (error as Error).message };
    }
    this.endTimeLimit();
    await removeWorkFolder(folder, this.log);
    try {
      return this.end(outcome);
    } finally {
      if (file !== undefined) fs.closeSync(file);
    }
  }

  private async search(workFolder: string): Promise<AutoMLOutcome> {
    this.log(
      'Local equivalent of SageMaker Autopilot: local mode searches preprocessing steps, scikit-learn models and ' +
        'XGBoost. On AWS, candidates are different models with different metrics.',
    );
    this.describe({ AutoMLJobSecondaryStatus: 'AnalyzingData' });
    const search = during('Data download', () => this.searchOf());
    // Checks now whether the role can write to the output location, so that the job does not fail at the end.
    during('Artifact upload', () => this.outputFile('leaderboard.json'));
    const criteria = this.table.CompletionCriteria ?? {};
    return this.context.runner.run({
      search,
      maxCandidates: criteria.MaxCandidates ?? DEFAULT_MAX_CANDIDATES,
      maxSecondsPerCandidate: criteria.MaxRuntimePerTrainingJobInSeconds ?? DEFAULT_MAX_SECONDS_PER_CANDIDATE,
      workFolder,
      threads: os.availableParallelism(),
      signal: this.controller.signal,
      onStart: () => {
        const seconds = criteria.MaxAutoMLJobRuntimeInSeconds;
        if (seconds !== undefined) {
          this.endTimeLimit = startTimeLimit(seconds, () => this.stop('MaxAutoMLJobRuntimeReached'));
        }
      },
      onAnalysis: (analysis) => this.resolve(analysis),
      onCandidateStart: (number) => this.addCandidate(number),
      onCandidateEnd: (number, outcome) => this.endCandidate(number, outcome),
      onLog: (line) => this.log(line),
    });
  }

  private searchOf(): AutoMLSearch {
    const { AutoMLJobInputDataConfig: channels, DataSplitConfig: split } = this.request;
    const resolved = this.context.data.resolveChannels(automlInput(this.request, this.table));
    const filesOf = (name: string): AutoMLChannelFiles | undefined => {
      const at = channels.findIndex(({ ChannelType: type = 'training' }) => type === name);
      const files = resolved[at]?.files.map((file) => file.path);
      const { CompressionType: compression, ContentType: content } = channels[at] ?? {};
      return files && { files, gzip: compression === 'Gzip', parquet: content === PARQUET };
    };
    const training = filesOf('training');
    if (training === undefined) throw new Error('there is no training channel');
    const validation = filesOf('validation');
    const chosen = chosenAlgorithms(this.table);
    const others = chosen?.filter((name) => !isLocalAlgorithm(name)) ?? [];
    if (others.length > 0)
      this.log(`Skipped, because local mode does not support them: ${others.join(', ')}.`);
    const specification = resolved.find(({ name }) => name === FEATURES)?.files[0]?.path;
    return {
      target: this.table.TargetAttributeName,
      training,
      ...(validation !== undefined && { validation }),
      ...(split?.ValidationFraction !== undefined && { validationFraction: split.ValidationFraction }),
      ...(this.table.ProblemType !== undefined && { problemType: this.table.ProblemType }),
      ...(this.request.AutoMLJobObjective && { objective: this.request.AutoMLJobObjective.MetricName }),
      ...(this.table.SampleWeightAttributeName !== undefined && {
        sampleWeight: this.table.SampleWeightAttributeName,
      }),
      ...(specification !== undefined && { featureSpecification: specification }),
      ...(chosen && { algorithms: chosen.filter(isLocalAlgorithm) }),
    };
  }

  private resolve(analysis: AutoMLAnalysis): void {
    this.analysis = analysis;
    for (const note of analysis.notes) this.log(note);
    const features = Object.entries(analysis.features).map(([name, type]) => `${name} (${type})`);
    this.log(`${analysis.rows} rows. Features: ${features.join(', ')}.`);
    this.log(`${analysis.problemType}, validated by ${analysis.validation}.`);
    this.log(`Baseline (mean or most frequent class): ${renderMetrics(analysis.baseline)}`);
    const { Mode: mode } = this.table;
    this.describe({
      ...(this.stopReason === undefined && {
        AutoMLJobSecondaryStatus: mode === 'HYPERPARAMETER_TUNING' ? 'ModelTuning' : 'TrainingModels',
      }),
      ResolvedAttributes: {
        AutoMLJobObjective: { MetricName: analysis.objective },
        CompletionCriteria: {
          MaxCandidates: DEFAULT_MAX_CANDIDATES,
          MaxRuntimePerTrainingJobInSeconds: DEFAULT_MAX_SECONDS_PER_CANDIDATE,
          ...this.table.CompletionCriteria,
        },
        AutoMLProblemTypeResolvedAttributes: {
          TabularResolvedAttributes: { ProblemType: analysis.problemType },
        },
      },
    });
  }

  private addCandidate(number: number): void {
    const name = `${this.name}-${String(number).padStart(3, '0')}-${randomBytes(4).toString('hex')}`;
    this.candidateNames.set(number, name);
    const candidate = newCandidate(this.context.environment, name, this.context.now());
    this.update((record) => ({ ...record, candidates: [...record.candidates, candidate] }));
  }

  private async endCandidate(number: number, outcome: CandidateOutcome): Promise<void> {
    const name = this.candidateNames.get(number) ?? '';
    const change = await this.keep(name, outcome).catch((error: Error) => failed(error.message));
    const now = this.context.now();
    this.update((record) => {
      const candidates = record.candidates.map((candidate) =>
        candidate.CandidateName === name
          ? { ...candidate, ...change, LastModifiedTime: now, EndTime: now }
          : candidate,
      );
      const best = this.bestOf(candidates);
      return {
        ...record,
        candidates,
        description: { ...record.description, LastModifiedTime: now, ...(best && { BestCandidate: best }) },
      };
    });
    const result = this.results.get(name);
    this.log(
      result === undefined
        ? `${name}: ${change.CandidateStatus} (${change.FailureReason})`
        : `${name}: ${result.algorithm} ${renderMetrics(result.metrics)} (${result.seconds.toFixed(1)} s)`,
    );
  }

  /** Stores a candidate's model. @returns the changed members of the candidate */
  private async keep(name: string, outcome: CandidateOutcome): Promise<Partial<AutoMLCandidate>> {
    const { analysis } = this;
    if (outcome.status !== 'Completed' || analysis === undefined) {
      return outcome.status === 'Stopped'
        ? { ...failed(outcome.reason), CandidateStatus: 'Stopped' }
        : failed(outcome.status === 'Failed' ? outcome.reason : 'the data was not analyzed');
    }
    const { result, modelFolder } = outcome;
    const key = `candidates/${name}/output/model.tar.gz`;
    const file = during('Artifact upload', () => this.outputFile(key));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await writeModelArchive(modelFolder, file, `${modelFolder}.tar.gz`);
    this.results.set(name, result);
    const { objective } = analysis;
    return {
      CandidateStatus: 'Completed',
      ObjectiveStatus: 'Succeeded',
      FinalAutoMLJobObjectiveMetric: {
        Type: analysis.direction,
        MetricName: objective,
        Value: result.objective,
        StandardMetricName: objective,
      },
      // There is no Autopilot image: the model is a scikit-learn pipeline, and its archive explains how to
      // load it.
      InferenceContainers: [
        {
          Image: `local-mode/automl:${analysis.sklearnVersion}`,
          ModelDataUrl: `${this.outputUri()}/${key}`,
          Environment: {
            LOCAL_MODE_ALGORITHM: result.algorithm,
            LOCAL_MODE_PREPROCESSING: JSON.stringify(result.preprocessing),
            LOCAL_MODE_HYPERPARAMETERS: JSON.stringify(result.hyperparameters),
          },
        },
      ],
      CandidateProperties: { CandidateMetrics: standardMetrics(result.metrics) },
    };
  }

  private bestOf(candidates: readonly AutoMLCandidate[]): AutoMLCandidate | undefined {
    return this.ranked(candidates)[0];
  }

  /** Completed candidates, best first; in case of a tie, the oldest first. */
  private ranked(candidates: readonly AutoMLCandidate[]): AutoMLCandidate[] {
    const sign = this.analysis?.direction === 'Minimize' ? 1 : -1;
    return candidates
      .filter(({ CandidateStatus: status }) => status === 'Completed')
      .map((candidate) => ({
        candidate,
        value: candidate.FinalAutoMLJobObjectiveMetric?.Value ?? Number.NaN,
      }))
      .sort((left, right) => sign * (left.value - right.value))
      .map(({ candidate }) => candidate);
  }

  private end(outcome: AutoMLOutcome): AutoMLJobRecord {
    const { candidates } = this.record();
    const { AutoMLJobStatus: status } = this.lastStatus(outcome, candidates);
    if (jobEnd(status, this.stoppedByClosing, this.context.isEnding()).isInterrupted) this.stop('Stopped');
    const ended = this.lastStatus(outcome, candidates);
    this.isOver = true;
    try {
      if (this.bestOf(candidates)) this.writeLeaderboard(candidates);
    } catch (error) {
      this.log(`Cannot write the leaderboard: ${(error as Error).message}`);
    }
    const reason = ended.FailureReason?.slice(0, LONGEST_REASON);
    this.log(`${ended.AutoMLJobStatus} (${ended.AutoMLJobSecondaryStatus})${reason ? `: ${reason}` : ''}`);
    return this.describe({
      ...ended,
      ...(reason !== undefined && { FailureReason: reason }),
      EndTime: this.context.now(),
    });
  }

  private lastStatus(outcome: AutoMLOutcome, candidates: readonly AutoMLCandidate[]): EndOfJob {
    if (this.stopReason === 'Stopped') {
      return { AutoMLJobStatus: 'Stopped', AutoMLJobSecondaryStatus: 'Stopped' };
    }
    const hasBest = this.bestOf(candidates) !== undefined;
    if (outcome.status === 'Failed') return failedJob(outcome.failureReason);
    if (this.stopReason === 'MaxAutoMLJobRuntimeReached') {
      return hasBest
        ? { AutoMLJobStatus: 'Completed', AutoMLJobSecondaryStatus: 'MaxAutoMLJobRuntimeReached' }
        : failedJob('MaxAutoMLJobRuntimeInSeconds was reached before a candidate was trained: increase it.');
    }
    if (!hasBest) {
      const reason = candidates.find(({ FailureReason }) => FailureReason)?.FailureReason;
      return failedJob(`None of ${candidates.length} candidates succeeded. Failure of the first: ${reason}`);
    }
    const isLimited = this.table.CompletionCriteria?.MaxCandidates !== undefined;
    return {
      AutoMLJobStatus: 'Completed',
      AutoMLJobSecondaryStatus: isLimited ? 'MaxCandidatesReached' : 'Completed',
    };
  }

  /** Writes all candidates with a model, best first, as JSON and as CSV. */
  private writeLeaderboard(candidates: readonly AutoMLCandidate[]): void {
    const rows = this.ranked(candidates).map((candidate, at) => ({
      rank: at + 1,
      candidate: candidate.CandidateName,
      ...this.results.get(candidate.CandidateName),
      model: candidate.InferenceContainers?.[0]?.ModelDataUrl,
    }));
    const board = {
      note: 'Local equivalent of SageMaker Autopilot: models and metrics are those of local mode',
      job: this.name,
      problemType: this.analysis?.problemType,
      objective: this.analysis?.objective,
      validation: this.analysis?.validation,
      baseline: this.analysis?.baseline,
      candidates: rows,
    };
    replaceFile(this.outputFile('leaderboard.json'), `${JSON.stringify(board, undefined, 2)}\n`);
    const names = Object.keys(rows[0]?.metrics ?? {});
    const lines = [
      ['rank', 'candidate', 'algorithm', ...names, 'seconds', 'model'],
      ...rows.map(({ rank, candidate, algorithm, metrics, seconds, model }) => [
        ...[rank, candidate, algorithm],
        ...names.map((name) => metrics?.[name] ?? ''),
        ...[seconds?.toFixed(2), model],
      ]),
    ];
    replaceFile(this.outputFile('leaderboard.csv'), lines.map((line) => `${line.join(',')}\n`).join(''));
  }

  private outputUri(): string {
    return `${this.request.OutputDataConfig.S3OutputPath.replace(/\/+$/, '')}/${this.name}`;
  }

  private outputFile(name: string): string {
    const { RoleArn: role, OutputDataConfig: output } = this.request;
    return this.context.data.outputFile(`${this.outputUri()}/${name}`, role, output.KmsKeyId);
  }

  private describe(change: Partial<AutoMLJobDescription>): AutoMLJobRecord {
    return this.update((record) => ({
      ...record,
      description: { ...record.description, ...change, LastModifiedTime: this.context.now() },
    }));
  }

  private update(change: (record: AutoMLJobRecord) => AutoMLJobRecord): AutoMLJobRecord {
    return this.context.jobs.automl.update(this.name, change);
  }

  private record(): AutoMLJobRecord {
    return this.update((record) => record);
  }
}

type EndOfJob = Pick<AutoMLJobDescription, 'AutoMLJobStatus' | 'AutoMLJobSecondaryStatus' | 'FailureReason'>;

function failedJob(reason: string): EndOfJob {
  return { AutoMLJobStatus: 'Failed', AutoMLJobSecondaryStatus: 'Failed', FailureReason: reason };
}

function failed(reason: string): Partial<AutoMLCandidate> {
  return {
    CandidateStatus: 'Failed',
    ObjectiveStatus: 'Failed',
    FailureReason: reason.slice(0, LONGEST_REASON),
  };
}

function renderMetrics(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name}=${Number(value.toPrecision(6))}`)
    .join(' ');
}
