import { validationError } from '../../aws-error';
import type { Input, Operation } from '../../service';
import type { EngineContext } from '../engine-context';
import { modelArn } from '../jobs/job-arns';
import { creation } from '../jobs/job-creation';
import { listJobs, pick } from '../jobs/job-lists';
import { runToStop } from '../jobs/running-jobs';
import type { TransformEngine } from './transform-engine';
import type {
  CreateTransformJobRequest,
  TransformJobDescription,
  TransformJobRecord,
} from './transform-types';

/** The operations on transform jobs, by name. */
export function transformOperations(
  { jobs, environment }: Pick<EngineContext, 'jobs' | 'environment'>,
  engine: TransformEngine,
) {
  const { transform } = jobs;
  const find = (input: Input): TransformJobRecord => {
    const name = String(input['TransformJobName']);
    const record = transform.get(name);
    if (record !== undefined) return record;
    throw validationError(`Could not find requested job with name: ${name}`);
  };
  return {
    CreateTransformJob: creation({
      name: 'TransformJobName',
      arn: 'TransformJobArn',
      jobs: transform,
      start: (input, task) => engine.start(input as unknown as CreateTransformJobRequest, task),
      context: ({ ModelName: name }) => ({ 'sagemaker:ModelArn': modelArn(environment, String(name)) }),
    }),
    DescribeTransformJob: { run: (input) => describedTransformJob(find(input).description) },
    ListTransformJobs: {
      run: (input) => {
        transform.refresh();
        const descriptions = transform.list().map(({ description }) => description);
        // By default, ListTransformJobs sorts by creation time, latest first (API reference).
        const wanted = { SortBy: 'CreationTime', SortOrder: 'Descending', ...input };
        return listJobs('TransformJob', descriptions, wanted, (job) =>
          pick(job, ['TransformEndTime', 'FailureReason']),
        );
      },
    },
    StopTransformJob: {
      run: (input) => {
        const { name, description } = find(input);
        runToStop('transform job', name, description.TransformJobStatus, engine.running(name)).stop();
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

/** A transform job as DescribeTransformJob returns it, with SageMaker's defaults. */
function describedTransformJob({ LastModifiedTime: _modified, ...job }: TransformJobDescription) {
  return {
    ...job,
    TransformInput: { CompressionType: 'None', SplitType: 'None', ...job.TransformInput },
    TransformOutput: { AssembleWith: 'None', KmsKeyId: '', ...job.TransformOutput },
    DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None', ...job.DataProcessing },
  };
}
