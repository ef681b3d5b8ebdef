import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { FleetItems } from '../fleet-items';
import { allowFunction, bundledFunction } from './bundled-function';
import { type LastSuccessOptions, listedLocations } from './fleet-last-success';
import { grantOutputKey, grantReadingResults } from './output-key';
import { reportLocation } from './report-function';
import { listStatement, readStatements, writeStatement } from './training-permissions';

/** Options for the functions of a fleet. */
export interface FleetFunctionOptions {
  readonly output: DataLocation;
  readonly encryptionKey?: kms.IKey;
  /** How the fleet uses the records of its items' last successes; undefined if it keeps no records. */
  readonly lastSuccess?: LastSuccessOptions;
}

/** Location of the lists, the results and the summaries of the executions. */
export function fleetLocation(output: DataLocation): DataLocation {
  return output._child('fleets/');
}

/** Location of the records of the items' last successes; empty if the fleet keeps no records. */
function successLocations({ output, lastSuccess }: FleetFunctionOptions): DataLocation[] {
  return lastSuccess ? [output._child('successes/')] : [];
}

/** Options for the function that reads the list of the items. */
export interface ListItemsFunctionOptions extends FleetFunctionOptions {
  readonly items: FleetItems;
  /** S3 URIs of the data that all items share, by field. */
  readonly sharedData: Readonly<Record<string, string>>;
}

/** Creates the function that reads the list of the items. */
export function listItemsFunction(
  scope: Construct,
  id: string,
  options: ListItemsFunctionOptions,
): lambda.Function {
  const { items, sharedData, output, encryptionKey, lastSuccess } = options;
  const { _format: format, _location: source } = items;
  const looksForData = format === 'FOLDERS' && Object.keys(sharedData).length > 0;
  const hasManyRequests = lastSuccess !== undefined || looksForData;
  const made = bundledFunction(scope, id, {
    name: 'list-fleet-items',
    description: 'Reads and checks the list of the items of a fleet',
    roleDescription: 'Reads lists of items and writes them for Step Functions',
    // With `lastSuccess`, the function sends a request for each location of each item. If the items are folders and
    // share data, it also sends such requests, to look for items with their own data. These requests keep a whole
    // CPU busy, and Lambda allocates CPU in proportion to memory.
    memorySize: hasManyRequests ? 2048 : 1024,
    timeout: Duration.minutes(hasManyRequests ? 15 : 5),
    encryptionKey,
  });
  grantOutputKey(made, output, encryptionKey);
  if (format !== 'FOLDERS') source._bucket?.encryptionKey?.grantDecrypt(made);
  const fleets = fleetLocation(output);
  const successes = successLocations(options);
  const data = lastSuccess?.data ? listedLocations(lastSuccess.data) : [];
  return allowFunction(
    made,
    [
      // An execution with `retry` reads the list and the results of an earlier execution.
      ...readStatements([fleets, ...successes]),
      ...(format === 'FOLDERS' ? [] : [readObjectStatement(source)]),
      // If the list is a file, the function needs `s3:ListBucket` to check whether the file exists.
      listStatement(source),
      listStatement(fleets),
      ...[...successes, ...data].map(listStatement),
      writeStatement([fleets]),
    ],
    'Objects below the locations of the list and of the output',
  );
}

/** Permission to read one object, or all objects of the bucket if the object's key is unknown at synth. */
function readObjectStatement({ _bucketArn, _key }: DataLocation): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [`${_bucketArn}/${_key || '*'}`] });
}

/** Options for the function that writes the summary. */
export interface SummarizeFunctionOptions extends FleetFunctionOptions {
  /** Receives the events that the function could not process. */
  readonly deadLetterQueue: sqs.IQueue;
}

/** Creates the function that writes the summary. */
export function summarizeFleetFunction(
  scope: Construct,
  id: string,
  options: SummarizeFunctionOptions,
): lambda.Function {
  const { output, encryptionKey, deadLetterQueue, lastSuccess } = options;
  const made = bundledFunction(scope, id, {
    name: 'summarize-fleet',
    description: 'Writes the summary of a fleet of tuning jobs',
    roleDescription: 'Reads the results of a fleet and writes its summary',
    memorySize: 1024,
    timeout: Duration.minutes(lastSuccess ? 15 : 10),
    encryptionKey,
    // Step Functions can write the results of a failed execution after EventBridge delivers the event of the failure.
    // In that case, a later invocation finds the results.
    retryAttempts: 2,
    deadLetterQueue,
  });
  grantOutputKey(made, output, encryptionKey);
  grantReadingResults(made, output, encryptionKey);
  const fleets = fleetLocation(output);
  return allowFunction(
    made,
    [
      ...readStatements([fleets, reportLocation(output)]),
      listStatement(fleets),
      // The function needs `s3:ListBucket` to check whether a report exists.
      listStatement(reportLocation(output)),
      writeStatement([fleets, ...successLocations(options)]),
    ],
    'Objects below the locations of the results, the reports and the summaries',
  );
}
