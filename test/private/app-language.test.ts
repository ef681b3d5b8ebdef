import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toPascalCase, toSnakeCase } from 'codemaker';
import '../../lib';
import { inAppLanguage } from '../../lib/private/app-language';
import { assembly } from '../assembly';
import type { Json } from '../fixtures';
import { messagesOf } from '../prose/prose';

const AGENTS = { Python: 'Python/3.11.7', 'C#': 'DotNet/8.0.1/.NETCoreApp', Go: 'go1.26.8/linux/amd64' };

/** All prop names of the library that consist of several words. */
const PROPS = [
  ...new Set(
    Object.values<Json>(assembly().types)
      .filter(({ datatype }) => datatype)
      .flatMap(({ properties }) => (properties ?? []) as Json[])
      .filter(({ overrides }) => overrides === undefined)
      .map(({ name }) => String(name))
      .filter((name) => /[A-Z]/.test(name)),
  ),
];

const LIB = join(__dirname, '../../lib');
const SOURCES = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => join(LIB, file));

const MESSAGE = [
  'App/maxTrainingJobs/Tuning: 2 problems found:',
  '  - objective: must not be "maxTrainingJobs", use maxTrainingJobs',
  '  - furtherDefinitions[0].hyperparameters.learningRate: use Algorithm.builtIn or Duration.hours',
  '  - train: use InputData.csv (labeled: false)',
].join('\n');

test.each([
  ['TypeScript', ''],
  ['Java', 'Java/17.0.15'],
])('messages for %s apps are not translated', (_language, agent) => {
  expect(inAppLanguage(MESSAGE, agent)).toBe(MESSAGE);
});

test.each([
  [
    'Python',
    'objective: must not be "maxTrainingJobs", use max_training_jobs',
    'further_definitions[0].hyperparameters.learningRate: use Algorithm.built_in or Duration.hours',
    'train: use InputData.csv (labeled: false)',
  ],
  [
    'C#',
    'Objective: must not be "maxTrainingJobs", use MaxTrainingJobs',
    'FurtherDefinitions[0].hyperparameters.learningRate: use Algorithm.BuiltIn or Duration.Hours',
    'Train: use InputData.Csv (Labeled: false)',
  ],
  [
    'Go',
    'Objective: must not be "maxTrainingJobs", use MaxTrainingJobs',
    'FurtherDefinitions[0].hyperparameters.learningRate: use Algorithm_BuiltIn or Duration_Hours',
    'Train: use InputData_Csv (Labeled: false)',
  ],
] as const)(
  "messages for %s apps have that language's prop names, and quoted user values are unchanged",
  (language, ...problems) => {
    expect(inAppLanguage(MESSAGE, AGENTS[language]).split('\n  - ').slice(1)).toEqual(problems);
  },
);

test('the translation knows all props, under the names that jsii gives them', () => {
  expect(PROPS.length).toBeGreaterThan(50);
  const message = PROPS.join(' ');
  expect(inAppLanguage(message, AGENTS.Python)).toBe(PROPS.map((name) => toSnakeCase(name)).join(' '));
  expect(inAppLanguage(message, AGENTS['C#'])).toBe(PROPS.map((name) => toPascalCase(name)).join(' '));
});

test('messages contain no code that is valid in only one language', () => {
  const code = /\bnew [A-Z]|\([^)]*\{ ?\w+: |\b[a-z]\w*\.\w+\('|=> /;
  expect("add vpc.addGatewayEndpoint('S3', { service })").toMatch(code);
  expect('use InputData.csv(location, { labeled: false })').toMatch(code);
  const messages = SOURCES.flatMap(messagesOf);
  expect(messages.length).toBeGreaterThan(100);
  expect(messages.filter((message) => code.test(message))).toEqual([]);
});
