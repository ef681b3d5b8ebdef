import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as ts from 'typescript';
import * as library from '../lib';
import { Objective, ParameterRange } from '../lib';
import { fragment, TUNING, workflow } from './fixtures';

const PROJECT = resolve(__dirname, '..');

/**
 * Pages that this test skips. choose.test.ts synthesizes the snippets of choosing.md. The snippets of
 * testing-your-stack.md need a stack that is deployed in local mode.
 */
const OTHER_PAGES = ['docs/choosing.md', 'docs/testing-your-stack.md'];

/** A snippet and its location. */
type Snippet = [where: string, code: string];

function filesIn(folder: string, extension: RegExp): string[] {
  const entries = readdirSync(join(PROJECT, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)));
}

function find(file: string, pattern: RegExp, clean: (code: string) => string): Snippet[] {
  const found = [...readFileSync(join(PROJECT, file), 'utf8').matchAll(pattern)];
  return found.map(([, code = ''], index): Snippet => [`${file}, snippet ${index + 1}`, clean(code)]);
}

/** The snippets of the README are complete apps that need no predefined names. */
const WHOLE_APPS = 'README.md';

const PAGES = filesIn('docs', /^[a-z-]+\.md$/).filter((page) => !OTHER_PAGES.includes(page));
const SOURCES = filesIn('lib', /(?<!\.d)\.ts$/);

const SNIPPETS: Snippet[] = [
  ...PAGES.flatMap((page) => find(page, /^```ts\n(.*?)^```/gms, (code) => code)),
  ...SOURCES.flatMap((source) =>
    find(source, / \* @example\n((?: \*(?! @|\/).*\n)+)/g, (code) => code.replace(/^ \* ?/gm, '')),
  ),
];

/** The names that every snippet can use (docs/README.md), including all exports of the library. */
function surroundings(stack: Stack): Record<string, unknown> {
  const pass = (id: string) => sfn.Pass.jsonata(stack, id);
  const other = new Stack(new App(), 'Other');
  return {
    ...library,
    iam,
    s3,
    sfn,
    ...TUNING,
    parameterRanges: [ParameterRange.integer('num_round', { min: 10, max: 100 }), ...TUNING.parameterRanges],
    workflow: workflow({}, stack, 'Existing'),
    analysts: new iam.Role(stack, 'Analysts', { assumedBy: new iam.AccountRootPrincipal() }),
    bucket: new s3.Bucket(stack, 'Data'),
    stateMachine: new sfn.StateMachine(stack, 'SomeMachine', {
      definitionBody: sfn.DefinitionBody.fromChainable(pass('Start')),
    }),
    fragment: fragment({}, other),
  };
}

/** Runs a snippet as a function that can use `names` without imports. @returns its return value */
function run(code: string, self: unknown, names: Record<string, unknown>): unknown {
  const imports = code.match(/^import [^;]*;$/gm) ?? [];
  const body = code.replace(/^import [^;]*;$/gm, '');
  const { outputText } = ts.transpileModule(
    `${imports.join('\n')}\nexport function build(this: unknown) {${body}}`,
    { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } },
  );
  const own = createRequire(__filename);
  const imported = (name: string) => (name === 'cdk-sagemaker-tuning' ? library : own(name));
  const exported: { build?: (this: unknown) => unknown } = {};
  new Function('require', 'exports', ...Object.keys(names), outputText)(
    imported,
    exported,
    ...Object.values(names),
  );
  return exported.build?.call(self);
}

/** Runs a snippet as the body of a stack's constructor. */
function synthesize(code: string): Template {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
  run(code, stack, surroundings(stack));
  return Template.fromStack(stack);
}

describe('the snippets of README, documentation and docstrings synthesize', () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'snippets-'));

  beforeAll(() => {
    for (const name of ['src/training', 'models']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'src', 'training', 'train.py'), 'print("rmse on validation: 0.5")\n');
    cpSync(
      join(__dirname, 'algorithm', 'fixtures', 'lightgbm-classification-model.json'),
      join(folder, 'models', 'lightgbm.json'),
    );
    process.chdir(folder);
  });

  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  test('are found in all pages', () => {
    const files = new Set(SNIPPETS.map(([where]) => where.replace(/,.*$/, '')));
    expect([...files]).toEqual(
      expect.arrayContaining([
        'docs/automl.md',
        'docs/built-in-algorithms.md',
        'docs/jumpstart.md',
        'lib/automl/automl-workflow.ts',
        'lib/tuning-workflow.ts',
      ]),
    );
  });

  test.each(SNIPPETS)('%s', (_where, code) => {
    expect(Object.keys(synthesize(code).toJSON().Resources).length).toBeGreaterThan(4);
  });

  test.each(find(WHOLE_APPS, /^```ts\n(.*?)^```/gms, (code) => code))('%s, as it stands', (_where, code) => {
    const stack = run(`${code}\nreturn stack;`, undefined, {}) as Stack;
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });

  test('the problems in the README are the problems that synthesis reports', () => {
    const readme = readFileSync(join(PROJECT, WHOLE_APPS), 'utf8');
    const [, shown] = /^```\n(Demand\/.*?)^```/ms.exec(readme) ?? [];
    const wrong = {
      objective: Objective.maximize('validation:rmse'),
      parameterRanges: [ParameterRange.continuous('eta', { min: 0.01, max: 5 })],
    };
    expect(() => workflow(wrong, new Stack(new App(), 'Demand'))).toThrow(String(shown).trim());
  });

  test('the page about a deployed stack creates no constructs of this library', () => {
    const page = readFileSync(join(PROJECT, 'docs', 'testing-your-stack.md'), 'utf8');
    expect(page).not.toMatch(/new (Tuning|AutoMl|StopAbandoned|SageMaker)/);
  });
});
