import * as path from 'node:path';
import { bucketsFolder } from '../assembly/buckets';
import type { Deployment } from '../assembly/deployment';
import { evaluator } from '../evaluator/evaluator';
import type { ExecutionRunner, ExecutionServices } from '../executions/execution-runner';
import { steadyNow } from '../steady-clock';
import type { AutoMLRunner } from '../training/automl-runner';
import type { Sampler } from '../training/sampler';
import type { Trainer } from '../training/trainer';
import { CloudFormationService } from './cloudformation/cloudformation-service';
import { CloudWatchService } from './cloudwatch/cloudwatch-service';
import { CredentialStore, type TemporaryCredentials } from './credentials';
import { CborProtocol } from './endpoint/cbor-protocol';
import { Endpoint } from './endpoint/endpoint';
import { JsonProtocol } from './endpoint/json-protocol';
import { QueryProtocol } from './endpoint/query-protocol';
import { RequestRate } from './endpoint/request-rate';
import { EventBus } from './events/event-bus';
import { createAuthorizer } from './iam/authorizer';
import { IamService } from './iam/iam-service';
import { checkFunctionRole } from './lambda/function-role';
import { LambdaService } from './lambda/lambda-service';
import { LambdaRestProtocol } from './lambda/rest-protocol';
import { LogsService } from './logs/logs-service';
import type { Principal } from './principal';
import { ServiceRouter } from './router';
import { BucketStore } from './s3/bucket-store';
import { DefaultEncryption } from './s3/object-encryption';
import { S3RestProtocol } from './s3/rest-protocol';
import { S3Service } from './s3/s3-service';
import { AutoMLEngine } from './sagemaker/automl/automl-engine';
import type { EngineContext } from './sagemaker/engine-context';
import { openJobs, readJobs } from './sagemaker/jobs/job-records';
import type { JobRecord } from './sagemaker/jobs/job-store';
import type { Jobs } from './sagemaker/jobs/job-types';
import { resumeJobs } from './sagemaker/jobs/resume-jobs';
import { createGroups } from './sagemaker/registry/group-operations';
import { SageMakerService } from './sagemaker/sagemaker-service';
import { DataAccess, type FileSystems } from './sagemaker/training/data-access';
import { type SpotInterruptionOptions, SpotInterruptions } from './sagemaker/training/spot-interruptions';
import { TrainingEngine } from './sagemaker/training/training-engine';
import { TransformEngine } from './sagemaker/transform/transform-engine';
import { TuningEngine } from './sagemaker/tuning/tuning-engine';
import { ServiceQuotasService } from './servicequotas/service-quotas-service';
import { StatesService } from './step-functions/states-service';
import { StsService } from './sts/sts-service';
import { createItemReader } from './task-integrations/item-reader';
import { nextFunctions } from './task-integrations/next-functions';
import { createResultWriter } from './task-integrations/result-writer';
import { checkStateMachineRole } from './task-integrations/state-machine-role';
import { createTaskRunner } from './task-integrations/task-runner';
import { TaskTokens } from './task-integrations/task-tokens';

/** Options of the services. */
export interface ServicesOptions {
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  /** Runs AutoML jobs. @default - AutoML jobs are refused */
  readonly automl?: AutoMLRunner;
  /** Local folders that replace the file systems (EFS, FSx for Lustre) of channels, by file system ID. */
  readonly fileSystems?: FileSystems;
  /** Interrupts training jobs on spot instances. @default - spot jobs run like other jobs */
  readonly spotInterruptions?: SpotInterruptionOptions;
  /** Runs executions for the Step Functions API. @default - the API is not available */
  readonly executions?: ExecutionRunner;
  /** ID of the deployment. It is stored with each job, because a job is resumed in its deployment. */
  readonly deploymentId?: string;
  /** Whether the records of jobs stay as they are. Jobs cannot be started then. @default false */
  readonly isReadOnly?: boolean;
  /** Port of the endpoint. @default - any free port */
  readonly port?: number;
  /** Maximum requests per second that clients may send for each operation. @default - no limit */
  readonly requestsPerSecond?: number;
  /** Receives internal errors of local mode, but not errors that services return. */
  readonly onFault?: (error: unknown) => void;
}

/** The running services of a deployment. */
export interface RunningServices extends ExecutionServices {
  /** Base URL of the endpoint, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** The user, who is limited only by bucket and key policies. */
  readonly user: Principal;
  /** Credentials for clients of a principal. */
  readonly credentialsFor: (principal: Principal) => TemporaryCredentials;
  readonly router: ServiceRouter;
  readonly jobs: Jobs;
  /** The buckets. A write through this member sends an event to the event rules. */
  readonly buckets: BucketStore;
  /** Resumes selected interrupted jobs. Resolves when all of them have ended. */
  resumeJobs(isWanted: (job: JobRecord) => boolean): Promise<void>;
  /**
   * Announces that local mode is closing: jobs that are stopped after this call can be resumed. Must be called before
   * the executions are stopped.
   */
  beginEnd(): void;
  /** Stops running jobs, waits until these jobs end, and stops the endpoint and the processes of functions. */
  close(): Promise<void>;
}

/** Starts the AWS services of a deployment. The caller must close the trainer and the sampler. */
export async function startServices(
  deployment: Deployment,
  options: ServicesOptions,
): Promise<RunningServices> {
  const { root, environment } = deployment;
  const now = (): number => steadyNow() / 1000;
  const credentials = new CredentialStore();
  const buckets = new BucketStore(bucketsFolder(root), new DefaultEncryption(deployment), (created) =>
    events.objectCreated(created),
  );
  const authorizer = createAuthorizer(deployment);
  for (const stateMachine of deployment.stateMachines) {
    checkStateMachineRole(stateMachine, authorizer, environment);
  }
  for (const each of deployment.functions) checkFunctionRole(each, authorizer);
  const warn = options.onFault ?? ((error: Error) => console.error(error.message));
  const jobs = (options.isReadOnly ? readJobs : openJobs)(root, (text) => warn(new Error(text)));

  const s3 = new S3Service(buckets, deployment);
  const iam = new IamService(deployment);
  const monitoring = new CloudWatchService({ root, environment, jobs, access: authorizer });
  const sts = new StsService(deployment);
  const cloudFormation = new CloudFormationService(deployment);
  const context: EngineContext = {
    root,
    environment,
    jobs,
    access: authorizer,
    data: new DataAccess(buckets, environment, authorizer, s3, options.fileSystems),
    trainer: options.trainer,
    ...(options.spotInterruptions && { spot: new SpotInterruptions(options.spotInterruptions) }),
    now,
    ...(options.deploymentId !== undefined && { deploymentId: options.deploymentId }),
    isEnding: () => isEnding,
    onModelPackage: (description) => events.modelPackageChanged(description),
  };
  let isEnding = false;
  createGroups(context, deployment.modelPackageGroups);
  const training = new TrainingEngine(context);
  const tuning = new TuningEngine(context, training, options.sampler);
  const transform = new TransformEngine(context);
  const automl = new AutoMLEngine({ ...context, ...(options.automl && { runner: options.automl }) });

  let endpoint: Endpoint | undefined;
  const lambda = new LambdaService({
    functions: deployment.functions,
    environment,
    logsFolder: path.join(root, 'logs'),
    credentials,
    endpointUrl: () => endpoint?.url ?? '',
    nextFunctions: nextFunctions(deployment),
  });
  const tokens = new TaskTokens();
  const router = new ServiceRouter(
    [
      new SageMakerService(context, training, tuning, automl, transform),
      s3,
      lambda,
      sts,
      iam,
      cloudFormation,
      new ServiceQuotasService(),
      new LogsService({ root, environment, jobs, access: authorizer }),
      monitoring,
      ...(options.executions ? [new StatesService(deployment, options.executions, tokens)] : []),
    ],
    authorizer.authorize,
  );
  const events = new EventBus({
    deployment,
    lambda,
    router,
    access: authorizer,
    isEnding: () => isEnding,
    onFault: warn,
  });
  endpoint = await Endpoint.start({
    router,
    credentials,
    region: environment.region,
    protocols: [
      new JsonProtocol('sagemaker', 'SageMaker', '1.1'),
      new JsonProtocol('states', 'AWSStepFunctions', '1.0'),
      new JsonProtocol('logs', 'Logs_20140328', '1.1'),
      new JsonProtocol('servicequotas', 'ServiceQuotasV20190624', '1.1'),
      new QueryProtocol('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', sts.model),
      new QueryProtocol('iam', 'https://iam.amazonaws.com/doc/2010-05-08/', iam.model),
      new QueryProtocol(
        'cloudformation',
        'http://cloudformation.amazonaws.com/doc/2010-05-15/',
        cloudFormation.model,
      ),
      new CborProtocol('monitoring', 'GraniteServiceVersion20100801'),
      new JsonProtocol('monitoring', 'GraniteServiceVersion20100801', '1.0', true),
      new QueryProtocol('monitoring', 'http://monitoring.amazonaws.com/doc/2010-08-01/', monitoring.model),
      new LambdaRestProtocol(lambda.name, lambda.model),
      new S3RestProtocol(s3.operations),
    ],
    ...(options.port !== undefined && { port: options.port }),
    ...(options.requestsPerSecond !== undefined && { rate: new RequestRate(options.requestsPerSecond) }),
    ...(options.onFault !== undefined && { onFault: options.onFault }),
  });
  const { url } = endpoint;
  return {
    url,
    user: { arn: `arn:${environment.partition}:iam::${environment.accountId}:user/local` },
    credentialsFor: (principal) => credentials.issue(principal),
    router,
    taskRunner: (caller) => createTaskRunner({ router, caller, tokens, jobs, onFault: warn }),
    itemReader: (caller) => createItemReader(router, caller),
    resultWriter: (caller) => createResultWriter(router, caller),
    jobs,
    buckets,
    onExecutionEnded: (record) => events.executionEnded(record),
    resumeJobs: (isWanted) => resumeJobs(jobs, { training, tuning, automl, transform }, isWanted),
    beginEnd: () => {
      isEnding = true;
    },
    close: async () => {
      isEnding = true;
      await events.settled();
      await automl.close();
      await transform.close();
      await tuning.close();
      await training.close();
      await evaluator.close();
      lambda.close();
      await endpoint?.close();
    },
  };
}
