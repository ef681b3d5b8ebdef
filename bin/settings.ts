import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Node } from 'constructs';
import { z } from 'zod';
import { SettingsError } from './settings-error';

const PREFIX = 'tuning:';
const SAMPLE_DATA = join(__dirname, '..', 'data', 'bikeshare');

const numericRange = z.strictObject({
  type: z.enum(['integer', 'continuous']),
  min: z.number(),
  max: z.number(),
  scaling: z.enum(['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic']).optional(),
});
const categoricalRange = z.strictObject({
  type: z.literal('categorical'),
  values: z.array(z.string(), 'must be a list of strings'),
});

const RANGE_OF_TEST = 'must be a number from 0.01 to 0.5';
/** Conditions of the quality gate, all of which must be met. */
const qualityGate = z.strictObject({
  atLeast: z.record(z.string(), z.number()).optional(),
  atMost: z.record(z.string(), z.number()).optional(),
  betterThanBaseline: z.boolean().optional(),
  noWorseThanApproved: z
    .union([z.boolean(), z.strictObject({ tolerance: z.number().optional(), metric: z.string().optional() })])
    .optional(),
});

/** Settings in the context of the app, each as `tuning:<name>`. See docs/app-settings.md. */
const schema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be at most 128 letters, digits and hyphens, a letter first')
    .default('SageMakerTuning'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be the 12 digits of an account ID')
    .optional(),
  region: z.string().optional(),
  data: z.string().default(SAMPLE_DATA),
  label: z.string().optional(),
  problemType: z.enum(['Regression', 'BinaryClassification', 'MulticlassClassification']).optional(),
  categories: z.enum(['auto', 'one-hot', 'ordinal']).optional(),
  excludeColumns: z.array(z.string(), 'must be a list, such as ["id", "name"]').optional(),
  xgboostVersion: z.string().default('3.2-0'),
  objective: z.string().optional(),
  direction: z.enum(['Minimize', 'Maximize']).optional(),
  parameterRanges: z
    .record(
      z.string(),
      z.discriminatedUnion(
        'type',
        [numericRange, categoricalRange],
        'the type must be "integer", "continuous" or "categorical"',
      ),
    )
    .default({
      num_round: { type: 'integer', min: 300, max: 1000 },
      eta: { type: 'continuous', min: 0.02, max: 0.1, scaling: 'Logarithmic' },
      max_depth: { type: 'integer', min: 5, max: 9 },
      gamma: { type: 'continuous', min: 0.0001, max: 0.1, scaling: 'Logarithmic' },
      min_child_weight: { type: 'continuous', min: 1, max: 16, scaling: 'Logarithmic' },
      subsample: { type: 'continuous', min: 0.5, max: 1 },
      colsample_bytree: { type: 'continuous', min: 0.6, max: 1 },
      alpha: { type: 'continuous', min: 0.001, max: 1, scaling: 'Logarithmic' },
      lambda: { type: 'continuous', min: 0.1, max: 10, scaling: 'Logarithmic' },
    }),
  hyperparameters: z.record(z.string(), z.string()).default({}),
  strategy: z.enum(['Bayesian', 'Random', 'Grid', 'Hyperband']).default('Bayesian'),
  maxTrainingJobs: z.number().optional(),
  maxParallelTrainingJobs: z.number().default(2),
  earlyStopping: z.boolean().default(false),
  instanceType: z.string().default('ml.m5.xlarge'),
  pricePerHour: z.record(z.string(), z.number()).optional(),
  maxCost: z.number().optional(),
  maxInstanceHours: z.number().optional(),
  jobNamePrefix: z.string().optional(),
  finalTraining: z.enum(['repeatBest', 'reuseBest', 'trainAndValidation', 'none']).default('repeatBest'),
  report: z.boolean().default(true),
  evaluation: z.boolean().optional(),
  testFraction: z.number().min(0.01, RANGE_OF_TEST).max(0.5, RANGE_OF_TEST).optional(),
  qualityGate: qualityGate.optional(),
  failOnQualityGate: z.boolean().optional(),
  registry: z.union([z.boolean(), z.string()], 'must be true, or the name of a group').optional(),
});

/** Settings of the app, from `cdk.json` or `--context`. */
export type Settings = z.infer<typeof schema>;

/**
 * Reads the settings from the context.
 *
 * @throws Error that lists every unknown or invalid setting
 */
export function readSettings(node: Node): Settings {
  const given = Object.fromEntries(
    Object.entries(node.getAllContext())
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => {
        const name = key.slice(PREFIX.length);
        return [name, parse(name, value)];
      }),
  );
  const result = schema.safeParse(given, { reportInput: true, error: ruleOf });
  if (!result.success) {
    const problems = result.error.issues.flatMap(problemsOf).map((problem) => `  - ${PREFIX}${problem}`);
    throw new SettingsError(
      `the context (cdk.json, or --context ${PREFIX}<name>=<value>) is not valid:\n${problems.join('\n')}\nSettings are ${Object.keys(schema.shape).join(', ')}`,
    );
  }
  const { data } = result.data;
  if (!data.startsWith('s3://') && !existsSync(resolve(data))) {
    throw new SettingsError(`${PREFIX}data: no such file or folder: ${resolve(data)}`);
  }
  return result.data;
}

/** The problems with a setting, each with the setting's name. */
function problemsOf(issue: z.core.$ZodIssue): string[] {
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: is not a setting`);
  }
  const { message, input } = issue;
  return [
    `${name}: ${input === undefined ? `is missing: ${message}` : `${message}, got ${JSON.stringify(input)}`}`,
  ];
}

/** The rule that a value breaks, for schema rules that have no message of their own. */
function ruleOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  }
  if (issue.code === 'invalid_type')
    return `must be a ${issue.expected === 'record' ? 'map' : issue.expected}`;
  return undefined;
}

/** `--context name=value` gives strings. If the setting is not a string, the value is parsed as JSON. */
function parse(name: string, value: unknown): unknown {
  const setting = Object.entries(schema.shape).find(([known]) => known === name)?.[1];
  if (typeof value !== 'string' || !setting) return value;
  // This setting is a Boolean or a string, so only `true` and `false` are parsed.
  if (name === 'registry' && /^(true|false)$/.test(value)) return value === 'true';
  const takesNoStrings = setting.safeParse(value).error?.issues.some(({ code }) => code === 'invalid_type');
  if (!takesNoStrings) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
