import { Aws, Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { FleetItems } from '../fleet-items';
import { ToleratedFailures } from '../tolerated-failures';
import { acknowledgeWildcards, resourcesOf } from './acknowledge';
import { EXECUTION_TAG_VALUE } from './execution-tag';
import type { FleetBound } from './fleet-bound';
import { fleetLocation, listItemsFunction, summarizeFleetFunction } from './fleet-functions';
import { FLEET_ITEM } from './fleet-item';
import type { LastSuccessOptions } from './fleet-last-success';
import { settingsOf } from './fleet-settings';
import { jsonata, literal } from './jsonata';
import { grantOutputKey, grantWritingResults, outputKey } from './output-key';
import { QUOTA_FIELDS, QUOTA_RESOURCES, readQuotas } from './quota-states';
import type { QuotaUse } from './quota-uses';
import { orNull } from './report-states';
import { retryFunction } from './retries';

/** Everything that the states of a fleet need. */
export interface FleetStatesProps {
  readonly items: FleetItems;
  /** The chain that runs for each item. */
  readonly itemChain: sfn.StateMachineFragment;
  /** The fields that an item can have, in addition to its `id`. */
  readonly itemFields: readonly string[];
  /** The fields in which an item can name its data, such as `train`. */
  readonly dataFields: readonly string[];
  /** S3 URIs of the data that the properties give for all items, by data field. An item must have the other data fields. */
  readonly sharedData: Readonly<Record<string, string>>;
  readonly maxConcurrency: number;
  readonly bound?: FleetBound;
  /** Price of an instance per second; undefined if no prices are given. */
  readonly pricePerSecond?: number;
  /** What the check of the account's quotas needs; undefined without this check. */
  readonly quotas?: {
    readonly uses: readonly QuotaUse[];
    readonly parallel: number;
    readonly trainingJobs: number;
  };
  readonly toleratedFailures?: ToleratedFailures;
  readonly output: DataLocation;
  readonly encryptionKey?: kms.IKey;
  /** How the fleet uses the records of its items' last successes; undefined if it keeps no records. */
  readonly lastSuccess?: LastSuccessOptions;
  /** Receives the events for which the summary could not be written. */
  readonly deadLetterQueue: sqs.IQueue;
}

export const DEFAULT_CONCURRENCY = 10;

/**
 * The states of a fleet: `ListItems`, `TuneItems` and `SummarizeFleet`. If unchanged items are skipped, the state
 * `HasItemsToTune` bypasses the Map when there are no items to tune.
 *
 * The Map has no `Catch`, because a redrive does not run a state again if its error was caught.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
 */
export class FleetStates extends sfn.StateMachineFragment {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];
  readonly listItemsFunction: lambda.Function;
  readonly summarizeFunction: lambda.Function;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetStatesProps,
  ) {
    super(scope, id);
    // The policies of the items' jobs must exist before the state machine.
    this.node.addDependency(props.itemChain);
    this.listItemsFunction = listItemsFunction(this, 'ListItemsFunction', props);
    this.summarizeFunction = summarizeFleetFunction(this, 'SummarizeFunction', props);
    const tune = this.tuneItems();
    const list = this.listItems(tune);
    const summarize = this.summarize();
    list.next(this.skips ? this.hasItems(tune, summarize) : tune);
    tune.next(summarize);
    this.startState = this.readQuotas(list);
    this.endStates = summarize.endStates;
  }

  private get skips(): boolean {
    return this.props.lastSuccess?.data !== undefined;
  }

  /** If the user asks for a check of the account's quotas, reads the quotas before the list of items. */
  private readQuotas(list: sfn.State): sfn.State {
    const { quotas } = this.props;
    if (quotas === undefined) return list;
    const names = quotas.uses.map(({ quota }) => quota);
    return readQuotas(this, names, list);
  }

  private hasItems(tune: sfn.State, summarize: sfn.State): sfn.State {
    return sfn.Choice.jsonata(this, 'HasItemsToTune', { stateName: 'HasItemsToTune' })
      .when(sfn.Condition.jsonata(jsonata('$states.input.items > 0')), tune)
      .otherwise(summarize);
  }

  /**
   * Allows the state machine to read the list of the items and to write the results of the Map.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
   */
  grantStorage(stateMachine: sfn.StateMachine): void {
    const { output, encryptionKey } = this.props;
    const { _bucketArn, _key } = fleetLocation(output);
    const statement = new iam.PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      resources: [`${_bucketArn}/${_key}*`],
    });
    stateMachine.addToRolePolicy(statement);
    grantOutputKey(stateMachine, output, encryptionKey);
    grantWritingResults(stateMachine, output, encryptionKey);
    acknowledgeWildcards(
      stateMachine,
      resourcesOf([statement]),
      'Lists of items and results are below a prefix of the bucket',
    );
    if (this.props.quotas) {
      acknowledgeWildcards(
        stateMachine,
        QUOTA_RESOURCES,
        'ListServiceQuotas has no resource-level permissions',
      );
    }
  }

  /** Reads and checks the list, and writes it in the form that the Map reads. */
  private listItems(tune: sfn.DistributedMap): sfn.TaskStateBase {
    const { items, itemFields, dataFields, sharedData, maxConcurrency, bound, quotas } = this.props;
    const { output, encryptionKey } = this.props;
    const list = tasks.LambdaInvoke.jsonata(this, 'ListItems', {
      stateName: 'ListItems',
      comment: 'Reads and checks the list of the items',
      lambdaFunction: this.listItemsFunction,
      payload: sfn.TaskInput.fromObject({
        input: quotas ? QUOTA_FIELDS.input : jsonata('$states.input'),
        source: { format: items._format, uri: items._location.uri },
        itemFields,
        dataFields,
        sharedData,
        maxConcurrency,
        bound,
        quotas: quotas && { ...quotas, applied: QUOTA_FIELDS.applied, error: QUOTA_FIELDS.error },
        execution: jsonata(EXECUTION_TAG_VALUE),
        output: jsonata(folderOfExecution(output)),
        lastSuccess: this.lastSuccess(tune),
        encryptionKey: outputKey(output, encryptionKey)?.keyArn,
      }),
      outputs: jsonata('$states.result.Payload'),
    });
    retryFunction(list);
    return list;
  }

  /** How the function `list-fleet-items` compares the items with their last successes. */
  private lastSuccess(tune: sfn.DistributedMap): object | undefined {
    const { lastSuccess: { warmStart, data } = {} } = this.props;
    if (warmStart === undefined) return undefined;
    return {
      // The states are complete only when synth writes the template.
      settings: Lazy.uncachedString({
        produce: (context) => {
          const { ItemProcessor } = context.resolve(tune.toStateJson(sfn.QueryLanguage.JSONATA));
          return settingsOf(ItemProcessor);
        },
      }),
      warmStart,
      data: data && {
        locations: data.locations,
        shared: data.shared.map(({ uri }) => uri),
        allowed: data.allowed.map(({ _uriPrefix }) => _uriPrefix),
      },
    };
  }

  /** Runs the chain for each item, in a child execution. */
  private tuneItems(): sfn.DistributedMap {
    const { itemChain, quotas, toleratedFailures = ToleratedFailures.percentage(10) } = this.props;
    const start = sfn.Pass.jsonata(this, 'StartItem', {
      stateName: 'StartItem',
      comment: 'Keeps the description of the item in a variable',
      assign: { [FLEET_ITEM]: jsonata('$sift($states.input, function($value, $name) { $name != "input" })') },
      outputs: jsonata('$states.input.input'),
    });
    const map = new ItemsMap(this, 'TuneItems', {
      stateName: 'TuneItems',
      queryLanguage: sfn.QueryLanguage.JSONATA,
      label: 'Items',
      jsonataMaxConcurrency: jsonata('$states.input.maxConcurrency'),
      toleratedFailures: this.tolerance(toleratedFailures),
      outputs: {
        manifest: jsonata('$states.result.ResultWriterDetails.Key'),
        quotas: quotas && jsonata('$states.input.quotas'),
      },
    });
    map.itemProcessor(start.next(itemChain));
    return map;
  }

  /**
   * The tolerated failures of the Map. A percentage refers to all items, including those that are skipped. If it
   * referred only to the items that run, a few items that fail each night would fail the execution as soon as all other
   * items are skipped.
   */
  private tolerance({ _unit: unit, _value: value }: ToleratedFailures): object {
    if (unit === 'count') return { ToleratedFailureCount: value };
    if (!this.skips) return { ToleratedFailurePercentage: value };
    const all = '($states.input.items + $states.input.skipped)';
    return { ToleratedFailureCount: jsonata(`$floor(${all} * ${literal(value)} / 100)`) };
  }

  private summarize(): sfn.TaskStateBase {
    const { pricePerSecond, quotas, lastSuccess, output, encryptionKey } = this.props;
    const summarize = tasks.LambdaInvoke.jsonata(this, 'SummarizeFleet', {
      stateName: 'SummarizeFleet',
      comment: 'Writes the summary of the results',
      lambdaFunction: this.summarizeFunction,
      payload: sfn.TaskInput.fromObject({
        folder: jsonata(folderOfExecution(output)),
        manifest: this.skips ? orNull('$states.input.manifest') : jsonata('$states.input.manifest'),
        pricePerSecond,
        warmStartFromPrevious: lastSuccess?.warmStart || undefined,
        quotas: quotas && jsonata('$states.input.quotas'),
        encryptionKey: outputKey(output, encryptionKey)?.keyArn,
      }),
      outputs: jsonata('$states.result.Payload'),
    });
    retryFunction(summarize);
    return summarize;
  }
}

/**
 * JSONata for the folder with the list, the results and the summary of an execution. The folder's path contains the
 * name of the state machine, because several fleets can have the same output location. The expression takes this name
 * from the ARN of the execution.
 */
function folderOfExecution(output: DataLocation): string {
  return `${literal(fleetLocation(output).uri)} & $split($states.context.Execution.Id, ':')[6] & '/' & $states.context.Execution.Name & '/'`;
}

interface ItemsMapProps extends sfn.DistributedMapProps {
  /** `ToleratedFailureCount` or `ToleratedFailurePercentage`. */
  readonly toleratedFailures: object;
}

/**
 * The Map. It does not use aws-cdk-lib's `ItemReader` and `ResultWriter`, which have fixed keys and grant permissions
 * for the whole bucket. It also does not use aws-cdk-lib's properties for the tolerated failures, because
 * aws-cdk-lib leaves out a tolerated count of 0.
 */
class ItemsMap extends sfn.DistributedMap {
  constructor(
    scope: Construct,
    id: string,
    private readonly options: ItemsMapProps,
  ) {
    super(scope, id, options);
  }

  override toStateJson(queryLanguage?: sfn.QueryLanguage): object {
    const { toleratedFailures } = this.options;
    const resource = (action: string) => `arn:${Aws.PARTITION}:states:::s3:${action}`;
    return {
      ...super.toStateJson(queryLanguage),
      ItemReader: {
        Resource: resource('getObject'),
        ReaderConfig: { InputType: 'JSONL' },
        Arguments: { Bucket: jsonata('$states.input.list.bucket'), Key: jsonata('$states.input.list.key') },
      },
      ...toleratedFailures,
      ResultWriter: {
        Resource: resource('putObject'),
        WriterConfig: { Transformation: 'NONE', OutputType: 'JSONL' },
        Arguments: { Bucket: jsonata('$states.input.list.bucket'), Prefix: jsonata('$states.input.results') },
      },
    };
  }
}
