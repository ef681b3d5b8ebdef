import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { TrainingJobMetricOptions } from '../workflow-options';

/**
 * Searches for a metric of the training jobs whose names begin with a prefix, whatever the dimension: SageMaker puts
 * utilization under the instance, `Host=<job>/algo-1`, and what algorithms report under `TrainingJobName`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function trainingJobSearch(
  jobNamePrefix: string,
  metricName: string,
  { statistic = 'Average', period = Duration.minutes(5), label = metricName }: TrainingJobMetricOptions = {},
): cloudwatch.SearchExpression {
  const search = `Namespace="/aws/sagemaker/TrainingJobs" MetricName="${metricName}" ${jobNamePrefix}`;
  return new cloudwatch.SearchExpression({
    expression: `SEARCH('${search}', '${statistic}', ${period.toSeconds()})`,
    label,
    period,
  });
}
