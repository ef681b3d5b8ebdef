// JSONata for the results of a training job.

/** For the error of a task that waits for a training job: the reason. The cause of a failed job is its description, as JSON. */
export const FAILURE_REASON =
  '( $failure := $match($states.errorOutput.Cause, /"FailureReason":"(.*?)"[^ a-zA-Z]/)[0].groups[0]; $exists($failure) ? $failure : $states.errorOutput.Cause )';

/** For the description of a job: its final metrics, by name. */
export const FINAL_METRICS =
  '$merge($append([{}], $map($states.result.FinalMetricDataList, function($metric) { {$metric.MetricName: $metric.Value} })))';

/** For the description of a job: a sentence with its status. */
export const HOW_ENDED =
  "'Training job ' & $states.result.TrainingJobName & ' ended ' & $states.result.TrainingJobStatus & ' (' & $states.result.SecondaryStatus & ')'";
