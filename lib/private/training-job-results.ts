// JSONata for the results of a training job, from the response of DescribeTrainingJob.

/** The final metrics, by name. */
export const FINAL_METRICS =
  '$merge($append([{}], $map($states.result.FinalMetricDataList, function($metric) { {$metric.MetricName: $metric.Value} })))';

/** A sentence with the status of the job. */
export const HOW_ENDED =
  "'Training job ' & $states.result.TrainingJobName & ' ended ' & $states.result.TrainingJobStatus & ' (' & $states.result.SecondaryStatus & ')'";
