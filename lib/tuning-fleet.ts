import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FleetItems } from './fleet-items';
import { acknowledgeFleetWildcards } from './private/acknowledge-fleet';
import { acknowledgeTuningWildcards } from './private/acknowledge-tuning';
import { pricePerSecond } from './private/cost';
import { createDeadLetterQueue } from './private/dead-letter-queue';
import { DEFAULTS } from './private/defaults';
import { fleetBound } from './private/fleet-bound';
import { lastSuccessOptions } from './private/fleet-last-success';
import { DEFAULT_CONCURRENCY, FleetStates, type FleetStatesProps } from './private/fleet-states';
import { jobStateMachine } from './private/job-state-machine';
import { keepLogs } from './private/log-groups';
import type { WorkflowPlaces } from './private/new-data-rule';
import { quotaUses } from './private/quota-uses';
import { stopTuningJobs } from './private/stop-tuning-jobs';
import { summarizeUnsuccessful } from './private/summarize-fleet';
import { definitionsOf } from './private/tuning-definitions';
import { tuningStorage } from './private/tuning-storage';
import { validateFleet } from './private/validate-fleet';
import { numberOfTrainingJobs } from './private/validate-search';
import { warnOfFleet } from './private/warn-of-fleet';
import { SageMakerWorkflow } from './sagemaker-workflow';
import type { StopAbandonedJobs } from './stop-abandoned-jobs';
import type { ToleratedFailures } from './tolerated-failures';
import { TuningFragment, type TuningFragmentProps } from './tuning-fragment';
import type { TuningWorkflowProps } from './tuning-workflow';

/** Properties of `TuningFleet`. */
export interface TuningFleetProps extends TuningWorkflowProps {
  /**
   * The list of the items. An execution's input can replace it with `items`.
   *
   * @default - the folders below `inputPrefix` in the fleet's bucket: `input/<id>/train/`, `input/<id>/validation/`
   * and, with `evaluation`, `input/<id>/test/`
   */
  readonly items?: FleetItems;
  /**
   * Maximum number of items that are tuned at the same time: 1 to 10,000. An execution's input can override it.
   *
   * SageMaker runs at most 100 tuning jobs at the same time in an account and region, and this quota cannot be raised.
   * A fleet can use up to `maxConcurrency` × `maxParallelTrainingJobs` × `resources.instanceCount` training instances;
   * each instance type has its own quota. If a quota is used up, items wait for at most `maxQuotaWait`. If
   * SageMaker throttles a request, the execution retries it at random intervals for about 40 minutes.
   *
   * @default 10
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   */
  readonly maxConcurrency?: number;
  /**
   * Whether each execution first reads the quotas of the account, and lowers `maxConcurrency` to the number of items
   * that these quotas allow at the same time. The execution considers these quotas:
   *
   * - tuning jobs: 100 at the same time.
   * - instances of each type for training jobs, spot training jobs and transform jobs. For example, if each item runs 2
   *   training jobs at a time on 1 instance each, a quota of 8 instances allows 4 items.
   *
   * If a single item needs more than a quota allows, the item fails with `QuotaTooLow`. If this applies to all items,
   * the execution fails with `QuotaTooLow` before a job starts. A quota that cannot be read does not limit the
   * execution. `fleet.quotas` in the output lists the quotas that were read. Other jobs of the account can still use up
   * a quota. In that case, items wait for at most `maxQuotaWait`.
   *
   * The state machine gets the permission `servicequotas:ListServiceQuotas`. AWS does not support limiting this
   * permission to one service. Each execution sends about 20 requests to read the quotas.
   *
   * @default false
   * @see https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
   * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
   */
  readonly checkQuotas?: boolean;
  /**
   * How many items can fail. If more items fail, the execution fails, and the items that are still running are stopped.
   * `ToleratedFailures.percentage` refers to all items, including those that `skipUnchanged` skips.
   *
   * @default ToleratedFailures.percentage(10)
   */
  readonly toleratedFailures?: ToleratedFailures;
  /**
   * Whether an execution skips items that are unchanged since their last success. An item is unchanged if all of the
   * following are the same:
   *
   * - the item's data: the keys, the sizes and the ETags of all objects. The execution lists the objects before the
   *   item runs, and does not read their content.
   * - the item's fields, including the `defaults` of the input.
   * - the states that run for the items (without their comments, retries and tags), with the values of their tokens. An
   *   upgrade of this library can change these states.
   *
   * The image is compared by its URI. The code of the Lambda functions is not compared. A location with more than
   * 100,000 objects counts as changed. Data in file systems is not supported.
   *
   * The summary contains skipped items with the results of their last success. The input `{"skipUnchanged": false}`
   * runs all items. For each item, the execution sends one S3 request for each of the item's locations, and one or two
   * more for the record of the item's last success.
   *
   * @default false
   */
  readonly skipUnchanged?: boolean;
  /**
   * Whether each item is warm-started (TransferLearning) from the tuning job of its last successful run. The data and
   * the number of training jobs can be different. There is no warm start if the hyperparameters of the item
   * or the states of the fleet have changed, or if SageMaker rejects the warm start, for example because the earlier
   * tuning job was deleted.
   *
   * An item's own `warmStartFrom` takes precedence. The search must be Bayesian. It can have at most 250 training jobs,
   * because the training jobs of the earlier tuning job also count toward SageMaker's limit of 500. Cannot be combined
   * with `warmStart` or `furtherDefinitions`.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
   */
  readonly warmStartFromPrevious?: boolean;
}

/**
 * Tunes a model for each item of a list, such as each store or each machine, in one execution. A Distributed Map runs
 * the chain of `TuningFragment` in a child execution for each item. Creates a bucket, roles, Lambda functions and a
 * state machine.
 *
 * Start an execution with the input `{}`, or with any of these fields:
 *
 * - `items`: an array of items, which replaces the list in the properties. See `FleetItems` for the fields of an item.
 * - `retry`: the name of an earlier execution. The items that did not succeed in that execution run again, with the
 *   same fields.
 * - `defaults`: default values for the fields of all items, such as `{"maxTrainingJobs": 5}`. With `retry`, they
 *   replace the `defaults` of the earlier execution.
 * - `maxConcurrency`: a whole number.
 * - `skipUnchanged`: whether to skip unchanged items, if the property `skipUnchanged` is true.
 *
 * Each item needs its own `train`, `validation` and, with `evaluation`, `test`, unless `defaults` or the properties
 * (such as `train` or `trainPrefix`) give this data for all items.
 *
 * Each item has its own folder `<id>-<hash>/` below `trials/`, `models/` and `reports/` in the output location. The
 * names of the item's tuning jobs contain characters of the `id`, and all jobs of the item have the tag
 * `cdk-sagemaker-tuning:item`. With `registry`, each item has its own model package group. The first execution that
 * registers a model of the item creates the group. The group is kept when the stack is deleted.
 *
 * Output: `fleet`, with these fields:
 *
 * - `items`, `succeeded`, `failed`, `notStarted` and `skipped`: numbers of items.
 * - `reasons`: the most common reasons for failure.
 * - `objective`: `metric`, `type`, `best`, `median` and `worst`.
 * - `instanceSeconds`: the billed time of all instances.
 * - `unknownItems`: the number of items that `instanceSeconds` leaves out.
 * - `summary` (a page), `csv`, `json` and `results` (the manifest of the Map's results): S3 URIs. `results` is missing
 *   if all items were skipped.
 * - `cost`, if the property `cost` is set: `bound` (the maximum that all items together could use) and `used`. Both
 *   have `instanceSeconds` and, with prices, `cost`. `used` has no `cost` if the jobs of an item have different prices.
 * - `quotas`, if `checkQuotas` is true: `requested` (the concurrency that was asked for), `maxConcurrency` (the
 *   resulting concurrency), and `quotas` (a list whose elements have `name`, `value` and `itemUses`). Where they apply,
 *   `fleet.quotas` also has `tooLarge` (the number of items that exceed a quota on their own), `unknown` (the names of
 *   quotas that could not be read) and `error`.
 *
 * An execution whose items together could exceed `cost.maxCost` or `cost.maxInstanceHours` fails with `InvalidInput` before a
 * job starts.
 *
 * The summary is written even if the execution fails. To run only the items that failed or did not start, start a new
 * execution with `retry`. A redrive runs only items that did not start or were stopped. For an item that failed, a
 * redrive would only repeat its `Fail` state.
 *
 * Errors: `InvalidInput`, `InvalidItems` and `QuotaTooLow` (before any job starts), `States.ExceedToleratedFailureThreshold` (see `toleratedFailures`), and the
 * errors of Step Functions. The errors of an item are those of `TuningFragment`, and are in the summary.
 *
 * @example
 * new TuningFleet(this, 'Stores', {
 *   algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
 *   objective: Objective.minimize('validation:rmse'),
 *   hyperparameters: { num_round: '200' },
 *   parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 10 })],
 *   items: FleetItems.folders(DataLocation.fromUri('s3://retail/stores/')),
 *   allowedInputLocations: [DataLocation.fromUri('s3://retail/stores/')],
 * });
 */
export class TuningFleet extends SageMakerWorkflow {
  /** The bucket for models, reports, summaries and data. */
  readonly bucket: s3.IBucket;
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;
  /** The chain of states that runs for each item. */
  readonly fragment: TuningFragment;
  /** The Lambda function that reads the list of the items. */
  readonly listItemsFunction: lambda.IFunction;
  /** The Lambda function that writes the summary. */
  readonly summarizeFunction: lambda.IFunction;
  /**
   * A queue for the events of failed executions whose summaries could not be written in three attempts. The queue keeps
   * the events for 14 days.
   */
  readonly deadLetterQueue: sqs.IQueue;
  /**
   * Stops an execution's tuning jobs if the execution ends before the jobs. Undefined with the integration `OPTIMIZED`,
   * because Step Functions itself stops the jobs of this integration.
   */
  readonly stopAbandonedJobs?: StopAbandonedJobs;
  /** Execution role of the training jobs. */
  readonly trainingRole: iam.IRole;
  /**
   * Prefix of the names of the items' model package groups; undefined without `registry`. The group of an item is called
   * `<prefix>-<up to 13 characters of the id>-<hash>`.
   */
  readonly modelPackageGroupPrefix?: string;
  /** Security groups of the training containers; empty without a VPC. */
  readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _places: WorkflowPlaces;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the algorithm, the search, the items, and the settings of the workflow
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: TuningFleetProps) {
    super(scope, id);
    validateFleet(this.node.path, props);
    const { bucket, places, fragment } = tuningStorage(this, props);
    this.bucket = bucket;
    this._places = places;
    this.fragment = new TuningFragment(this, 'Tuning', {
      ...fragment,
      _isFleetItem: true,
      _startsFromLastSuccess: props.warmStartFromPrevious,
    });
    this.trainingRole = this.fragment.trainingRole;
    this.connections = this.fragment.connections;
    this.modelPackageGroupPrefix = this.fragment._modelPackageGroup;
    this.deadLetterQueue = createDeadLetterQueue(this);
    const definitions = definitionsOf(fragment);
    const bound = fleetBound(fragment, definitions);
    const price = bound && pricePerSecond(fragment, definitions);
    const states = new FleetStates(this, 'Fleet', {
      items: props.items ?? FleetItems.folders(places.input),
      itemChain: this.fragment,
      itemFields: this.fragment._inputFields,
      ...dataFieldsOf(fragment, props),
      maxConcurrency: props.maxConcurrency ?? DEFAULT_CONCURRENCY,
      bound,
      pricePerSecond: price,
      quotas: props.checkQuotas
        ? {
            uses: quotaUses(fragment, definitions),
            parallel: props.maxParallelTrainingJobs ?? DEFAULTS.parallelTrainingJobs,
            trainingJobs: numberOfTrainingJobs(fragment, definitions),
          }
        : undefined,
      toleratedFailures: props.toleratedFailures,
      output: places.output,
      encryptionKey: props.encryptionKey,
      lastSuccess: lastSuccessOptions(props, fragment, this.fragment._definitions),
      deadLetterQueue: this.deadLetterQueue,
    });
    this.listItemsFunction = states.listItemsFunction;
    this.summarizeFunction = states.summarizeFunction;
    this.stateMachine = jobStateMachine(this, {
      name: props.stateMachineName,
      comment: 'Tunes a model on Amazon SageMaker for each item of a list',
      fragment: states,
      encryptionKey: props.encryptionKey,
    });
    states.grantStorage(this.stateMachine);
    summarizeUnsuccessful(this, {
      stateMachine: this.stateMachine,
      summarizeFunction: states.summarizeFunction,
      deadLetterQueue: this.deadLetterQueue,
      pricePerSecond: price,
      warmStartFromPrevious: props.warmStartFromPrevious,
      output: places.output,
      encryptionKey: props.encryptionKey,
    });
    this.stopAbandonedJobs = stopTuningJobs(this, props, this.stateMachine, this.fragment);
    keepLogs(this, props);
    warnOfFleet(this, props, definitions);
    acknowledgeTuningWildcards(this.stateMachine, this.fragment);
    acknowledgeFleetWildcards(this.stateMachine, [states.listItemsFunction, states.summarizeFunction]);
  }

  /** @internal */
  protected get _jobNamePrefix(): string {
    return this.fragment.jobNamePrefix;
  }
}

/** The fields that specify an item's data, and the data that the properties give for all items. */
function dataFieldsOf(
  { train, validation, test }: TuningFragmentProps,
  props: TuningFleetProps,
): Pick<FleetStatesProps, 'dataFields' | 'sharedData'> {
  // An item cannot replace data in a file system.
  const locations = Object.entries({ train, validation, test }).flatMap(([field, data]) =>
    data?.location ? [[field, data.location.uri] as const] : [],
  );
  const given: Readonly<Record<string, unknown>> = {
    train: props.train ?? props.trainPrefix,
    validation: props.validation ?? props.validationPrefix,
    test: props.test ?? props.testPrefix,
  };
  return {
    dataFields: locations.map(([field]) => field),
    sharedData: Object.fromEntries(locations.filter(([field]) => given[field] !== undefined)),
  };
}
