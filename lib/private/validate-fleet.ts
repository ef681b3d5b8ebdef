import { Token } from 'aws-cdk-lib';
import { DataLocation } from '../data-location';
import { GROUP_PREFIX_LENGTH } from '../evaluation/private/model-package-group';
import type { TuningFleetProps } from '../tuning-fleet';
import { ownFinalData } from './final-training';
import { LIMITS } from './limits';
import { folder } from './locations';
import { Problems } from './problems';
import { hasSeveralDefinitions } from './tuning-definitions';
import { TUNING_FLEET } from './tuning-shape';
import { checkLocations } from './validate-jobs';
import { validateWorkflow } from './validate-workflow';

/**
 * Checks a fleet's properties, except those that its fragment checks.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateFleet(path: string, props: TuningFleetProps): void {
  validateWorkflow(path, TUNING_FLEET, props);
  const problems = new Problems();
  const { items, maxConcurrency, toleratedFailures } = props;
  const { _group: group } = props.registry ?? {};
  if (group?.isNew === false) {
    problems.add('registry', 'must be ModelRegistry.group() in a fleet, because each item has its own group');
  } else {
    problems.length('registry', group?.name, 1, GROUP_PREFIX_LENGTH);
  }
  problems.integer('maxConcurrency', maxConcurrency, 1, LIMITS.childExecutions, 'limit of Step Functions');
  if (items) checkLocations(problems, 'items', [items._location]);
  if (items?._format === 'FOLDERS' && !items._location._uriPrefix.endsWith('/')) {
    problems.add(
      'items',
      `must be a prefix that ends with /, because the folders are directly below it, got ${items._location.uri}`,
    );
  }
  checkFolders(problems, props);
  checkComparedData(problems, props);
  checkWarmStart(problems, props);
  if (toleratedFailures?._unit === 'count') {
    problems.integer('toleratedFailures', toleratedFailures._value, 0, Number.POSITIVE_INFINITY);
  }
  if (toleratedFailures?._unit === 'percentage') checkPercentage(problems, toleratedFailures._value);
  problems.throwIfAny(path);
}

/** S3 reports whether objects have changed. File systems do not. */
function checkComparedData(problems: Problems, props: TuningFleetProps): void {
  if (!props.skipUnchanged) return;
  const { train, validation, test, channels, furtherDefinitions = [] } = props;
  const data = [
    ...[train, validation, test, ...Object.values(ownFinalData(props)), ...Object.values(channels ?? {})],
    ...furtherDefinitions.flatMap((each) => [
      each.train,
      each.validation,
      ...Object.values(each.channels ?? {}),
    ]),
  ];
  if (data.every((each) => each === undefined || each.location !== undefined)) return;
  problems.add(
    'skipUnchanged',
    'is not supported with data in file systems: only S3 tells whether data has changed',
  );
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html */
function checkWarmStart(problems: Problems, props: TuningFleetProps): void {
  if (!props.warmStartFromPrevious) return;
  const { strategy, warmStart, maxTrainingJobs } = props;
  const because = {
    warmStart: warmStart && 'it names the tuning jobs that all items learn from',
    furtherDefinitions:
      hasSeveralDefinitions(props) && 'SageMaker does not support a warm start with several definitions',
    [`the strategy ${strategy?.name}`]:
      strategy && strategy.name !== 'Bayesian' && 'only a Bayesian search learns from earlier tuning jobs',
  };
  for (const [what, reason] of Object.entries(because)) {
    if (reason) problems.add('warmStartFromPrevious', `cannot be combined with ${what}: ${reason}`);
  }
  const most = LIMITS.warmStartTrainingJobs / 2;
  if (maxTrainingJobs === undefined || Token.isUnresolved(maxTrainingJobs) || maxTrainingJobs <= most) return;
  problems.add(
    'maxTrainingJobs',
    `must be at most ${most} with warmStartFromPrevious, because the training jobs of the earlier tuning job count against the limit of ${LIMITS.warmStartTrainingJobs}, got ${maxTrainingJobs}`,
  );
}

/**
 * The data in each folder must be in one of the S3 locations that the input of an item is allowed to use. Locations
 * with tokens are not compared.
 */
function checkFolders(problems: Problems, props: TuningFleetProps): void {
  const { items, bucket, inputPrefix = 'input/', train, validation, allowedInputLocations } = props;
  if (items?._format !== 'FOLDERS' || Token.isUnresolved(items._location.uri)) return;
  const given = [train?.location, validation?.location, ...(allowedInputLocations ?? [])].filter(
    (location) => location !== undefined,
  );
  const own = bucket && !allowedInputLocations ? [DataLocation.fromBucket(bucket, folder(inputPrefix))] : [];
  const allowed = [...given, ...own];
  const canBeWithin = ({ uri, _uriPrefix }: DataLocation) =>
    Token.isUnresolved(uri) || items._location.uri.startsWith(_uriPrefix);
  if (allowed.some(canBeWithin)) return;
  problems.add(
    'items',
    `${items._location.uri} is not within allowedInputLocations, so that every item would fail: add DataLocation.fromUri('${items._location.uri}') to allowedInputLocations`,
  );
}

function checkPercentage(problems: Problems, value: number): void {
  if (Token.isUnresolved(value) || (value >= 0 && value <= 100)) return;
  problems.add('toleratedFailures', `must be a percentage from 0 to 100, got ${value}`);
}
