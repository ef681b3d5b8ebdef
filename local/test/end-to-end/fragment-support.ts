import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  TuningFragment,
  XGBoostVersion,
} from '../../../lib';
import { writeTrainingData } from './support';

/** A state machine with a small search, and its data. */
export function addFragment(scope: Construct, input?: string, report?: boolean): TuningFragment {
  const bucket = new s3.Bucket(scope, 'Bucket');
  new BucketDeployment(scope, 'Data', {
    sources: [Source.asset(writeTrainingData())],
    destinationBucket: bucket,
  });
  return new TuningFragment(scope, 'Tuning', {
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    objective: Objective.minimize('validation:rmse'),
    parameterRanges: [ParameterRange.integer('num_round', { min: 2, max: 20 })],
    maxTrainingJobs: 2,
    train: InputData.csv(DataLocation.fromBucket(bucket, 'train/')),
    validation: InputData.csv(DataLocation.fromBucket(bucket, 'validation/')),
    output: DataLocation.fromBucket(bucket, 'models/'),
    input,
    report,
  });
}
