import { thisProcess } from '../../../local-folder/local-modes';
import type { ModelServer, ServedModel } from '../../../training/model-server';
import { AwsError, validationError } from '../../aws-error';
import type { TaskIdentity } from '../../principal';
import { type EngineContext, originOf } from '../engine-context';
import { transformJobArn } from '../jobs/job-arns';
import { RunningJobs } from '../jobs/running-jobs';
import { findModel } from '../models/model-operations';
import { resolveContainer } from '../models/resolve-container';
import { batchSettings, servedModel, transformData, transformedModel } from './transform-checks';
import { TransformRun } from './transform-run';
import type {
  CreateTransformJobRequest,
  TransformJobDescription,
  TransformJobRecord,
} from './transform-types';

/** Creates and runs transform jobs. */
export class TransformEngine {
  private readonly runs = new RunningJobs<TransformRun>((name) => this.context.jobs.transform.rest(name));

  constructor(private readonly context: EngineContext) {}

  /** Creates and starts a job. */
  public start({ Tags: tags = [], ...request }: CreateTransformJobRequest, createdBy?: TaskIdentity): void {
    const { context } = this;
    const named = transformedModel(findModel(context, { ModelName: request.ModelName }).description);
    const model = { ...named, container: resolveContainer(named.container, context) };
    batchSettings(request);
    this.checkServed(servedModel(model, request));
    context.data.validate(transformData(request, model));
    const arn = transformJobArn(context.environment, request.TransformJobName);
    const record: TransformJobRecord = {
      name: request.TransformJobName,
      ...originOf(context, createdBy),
      tags,
      model,
      description: newTransformJob(request, arn, context.now()),
    };
    if (!context.jobs.transform.create(record)) {
      throw new AwsError(
        'ResourceInUse',
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      );
    }
    this.run(record);
  }

  /** Reruns an interrupted job from the beginning. */
  public resume({ isInterrupted: _isInterrupted, ...interrupted }: TransformJobRecord): TransformRun {
    const { description } = interrupted;
    const {
      TransformEndTime: _end,
      TransformStartTime: _start,
      FailureReason: _reason,
      ...rest
    } = description;
    const record: TransformJobRecord = {
      ...interrupted,
      ...thisProcess(),
      description: { ...rest, TransformJobStatus: 'InProgress', LastModifiedTime: this.context.now() },
    };
    this.context.jobs.transform.takeOver(record);
    return this.run(record);
  }

  private run(record: TransformJobRecord): TransformRun {
    const run = new TransformRun(this.context, this.server(), record);
    this.runs.add(record.name, run);
    return run;
  }

  /** Refuses a model that local mode cannot run. */
  private checkServed(model: ServedModel): void {
    const server = this.server();
    if (server.accepts(model)) return;
    throw validationError(
      server.refusal?.(model) ??
        `local mode cannot run a model with the image "${model.image}". It runs ${server.images}`,
    );
  }

  private server(): ModelServer {
    const { serving } = this.context.trainer;
    if (serving !== undefined) return serving;
    throw validationError('these services were started without a server for models');
  }

  /** Finds the run of a job in this process. */
  public running(name: string): TransformRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits until they have ended. */
  public async close(): Promise<void> {
    await this.runs.close((run) => run.stop());
  }
}

function newTransformJob(
  request: CreateTransformJobRequest,
  TransformJobArn: string,
  now: number,
): TransformJobDescription {
  return {
    ...request,
    TransformJobArn,
    TransformJobStatus: 'InProgress',
    CreationTime: now,
    LastModifiedTime: now,
  };
}
