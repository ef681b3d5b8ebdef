import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const PROJECT = resolve(__dirname, '..');
const PAGES = ['README.md', 'docs/operations.md', 'docs/testing-your-stack.md'];

const IMPORT = /^import [^;]*;$/gm;

/** The declarations that every snippet can use. */
const FIXTURE = `
import { Stack, aws_iam as iam, aws_s3 as s3, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import {
  AutoMlWorkflow,
  DataLocation,
  Framework,
  InputData,
  SageMakerWorkflow,
  ScriptSource,
  TuningFragment,
} from 'cdk-sagemaker-tuning';
class MyStack extends Stack {}
declare const app: App;
declare const stack: LocalMode;
declare const analysts: iam.IGrantable;
declare const bucket: s3.IBucket;
declare const algorithm: Algorithm;
declare const objective: Objective;
declare const parameterRanges: ParameterRange[];
declare const prepare: sfn.Pass;
declare const register: sfn.Pass;
declare const workflow: SageMakerWorkflow;
`;

/** The TypeScript of a page: at least two snippets. */
function snippetsOf(page: string): string[] {
  const text = readFileSync(join(PROJECT, page), 'utf8');
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');
  expect(snippets.length).toBeGreaterThan(1);
  return snippets;
}

/** The pages' TypeScript as one program: imports first, each snippet in a function of its own. */
function program(): string {
  const snippets = [...PAGES.flatMap(snippetsOf), FIXTURE];
  const imports = snippets.flatMap((snippet) => snippet.match(IMPORT) ?? []);
  const [fixture, ...bodies] = snippets.map((snippet) => snippet.replace(IMPORT, '')).reverse();
  const functions = bodies.map(
    (body, index) => `export async function snippet${index}(this: Stack) {${body}}`,
  );
  return [...merged(imports), fixture, ...functions].join('\n');
}

/** Imports with each name once, whichever snippets have it. */
function merged(imports: readonly string[]): string[] {
  const lines = imports.flatMap((text) => {
    const [, names, module] = /^import \{([^}]*)\} from ('.*');$/.exec(text) ?? [];
    if (names === undefined) return text;
    const each = names.split(',').map((name) => name.trim());
    return each.filter((name) => name !== '').map((name) => `import { ${name} } from ${module};`);
  });
  return [...new Set(lines)];
}

test('the TypeScript of README and documentation compiles', () => {
  const folder = mkdtempSync(join(PROJECT, 'test', '.readme-'));
  try {
    const file = join(folder, 'readme.ts');
    writeFileSync(file, program());
    const { options } = ts.parseJsonConfigFileContent(
      {
        extends: '../tsconfig.dev.json',
        compilerOptions: {
          paths: {
            'cdk-sagemaker-tuning': ['../lib/index.ts'],
            'cdk-sagemaker-tuning-local': ['../local/src/index.ts'],
          },
          noUnusedLocals: false,
        },
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
