import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ts from 'typescript';
import { autoMlWorkflow } from './automl/fixtures';
import { workflow } from './fixtures';

const PAGE = join(__dirname, '../docs/operations.md');
const SNIPPETS = [...readFileSync(PAGE, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(
  ([, code = '']) => code,
);

/** Runs a snippet in a stack that has a workflow. */
function run(code: string, stack: Stack, values: Record<string, unknown>): void {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const load = (name: string) => require(name === 'cdk-sagemaker-tuning' ? '../lib' : name);
  new Function('require', 'exports', ...Object.keys(values), outputText).call(
    stack,
    load,
    {},
    ...Object.values(values),
  );
}

test.each([
  ['TuningWorkflow', (stack: Stack) => workflow({}, stack)],
  ['AutoMlWorkflow', (stack: Stack) => autoMlWorkflow({}, stack)],
])('all snippets of docs/operations.md synthesize together with one %s', (_name, make) => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const made = make(stack);
  expect(SNIPPETS.length).toBeGreaterThan(8);
  for (const snippet of SNIPPETS) run(snippet, stack, { workflow: made });
  const { template } = app.synth().getStackByName('Stack');
  const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type);
  for (const type of [
    'AWS::Scheduler::Schedule',
    'AWS::CloudWatch::Alarm',
    'AWS::StepFunctions::StateMachineAlias',
  ]) {
    expect(types).toContain(type);
  }
});
