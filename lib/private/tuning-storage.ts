import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { DataLocation } from '../data-location';
import { InputData } from '../input-data';
import type { TuningFragmentProps } from '../tuning-fragment';
import type { TuningWorkflowProps } from '../tuning-workflow';
import { trainsFinalModel } from './final-training';
import { folder } from './locations';
import type { WorkflowPlaces } from './new-data-rule';
import { createTuningBucket } from './tuning-bucket';

/**
 * The bucket of a tuning workflow, and the properties of the workflow's `TuningFragment`. The default locations in
 * these properties are in the bucket.
 */
export function tuningStorage(
  scope: Construct,
  props: TuningWorkflowProps,
): { readonly bucket: s3.IBucket; readonly places: WorkflowPlaces; readonly fragment: TuningFragmentProps } {
  const inputPrefix = folder(props.inputPrefix ?? 'input/');
  const outputPrefix = folder(props.outputPrefix ?? 'output/');
  const bucket =
    props.bucket ??
    createTuningBucket(scope, {
      encryptionKey: props.encryptionKey,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      outputPrefix,
      trialRetention: props.trialRetention ?? (trainsFinalModel(props) ? Duration.days(30) : undefined),
    });
  const inBucket = (key: string) => InputData.csv(DataLocation.fromBucket(bucket, key));
  const places = {
    input: DataLocation.fromBucket(bucket, inputPrefix),
    output: DataLocation.fromBucket(bucket, outputPrefix),
  };
  const fragment = {
    ...props,
    train: props.train ?? inBucket(folder(props.trainPrefix ?? `${inputPrefix}train/`)),
    validation: props.validation ?? inBucket(folder(props.validationPrefix ?? `${inputPrefix}validation/`)),
    test:
      props.test ??
      (props.evaluation ? inBucket(folder(props.testPrefix ?? `${inputPrefix}test/`)) : undefined),
    allowedInputLocations: props.allowedInputLocations ?? (isBrought(props) ? undefined : [places.input]),
    output: places.output,
  };
  return { bucket, places, fragment };
}

/** Whether the user gives the locations of all data, so that the workflow's bucket contains none. */
function isBrought({ train, validation, test, evaluation }: TuningWorkflowProps): boolean {
  return Boolean(train && validation && (test || !evaluation));
}
