import { thisProcess } from '../../../local-folder/local-modes';
import type { AutoMLRunner } from '../../../training/automl-runner';
import { AwsError, validationError } from '../../aws-error';
import type { TaskIdentity } from '../../principal';
import { originOf } from '../engine-context';
import { automlJobArn } from '../jobs/job-arns';
import { RunningJobs } from '../jobs/running-jobs';
import { checkAutoMLJob } from './automl-checks';
import { type AutoMLContext, AutoMLRun, automlInput } from './automl-run';
import type { AutoMLJobRecord, CreateAutoMLJobRequest } from './automl-types';

/** Creates and runs AutoML jobs. */
export class AutoMLEngine {
  private readonly runs = new RunningJobs<AutoMLRun>((name) => this.context.jobs.automl.rest(name));

  constructor(private readonly context: Omit<AutoMLContext, 'runner'> & Partial<AutoMLContext>) {}

  /** Creates and starts a job. */
  public start(request: CreateAutoMLJobRequest, createdBy?: TaskIdentity): AutoMLJobRecord {
    const { environment, jobs, now, data } = this.context;
    const runner = this.runner();
    const table = checkAutoMLJob(request);
    data.validate(automlInput(request, table));
    const { Tags: tags = [], ...described } = request;
    const time = now();
    const arn = automlJobArn(environment, request.AutoMLJobName);
    const record: AutoMLJobRecord = {
      name: request.AutoMLJobName,
      ...originOf(this.context, createdBy),
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
    this.runs.add(record.name, new AutoMLRun({ ...this.context, runner }, request, table));
    return record;
  }

  /** Reruns an interrupted job from the beginning, with a new search for candidates. */
  public resume({ isInterrupted: _isInterrupted, ...interrupted }: AutoMLJobRecord): AutoMLRun {
    const {
      EndTime: _end,
      FailureReason: _reason,
      BestCandidate: _best,
      ResolvedAttributes: _resolved,
      ...request
    } = interrupted.description;
    const runner = this.runner();
    const table = checkAutoMLJob(request);
    this.context.jobs.automl.takeOver({
      ...interrupted,
      ...thisProcess(),
      candidates: [],
      description: {
        ...request,
        AutoMLJobStatus: 'InProgress',
        AutoMLJobSecondaryStatus: 'Starting',
        LastModifiedTime: this.context.now(),
      },
    });
    const run = new AutoMLRun({ ...this.context, runner }, request, table);
    this.runs.add(interrupted.name, run);
    return run;
  }

  private runner(): AutoMLRunner {
    const { runner } = this.context;
    if (runner !== undefined) return runner;
    throw validationError('these services were started without a runner for AutoML jobs');
  }

  /** Finds the run of a job in this process. */
  public running(name: string): AutoMLRun | undefined {
    return this.runs.get(name);
  }

  /** Stops all jobs and waits for their end. */
  public async close(): Promise<void> {
    await this.runs.close((run) => run.stop('Stopped'));
  }
}
