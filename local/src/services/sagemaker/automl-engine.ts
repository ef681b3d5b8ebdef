import { AwsError } from '../aws-error';
import { checkAutoMLJob } from './automl-checks';
import { type AutoMLContext, AutoMLRun, automlInput } from './automl-run';
import type { AutoMLJobRecord, CreateAutoMLJobRequest } from './automl-types';
import { automlJobArn } from './job-arns';
import { RunningJobs } from './running-jobs';

/** Creates and runs AutoML jobs. */
export class AutoMLEngine {
  private readonly runs = new RunningJobs<AutoMLRun>();

  constructor(private readonly context: Omit<AutoMLContext, 'runner'> & Partial<AutoMLContext>) {}

  /** Creates a job and starts it. */
  public start(request: CreateAutoMLJobRequest): AutoMLJobRecord {
    const { environment, jobs, now, runner, data } = this.context;
    if (runner === undefined) {
      throw new AwsError(
        'ValidationException',
        'these services were started without a runner for AutoML jobs',
      );
    }
    const table = checkAutoMLJob(request);
    data.validate(automlInput(request, table));
    const { Tags: tags = [], ...described } = request;
    const time = now();
    const arn = automlJobArn(environment, request.AutoMLJobName);
    const record: AutoMLJobRecord = {
      name: request.AutoMLJobName,
      processId: process.pid,
      tags,
      candidates: [],
      description: {
        ...described,
        AutoMLJobArn: arn,
        AutoMLProblemTypeConfigName: 'Tabular',
        AutoMLJobStatus: 'InProgress',
        AutoMLJobSecondaryStatus: 'Starting',
        CreationTime: time,
        LastModifiedTime: time,
      },
    };
    if (!jobs.automl.create(record)) {
      throw new AwsError(
        'ResourceInUse',
        `An AutoML job with the name ${request.AutoMLJobName} already exists (${arn}). Choose a different name.`,
      );
    }
    const run = new AutoMLRun({ ...this.context, runner }, request, table);
    this.runs.add(record.name, run);
    return record;
  }

  /** The run of a job that this process is running. */
  public running(name: string): AutoMLRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits for their end. */
  public async close(): Promise<void> {
    await this.runs.close((run) => run.stop('Stopped'));
  }
}
