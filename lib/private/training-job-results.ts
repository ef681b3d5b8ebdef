// JSONata for the results of a training job.

/** For the description of a job: its final metrics, by name. */
export const FINAL_METRICS =
  '$merge($append([{}], $map($states.result.FinalMetricDataList, function($metric) { {$metric.MetricName: $metric.Value} })))';

/** For the description of a job: a sentence with its status. */
export const HOW_ENDED =
  "'Training job ' & $states.result.TrainingJobName & ' ended ' & $states.result.TrainingJobStatus & ' (' & $states.result.SecondaryStatus & ')'";
