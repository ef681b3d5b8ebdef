import { thisProcess } from '../../../local-folder/local-modes';
import type { FinishedTrial, Sampler } from '../../../training/sampler';
import { AwsError } from '../../aws-error';
import type { TaskIdentity } from '../../principal';
import type { CreateTuningJobRequest, TuningJobDescription, TuningTrainingDefinition } from '../api-types';
import { type EngineContext, originOf } from '../engine-context';
import { tuningJobArn } from '../jobs/job-arns';
import type { TuningJobRecord } from '../jobs/job-types';
import { RunningJobs } from '../jobs/running-jobs';
import type { TrainingEngine } from '../training/training-engine';
import { autotuned } from './autotune';
import { checkObjective, checkTuningJob } from './tuning-checks';
import {
  definitionsOf,
  mapDefinitions,
  OBJECTIVE_HYPERPARAMETER,
  type SearchedDefinition,
} from './tuning-definitions';
import { TuningRun } from './tuning-run';
import { OBJECTIVE_METRIC, trainingJobsOf } from './tuning-view';
import { warmStart } from './warm-start';

/** Creates and runs tuning jobs. */
export class TuningEngine {
  private readonly runs = new RunningJobs<TuningRun>((name) => {
    const { training, tuning } = this.context.jobs;
    tuning.rest(name);
    training.restGroup(tuningJobArn(this.context.environment, name));
  });

  constructor(
    private readonly context: EngineContext,
    private readonly training: TrainingEngine,
    private readonly sampler: Sampler,
  ) {}

  /** Creates and starts a job. */
  public start(input: Readonly<Record<string, unknown>>, createdBy?: TaskIdentity): TuningJobRecord {
    const given = autotuned(input as unknown as CreateTuningJobRequest);
    checkTuningJob(given);
    for (const { definition } of definitionsOf(given)) {
      this.training.validate(definition);
    }
    const { request, previousTrials } = warmStart(given, this.context.jobs);
    const description = this.describe(request);
    const record: TuningJobRecord = {
      name: request.HyperParameterTuningJobName,
      ...originOf(this.context, createdBy),
      description,
      tags: request.Tags ?? [],
    };
    if (!this.context.jobs.tuning.create(record)) {
      throw new AwsError(
        'ResourceInUse',
        `A hyperparameter tuning job with the name, ${record.name}, already exists. Choose a different name.`,
      );
    }
    this.run(record, previousTrials);
    return record;
  }

  /** Resumes an interrupted job. Keeps the results of finished training jobs. Interrupted training jobs run again. */
  public resume({ isInterrupted: _isInterrupted, ...interrupted }: TuningJobRecord): TuningRun {
    const {
      HyperParameterTuningEndTime: ended,
      FailureReason: _reason,
      TuningJobCompletionDetails: _completion,
      ConsumedResources: _resources,
      ...description
    } = interrupted.description;
    const now = this.context.now();
    const record: TuningJobRecord = {
      ...interrupted,
      ...thisProcess(),
      pausedSeconds: (interrupted.pausedSeconds ?? 0) + now - (ended ?? now),
      description: { ...description, HyperParameterTuningJobStatus: 'InProgress', LastModifiedTime: now },
    };
    this.context.jobs.tuning.takeOver(record);
    return this.run(record, this.learnedFromParents(description));
  }

  /**
   * Trials of the parent tuning jobs. Needed only if the search had not started. Otherwise, the study contains these
   * trials.
   */
  private learnedFromParents(request: CreateTuningJobRequest): readonly FinishedTrial[] {
    try {
      return warmStart(request, this.context.jobs).previousTrials;
    } catch (error) {
      // The parent may have been deleted meanwhile.
      if (error instanceof AwsError) return [];
      throw error;
    }
  }

  private run(record: TuningJobRecord, previousTrials: readonly FinishedTrial[]): TuningRun {
    const run = new TuningRun(this.context, record.description, {
      sampler: this.sampler,
      training: this.training,
      previousTrials,
      earlier: trainingJobsOf(this.context.jobs, record.description),
      pausedSeconds: record.pausedSeconds ?? 0,
    });
    this.runs.add(record.name, run);
    return run;
  }

  /** Finds the run of a job in this process. */
  public running(name: string): TuningRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits for their end. */
  public async close(): Promise<void> {
    await this.runs.close((run) => run.stop());
  }

  /** The description of a new job: the request, with SageMaker's additions to its training jobs. */
  private describe({ Tags: _tags, ...request }: CreateTuningJobRequest): TuningJobDescription {
    const now = this.context.now();
    return {
      ...mapDefinitions(request, (searched) => this.withObjective(searched)),
      HyperParameterTuningJobArn: tuningJobArn(this.context.environment, request.HyperParameterTuningJobName),
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      TrainingJobStatusCounters: {
        Completed: 0,
        InProgress: 0,
        RetryableError: 0,
        NonRetryableError: 0,
        Stopped: 0,
      },
      ObjectiveStatusCounters: { Succeeded: 0, Pending: 0, Failed: 0 },
    };
  }

  /**
   * A definition with the metrics of its algorithm, and with the hyperparameter and the metric that SageMaker adds for
   * the objective.
   */
  private withObjective({ definition, objective }: SearchedDefinition): TuningTrainingDefinition {
    const metrics = this.training.metricDefinitions(definition);
    const { Name: name, Regex: regex } = checkObjective(objective, metrics);
    return {
      ...definition,
      StaticHyperParameters: { ...definition.StaticHyperParameters, [OBJECTIVE_HYPERPARAMETER]: name },
      AlgorithmSpecification: {
        ...definition.AlgorithmSpecification,
        MetricDefinitions: [...metrics, { Name: OBJECTIVE_METRIC, Regex: regex }],
      },
    };
  }
}
