import { AwsError } from '../../aws-error';
import type { Input, Operation } from '../../service';
import { creation } from '../jobs/job-creation';
import type { Jobs } from '../jobs/job-types';
import { runToStop } from '../jobs/running-jobs';
import type { AutoMLEngine } from './automl-engine';
import { listAutoMLJobs, listCandidates } from './automl-lists';
import type { AutoMLJobRecord, CreateAutoMLJobRequest } from './automl-types';

/** The operations of AutoML jobs, by name. */
export function automlOperations({ automl: jobs }: Jobs, engine: AutoMLEngine) {
  const find = (input: Input): AutoMLJobRecord => {
    const name = String(input['AutoMLJobName']);
    const record = jobs.get(name);
    if (record === undefined) {
      throw new AwsError('ResourceNotFound', `Could not find an AutoML job called ${name}.`);
    }
    return record;
  };
  return {
    CreateAutoMLJobV2: creation({
      name: 'AutoMLJobName',
      arn: 'AutoMLJobArn',
      jobs,
      start: (input, task) => engine.start(input as unknown as CreateAutoMLJobRequest, task),
    }),
    DescribeAutoMLJobV2: { run: (input) => find(input).description },
    StopAutoMLJob: {
      run: (input) => {
        const { name, description } = find(input);
        runToStop('AutoML job', name, description.AutoMLJobStatus, engine.running(name)).stop('Stopped');
        return {};
      },
    },
    ListCandidatesForAutoMLJob: {
      run: (input) => listCandidates(find(input).candidates, input),
      // The request names a job, but IAM's tables list no resource types for the action, so only a statement for all
      // resources is certain to allow the action.
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
      access: (_input, given) => [{ ...given, resource: '*' }],
    },
    ListAutoMLJobs: {
      run: (input) => {
        jobs.refresh();
        return listAutoMLJobs(jobs.list(), input);
      },
    },
  } satisfies Record<string, Operation>;
}
