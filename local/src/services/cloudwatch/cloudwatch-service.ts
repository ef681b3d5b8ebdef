import type { Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type { Authorizer } from '../iam/authorizer';
import * as model from '../model/monitoring-model.json';
import type { ServiceModel } from '../model/validator';
import type { Jobs, TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { Input, Operation, OperationsOf, Service } from '../service';
import { getMetricData } from './metric-data';
import { type MetricReader, NAMESPACE } from './metric-reader';
import { getMetricStatistics } from './metric-statistics';
import { listMetrics } from './metrics-list';
import { metricsOf } from './training-metrics';

/** Dependencies of the service. */
export interface CloudWatchServiceOptions {
  readonly root: string;
  readonly environment: Pick<Environment, 'accountId'>;
  readonly jobs: Pick<Jobs, 'training'>;
  readonly access: Pick<Authorizer, 'checkAccess'>;
}

/**
 * Amazon CloudWatch, read-only: the metrics of training jobs, computed from their logs. As on AWS, a job has no
 * metrics if its role lacks the permission to write them.
 */
export class CloudWatchService implements Service {
  /** The service's signing name. */
  readonly name = 'monitoring';
  readonly actionPrefix = 'cloudwatch';
  readonly model = model as ServiceModel;

  readonly operations: OperationsOf<typeof model> = {
    GetMetricData: this.reading(getMetricData),
    GetMetricStatistics: this.reading(getMetricStatistics),
    ListMetrics: this.reading(listMetrics),
  };

  constructor(private readonly options: CloudWatchServiceOptions) {}

  private reading(run: (input: Input, reader: MetricReader) => unknown): Operation {
    return { run: (input) => run(input, this.reader()) };
  }

  /** Creates a reader that reads the metrics of each job only once per request. */
  private reader(): MetricReader {
    const { root, environment, jobs } = this.options;
    const read = new Map<string, ReturnType<typeof metricsOf>>();
    return {
      now: Date.now(),
      accountId: environment.accountId,
      jobs: () => {
        jobs.training.refresh();
        return jobs.training.list().filter((job) => this.mayWrite(job));
      },
      metrics: (jobName) => {
        const job = jobs.training.get(jobName);
        // Job names are case-insensitive, but dimension values are not.
        if (job?.name !== jobName || !this.mayWrite(job)) return Promise.resolve(new Map());
        const known = read.get(jobName) ?? metricsOf(root, job);
        read.set(jobName, known);
        return known;
      },
    };
  }

  private mayWrite({ description }: TrainingJobRecord): boolean {
    const context = { 'cloudwatch:namespace': NAMESPACE };
    try {
      this.options.access.checkAccess({ arn: description.RoleArn }, 'cloudwatch:PutMetricData', '*', context);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }
}
