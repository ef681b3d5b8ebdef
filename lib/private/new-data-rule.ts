import { Aspects, Token } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { NewDataOptions } from '../workflow-options';
import { type Startable, starterRole } from './execution-starter';
import { warn } from './warn';

/** Locations where a workflow reads its data and writes its results. */
export interface WorkflowPlaces {
  readonly input: DataLocation;
  readonly output: DataLocation;
}

/** The object that marks data as complete. */
export const DEFAULT_OBJECTS: readonly string[] = ['_SUCCESS'];

/** Creates a rule that starts an execution for each new object that matches. */
export function newDataRule(
  scope: Construct,
  id: string,
  startable: Startable,
  options: NewDataOptions & { readonly places: WorkflowPlaces },
): events.Rule {
  const { places, objects = DEFAULT_OBJECTS } = options;
  const location = options.location ?? places.input;
  const bucket = location._bucket;
  if (bucket) sendEventsToEventBridge(scope, id, bucket);
  const role = starterRole(scope, `${id}Role`, startable, new iam.ServicePrincipal('events.amazonaws.com'));
  const input = options.input ?? events.RuleTargetInput.fromObject({});
  return new events.Rule(scope, id, {
    description: options.description ?? `New data for ${scope.node.path}`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [bucket?.bucketName] },
        object: { key: objects.map((object) => keyPattern(location._key, object)) },
      },
    },
    targets: [{ bind: () => ({ arn: startable.arn, role, input }) }],
  });
}

/**
 * Event pattern for object keys: an exact match, or a match with wildcards.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
function keyPattern(folder: string, object: string): unknown {
  if (!object.includes('*')) return `${folder}${object}`;
  const literal = Token.isUnresolved(folder) ? folder : folder.replace(/[\\*]/g, '\\$&');
  return { wildcard: `${literal}${object.replaceAll('\\', '\\\\')}` };
}

/**
 * Sends a bucket's events to EventBridge through the CloudFormation property. The method
 * `enableEventBridgeNotification` of aws-cdk-lib would add a Lambda function with permissions for the notifications of
 * every bucket. The code calls this method only if the bucket already has that Lambda function, which would otherwise
 * disable the events.
 */
function sendEventsToEventBridge(scope: Construct, id: string, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) {
    warn(
      scope,
      `eventBridgeOfImportedBucket:${id}`,
      `${id}: the bucket ${bucket.bucketName} belongs to another stack: its owner must send its events to Amazon EventBridge, or no execution starts`,
    );
    return;
  }
  resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
  Aspects.of(bucket).add({
    visit(node) {
      if (node === bucket && node.node.tryFindChild('Notifications')) bucket.enableEventBridgeNotification();
    },
  });
}
