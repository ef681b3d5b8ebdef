import * as os from 'node:os';
import { thisProcess } from '../../../local-folder/local-modes';
import { MetricCollector } from '../../../training/metrics';
import type { MetricDefinition, TrainedAlgorithm } from '../../../training/trainer';
import { AwsError, validationError } from '../../aws-error';
import type { TaskIdentity } from '../../principal';
import type { CreateTrainingJobRequest, TrainingDefinition, TuningTrainingDefinition } from '../api-types';
import { type EngineContext, originOf } from '../engine-context';
import { trainingJobArn } from '../jobs/job-arns';
import type { TrainingJobRecord } from '../jobs/job-types';
import { RunningJobs } from '../jobs/running-jobs';
import { instancesOf } from './training-instances';
import { newTrainingJob, requestOf } from './training-jobs';
import { TrainingRun, type TrainingRunOptions } from './training-run';

/** Options for starting a training job. */
export interface TrainingStart
  extends Omit<TrainingRunOptions, 'threads'>,
    Pick<TrainingJobRecord, 'tunedHyperParameters' | 'definitionName' | 'trial' | 'createdBy'> {
  readonly tuningJobArn?: string;
  /** Number of threads. @default - all cores */
  readonly threads?: number;
}

/** Creates and runs training jobs. */
export class TrainingEngine {
  private readonly runs = new RunningJobs<TrainingRun>((name) => {
    const { training } = this.context.jobs;
    // A training job of a tuning job stays in memory, because the tuning job reads it until the tuning job ends.
    if (training.known(name)?.description.TuningJobArn === undefined) training.rest(name);
  });

  constructor(private readonly context: EngineContext) {}

  /** Before anything starts, refuses definitions that local mode cannot train. */
  public validate(definition: TrainingDefinition): void {
    // AlgorithmSpecification is optional in the service model, but required for the jobs that local mode runs.
    const specification: Partial<TrainingDefinition['AlgorithmSpecification']> =
      definition.AlgorithmSpecification ?? {};
    const { TrainingImage: image, AlgorithmName: name } = specification;
    if (image === undefined || name !== undefined) {
      throw validationError(
        'AlgorithmSpecification: local mode requires a TrainingImage; it does not support AlgorithmName',
      );
    }
    const algorithm = algorithmOf(definition);
    const { trainer } = this.context;
    if (!trainer.accepts(algorithm)) {
      throw validationError(
        trainer.refusal?.(algorithm) ??
          `local mode cannot run the training image "${image}". It runs ${trainer.images}`,
      );
    }
    checkInstanceGroups(definition);
    this.context.data.validate(definition);
  }

  /** The metric definitions of the algorithm if it has any, otherwise those of the request. */
  public metricDefinitions(definition: TrainingDefinition): readonly MetricDefinition[] {
    const { AlgorithmSpecification: algorithm } = definition;
    const own = this.context.trainer.metricDefinitions(algorithmOf(definition));
    const given = algorithm.MetricDefinitions ?? [];
    if (own.length > 0 && given.length > 0) {
      throw validationError(
        "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
      );
    }
    const definitions = own.length > 0 ? own : given;
    checkExpressions(definitions);
    return definitions;
  }

  /** Creates and starts a standalone training job. */
  public create(request: CreateTrainingJobRequest, createdBy: TaskIdentity | undefined): void {
    this.validate(request);
    const metricDefinitions = this.metricDefinitions(request);
    const described = {
      ...request,
      ...(metricDefinitions.length > 0 && {
        AlgorithmSpecification: { ...request.AlgorithmSpecification, MetricDefinitions: metricDefinitions },
      }),
    };
    this.start(described, { metricDefinitions, ...(createdBy !== undefined && { createdBy }) });
  }

  /** Creates and starts a training job. */
  public start(request: CreateTrainingJobRequest, start: TrainingStart): TrainingRun {
    const { environment, jobs, now } = this.context;
    const arn = trainingJobArn(environment, request.TrainingJobName);
    const record: TrainingJobRecord = {
      name: request.TrainingJobName,
      ...originOf(this.context, start.createdBy),
      description: newTrainingJob(request, arn, start.tuningJobArn, now()),
      tags: request.Tags ?? [],
      ...(start.tunedHyperParameters !== undefined && { tunedHyperParameters: start.tunedHyperParameters }),
      ...(start.definitionName !== undefined && { definitionName: start.definitionName }),
      ...(start.trial !== undefined && { trial: start.trial }),
    };
    if (!jobs.training.create(record)) {
      throw new AwsError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
      );
    }
    return this.run(request, start);
  }

  /** Reruns an interrupted job, from its checkpoints if it has any, otherwise from the beginning. */
  public resume(interrupted: TrainingJobRecord, start: Omit<TrainingStart, 'createdBy'>): TrainingRun {
    const { isInterrupted: _isInterrupted, metricNotes: _metricNotes, ...record } = interrupted;
    const { TrainingJobArn: arn, TuningJobArn: tuningJobArn, CreationTime: created } = record.description;
    const request = requestOf(record.description);
    this.context.jobs.training.takeOver({
      ...record,
      ...thisProcess(),
      description: {
        ...newTrainingJob(request, arn, tuningJobArn, this.context.now()),
        CreationTime: created,
      },
    });
    return this.run(request, { ...start, runsAgain: true });
  }

  /** Reruns an interrupted job that does not belong to a tuning job. */
  public resumeAlone(interrupted: TrainingJobRecord): TrainingRun {
    const { MetricDefinitions: metricDefinitions = [] } = interrupted.description.AlgorithmSpecification;
    return this.resume(interrupted, { metricDefinitions });
  }

  private run(request: CreateTrainingJobRequest, start: TrainingStart): TrainingRun {
    const run = new TrainingRun(this.context, request, {
      ...start,
      threads: start.threads ?? os.availableParallelism(),
    });
    this.runs.add(request.TrainingJobName, run);
    return run;
  }

  /** Finds the run of a job in this process. */
  public running(name: string): TrainingRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits for their end. */
  public async close(): Promise<void> {
    await this.runs.close((run) => run.stop('Stopped'));
  }
}

/** The algorithm of a definition. Tuning jobs use a different member for static hyperparameters. */
export function algorithmOf(definition: TrainingDefinition): TrainedAlgorithm {
  const { HyperParameters, StaticHyperParameters } = definition as Partial<CreateTrainingJobRequest> &
    Partial<TuningTrainingDefinition>;
  const { TrainingInputMode: inputMode } = definition.AlgorithmSpecification;
  const piped = (definition.InputDataConfig ?? []).filter((each) => (each.InputMode ?? inputMode) === 'Pipe');
  return {
    ...(piped.length > 0 && { pipedChannels: piped.map(({ ChannelName: name }) => name) }),
    trainingImage: definition.AlgorithmSpecification.TrainingImage ?? '',
    hyperparameters: HyperParameters ?? StaticHyperParameters ?? {},
    channels: (definition.InputDataConfig ?? []).map(({ ChannelName: name, DataSource: source }) => ({
      name,
      s3Uri: source.S3DataSource?.S3Uri,
    })),
  };
}

/** Refuses invalid instance groups, and channels that refer to missing groups. */
function checkInstanceGroups(definition: TrainingDefinition): void {
  const groups = new Set(instancesOf(definition).flatMap(({ group }) => group ?? []));
  for (const { ChannelName: channel, DataSource: source } of definition.InputDataConfig ?? []) {
    const unknown = source.S3DataSource?.InstanceGroupNames?.find((name) => !groups.has(name));
    if (unknown !== undefined) {
      throw validationError(
        `channel "${channel}": unknown instance group "${unknown}" in InstanceGroupNames. Instance groups of ResourceConfig: ${[...groups].join(', ') || 'none'}`,
      );
    }
  }
}

/** Refuses regular expressions that cannot be evaluated. */
function checkExpressions(definitions: readonly MetricDefinition[]): void {
  try {
    new MetricCollector(definitions);
  } catch (error) {
    throw validationError(`MetricDefinitions: ${(error as Error).message}`);
  }
}
