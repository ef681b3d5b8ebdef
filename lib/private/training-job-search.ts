import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { TrainingJobMetricOptions } from '../workflow-options';

/**
 * Search expression for a metric of the training jobs whose names begin with a prefix. It matches any dimension: SageMaker
 * publishes utilization by instance (`Host=<job>/algo-1`), and metrics of algorithms by `TrainingJobName`.
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
