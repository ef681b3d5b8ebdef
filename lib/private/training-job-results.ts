// JSONata for the results of a training job, from the response of DescribeTrainingJob or the error of a failed job.

/** The final metrics, by name. */
export const FINAL_METRICS =
  '$merge($append([{}], $map($states.result.FinalMetricDataList, function($metric) { {$metric.MetricName: $metric.Value} })))';

/** A sentence with the status of the job. */
export const HOW_ENDED =
  "'Training job ' & $states.result.TrainingJobName & ' ended ' & $states.result.TrainingJobStatus & ' (' & $states.result.SecondaryStatus & ')'";

/** The failed training job's name, from the error's cause; null if the job never started. */
export const FAILED_JOB_NAME =
  '( $name := $match($states.errorOutput.Cause, /"TrainingJobName":"([^"]+)"/)[0].groups[0]; $exists($name) ? $name : null )';
