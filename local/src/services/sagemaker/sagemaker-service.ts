import type { Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type * as model from '../model/sagemaker-model.json';
import type { Input, OperationsOf, Service } from '../service';
import type { CreateTrainingJobRequest } from './api-types';
import type { AutoMLEngine } from './automl/automl-engine';
import { automlOperations } from './automl/automl-operations';
import { describedTrainingJob, describedTuningJob } from './described-defaults';
import type { EngineContext } from './engine-context';
import { automlJobArn, modelArn, trainingJobArn, transformJobArn, tuningJobArn } from './jobs/job-arns';
import { creation } from './jobs/job-creation';
import { deleteTrainingJob, deleteTuningJob } from './jobs/job-deletion';
import { listTrainingJobs, listTrainingJobsOfTuningJob, listTuningJobs } from './jobs/job-lists';
import { findTuningJob } from './jobs/job-records';
import { tagOperations } from './jobs/job-tags';
import type { TrainingJobRecord, TuningJobRecord } from './jobs/job-types';
import { runToStop } from './jobs/running-jobs';
import { search } from './jobs/search';
import { modelOperations } from './models/model-operations';
import { refuseMembers } from './refused-members';
import { groupOperations } from './registry/group-operations';
import { packageOperations } from './registry/package-operations';
import { groupArnOf, packageArnOf } from './registry/registry-names';
import type { TrainingEngine } from './training/training-engine';
import type { TransformEngine } from './transform/transform-engine';
import { transformOperations } from './transform/transform-operations';
import type { TuningEngine } from './tuning/tuning-engine';
import { describeTuningJob, summarizeTrainingJobs } from './tuning/tuning-view';
import { SAGEMAKER_MODEL, validateRequest } from './validation';

/**
 * The request members that name a resource, and functions that return its ARN. The members for jobs come before the
 * member for models, because a request for a transform job contains both.
 */
const NAMES: readonly (readonly [
  member: string,
  arnOf: (environment: Environment, name: string) => string,
])[] = [
  ['TrainingJobName', trainingJobArn],
  ['HyperParameterTuningJobName', tuningJobArn],
  ['AutoMLJobName', automlJobArn],
  ['TransformJobName', transformJobArn],
  ['ModelName', modelArn],
  ['ModelPackageName', packageArnOf],
  ['ModelPackageGroupName', groupArnOf],
];

/** Amazon SageMaker's training, tuning, AutoML and transform jobs, models and model packages. */
export class SageMakerService implements Service {
  readonly name = 'sagemaker';
  readonly model = SAGEMAKER_MODEL;
  readonly operations: OperationsOf<typeof model>;

  constructor(
    private readonly context: EngineContext,
    training: TrainingEngine,
    tuning: TuningEngine,
    automl: AutoMLEngine,
    transform: TransformEngine,
  ) {
    const { jobs, root } = context;
    this.operations = {
      CreateTrainingJob: creation({
        name: 'TrainingJobName',
        arn: 'TrainingJobArn',
        jobs: jobs.training,
        start: (input, task) => training.create(input as unknown as CreateTrainingJobRequest, task),
      }),
      DescribeTrainingJob: {
        run: (input) => describedTrainingJob(this.trainingJob(input).description),
      },
      ListTrainingJobs: {
        run: (input) => {
          jobs.training.refresh();
          return listTrainingJobs(
            jobs.training.list().map(({ description }) => description),
            input,
          );
        },
      },
      StopTrainingJob: {
        run: (input) => {
          const { name, description } = this.trainingJob(input);
          const status = description.TrainingJobStatus;
          runToStop('training job', name, status, training.running(name)).stop('Stopped');
          return {};
        },
      },
      DeleteTrainingJob: {
        run: (input) => {
          // According to the API model, DeleteTrainingJob returns ResourceNotFound, unlike DescribeTrainingJob and
          // StopTrainingJob.
          deleteTrainingJob(jobs, this.trainingJob(input, 'ResourceNotFound'));
          return {};
        },
      },
      CreateHyperParameterTuningJob: creation({
        name: 'HyperParameterTuningJobName',
        arn: 'HyperParameterTuningJobArn',
        jobs: jobs.tuning,
        start: (input, task) => tuning.start(input, task),
      }),
      DescribeHyperParameterTuningJob: {
        run: (input) => describedTuningJob(describeTuningJob(jobs, this.tuningJob(input))),
      },
      ListHyperParameterTuningJobs: {
        run: (input) => {
          jobs.training.refresh();
          jobs.tuning.refresh();
          return listTuningJobs(
            jobs.tuning.list().map((record) => describeTuningJob(jobs, record)),
            input,
          );
        },
      },
      ListTrainingJobsForHyperParameterTuningJob: {
        run: (input) =>
          listTrainingJobsOfTuningJob(summarizeTrainingJobs(jobs, this.tuningJob(input).description), input),
      },
      StopHyperParameterTuningJob: {
        run: (input) => {
          const { name, description } = this.tuningJob(input);
          const status = description.HyperParameterTuningJobStatus;
          runToStop('hyperparameter tuning job', name, status, tuning.running(name)).stop();
          return {};
        },
      },
      DeleteHyperParameterTuningJob: {
        run: (input) => {
          deleteTuningJob(jobs, root, this.tuningJob(input));
          return {};
        },
      },
      Search: { run: (input) => search(jobs, input) },
      ...automlOperations(jobs, automl),
      ...modelOperations(context),
      ...groupOperations(context),
      ...packageOperations(context),
      ...transformOperations(context, transform),
      ...tagOperations(jobs),
    };
  }

  /** The job, model or model package named in a request. */
  subject(input: Input) {
    const { environment } = this.context;
    const [name, arnOf] = NAMES.find(([member]) => typeof input[member] === 'string') ?? [];
    if (name !== undefined && arnOf !== undefined) {
      return { resource: arnOf(environment, String(input[name])), context: {} };
    }
    const { ResourceArn: arn } = input;
    return { resource: typeof arn === 'string' ? arn : '*', context: {} };
  }

  validate(operation: string, input: Input): void {
    validateRequest(operation, input);
    refuseMembers(operation, input);
  }

  private trainingJob(input: Input, code = 'ValidationException'): TrainingJobRecord {
    const record = this.context.jobs.training.get(String(input['TrainingJobName']));
    if (record === undefined) {
      throw new AwsError(code, 'Requested resource not found.');
    }
    return record;
  }

  private tuningJob(input: Input): TuningJobRecord {
    const name = String(input['HyperParameterTuningJobName']);
    const record = findTuningJob(this.context.jobs, name);
    if (record === undefined) {
      throw new AwsError(
        'ResourceNotFound',
        `Amazon SageMaker can't find a tuning job called ${name}. Type another name.`,
      );
    }
    return record;
  }
}
