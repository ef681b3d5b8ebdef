import type { CostExpressions } from './cost-expression';
import {
  type ConfigureDefinition,
  describeDefinitions,
  HYPERPARAMETER_FUNCTIONS,
} from './hyperparameters-expression';
import { literal, parsed } from './jsonata';
import { LIMITS } from './limits';
import { TUNING_JOB_SIZES } from './tuning-chain';

/** Everything that the first state needs to check an execution's input and to fill in the defaults. */
export interface ConfigureOptions {
  /** JSONata expression for the input, without `{% %}`. */
  readonly input: string;
  /** Default and limit of `maxTrainingJobs`; undefined for a grid search, which runs every combination. */
  readonly maxTrainingJobs?: { readonly value: number; readonly limit: number };
  readonly maxParallelTrainingJobs: number;
  /**
   * Set if the search can run several tuning jobs one after the other. `maxRuntime` is the maximum run time of all
   * these tuning jobs together, in seconds.
   */
  readonly chain?: { readonly maxRuntime?: number };
  /** The cost bound of the execution; undefined without the property `cost`. */
  readonly cost?: CostExpressions;
  /** Default locations of the data, by input field; undefined if the input cannot override the location. */
  readonly locations: Readonly<Record<string, string | undefined>>;
  /** Whether `train` and `validation` must be in one bucket. */
  readonly inOneBucket?: boolean;
  /** The URI prefixes that are allowed for the locations. */
  readonly allowedInputLocations: readonly string[];
  /** The test data, which must not overlap with the other data; undefined without an evaluation. */
  readonly test?: {
    /** The URI prefixes that are allowed for the location of the test data. */
    readonly allowedLocations: readonly string[];
    /** Locations of data that the input cannot override. */
    readonly otherLocations: readonly string[];
  };
  /** The definitions of the search. If there are several, the input groups hyperparameters by definition name. */
  readonly definitions: readonly ConfigureDefinition[];
}

/**
 * The checks that apply to the inputs of tuning and of AutoML. They need the variable `$allowed`. A check that finds no
 * problem returns nothing, which JSONata leaves out of the list of problems.
 */
export const INPUT_CHECKS = `
  $show := function($value) { $type($value) = 'string' ? '"' & $value & '"' : $string($value) };
  $integer := function($field, $value, $max) {
    $type($value) != 'number' ? $field & ': must be a whole number, got ' & $show($value)
    : $value != $floor($value) or $value < 1 or $value > $max
      ? $field & ': must be a whole number from 1 to ' & $max & ', got ' & $show($value)
  };
  $locationIn := function($places, $field, $value) {
    $type($value) != 'string' ? $field & ': must be an S3 URI, got ' & $show($value)
    : $length($value) > ${LIMITS.s3UriLength} ? $field & ': must have at most ${LIMITS.s3UriLength} characters'
    : $count($filter($places, function($prefix) { $substring($value, 0, $length($prefix)) = $prefix })) = 0
      ? $field & ': must be within ' & $join($places, ' or ') & ', got ' & $value
  };
  $location := function($field, $value) { $locationIn($allowed, $field, $value) };`;

/** The names of the fields that the input of an execution can have. */
export function inputFields(options: ConfigureOptions): string[] {
  return [
    ...(options.maxTrainingJobs ? ['maxTrainingJobs'] : []),
    'maxParallelTrainingJobs',
    ...replaceable(options).map(([name]) => name),
    'hyperparameters',
    // SageMaker does not support a warm start with several definitions.
    ...(options.definitions.length > 1 ? [] : ['warmStartFrom']),
  ];
}

function replaceable({ locations }: ConfigureOptions): [field: string, uri: string | undefined][] {
  return Object.entries(locations).filter(([, uri]) => uri !== undefined);
}

/**
 * The expression of the first state. Its value is `{"problems": […]}` if the input is invalid, else `{"settings": …}` with
 * every setting of the execution.
 *
 * The expression checks single fields and combinations with the same rules as the constructs at synth. Only the
 * training container can check rules that depend on the data.
 */
export function configureExpression(options: ConfigureOptions): string {
  const { maxTrainingJobs, definitions, cost, chain } = options;
  const locations = replaceable(options);
  const several = definitions.length > 1;
  const fields = inputFields(options);
  const field = (name: string, check: string) => `$exists($input.${name}) ? ${check}`;
  const setting = (name: string, value: unknown) =>
    `'${name}': $exists($input.${name}) ? $input.${name} : ${literal(value)}`;
  const checks = [
    unknownFields(fields),
    ...(maxTrainingJobs
      ? [
          field(
            'maxTrainingJobs',
            `$integer('maxTrainingJobs', $input.maxTrainingJobs, ${maxTrainingJobs.limit})`,
          ),
        ]
      : []),
    field(
      'maxParallelTrainingJobs',
      `$integer('maxParallelTrainingJobs', $input.maxParallelTrainingJobs, ${LIMITS.parallelTrainingJobs})`,
    ),
    ...locations
      .filter(([name]) => name !== 'test')
      .map(([name]) => field(name, `$location('${name}', $input.${name})`)),
    ...(options.test ? testChecks(options.test, options.locations) : []),
    ...(options.inOneBucket ? [oneBucketCheck(options.locations)] : []),
    several ? SEVERAL_HYPERPARAMETERS_CHECK : HYPERPARAMETERS_CHECK,
    ...(definitions.some(({ unchangeable = {} }) => Object.keys(unchangeable).length > 0)
      ? [unchangeableCheck(several)]
      : []),
    ...(maxTrainingJobs ? [COMBINATIONS_CHECK] : []),
    ...(several ? [] : [field('warmStartFrom', warmStartCheck())]),
    ...(chain ? [field('warmStartFrom', CHAIN_CHECK)] : []),
    ...(cost?.checks ?? []),
  ];
  const settings = [
    ...(maxTrainingJobs ? [`'maxTrainingJobs': $trainingJobs`] : []),
    setting('maxParallelTrainingJobs', options.maxParallelTrainingJobs),
    ...locations.map(([name, uri]) => setting(name, uri)),
    `'hyperparameters': ${several ? SEVERAL_HYPERPARAMETERS : HYPERPARAMETERS}`,
    ...(several ? [] : [setting('warmStartFrom', [])]),
    ...(chain ? chainSettings(chain) : []),
    ...(cost ? [`'bound': ${cost.bound}`] : []),
  ];
  return `(
  $input := ${options.input};
  $allowed := ${parsed(literal(options.allowedInputLocations))};
  $definitions := ${describeDefinitions(definitions)};
${INPUT_CHECKS}
${HYPERPARAMETER_FUNCTIONS}
  $given := $type($input) = 'object' ? $input.hyperparameters;
  $givenTo := function($definition) { ${several ? "$type($given) = 'object' ? $lookup($given, $definition.name)" : '$given'} };
  $most := $sum($map($definitions, function($definition) { $combinations($definition, $givenTo($definition)) }));
  $trainingJobs := ${maxTrainingJobs ? `$type($input.maxTrainingJobs) = 'number' ? $input.maxTrainingJobs : $min([${literal(maxTrainingJobs.value)}, $most])` : '$most'};
${cost ? `  $parallel := $min([$trainingJobs, $type($input.maxParallelTrainingJobs) = 'number' ? $input.maxParallelTrainingJobs : ${literal(options.maxParallelTrainingJobs)}]);\n` : ''}  $problems := $type($input) != 'object' ? ['input: must be an object, got ' & $show($input)] : ${listOfProblems(checks)};
  $count($problems) > 0 ? {'problems': $problems} : {'settings': {
    ${settings.join(',\n    ')}
  }}
)`;
}

/** JSONata for the check that the input has no unknown fields. */
export function unknownFields(fields: readonly string[]): string {
  return `$map($filter($keys($input), function($key) { $not($key in ${literal(fields)}) }), function($key) {
      $key & ': is not a field of the input; the fields are ${fields.join(', ')}'
    })`;
}

/**
 * JSONata for the problems that the checks find. The checks are statements, which run one after the other. In an
 * array, they would run at the same time, and their nested evaluations could together exceed the limit of Step Functions.
 */
export function listOfProblems(checks: readonly string[]): string {
  const statements = checks.map((check, index) => `$found${index} := ${check};`);
  return `(
    ${statements.join('\n    ')}
    [${checks.map((_check, index) => `$found${index}`).join(', ')}]
  )`;
}

const HYPERPARAMETERS_CHECK = `$hyperparameters($definitions[0], 'hyperparameters', $given)`;

const HYPERPARAMETERS = `$exists($given) ? $settled($definitions[0], $given) : {}`;

const SEVERAL_HYPERPARAMETERS_CHECK = `$exists($given) and $type($given) != 'object'
      ? 'hyperparameters: must be an object with a map of strings for each definition, got ' & $show($given)
      : $append(
        $map($filter($exists($given) ? $keys($given), function($name) { $not($name in $definitions.name) }), function($name) {
          'hyperparameters.' & $name & ': is not a definition; the definitions are ' & $join($definitions.name, ', ')
        }),
        $map($definitions, function($definition) {
          $hyperparameters($definition, 'hyperparameters.' & $definition.name, $givenTo($definition))
        })
      )`;

const SEVERAL_HYPERPARAMETERS = `$merge($append([{}], $map($filter($definitions, function($definition) { $exists($givenTo($definition)) }), function($definition) {
      {$definition.name: $settled($definition, $givenTo($definition))}
    })))`;

/**
 * An input cannot change the hyperparameters that determine what the model predicts or which columns the data has,
 * because the evaluation depends on them.
 */
function unchangeableCheck(several: boolean): string {
  return `$map($definitions, function($definition) {(
      $own := $type($givenTo($definition)) = 'object' ? $givenTo($definition);
      $map($filter($keys($definition.unchangeable), function($name) {
        $exists($lookup($own, $name)) and $lookup($own, $name) != $lookup($definition.unchangeable, $name)
      }), function($name) {
        'hyperparameters.' & ${several ? "$definition.name & '.' & " : ''}$name & ': must be ' & ($lookup($definition.unchangeable, $name) = '' ? 'left out' : $lookup($definition.unchangeable, $name)) & ', because the evaluation depends on it, got ' & $show($lookup($own, $name))
      })
    )})`;
}

/** SageMaker rejects a request for more training jobs than there are combinations of values. */
const COMBINATIONS_CHECK = `$type($input.maxTrainingJobs) = 'number' and $input.maxTrainingJobs > $most
      ? 'maxTrainingJobs: must not be more than the ' & $most & ' combinations that are left to tune, got ' & $input.maxTrainingJobs`;

/** The final training reads both data sets through one manifest, whose objects must be in one bucket. */
function oneBucketCheck({ train, validation }: ConfigureOptions['locations']): string {
  return `(
      $bucketOf := function($uri) { $substringBefore($substringAfter($uri, 's3://'), '/') };
      $buckets := [$bucketOf(${given('train', train)}), $bucketOf(${given('validation', validation)})];
      $buckets[0] != $buckets[1] ? 'validation: must be in the bucket of train, because the final training reads both together, got ' & $buckets[1] & ' and ' & $buckets[0]
    )`;
}

/** JSONata for the location that an execution uses. Another check reports a wrong type. */
function given(name: string, uri: string | undefined): string {
  return `($type($input.${name}) = 'string' ? $input.${name} : ${literal(uri)})`;
}

/**
 * Checks that the location of the test data is allowed, and does not overlap with the data that the model learns from.
 */
function testChecks(
  { allowedLocations, otherLocations }: NonNullable<ConfigureOptions['test']>,
  { test, ...locations }: ConfigureOptions['locations'],
): string[] {
  const trained = Object.entries(locations).flatMap(([name, uri]) =>
    uri === undefined ? [] : [`{'name': '${name}', 'uri': ${given(name, uri)}}`],
  );
  const fixed = otherLocations.map((uri) => ({ name: 'the data of a definition', uri }));
  return [
    `$exists($input.test) ? $locationIn(${parsed(literal(allowedLocations))}, 'test', $input.test)`,
    `(
      $test := ${given('test', test)};
      $begins := function($uri, $prefix) { $substring($uri, 0, $length($prefix)) = $prefix };
      $map($filter($append([${trained.join(', ')}], ${parsed(literal(fixed))}), function($other) { $begins($test, $other.uri) or $begins($other.uri, $test) }), function($other) {
        'test: must not overlap with ' & $other.name & ', got ' & $test & ' and ' & $other.uri
      })
    )`,
  ];
}

/**
 * A search that runs several tuning jobs cannot begin with a warm start. Otherwise, the training jobs of the warm
 * start's parents would count against the limit of the search's first tuning job.
 */
const CHAIN_CHECK = `$trainingJobs > ${LIMITS.trainingJobs} ? 'warmStartFrom: cannot be combined with more than ${LIMITS.trainingJobs} training jobs, got ' & $trainingJobs & ': the training jobs of earlier tuning jobs count against the limit of a tuning job'`;

/**
 * The settings that only a search with several tuning jobs needs. The states of the search change these settings after
 * each tuning job.
 */
function chainSettings({ maxRuntime }: NonNullable<ConfigureOptions['chain']>): string[] {
  return [
    `'tuningJobSizes': ${TUNING_JOB_SIZES}`,
    "'earlierTuningJobNames': []",
    ...(maxRuntime === undefined ? [] : [`'secondsLeft': ${literal(maxRuntime)}`]),
  ];
}

function warmStartCheck(): string {
  const { parentTuningJobs, tuningJobNameLength } = LIMITS;
  return `$type($input.warmStartFrom) != 'array' ? 'warmStartFrom: must be an array of names of tuning jobs, got ' & $show($input.warmStartFrom)
      : $count($input.warmStartFrom) < 1 or $count($input.warmStartFrom) > ${parentTuningJobs} ? 'warmStartFrom: must have 1 to ${parentTuningJobs} names, got ' & $count($input.warmStartFrom)
      : $map($input.warmStartFrom, function($name) {
          $type($name) != 'string' ? 'warmStartFrom: must be an array of names of tuning jobs, got ' & $show($name)
          : $length($name) > ${tuningJobNameLength} or $not($contains($name, /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/)) ? 'warmStartFrom: is not the name of a tuning job: ' & $show($name)
        })`;
}
