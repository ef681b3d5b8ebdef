import { Annotations, Aspects, Token } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { NewDataOptions } from '../workflow-options';
import { type Startable, starterRole } from './execution-starter';
import { Problems } from './problems';

/** Where a workflow reads and writes. */
export interface WorkflowPlaces {
  readonly input: DataLocation;
  readonly output: DataLocation;
}

/** Makes a rule that starts an execution for each new object that matches. */
export function newDataRule(
  scope: Construct,
  id: string,
  startable: Startable,
  options: NewDataOptions & { readonly places: WorkflowPlaces },
): events.Rule {
  const { places, objects = ['_SUCCESS'] } = options;
  const location = options.location ?? places.input;
  const bucket = location._bucket;
  checkNewData(location, objects, places.output).throwIfAny(`${scope.node.path}/${id}`);
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

function checkNewData(location: DataLocation, objects: readonly string[], output: DataLocation): Problems {
  const problems = new Problems();
  if (!location._bucket) {
    problems.add(
      'location',
      `must be of a bucket construct, as EventBridge has to get the bucket's events, got ${location.uri}: use DataLocation.fromBucket`,
    );
  }
  if (problems.tokenList('objects', objects)) return problems;
  problems.count('objects', objects, 1, Number.POSITIVE_INFINITY);
  for (const [index, object] of objects.entries()) {
    const prop = `objects[${index}]`;
    if (object === '' || object.startsWith('/') || object.includes('**')) {
      problems.add(
        prop,
        `must be a key relative to the location, without a leading slash and without **, got ${JSON.stringify(object)}`,
      );
    } else if (location._bucket === output._bucket && mayMatchBelow(location._key, object, output._key)) {
      problems.add(
        prop,
        `must not match what the workflow writes to ${JSON.stringify(output._key)}, or each execution would start the next ones, got ${JSON.stringify(`${location._key}${object}`)}`,
      );
    }
  }
  return problems;
}

/** Whether a pattern may match a key that begins with a prefix; false for what is not known before deployment. */
function mayMatchBelow(folder: string, object: string, prefix: string): boolean {
  const pattern = `${folder}${object}`;
  if (Token.isUnresolved(pattern) || Token.isUnresolved(prefix)) return false;
  const wildcard = folder.length + object.indexOf('*');
  if (!object.includes('*')) return pattern.startsWith(prefix);
  const start = pattern.slice(0, wildcard);
  return start.startsWith(prefix) || prefix.startsWith(start);
}

/**
 * Keys as event patterns compare them: as a whole, or with wildcards.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
function keyPattern(folder: string, object: string): unknown {
  if (!object.includes('*')) return `${folder}${object}`;
  const literal = Token.isUnresolved(folder) ? folder : folder.replace(/[\\*]/g, '\\$&');
  return { wildcard: `${literal}${object.replaceAll('\\', '\\\\')}` };
}

/**
 * Switches a bucket's events to EventBridge on with CloudFormation's own property. aws-cdk-lib's
 * `enableEventBridgeNotification` needs a Lambda function that may change the notifications of every bucket; it is
 * called only where the bucket has that function anyway, which else would switch the events off again.
 */
function sendEventsToEventBridge(scope: Construct, id: string, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) {
    Annotations.of(scope).addWarningV2(
      `cdk-sagemaker-tuning:eventBridgeOfImportedBucket:${id}`,
      `${id}: the bucket ${bucket.bucketName} belongs to another stack: its owner has to switch its events to Amazon EventBridge on, or no execution starts`,
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
