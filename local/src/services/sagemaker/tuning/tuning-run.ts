import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { internalErrorReason, LONGEST_REASON } from '../../../training/failure-reason';
import type { FinishedTrial, Sampler, Search } from '../../../training/sampler';
import type {
  TrainingDefinition,
  TrainingJobSummary,
  TuningJobDescription,
  TuningTrainingDefinition,
} from '../api-types';
import type { EngineContext } from '../engine-context';
import { jobEnd } from '../jobs/job-end';
import type { TrainingJobRecord, TuningJobRecord } from '../jobs/job-types';
import { startTimeLimit } from '../jobs/time-limit';
import { algorithmOf, type TrainingEngine, type TrainingStart } from '../training/training-engine';
import { resourcesOf } from '../training/training-instances';
import type { TrainingRun } from '../training/training-run';
import { endedTrial } from './ended-trial';
import { searchSpecification } from './search-specification';
import { MAX_TRAINING_JOBS } from './tuning-checks';
import { type TuningEnd, tuningEnd } from './tuning-completion';
import { definitionsOf, isLastStep, type SearchedDefinition } from './tuning-definitions';
import { OBJECTIVE_METRIC, objectiveValue, summarizeTrainingJobs, withTrainingJobs } from './tuning-view';

/** Options of a tuning job's run. */
export interface TuningRunOptions {
  readonly sampler: Sampler;
  readonly training: TrainingEngine;
  readonly previousTrials: readonly FinishedTrial[];
  /** Training jobs of earlier, interrupted runs of the job, ordered by creation. */
  readonly earlier: readonly TrainingJobRecord[];
  /** Time for which the job was interrupted. */
  readonly pausedSeconds: number;
}

/** The next trial that the search proposes. */
type Proposal = NonNullable<Awaited<ReturnType<Search['ask']>>>;

/** The search of one of the job's definitions. */
interface DefinitionSearch {
  readonly searched: SearchedDefinition;
  readonly search: Search;
  /** Interrupted training jobs, indexed by trial number. The search proposes these first. */
  readonly interrupted: Map<number, TrainingJobRecord>;
  launched: number;
  isUsedUp: boolean;
}

/** Runs a tuning job from start to end. */
export class TuningRun {
  /** Resolves when the job and all its training jobs have ended. Never rejects. */
  public readonly finished: Promise<void>;
  private readonly name: string;
  private readonly running = new Map<TrainingRun, Promise<void>>();
  /** Names of the training jobs, in the order in which they ended. */
  private readonly ended: string[] = [];
  private launched = 0;
  /** Number of training jobs created, including those of earlier runs. */
  private created: number;
  private isInterrupted = false;
  private end: TuningEnd | undefined;

  constructor(
    private readonly context: EngineContext,
    private readonly job: TuningJobDescription,
    private readonly options: TuningRunOptions,
  ) {
    this.name = job.HyperParameterTuningJobName;
    this.created = options.earlier.length;
    this.finished = this.run();
  }

  /** Stops the job and its training jobs. */
  public stop(): void {
    if (this.end === undefined) {
      this.isInterrupted = this.context.isEnding();
      this.update({ HyperParameterTuningJobStatus: 'Stopping' });
      this.finish({ status: 'Stopped' });
    }
  }

  private async run(): Promise<void> {
    const seconds = this.job.HyperParameterTuningJobConfig.ResourceLimits.MaxRuntimeInSeconds;
    const used = this.context.now() - this.job.CreationTime - this.options.pausedSeconds;
    // A tuning job that reaches its time limit has the status Completed.
    const endTimeLimit =
      seconds === undefined
        ? undefined
        : startTimeLimit(Math.max(0, seconds - used), () => this.finish({ status: 'Completed' }));
    const searches: DefinitionSearch[] = [];
    try {
      for (const [i, searched] of definitionsOf(this.job).entries()) {
        const search = await this.startSearch(searched, this.studyName(searched, i));
        searches.push({ searched, search, interrupted: new Map(), launched: 0, isUsedUp: false });
      }
      await this.takeOver(searches);
      await this.trainAll(searches);
    } catch (error) {
      this.fail(error as Error);
      await Promise.allSettled(this.running.values());
    } finally {
      endTimeLimit?.();
      await Promise.allSettled(searches.map(({ search }) => search.close()));
      await this.writeEnd();
    }
  }

  /** File names are lowercase. The number distinguishes definitions whose names differ only in case. */
  private studyName({ name }: SearchedDefinition, i: number): string {
    const isOne = this.job.TrainingJobDefinition !== undefined;
    return `${this.name}${isOne ? '' : `.${i + 1}-${name}`}.study`.toLowerCase();
  }

  private async startSearch(searched: SearchedDefinition, studyName: string): Promise<Search> {
    const folder = path.join(this.context.root, 'sagemaker', 'studies');
    fs.mkdirSync(folder, { recursive: true });
    const { HyperParameterTuningJobConfig: config } = this.job;
    return this.options.sampler.start(
      searchSpecification(config, searched, joinInside(folder, studyName), this.options.previousTrials),
    );
  }

  /**
   * Takes over the results of earlier runs. Finished training jobs count toward the maximum. Interrupted training jobs
   * run again.
   */
  private async takeOver(searches: readonly DefinitionSearch[]): Promise<void> {
    const { earlier } = this.options;
    const [first] = searches;
    for (const record of earlier) {
      const from = searches.find(({ searched }) => searched.name === record.definitionName) ?? first;
      if (from === undefined || record.trial === undefined) continue;
      if (record.isInterrupted) {
        from.interrupted.set(record.trial, record);
        continue;
      }
      this.launched += 1;
      from.launched += 1;
      await from.search.restore(record.trial, endedTrial(record, this.context.root));
    }
    const endTime = ({ description }: TrainingJobRecord): number => description.TrainingEndTime ?? 0;
    const ended = earlier.filter(({ isInterrupted }) => !isInterrupted);
    this.ended.push(...ended.sort((one, other) => endTime(one) - endTime(other)).map(({ name }) => name));
    if (this.ended.length > 0) this.afterTrainingJob();
  }

  /**
   * Starts training jobs until the maximum number is reached. Several definitions take turns and get equal numbers
   * of training jobs, as long as their searches have proposals. How SageMaker distributes training jobs is not
   * documented.
   */
  private async trainAll(searches: readonly DefinitionSearch[]): Promise<void> {
    const { MaxNumberOfTrainingJobs: maxJobs = MAX_TRAINING_JOBS, MaxParallelTrainingJobs: maxParallel } =
      this.job.HyperParameterTuningJobConfig.ResourceLimits;
    while (this.end === undefined) {
      const next = this.launched < maxJobs ? nextSearch(searches) : undefined;
      if (next !== undefined && this.running.size < maxParallel) {
        const proposal = await next.search.ask();
        next.isUsedUp = proposal === undefined;
        // The job may have ended while the search was computing its proposal.
        if (proposal !== undefined && this.end === undefined) {
          this.launch(next, proposal);
        }
      } else if (this.running.size > 0) {
        await Promise.race(this.running.values());
      } else {
        break;
      }
    }
    await Promise.all(this.running.values());
  }

  private launch(from: DefinitionSearch, { trial, hyperparameters }: Proposal): void {
    this.launched += 1;
    from.launched += 1;
    const { search, interrupted } = from;
    const cutOff = interrupted.get(trial);
    interrupted.delete(trial);
    const { name: definitionName, definition } = from.searched;
    const { HyperParameterTuningJobConfig: config } = this.job;
    const all = { ...definition.StaticHyperParameters, ...hyperparameters };
    const resumes = this.context.trainer.resumes?.(algorithmOf(definition)) ?? true;
    let step = 0;
    let reports = Promise.resolve();
    const start: TrainingStart = {
      tuningJobArn: this.job.HyperParameterTuningJobArn,
      tunedHyperParameters: hyperparameters,
      trial,
      ...(definitionName !== undefined && { definitionName }),
      metricDefinitions: definition.AlgorithmSpecification.MetricDefinitions ?? [],
      threads: Math.max(
        1,
        Math.floor(os.availableParallelism() / config.ResourceLimits.MaxParallelTrainingJobs),
      ),
      onRestart: () => {
        // With checkpoints, the training continues from its last step, unless the algorithm never does.
        if (definition.CheckpointConfig === undefined || !resumes) step = 0;
      },
      onMetric: ({ MetricName: metric, Value: value }) => {
        if (metric === OBJECTIVE_METRIC) {
          const at = step++;
          reports = reports.then(async () => {
            if ((await search.report(trial, at, value)) && !isLastStep(at, all)) {
              run.stop('Stopped');
            }
          });
          // Prevents an unhandled rejection. A failure is handled where `reports` is awaited.
          reports.catch(() => undefined);
        }
      },
    };
    const request = {
      ...trainingMembers(definition),
      HyperParameters: all,
      // The current tags, which may change while the job runs.
      Tags: this.context.jobs.tuning.get(this.name)?.tags ?? [],
    };
    const { training } = this.options;
    const run =
      cutOff === undefined
        ? training.start({ ...request, TrainingJobName: this.nextTrainingJobName() }, start)
        : training.resume(cutOff, start);
    this.running.set(
      run,
      run.finished
        .then(async ({ name, description, isInterrupted }) => {
          // The training job was cut short because local mode is closing. It runs again when the tuning job is resumed.
          if (isInterrupted) return this.stop();
          this.ended.push(name);
          await reports;
          const succeeded = description.TrainingJobStatus !== 'Failed';
          await search.tell(trial, succeeded ? objectiveValue(description) : undefined);
        })
        .catch((error: Error) => this.fail(error))
        .finally(() => {
          this.running.delete(run);
          this.afterTrainingJob();
        }),
    );
    this.writeProgress();
  }

  private afterTrainingJob(): void {
    const end = tuningEnd(this.job.HyperParameterTuningJobConfig, this.endedSummaries(), false);
    this.writeProgress();
    if (end !== undefined) {
      this.finish(end);
    }
  }

  /** Ends the job because of a fault in a component, such as the sampler. */
  private fail(error: Error): void {
    if (jobEnd('Failed', undefined, this.context.isEnding()).isInterrupted) this.stop();
    this.finish({ status: 'Failed', failureReason: internalErrorReason(error.message) });
  }

  private finish(end: TuningEnd): void {
    if (this.end === undefined) {
      this.end = end;
      for (const run of this.running.keys()) {
        run.stop('Stopped');
      }
    }
  }

  private async writeEnd(): Promise<void> {
    const config = this.job.HyperParameterTuningJobConfig;
    const ended = this.endedSummaries();
    const end: TuningEnd = this.end ?? tuningEnd(config, ended, true) ?? { status: 'Completed' };
    this.end = end;
    await this.context.jobs.tuning.finish(this.name, (record) => ({
      ...this.withCounters(record, {
        HyperParameterTuningJobStatus: end.status,
        HyperParameterTuningEndTime: this.context.now(),
        ...(end.failureReason !== undefined && { FailureReason: end.failureReason.slice(0, LONGEST_REASON) }),
      }),
      ...(this.isInterrupted && { isInterrupted: true }),
    }));
  }

  private endedSummaries(): TrainingJobSummary[] {
    const summaries = new Map(
      summarizeTrainingJobs(this.context.jobs, this.job).map((each) => [each.TrainingJobName, each]),
    );
    return this.ended.flatMap((name) => summaries.get(name) ?? []);
  }

  /**
   * Name of the next training job: `<tuning job>-NNN-xxxxxxxx`. The names do not change when a tuning job is resumed.
   */
  private nextTrainingJobName(): string {
    this.created += 1;
    const sequence = String(this.created).padStart(3, '0');
    const hash = createHash('sha256')
      // The hash includes the creation time, because the name of a deleted tuning job can be used again.
      .update(`${this.job.HyperParameterTuningJobArn}/${this.job.CreationTime}/${sequence}`)
      .digest('hex');
    return `${this.name}-${sequence}-${hash.slice(0, 8)}`;
  }

  /** Writes the record with the current counters and the best job. */
  private update(change: Partial<TuningJobDescription>): void {
    this.context.jobs.tuning.update(this.name, (record) => this.withCounters(record, change));
  }

  private writeProgress(): void {
    this.context.jobs.tuning.updateProgress(this.name, (record) => this.withCounters(record, {}));
  }

  private withCounters(record: TuningJobRecord, change: Partial<TuningJobDescription>): TuningJobRecord {
    const description = { ...record.description, ...change, LastModifiedTime: this.context.now() };
    return { ...record, description: withTrainingJobs(this.context.jobs, { ...record, description }) };
  }
}

/**
 * Selects the definition for the next training job. A definition with interrupted training jobs comes first.
 * Otherwise, the definition with the fewest training jobs comes first. Definitions whose search has no more
 * proposals are left out.
 */
function nextSearch(searches: readonly DefinitionSearch[]): DefinitionSearch | undefined {
  const cutOff = searches.find(({ interrupted }) => interrupted.size > 0);
  if (cutOff !== undefined) return cutOff;
  const left = searches.filter(({ isUsedUp }) => !isUsedUp);
  const fewest = Math.min(...left.map(({ launched }) => launched));
  return left.find(({ launched }) => launched === fewest);
}

/** The members of a definition that apply to its training jobs, without those specific to tuning jobs. */
function trainingMembers(definition: TuningTrainingDefinition): TrainingDefinition {
  const {
    StaticHyperParameters: _static,
    DefinitionName: _name,
    TuningObjective: _objective,
    HyperParameterRanges: _ranges,
    HyperParameterTuningResourceConfig: _resources,
    ...members
  } = definition;
  return { ...members, ResourceConfig: resourcesOf(definition) };
}
