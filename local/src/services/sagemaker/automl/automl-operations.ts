import { AwsError } from '../../aws-error';
import type { Principal } from '../../service';
import type { Jobs } from '../jobs/job-types';
import type { AUTOML_OPERATIONS, Operations } from '../operation-names';
import type { AutoMLEngine } from './automl-engine';
import { listAutoMLJobs, listCandidates } from './automl-lists';
import type { AutoMLJobRecord, CreateAutoMLJobRequest } from './automl-types';

type Input = Readonly<Record<string, unknown>>;

/** The operations on AutoML jobs, by name. */
export function automlOperations(
  { automl: jobs }: Jobs,
  engine: AutoMLEngine,
): Operations<typeof AUTOML_OPERATIONS, (input: Input, caller: Principal) => unknown> {
  const find = (input: Input): AutoMLJobRecord => {
    const name = String(input['AutoMLJobName']);
    const record = jobs.get(name);
    if (record === undefined) {
      throw new AwsError('ResourceNotFound', `Could not find an AutoML job called ${name}.`);
    }
    return record;
  };
  return {
    CreateAutoMLJobV2: (input, { task }) => ({
      AutoMLJobArn: engine.start(input as unknown as CreateAutoMLJobRequest, task).description.AutoMLJobArn,
    }),
    DescribeAutoMLJobV2: (input) => find(input).description,
    StopAutoMLJob: (input) => {
      const { name, description } = find(input);
      if (description.AutoMLJobStatus !== 'InProgress') {
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the AutoML job is in status ${description.AutoMLJobStatus}.`,
        );
      }
      const run = engine.running(name);
      if (run === undefined) {
        throw new AwsError(
          'ValidationException',
          `another process of local mode runs the job ${name}: stop it there`,
        );
      }
      run.stop('Stopped');
      return {};
    },
    ListCandidatesForAutoMLJob: (input) => listCandidates(find(input).candidates, input),
    ListAutoMLJobs: (input) => {
      jobs.refresh();
      return listAutoMLJobs(jobs.list(), input);
    },
  };
}
