import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const PROJECT = resolve(__dirname, '..');

/** What a reader has at hand where a snippet begins. */
const FIXTURE = `
import { type Stack, aws_iam as iam, aws_s3 as s3, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import {
  AutoMlWorkflow,
  DataLocation,
  Framework,
  InputData,
  ScriptSource,
  TuningFragment,
} from 'cdk-sagemaker-tuning';
declare const analysts: iam.IGrantable;
declare const bucket: s3.IBucket;
declare const algorithm: Algorithm;
declare const objective: Objective;
declare const parameterRanges: ParameterRange[];
declare const prepare: sfn.Pass;
declare const register: sfn.Pass;
`;

/** The README's TypeScript as one program: imports first, each snippet in a function of its own. */
function program(): string {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const snippets = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');
  expect(snippets.length).toBeGreaterThan(1);
  const imports = snippets.flatMap((snippet) => snippet.match(/^import [^;]*;$/gm) ?? []);
  const bodies = snippets.map((snippet) => snippet.replace(/^import [^;]*;$/gm, ''));
  const functions = bodies.map((body, index) => `export function snippet${index}(this: Stack) {${body}}`);
  return [...imports, FIXTURE, ...functions].join('\n');
}

test("the README's TypeScript compiles", () => {
  const folder = mkdtempSync(join(PROJECT, 'test', '.readme-'));
  try {
    const file = join(folder, 'readme.ts');
    writeFileSync(file, program());
    const { options } = ts.parseJsonConfigFileContent(
      {
        extends: '../tsconfig.dev.json',
        compilerOptions: { paths: { 'cdk-sagemaker-tuning': ['../lib/index.ts'] }, noUnusedLocals: false },
      },
      ts.sys,
      join(PROJECT, 'test'),
    );
    const problems = ts
      .getPreEmitDiagnostics(ts.createProgram([file], options))
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
