import {
  type AlgorithmRules,
  defaultsOfRules,
  describeBounds,
  describeThresholds,
  describeWords,
  type HyperparameterRule,
} from '../algorithm/algorithm-rules';
import { type CombinationRule, messageParts } from '../algorithm/combination-rule';
import { VALUE_FORMS } from '../algorithm/value-forms';
import type { ParameterRange } from '../search/parameter-range';
import { literal, parsed } from './jsonata';
import { LIMITS, RESERVED_HYPERPARAMETER, RESERVED_HYPERPARAMETERS } from './limits';
import type { MetricList } from './settle-hyperparameters';

/** Everything that the first state needs to know about one definition. */
export interface ConfigureDefinition {
  readonly name: string;
  readonly parameterRanges: readonly ParameterRange[];
  /** Hyperparameters that are the same in every training job of the search, unless the input overrides them. */
  readonly fixed: Readonly<Record<string, string>>;
  /** List of metrics that must end with the objective's metric; undefined if the algorithm has no such list. */
  readonly metricList?: MetricList;
  /** Rules for the algorithm's hyperparameters and metrics; undefined if the library has none. */
  readonly rules?: AlgorithmRules;
  /**
   * Hyperparameters that the input cannot change, with their values. The value is empty if the hyperparameter is not
   * set.
   */
  readonly unchangeable?: Readonly<Record<string, string>>;
}

/**
 * JSONata that checks whether a string has a given form of `VALUE_FORMS`. The patterns of the forms cannot be part of
 * the data, because JSON has no regular expressions.
 */
const HAS_FORM = Object.entries(VALUE_FORMS)
  .map(([name, { pattern }]) => `$form = '${name}' ? $contains($value, /${pattern.source}/)`)
  .join(' : ');

/**
 * Functions that check and resolve hyperparameters. They need the variable `$show`. They apply the same rules as
 * `algorithm-rules.ts`, `combination-rule.ts` and `settle-hyperparameters.ts` do at synth.
 */
export const HYPERPARAMETER_FUNCTIONS = `
  $within := function($rule, $value) {
    ($exists($rule.min) ? $value >= $rule.min : true) and ($exists($rule.max) ? $value <= $rule.max : true)
    and ($exists($rule.minExclusive) ? $value > $rule.minExclusive : true)
    and ($exists($rule.maxExclusive) ? $value < $rule.maxExclusive : true)
  };
  $hasForm := function($form, $value) { ${HAS_FORM} : true };
  $isElement := function($rule, $element) {
    $element in $rule.elements or ($substringBefore($element, '@') in $rule.thresholds
      and $contains($substringAfter($element, '@'), /^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$/))
  };
  $ruled := function($field, $definition, $rule, $value) {
    $not($exists($rule)) ? ($not($definition.takesOthers) ? $field & ': is not a hyperparameter of the algorithm')
    : $exists($rule.values)
      ? ($not($value in $rule.values) ? $field & ': must be one of ' & $join($rule.values, ', ') & ', got ' & $show($value))
    : $exists($rule.elements)
      ? ($count($filter($split($value, ','), function($element) { $not($isElement($rule, $element)) })) > 0
          ? $field & ': may only list ' & $join($rule.elements, ', ') & $rule.orThresholds & ', separated by commas without spaces, got ' & $show($value))
    : $exists($rule.form)
      ? ($not($hasForm($rule.form, $value)) ? $field & ': must be ' & $rule.title & ', got ' & $show($value))
    : $exists($rule.number) and $not($value in $rule.words)
      ? ($not($contains($value, $rule.number = 'whole number' ? /^-?[0-9]+$/ : /^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$/))
          ? $field & ': must be a ' & $rule.number & $rule.orWords & ', got ' & $show($value)
        : $not($within($rule, $number($value))) ? $field & ': must be ' & $rule.bounds & $rule.orWords & ', got ' & $show($value))
  };
  $own := function($definition, $name) {( $of := $lookup($definition.aliases, $name); $exists($of) ? $of : $name )};
  $named := function($definition, $given) {
    $type($given) = 'object'
      ? $merge($append([{}], $map($keys($given), function($name) { {$own($definition, $name): $lookup($given, $name)} })))
      : $given
  };
  $settled := function($definition, $given) {(
    $named := $named($definition, $given);
    $list := $definition.metricList;
    $metrics := $exists($list) and $type($named) = 'object' ? $lookup($named, $list.name);
    $type($metrics) = 'string'
      ? $merge([$named, {$list.name: $join($append($filter($split($metrics, ','), function($metric) { $metric != $list.last }), [$list.last]), ',')}])
      : $named
  )};
  $hyperparameter := function($definition, $field, $given, $name) {(
    $value := $lookup($given, $name);
    $own := $own($definition, $name);
    $type($value) != 'string' ? $field & ': must be a string such as "' & $string($value) & '"'
    : $length($value) > ${LIMITS.hyperparameterValueLength} ? $field & ': must have at most ${LIMITS.hyperparameterValueLength} characters'
    : $contains($name, ${RESERVED_HYPERPARAMETERS}) ? $field & ': ${RESERVED_HYPERPARAMETER}'
    : $own != $name and $exists($lookup($given, $own)) ? $field & ': is an alias of ' & $own & ', which is also given: give only one of them'
    : $exists($definition.rules) ? $ruled($field, $definition, $lookup($definition.rules, $own), $value)
  )};
  $left := function($definition, $given) {(
    $fixed := $named($definition, $given);
    $filter($definition.ranges, function($range) { $not($range.name in ($type($fixed) = 'object' ? $keys($fixed))) })
  )};
  $counted := function($condition, $value) {
    $filter($split($value, ','), function($element) {
      $exists($condition.among) ? $substringBefore($element, '@') in $condition.among : true
    })
  };
  $holds := function($condition, $values) {(
    $value := $lookup($values, $condition.name);
    $counted := $count($counted($condition, $value));
    $exists($condition.above) ? ($exists($value) ? $number($value) > $condition.above : false)
    : ($exists($condition.atLeast) ? $counted >= $condition.atLeast : true)
      and ($exists($condition.atMost) ? $counted <= $condition.atMost : true)
  )};
  $shown := function($rule, $values, $name) {(
    $value := $lookup($values, $name);
    $broken := $counted($filter($rule.conditions, function($condition) { $condition.name = $name and $exists($condition.atLeast) })[0], $value);
    $count($broken) > 0 ? $join($broken, ', ') : $exists($value) ? $value : 'none'
  )};
  $together := function($definition, $field, $given) {(
    $values := $merge($append([$definition.fixed], $settled($definition, $given)));
    $open := $left($definition, $given).name;
    $broken := $filter($definition.combinations, function($rule) {
      $count($filter($rule.conditions, function($condition) { $condition.name in $open or $not($holds($condition, $values)) })) = 0
    });
    $map($broken, function($rule) {
      $field & '.' & $rule.at & ': ' & $join($map($rule.message, function($part) {
        $exists($part.text) ? $part.text : $shown($rule, $values, $part.valueOf)
      }))
    })
  )};
  $combinations := function($definition, $given) {(
    $sizes := $left($definition, $given).size;
    $count($sizes) = $count($left($definition, $given)) ? $reduce($sizes, function($a, $b) { $a * $b }) : 1e9
  )};
  $hyperparameters := function($definition, $field, $given) {
    $not($exists($given)) ? $together($definition, $field, {})
    : $type($given) != 'object' ? $field & ': must be a map of strings, got ' & $show($given)
    : (
      $problems := $append(
        $map($keys($given), function($name) { $hyperparameter($definition, $field & '.' & $name, $given, $name) }),
        $count($left($definition, $given)) = 0 ? $field & ': sets every tuned hyperparameter; leave at least one to tune'
      );
      $count($problems) > 0 ? $problems : $together($definition, $field, $given)
    )
  };`;

/** JSONata for the data that the functions need. Rules that several definitions share appear only once. */
export function describeDefinitions(definitions: readonly ConfigureDefinition[]): string {
  const algorithms = definitions.map(({ rules }) => literal(describeAlgorithm(rules)));
  const distinct = [...new Set(algorithms)];
  const own = definitions.map((definition, index) => ({
    algorithm: distinct.indexOf(algorithms[index] ?? ''),
    ...describeDefinition(definition),
  }));
  return `(
    $algorithms := ${parsed(`[${distinct.join(',')}]`)};
    $map(${parsed(literal(own))}, function($definition) { $merge([$algorithms[$definition.algorithm], $definition]) })
  )`;
}

function describeDefinition(definition: ConfigureDefinition): object {
  const { name, parameterRanges, rules, metricList, unchangeable = {} } = definition;
  const combinations = enforcedCombinations(rules);
  return {
    name,
    ranges: parameterRanges.map((range) => ({ name: range.name, size: range._size() })),
    ...(metricList && { metricList }),
    ...(combinations.length > 0 && { fixed: fixedIn(definition, combinations) }),
    ...(Object.keys(unchangeable).length > 0 && { unchangeable }),
  };
}

function describeAlgorithm(rules: AlgorithmRules | undefined): object {
  const combinations = enforcedCombinations(rules);
  return {
    ...(rules && {
      rules: rulesByName(rules.hyperparameters),
      takesOthers: rules.takesOthers ?? false,
      ...(!rules.takesOthers && { aliases: aliasesOf(rules.hyperparameters) }),
    }),
    ...(combinations.length > 0 && {
      combinations: combinations.map((rule) => ({
        at: rule.at,
        conditions: rule.conditions,
        message: messageParts(rule),
      })),
    }),
  };
}

/** Rules about combinations of hyperparameters that make training fail. Other rules only cause a warning at synth. */
function enforcedCombinations(rules: AlgorithmRules | undefined): CombinationRule[] {
  return (rules?.combinations ?? []).filter(({ warning }) => !warning);
}

/** The fixed hyperparameters that appear in the rules. */
function fixedIn(
  { fixed, rules }: ConfigureDefinition,
  combinations: readonly CombinationRule[],
): Record<string, string> {
  const names = combinations.flatMap(({ conditions }) => conditions.map(({ name }) => name));
  const values = { ...defaultsOfRules(rules), ...fixed };
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function aliasesOf(rules: readonly HyperparameterRule[]): Record<string, string> {
  return Object.fromEntries(
    rules.flatMap(({ name, aliases = [] }) => aliases.map((alias): [string, string] => [alias, name])),
  );
}

/** The parts of the rules that the expression needs, by name of the hyperparameter. */
function rulesByName(rules: readonly HyperparameterRule[]): Record<string, object> {
  return Object.fromEntries(rules.map((rule) => [rule.name, describeRule(rule)]));
}

function describeRule(rule: HyperparameterRule): object {
  const { min, max, minExclusive, maxExclusive, values, thresholds, form } = rule;
  switch (rule.type) {
    case 'integer':
    case 'continuous':
      return {
        number: rule.type === 'integer' ? 'whole number' : 'number',
        bounds: describeBounds(rule),
        ...(rule.words && { words: rule.words, orWords: describeWords(rule) }),
        min,
        max,
        minExclusive,
        maxExclusive,
      };
    case 'categorical':
      return { values };
    case 'list':
      return {
        elements: values,
        ...(thresholds && { thresholds, orThresholds: describeThresholds(rule) }),
      };
    case 'text':
      return form ? { form, title: VALUE_FORMS[form].title } : {};
  }
}
