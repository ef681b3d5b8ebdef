import type { TaskIdentity } from '../../service';
import type { Jobs } from './job-types';

const CREATED: Readonly<Record<string, { kind: keyof Jobs; name: string; arn: string }>> = {
  CreateTrainingJob: { kind: 'training', name: 'TrainingJobName', arn: 'TrainingJobArn' },
  CreateHyperParameterTuningJob: {
    kind: 'tuning',
    name: 'HyperParameterTuningJobName',
    arn: 'HyperParameterTuningJobArn',
  },
  CreateAutoMLJobV2: { kind: 'automl', name: 'AutoMLJobName', arn: 'AutoMLJobArn' },
};

/**
 * The answer to a request that was carried out already, when the same try at a task makes it again: local mode was
 * interrupted before the task had heard of its job. Undefined for every other request.
 */
export function answerOfRepeatedRequest(
  jobs: Jobs,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  task: TaskIdentity | undefined,
): unknown {
  const created = CREATED[operation];
  if (task === undefined || created === undefined) return undefined;
  const record = jobs[created.kind].get(String(input[created.name]));
  if (record?.createdBy?.token !== task.token) return undefined;
  return { [created.arn]: (record.description as unknown as Record<string, unknown>)[created.arn] };
}
