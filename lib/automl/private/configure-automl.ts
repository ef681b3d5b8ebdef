import { INPUT_CHECKS, listOfProblems, unknownFields } from '../../private/configure-expression';
import { literal, parsed } from '../../private/jsonata';
import { AUTOML_LIMITS } from './validate-automl';

/** Everything that the first state needs to check an execution's input and to fill in the defaults. */
export interface ConfigureAutoMlOptions {
  /** JSONata expression for the input, without `{% %}`. */
  readonly input: string;
  readonly target: string;
  readonly train: string;
  readonly validation?: string;
  /** Whether the input can set validation data. */
  readonly takesValidation: boolean;
  readonly maxCandidates: number;
  /** Allowed prefixes of the URIs `train` and `validation`. */
  readonly allowedInputLocations: readonly string[];
}

/**
 * The expression of the first state. Its value is `{"problems": […]}` if the input is invalid, else `{"settings": …}` with
 * every setting of the execution. `validation` can be missing.
 */
export function configureAutoMlExpression(options: ConfigureAutoMlOptions): string {
  const { takesValidation, validation } = options;
  const fields = ['target', 'train', ...(takesValidation ? ['validation'] : []), 'maxCandidates'];
  const check = (name: string, expression: string) => `$exists($input.${name}) ? ${expression}`;
  const setting = (name: string, value: unknown) =>
    `'${name}': $exists($input.${name}) ? $input.${name}${value === undefined ? '' : ` : ${literal(value)}`}`;
  const checks = [
    unknownFields(fields),
    check('target', TARGET_CHECK),
    check('train', "$location('train', $input.train)"),
    ...(takesValidation ? [check('validation', "$location('validation', $input.validation)")] : []),
    check('maxCandidates', `$integer('maxCandidates', $input.maxCandidates, ${AUTOML_LIMITS.candidates})`),
  ];
  return `(
  $input := ${options.input};
  $allowed := ${parsed(literal(options.allowedInputLocations))};
${INPUT_CHECKS}
  $problems := $type($input) != 'object' ? ['input: must be an object, got ' & $show($input)] : ${listOfProblems(checks)};
  $count($problems) > 0 ? {'problems': $problems} : {'settings': {
    ${setting('target', options.target)},
    ${setting('train', options.train)},
    ${takesValidation ? `${setting('validation', validation)},` : ''}
    ${setting('maxCandidates', options.maxCandidates)}
  }}
)`;
}

const TARGET_CHECK = `$type($input.target) != 'string' or $length($input.target) = 0
      ? 'target: must be the name of a column, got ' & $show($input.target)`;
