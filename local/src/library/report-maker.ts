import type { Deployment } from '../assembly';
import { stateMachineArnOf } from '../executions/executions';
import { isCrossValidation } from '../report/cross-validation';
import { earlierTuningJobs } from '../report/earlier-tuning-jobs';
import { reasonIn } from '../report/failure';
import { localPath } from '../report/report-files';
import {
  bestTrainingJob,
  describeTuningJob,
  type JobRecord,
  type Jobs,
  type RunningServices,
  type TuningJobRecord,
} from '../services';
import { UserError } from '../user-error';
import { type ReportSubject, reportTask } from './report-task';

/** Key of the tag on the jobs that run for an item of a fleet. */
const ITEM_TAG = 'cdk-sagemaker-tuning:item';

/** Writes reports by invoking a deployment's Lambda function with the permissions of its state machine. */
export class ReportMaker {
  constructor(
    private readonly deployment: Deployment,
    private readonly services: Pick<RunningServices, 'router' | 'jobs'>,
  ) {}

  /**
   * Writes the current report of a tuning job or an AutoML job. Overwrites an earlier report. If possible, the state
   * machine that created the job writes the report; otherwise, any state machine that writes such reports.
   *
   * @returns path of the page; undefined if no state machine writes reports
   * @throws UserError when the report could not be written
   */
  async make(job: Pick<ReportSubject, 'kind' | 'name'>): Promise<string | undefined> {
    const { stateMachines, root } = this.deployment;
    const creator = this.creatorOf(job);
    const own = stateMachines.filter(({ arn }) => arn === creator);
    const subject = this.subjectOf(job);
    for (const { definition, roleArn } of new Set([...own, ...stateMachines])) {
      const task = await reportTask(definition, subject);
      if (task === undefined) continue;
      const answer = await this.services.router.call(
        'lambda',
        'Invoke',
        { FunctionName: task.functionName, Payload: JSON.stringify(task.payload) },
        { arn: roleArn },
      );
      const { FunctionError, Payload } = answer as { FunctionError?: string; Payload: string };
      const { report, reportError } = JSON.parse(Payload) as { report?: unknown; reportError?: unknown };
      if (typeof report === 'string') return localPath(root, report);
      const reason = FunctionError === undefined ? String(reportError) : reasonIn(Payload);
      throw new UserError(`Cannot write the report of ${subject.kind} ${subject.name}: ${reason}`);
    }
    return undefined;
  }

  /** ARN of the state machine that created a job, if one did. */
  private creatorOf({ kind, name }: Pick<ReportSubject, 'kind' | 'name'>): string | undefined {
    const { tuning, automl } = this.services.jobs;
    const record = kind === 'tuning job' ? tuning.get(name) : automl.get(name);
    return record?.createdBy && stateMachineArnOf(record.createdBy.executionArn);
  }

  private subjectOf(job: Pick<ReportSubject, 'kind' | 'name'>): ReportSubject {
    const { jobs } = this.services;
    const record = jobs.tuning.get(job.name);
    if (job.kind !== 'tuning job' || record === undefined) return job;
    const earlier = earlierTuningJobs(jobs, record);
    const best = bestOf(jobs, [...earlier, record]);
    const ended = record.description.HyperParameterTuningEndTime ?? Number.POSITIVE_INFINITY;
    const final = jobs.training
      .list()
      .find(
        (each) =>
          each.description.TuningJobArn === undefined &&
          !isCrossValidation(each.name) &&
          each.description.CreationTime >= ended &&
          isOfSameRun(each, record),
      );
    const itemFolder = itemFolderOf(record);
    return {
      ...job,
      ...(earlier.length > 0 && { earlierTuningJobNames: earlier.map(({ name }) => name) }),
      ...(best !== undefined && { bestTrainingJobName: best }),
      ...(final && { finalTrainingJobName: final.name }),
      ...(itemFolder !== undefined && { itemFolder }),
    };
  }
}

/** The last folder in the S3 output path of a tuning job. Undefined if the job does not run for an item of a fleet. */
function itemFolderOf({ tags, description }: TuningJobRecord): string | undefined {
  if (!tags.some(({ Key: key }) => key === ITEM_TAG)) return undefined;
  const { TrainingJobDefinition: only, TrainingJobDefinitions: [first] = [] } = description;
  return /[^/]+\/$/.exec((only ?? first)?.OutputDataConfig.S3OutputPath ?? '')?.[0];
}

/** Name of the best training job of several tuning jobs, which all have the same objective. */
function bestOf(jobs: Jobs, tuningJobs: readonly TuningJobRecord[]): string | undefined {
  const best = tuningJobs.flatMap((record) => describeTuningJob(jobs, record).BestTrainingJob ?? []);
  return (best.length > 1 ? bestTrainingJob(best) : best[0])?.TrainingJobName;
}

/** Whether two jobs were created by the same execution, for the same Map item. */
function isOfSameRun({ createdBy: one }: JobRecord, { createdBy: other }: JobRecord): boolean {
  return (
    one !== undefined &&
    one.executionArn === other?.executionArn &&
    JSON.stringify(one.place?.path) === JSON.stringify(other.place?.path)
  );
}
