import { AwsError } from '../aws-error';
import { unknownOperation } from '../router';
import type { Principal, Service, TaskIdentity } from '../service';
import type { CreateTrainingJobRequest } from './api-types';
import type { AutoMLEngine } from './automl/automl-engine';
import { automlOperations } from './automl/automl-operations';
import { describedTrainingJob, describedTuningJob } from './described-defaults';
import { deleteTrainingJob, deleteTuningJob } from './jobs/job-deletion';
import { listTrainingJobs, listTrainingJobsOfTuningJob, listTuningJobs } from './jobs/job-lists';
import { findTuningJob } from './jobs/job-records';
import { tagOperations } from './jobs/job-tags';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from './jobs/job-types';
import { answerOfRepeatedRequest } from './jobs/repeated-request';
import type { JOB_OPERATIONS, Operations } from './operation-names';
import { refuseMembers } from './refused-members';
import type { TrainingEngine } from './training/training-engine';
import type { TuningEngine } from './tuning/tuning-engine';
import { describeTuningJob, summarizeTrainingJobs } from './tuning/tuning-view';
import { SAGEMAKER_MODEL, validateRequest } from './validation';

type Input = Readonly<Record<string, unknown>>;
type Operation = (input: Input, caller: Principal) => unknown;

/** Amazon SageMaker's training, tuning and AutoML jobs. */
export class SageMakerService implements Service {
  public readonly name = 'sagemaker';
  public readonly model = SAGEMAKER_MODEL;

  private readonly operations: Readonly<Record<string, Operation>>;
  private readonly jobOperations: Operations<typeof JOB_OPERATIONS, Operation> = {
    CreateTrainingJob: (input, { task }) =>
      this.createTrainingJob(input as unknown as CreateTrainingJobRequest, task),
    DescribeTrainingJob: (input) => describedTrainingJob(this.trainingJob(input).description),
    StopTrainingJob: (input) => this.stopTrainingJob(input),
    CreateHyperParameterTuningJob: (input, { task }) => ({
      HyperParameterTuningJobArn: this.tuning.start(input, task).description.HyperParameterTuningJobArn,
    }),
    DescribeHyperParameterTuningJob: (input) =>
      describedTuningJob(describeTuningJob(this.jobs, this.tuningJob(input))),
    StopHyperParameterTuningJob: (input) => this.stopTuningJob(input),
    ListTrainingJobsForHyperParameterTuningJob: (input) =>
      listTrainingJobsOfTuningJob(summarizeTrainingJobs(this.jobs, this.tuningJob(input).description), input),
    ListTrainingJobs: (input) => {
      this.jobs.training.refresh();
      return listTrainingJobs(
        this.jobs.training.list().map(({ description }) => description),
        input,
      );
    },
    ListHyperParameterTuningJobs: (input) => {
      this.jobs.training.refresh();
      this.jobs.tuning.refresh();
      return listTuningJobs(
        this.jobs.tuning.list().map((record) => describeTuningJob(this.jobs, record)),
        input,
      );
    },
    DeleteTrainingJob: (input) => this.deleteTrainingJob(input),
    DeleteHyperParameterTuningJob: (input) => {
      deleteTuningJob(this.jobs, this.root, this.tuningJob(input));
      return {};
    },
  };

  constructor(
    private readonly jobs: Jobs,
    private readonly training: TrainingEngine,
    private readonly tuning: TuningEngine,
    automl: AutoMLEngine,
    private readonly root: string,
  ) {
    this.operations = {
      ...this.jobOperations,
      ...automlOperations(jobs, automl),
      ...tagOperations(jobs),
    };
  }

  public async call(operation: string, input: Input, caller: Principal): Promise<unknown> {
    const run = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
    if (run === undefined) {
      throw unknownOperation(this.name, operation, Object.keys(this.operations));
    }
    validateRequest(operation, input);
    refuseMembers(operation, input);
    return answerOfRepeatedRequest(this.jobs, operation, input, caller.task) ?? run(input, caller);
  }

  private createTrainingJob(
    request: CreateTrainingJobRequest,
    createdBy: TaskIdentity | undefined,
  ): { TrainingJobArn: string } {
    this.training.validate(request);
    const metricDefinitions = this.training.metricDefinitions(request);
    const described = {
      ...request,
      ...(metricDefinitions.length > 0 && {
        AlgorithmSpecification: { ...request.AlgorithmSpecification, MetricDefinitions: metricDefinitions },
      }),
    };
    this.training.start(described, { metricDefinitions, ...(createdBy !== undefined && { createdBy }) });
    return { TrainingJobArn: this.trainingJob({ ...request }).description.TrainingJobArn };
  }

  private stopTrainingJob(input: Input): Record<string, never> {
    const { name, description } = this.trainingJob(input);
    if (description.TrainingJobStatus !== 'InProgress') {
      throw wrongStatus('training job', description.TrainingJobStatus);
    }
    runHere(this.training.running(name), name).stop('Stopped');
    return {};
  }

  private deleteTrainingJob(input: Input): Record<string, never> {
    const record = this.jobs.training.get(String(input['TrainingJobName']));
    if (record === undefined) {
      // As the API declares it for this operation, unlike Describe and Stop.
      throw new AwsError('ResourceNotFound', 'Requested resource not found.');
    }
    deleteTrainingJob(this.jobs, record);
    return {};
  }

  private stopTuningJob(input: Input): Record<string, never> {
    const { name, description } = this.tuningJob(input);
    if (description.HyperParameterTuningJobStatus !== 'InProgress') {
      throw wrongStatus('hyperparameter tuning job', description.HyperParameterTuningJobStatus);
    }
    runHere(this.tuning.running(name), name).stop();
    return {};
  }

  private trainingJob(input: Input): TrainingJobRecord {
    const record = this.jobs.training.get(String(input['TrainingJobName']));
    if (record === undefined) {
      throw new AwsError('ValidationException', 'Requested resource not found.');
    }
    return record;
  }

  private tuningJob(input: Input): TuningJobRecord {
    const name = String(input['HyperParameterTuningJobName']);
    const record = findTuningJob(this.jobs, name);
    if (record === undefined) {
      throw new AwsError(
        'ResourceNotFound',
        `Amazon SageMaker can't find a tuning job called ${name}. Type another name.`,
      );
    }
    return record;
  }
}

function runHere<T>(run: T | undefined, name: string): T {
  if (run === undefined) {
    throw new AwsError(
      'ValidationException',
      `another process of local mode runs the job ${name}: stop it there`,
    );
  }
  return run;
}

function wrongStatus(kind: string, status: string): AwsError {
  return new AwsError(
    'ValidationException',
    `The request was rejected because the ${kind} is in status ${status}.`,
  );
}
