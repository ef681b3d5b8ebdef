import { type JsonObject, StatesError, type TaskCall } from '../../states';
import { AwsError } from '../aws-error';
import type { Principal } from '../principal';
import type { ServiceRouter } from '../router';
import type { Tag, TrainingJobDescription, TuningJobDescription } from '../sagemaker/api-types';
import type { Jobs } from '../sagemaker/jobs/job-types';
import { trainingJobEvent, transformJobEvent, tuningJobEvent } from './job-events';
import { findUnsupportedField, SUPPORTED_FIELDS } from './supported-fields';
import { asStatesError, SAGEMAKER_ERRORS } from './task-errors';

/** How often a `.sync` task checks its job. No event reports the end of a job that another process runs. */
const POLL_MILLISECONDS = 1000;

const ENDED: readonly unknown[] = ['Completed', 'Failed', 'Stopped'];

/** The stores of the jobs that tasks wait for. */
export type WatchedJobs = Pick<Jobs, 'training' | 'tuning' | 'transform'>;

/** A kind of resource that the integration creates. */
interface CreatedKind {
  readonly nameMember: string;
  readonly arnMember: string;
  /** The job that the `.sync` pattern waits for, if any. */
  readonly job?: JobKind;
}

/** How the `.sync` pattern handles a kind of job. */
interface JobKind {
  readonly describe: string;
  readonly stop: string;
  readonly store: keyof WatchedJobs;
  readonly status: (description: Record<string, unknown>) => unknown;
  readonly event: (description: Record<string, unknown>, tags: readonly Tag[]) => unknown;
}

const CREATED_KINDS: Readonly<Record<string, CreatedKind>> = {
  CreateModel: membersOf('Model'),
  CreateTrainingJob: jobOf<TrainingJobDescription>('TrainingJob', 'training', trainingJobEvent),
  CreateHyperParameterTuningJob: jobOf<TuningJobDescription>(
    'HyperParameterTuningJob',
    'tuning',
    tuningJobEvent,
  ),
  CreateTransformJob: jobOf<Record<string, unknown>>('TransformJob', 'transform', transformJobEvent),
};

/** SageMaker names the members of requests and responses after the kind of resource. */
function membersOf(resource: string): CreatedKind {
  return { nameMember: `${resource}Name`, arnMember: `${resource}Arn` };
}

function jobOf<Description>(
  resource: string,
  store: keyof WatchedJobs,
  event: (description: Description, tags: readonly Tag[]) => unknown,
): CreatedKind {
  return {
    ...membersOf(resource),
    job: {
      describe: `Describe${resource}`,
      stop: `Stop${resource}`,
      store,
      status: (description) => description[`${resource}Status`],
      event: (description, tags) => event(description as Description, tags),
    },
  };
}

/** The execution that a task belongs to, and what the task needs to wait for its job. */
export interface SageMakerTaskOptions extends Pick<TaskCall, 'signal' | 'submitted'> {
  readonly executionArn: string;
  readonly jobs: WatchedJobs;
  readonly onFault: (error: Error) => void;
}

/** SageMaker's optimized integration: creates a job and, with `.sync`, waits for its end. */
export class SageMakerTask {
  private readonly kind: CreatedKind;

  constructor(
    private readonly router: ServiceRouter,
    private readonly caller: Principal,
    private readonly operation: string,
    private readonly isSync: boolean,
  ) {
    const kind = CREATED_KINDS[operation];
    if (kind === undefined || (isSync && kind.job === undefined)) {
      throw new Error(`local mode does not support the integration sagemaker:${operation}`);
    }
    this.kind = kind;
  }

  public async run(
    input: Readonly<Record<string, unknown>>,
    { executionArn, jobs, signal, submitted, onFault }: SageMakerTaskOptions,
  ): Promise<unknown> {
    const unsupported = findUnsupportedField(input, SUPPORTED_FIELDS[this.operation] ?? {});
    if (unsupported !== undefined) {
      throw new StatesError(
        'States.Runtime',
        `The field "${unsupported.field}" is not supported by Step Functions`,
      );
    }
    signal.throwIfAborted();
    const given = (Array.isArray(input['Tags']) ? input['Tags'] : []) as readonly Tag[];
    const tags = this.isSync ? [...given, ...executionTags(executionArn)] : given;
    const created = (await this.call(this.operation, {
      ...input,
      ...(tags.length > 0 && { Tags: tags }),
    })) as Record<string, unknown>;
    const answer = { [this.kind.arnMember]: created[this.kind.arnMember] };
    const { job } = this.kind;
    if (!this.isSync || job === undefined) {
      return answer;
    }
    submitted(answer as JsonObject);
    // The output of Step Functions contains the tags that SageMaker stored.
    const { Tags: kept } = (await this.call('ListTags', { ResourceArn: created[this.kind.arnMember] })) as {
      Tags: readonly Tag[];
    };
    const name = { [this.kind.nameMember]: input[this.kind.nameMember] };
    const watch = watchForEnd(jobs, job, input[this.kind.nameMember]);
    try {
      return await this.waitForEnd(job, name, kept, { signal, ended: watch.ended });
    } catch (error) {
      // A failure to stop the job is only reported, as on AWS: the caller must receive the reason why the task was
      // aborted.
      if (signal.aborted) await this.stop(job, name).catch(onFault);
      throw error;
    } finally {
      watch.close();
    }
  }

  private async waitForEnd(
    job: JobKind,
    name: Record<string, unknown>,
    tags: readonly Tag[],
    { signal, ended }: { readonly signal: AbortSignal; readonly ended: Promise<void> },
  ): Promise<unknown> {
    for (;;) {
      const description = (await this.call(job.describe, name)) as Record<string, unknown>;
      const status = job.status(description);
      if (status === 'Completed') {
        return job.event(description, tags);
      }
      if (status === 'Failed' || status === 'Stopped') {
        throw new StatesError('States.TaskFailed', JSON.stringify(job.event(description, tags)));
      }
      await pause(POLL_MILLISECONDS, signal, ended);
      signal.throwIfAborted();
    }
  }

  /**
   * @throws Error when the role lacks the permission to stop the job, which then continues. A job that has
   *   already ended is not an error
   */
  private async stop(job: JobKind, name: Record<string, unknown>): Promise<void> {
    try {
      await this.router.call('sagemaker', job.stop, name, this.caller);
    } catch (error) {
      if (error instanceof AwsError && error.code !== 'AccessDeniedException') return;
      throw new Error(
        `${Object.values(name).join()} was not stopped and continues: ${(error as Error).message}`,
      );
    }
  }

  private async call(operation: string, input: Record<string, unknown>): Promise<unknown> {
    try {
      return await this.router.call('sagemaker', operation, input, this.caller);
    } catch (error) {
      throw asStatesError(error, SAGEMAKER_ERRORS);
    }
  }
}

/** The tags that Step Functions adds to jobs that it waits for. */
function executionTags(executionArn: string): Tag[] {
  return [
    { Key: 'AWS_STEP_FUNCTIONS_EXECUTION_ARN', Value: executionArn },
    { Key: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' },
  ];
}

/** Watches for the end of a job that this process runs. The caller must call `close` to stop watching. */
function watchForEnd(
  jobs: WatchedJobs,
  { store, status }: JobKind,
  name: unknown,
): { readonly ended: Promise<void>; readonly close: () => void } {
  let close = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    close = jobs[store].onChange((record) => {
      if (record.name === name && ENDED.includes(status({ ...record.description }))) resolve();
    });
  });
  return { ended, close };
}

/** Waits until the time has passed, the signal aborts, or the job has ended. */
function pause(milliseconds: number, signal: AbortSignal, ended: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    void ended.then(() => finish());
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) {
      finish();
    }
  });
}
