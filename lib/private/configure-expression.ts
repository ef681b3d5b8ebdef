import { describeBounds, type HyperparameterRule } from '../algorithm/algorithm-rules';
import type { ParameterRange } from '../search/parameter-range';
import { literal } from './jsonata';
import { LIMITS } from './limits';

/** What the first state has to know to check an execution's input and to fill in what it leaves out. */
export interface ConfigureOptions {
  /** JSONata expression (without its marks) for the input. */
  readonly input: string;
  /** Undefined for a grid search, which decides by itself. */
  readonly maxTrainingJobs?: { readonly value: number; readonly limit: number };
  readonly maxParallelTrainingJobs: number;
  readonly train: string;
  readonly validation?: string;
  /** URI prefixes that `train` and `validation` may begin with. */
  readonly allowedInputLocations: readonly string[];
  readonly parameterRanges: readonly ParameterRange[];
  /** What the algorithm accepts; undefined where nothing is known. */
  readonly hyperparameterRules?: readonly HyperparameterRule[];
}

/** Checks that the fields share. An expression that finds nothing gives nothing, and vanishes from the list. */
const FUNCTIONS = `
  $show := function($value) { $type($value) = 'string' ? '"' & $value & '"' : $string($value) };
  $integer := function($field, $value, $max) {
    $type($value) != 'number' ? $field & ': must be a whole number, got ' & $show($value)
    : $value != $floor($value) or $value < 1 or $value > $max
      ? $field & ': must be a whole number from 1 to ' & $max & ', got ' & $show($value)
  };
  $location := function($field, $value) {
    $type($value) != 'string' ? $field & ': must be an S3 URI, got ' & $show($value)
    : $length($value) > ${LIMITS.s3UriLength} ? $field & ': must have at most ${LIMITS.s3UriLength} characters'
    : $count($filter($allowed, function($prefix) { $substring($value, 0, $length($prefix)) = $prefix })) = 0
      ? $field & ': must be within ' & $join($allowed, ' or ') & ', got ' & $value
  };
  $within := function($rule, $value) {
    ($exists($rule.min) ? $value >= $rule.min : true) and ($exists($rule.max) ? $value <= $rule.max : true)
    and ($exists($rule.minExclusive) ? $value > $rule.minExclusive : true)
    and ($exists($rule.maxExclusive) ? $value < $rule.maxExclusive : true)
  };
  $ruled := function($field, $rule, $value) {
    $not($exists($rule)) ? $field & ': is not a hyperparameter of the algorithm'
    : $exists($rule.values)
      ? ($not($value in $rule.values) ? $field & ': must be one of ' & $join($rule.values, ', ') & ', got ' & $show($value))
    : $exists($rule.number)
      ? ($not($contains($value, $rule.number = 'whole number' ? /^-?[0-9]+$/ : /^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$/))
          ? $field & ': must be a ' & $rule.number & ', got ' & $show($value)
        : $not($within($rule, $number($value))) ? $field & ': must be ' & $rule.bounds & ', got ' & $show($value))
  };
  $hyperparameter := function($name, $value) {(
    $field := 'hyperparameters.' & $name;
    $type($value) != 'string' ? $field & ': must be a string such as "' & $string($value) & '"'
    : $length($value) > ${LIMITS.hyperparameterValueLength} ? $field & ': must have at most ${LIMITS.hyperparameterValueLength} characters'
    : $hasRules ? $ruled($field, $lookup($rules, $name), $value)
  )};`;

/**
 * The expression of the first state: `{"problems": […]}` where the input is not valid, else `{"settings": …}`
 * with every setting of the execution.
 *
 * It checks each field as the constructs do at synth; what depends on several hyperparameters at once (such as
 * num_class with its objective) is left to the training container.
 */
export function configureExpression(options: ConfigureOptions): string {
  const { maxTrainingJobs, validation } = options;
  const fields = [
    ...(maxTrainingJobs ? ['maxTrainingJobs'] : []),
    'maxParallelTrainingJobs',
    'train',
    ...(validation === undefined ? [] : ['validation']),
    'hyperparameters',
    'warmStartFrom',
  ];
  const field = (name: string, check: string) => `$exists($input.${name}) ? ${check}`;
  const setting = (name: string, value: unknown) =>
    `'${name}': $exists($input.${name}) ? $input.${name} : ${literal(value)}`;
  return `(
  $input := ${options.input};
  $allowed := ${literal(options.allowedInputLocations)};
  $hasRules := ${options.hyperparameterRules !== undefined};
  $rules := ${literal(rulesByName(options.hyperparameterRules ?? []))};
  $ranges := ${literal(options.parameterRanges.map(describeRange))};
${FUNCTIONS}
  $fixed := $type($input) = 'object' ? $type($input.hyperparameters) = 'object' ? $keys($input.hyperparameters);
  $left := $filter($ranges, function($range) { $not($range.name in $fixed) });
  $combinations := $count($left.size) = $count($left) ? $reduce($left.size, function($a, $b) { $a * $b }) : 1e9;
  $problems := $type($input) != 'object' ? ['input: must be an object, got ' & $show($input)] : [
    $map($filter($keys($input), function($key) { $not($key in ${literal(fields)}) }), function($key) {
      $key & ': is not a field of the input; known are ${fields.join(', ')}'
    }),
    ${maxTrainingJobs ? `${field('maxTrainingJobs', `$integer('maxTrainingJobs', $input.maxTrainingJobs, ${maxTrainingJobs.limit})`)},` : ''}
    ${field('maxParallelTrainingJobs', `$integer('maxParallelTrainingJobs', $input.maxParallelTrainingJobs, ${LIMITS.parallelTrainingJobs})`)},
    ${field('train', `$location('train', $input.train)`)},
    ${validation === undefined ? '' : `${field('validation', `$location('validation', $input.validation)`)},`}
    ${field('hyperparameters', HYPERPARAMETERS_CHECK)},
    ${maxTrainingJobs ? `${COMBINATIONS_CHECK},` : ''}
    ${field('warmStartFrom', warmStartCheck())}
  ];
  $count($problems) > 0 ? {'problems': $problems} : {'settings': {
    ${maxTrainingJobs ? `'maxTrainingJobs': $exists($input.maxTrainingJobs) ? $input.maxTrainingJobs : $min([${maxTrainingJobs.value}, $combinations]),` : ''}
    ${setting('maxParallelTrainingJobs', options.maxParallelTrainingJobs)},
    ${setting('train', options.train)},
    ${validation === undefined ? '' : `${setting('validation', validation)},`}
    ${setting('hyperparameters', {})},
    ${setting('warmStartFrom', [])}
  }}
)`;
}

const HYPERPARAMETERS_CHECK = `$type($input.hyperparameters) != 'object'
      ? 'hyperparameters: must be an object of strings, got ' & $show($input.hyperparameters)
      : $append(
        $map($keys($input.hyperparameters), function($name) { $hyperparameter($name, $lookup($input.hyperparameters, $name)) }),
        $count($left) = 0 ? 'hyperparameters: fixes every hyperparameter that is tuned; leave at least one'
      )`;

/** SageMaker refuses more training jobs than there are combinations to try. */
const COMBINATIONS_CHECK = `$type($input.maxTrainingJobs) = 'number' and $input.maxTrainingJobs > $combinations
      ? 'maxTrainingJobs: must not be more than the ' & $combinations & ' combinations that are left to tune, got ' & $input.maxTrainingJobs`;

function warmStartCheck(): string {
  const { parentTuningJobs, tuningJobNameLength } = LIMITS;
  return `$type($input.warmStartFrom) != 'array' ? 'warmStartFrom: must be an array of names of tuning jobs, got ' & $show($input.warmStartFrom)
      : $count($input.warmStartFrom) < 1 or $count($input.warmStartFrom) > ${parentTuningJobs} ? 'warmStartFrom: must have 1 to ${parentTuningJobs} names, got ' & $count($input.warmStartFrom)
      : $map($input.warmStartFrom, function($name) {
          $type($name) != 'string' ? 'warmStartFrom: must be an array of names of tuning jobs, got ' & $show($name)
          : $length($name) > ${tuningJobNameLength} or $not($contains($name, /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/)) ? 'warmStartFrom: is not the name of a tuning job: ' & $show($name)
        })`;
}

/** What the expression needs of a rule, by name. */
function rulesByName(rules: readonly HyperparameterRule[]): Record<string, object> {
  return Object.fromEntries(
    rules.map((rule) => {
      const { min, max, minExclusive, maxExclusive } = rule;
      const numeric = rule.type === 'integer' || rule.type === 'continuous';
      return [
        rule.name,
        {
          ...(numeric && {
            number: rule.type === 'integer' ? 'whole number' : 'number',
            bounds: describeBounds(rule),
            min,
            max,
            minExclusive,
            maxExclusive,
          }),
          ...(rule.type === 'categorical' && { values: rule.values }),
        },
      ];
    }),
  );
}

function describeRange(range: ParameterRange): object {
  return { name: range.name, size: range._size() };
}
