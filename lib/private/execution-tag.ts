/**
 * Tag of the jobs that an execution starts without `.sync`, which Step Functions therefore does not stop with
 * it: `StopAbandonedJobs` knows them by it.
 */
export const EXECUTION_TAG = 'cdk-sagemaker-tuning:execution';

/**
 * JSONata for the tag's value: the ARN of the execution or, where that is no value of a tag, its SHA-256. Names
 * of executions may have characters that tags may not, such as parentheses.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
 */
export const EXECUTION_TAG_VALUE = `$length($states.context.Execution.Id) > 256 or $contains($states.context.Execution.Id, /[^a-zA-Z0-9_.:=+@-]/) ? $hash($states.context.Execution.Id, 'SHA-256') : $states.context.Execution.Id`;
