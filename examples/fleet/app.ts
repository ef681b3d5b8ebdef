import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { makeDataSets } from '../../data/fleet/make-data-sets.cjs';
import {
  Algorithm,
  Objective,
  ParameterRange,
  ScalingType,
  ToleratedFailures,
  TuningFleet,
  XGBoostVersion,
} from '../../lib';

const stack = new Stack(new App({ context }), 'FleetExample');

const fleet = new TuningFleet(stack, 'Stations', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror', num_round: '60' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 2, max: 8 }),
    ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
  ],
  maxTrainingJobs: 5,
  maxTrainingRuntime: Duration.minutes(10),
  cost: { pricePerHour: { 'ml.m5.xlarge': 0.23 }, maxCost: 2 },
  maxConcurrency: 4,
  toleratedFailures: ToleratedFailures.count(1),
  skipUnchanged: true,
  removalPolicy: RemovalPolicy.DESTROY,
});

// input/station-000/train/, input/station-000/validation/, input/station-001/train/, …
const folder = mkdtempSync(join(tmpdir(), 'stations-'));
process.once('exit', () => rmSync(folder, { recursive: true }));
makeDataSets(folder, { count: 6, maxRows: 600, broken: [3] });
new BucketDeployment(stack, 'Data', {
  sources: [Source.asset(folder)],
  destinationBucket: fleet.bucket,
  destinationKeyPrefix: 'input/',
});
