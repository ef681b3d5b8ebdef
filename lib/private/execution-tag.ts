/**
 * Key of the tag on jobs that an execution starts without `.sync`. Step Functions does not stop these jobs;
 * `StopAbandonedJobs` finds them by the tag.
 */
export const EXECUTION_TAG = 'cdk-sagemaker-tuning:execution';

/**
 * JSONata for the tag's value: the ARN of the execution, or its SHA-256 if the ARN is not a valid tag value. Names of
 * executions can have characters that tag values cannot have, such as parentheses.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
 */
export const EXECUTION_TAG_VALUE = `$length($states.context.Execution.Id) > 256 or $contains($states.context.Execution.Id, /[^a-zA-Z0-9_.:=+@-]/) ? $hash($states.context.Execution.Id, 'SHA-256') : $states.context.Execution.Id`;
