import * as os from 'node:os';
import { MetricCollector } from '../../training/metrics';
import type { MetricDefinition } from '../../training/trainer';
import { AwsError } from '../aws-error';
import type { CreateTrainingJobRequest, TrainingDefinition } from './api-types';
import type { EngineContext } from './engine-context';
import { trainingJobArn } from './job-arns';
import type { TrainingJobRecord } from './job-records';
import { newTrainingJob } from './training-jobs';
import { TrainingRun, type TrainingRunOptions } from './training-run';

/** How a training job is started. */
export interface TrainingStart extends Omit<TrainingRunOptions, 'threads'> {
  readonly tuningJobArn?: string;
  readonly tunedHyperParameters?: Readonly<Record<string, string>>;
  /** All cores when absent. */
  readonly threads?: number;
}

/** Creates and runs training jobs. */
export class TrainingEngine {
  private readonly runs = new Map<string, TrainingRun>();

  constructor(private readonly context: EngineContext) {}

  /** Refuses what cannot be trained here, before anything is started. */
  public validate(definition: TrainingDefinition): void {
    const { TrainingImage: image, AlgorithmName: name } = definition.AlgorithmSpecification;
    if (image === undefined || name !== undefined) {
      throw new AwsError(
        'ValidationException',
        'AlgorithmSpecification: local mode needs a TrainingImage, it does not have algorithms by AlgorithmName',
      );
    }
    if (!this.context.trainer.accepts(image)) {
      throw new AwsError(
        'ValidationException',
        `local mode cannot run the training image "${image}", only ${this.context.trainer.images}`,
      );
    }
    this.context.data.validate(definition);
  }

  /** Metric definitions of a job: those of the algorithm, else those of the request. */
  public metricDefinitions({
    AlgorithmSpecification: algorithm,
  }: TrainingDefinition): readonly MetricDefinition[] {
    const own = this.context.trainer.metricDefinitions(algorithm.TrainingImage ?? '');
    const given = algorithm.MetricDefinitions ?? [];
    if (own.length > 0 && given.length > 0) {
      throw new AwsError(
        'ValidationException',
        "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
      );
    }
    const definitions = own.length > 0 ? own : given;
    checkExpressions(definitions);
    return definitions;
  }

  /** Creates a job and starts it. */
  public start(request: CreateTrainingJobRequest, start: TrainingStart): TrainingRun {
    const { environment, jobs, now } = this.context;
    const arn = trainingJobArn(environment, request.TrainingJobName);
    const record: TrainingJobRecord = {
      name: request.TrainingJobName,
      processId: process.pid,
      description: newTrainingJob(request, arn, start.tuningJobArn, now()),
      tags: request.Tags ?? [],
      ...(start.tunedHyperParameters !== undefined && { tunedHyperParameters: start.tunedHyperParameters }),
    };
    if (!jobs.training.create(record)) {
      throw new AwsError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
      );
    }
    const run = new TrainingRun(this.context, request, {
      ...start,
      threads: start.threads ?? os.availableParallelism(),
    });
    this.runs.set(request.TrainingJobName, run);
    void run.finished.then(() => this.runs.delete(request.TrainingJobName));
    return run;
  }

  /** The run of a job that this process is running. */
  public running(name: string): TrainingRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits for their end. */
  public async close(): Promise<void> {
    const runs = [...this.runs.values()];
    for (const run of runs) {
      run.stop('Stopped');
    }
    await Promise.all(runs.map((run) => run.finished));
  }
}

/** Refuses regular expressions that cannot be run. */
function checkExpressions(definitions: readonly MetricDefinition[]): void {
  try {
    new MetricCollector(definitions);
  } catch (error) {
    throw new AwsError('ValidationException', `MetricDefinitions: ${(error as Error).message}`);
  }
}
