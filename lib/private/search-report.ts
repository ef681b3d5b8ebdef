import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { isUsed } from '../evaluation/private/final-model';
import { EVALUATED_FIELDS } from '../evaluation/private/gate-states';
import { crossValidates } from './final-training';
import { outputUri } from './fleet-item';
import { jsonata } from './jsonata';
import { outputKey } from './output-key';
import { reportLocation } from './report-function';
import { orNull, writeReport } from './report-states';
import { isChain } from './tuning-chain';
import type { TuningStatesProps } from './tuning-states';

/** The state that writes the report. Its input has a result, a final training job, or a failure. */
export function searchReport(scope: Construct, props: TuningStatesProps): tasks.LambdaInvoke | undefined {
  const { reportFunction, output, encryptionKey, featureNames, finalTraining, train } = props;
  if (reportFunction === undefined) return undefined;
  const data = train.location?.uri;
  return writeReport(scope, {
    lambdaFunction: reportFunction,
    payload: {
      tuningJobName: jsonata(
        '$exists($states.input.result) ? $states.input.result.tuningJob.name : $states.input.tuningJobName',
      ),
      ...(isChain(props) && {
        earlierTuningJobNames: orNull('$states.input.result.tuningJob.earlierTuningJobNames'),
        searchFailure: orNull('$states.input.result.tuningJob.failureReason'),
      }),
      bestTrainingJobName: orNull('$states.input.result.bestTrainingJob.name'),
      finalTrainingJobName: orNull('$states.input.trainingJobName'),
      output: outputUri(props, reportLocation(output)),
      encryptionKey: outputKey(output, encryptionKey)?.keyArn,
      reusesBest: finalTraining?.reuseBest || undefined,
      ...(crossValidates(props) && {
        crossValidation: orNull('$states.input.result.crossValidation'),
        crossValidationJobName: orNull('$states.input.crossValidationJobName'),
      }),
      features: featureNames && data ? { data, names: featureNames } : undefined,
      ...(isUsed(props) &&
        Object.fromEntries(
          [...EVALUATED_FIELDS, 'charts'].map((name) => [name, orNull(`$states.input.${name}`)]),
        )),
    },
  });
}
