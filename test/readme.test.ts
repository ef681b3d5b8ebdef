import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import * as library from '../lib';
import { codeBlocks, PAGES, PROJECT } from './docs/pages';

/** choose.test.ts tests the snippets of docs/choosing.md. */
const OTHER_PAGES = ['docs/choosing.md'];

const IMPORT = /^import [^;]*;$/gm;

/** The declarations that every snippet can use. */
const FIXTURE = `
import { App, Stack, aws_iam as iam, aws_s3 as s3, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { LocalMode } from 'cdk-sagemaker-tuning-local';
import { ${Object.keys(library).join(', ')} } from 'cdk-sagemaker-tuning';
class MyStack extends Stack {}
declare const app: App;
declare const stack: LocalMode;
declare const stateMachine: sfn.StateMachine;
declare const fragment: TuningFragment;
declare const analysts: iam.IGrantable;
declare const bucket: s3.IBucket;
declare const algorithm: Algorithm;
declare const objective: Objective;
declare const parameterRanges: ParameterRange[];
declare const workflow: SageMakerWorkflow;
`;

/** All TypeScript snippets of the pages as one program: the imports, and then one function per snippet. */
function program(): string {
  const found = PAGES.filter((page) => !OTHER_PAGES.includes(page)).flatMap((page) => codeBlocks(page, 'ts'));
  expect(new Set(found.map(({ page }) => page)).size).toBeGreaterThan(7);
  const snippets = [...found.map(({ code }) => code), FIXTURE];
  const imports = snippets.flatMap((snippet) => snippet.match(IMPORT) ?? []);
  const [fixture, ...bodies] = snippets.map((snippet) => snippet.replace(IMPORT, '')).reverse();
  const functions = bodies.map(
    (body, index) => `export async function snippet${index}(this: Stack) {${body}}`,
  );
  return [...merged(imports), fixture, ...functions].join('\n');
}

/** The imports of all snippets, one line per name. */
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
    // `npm run typecheck` checks the imported sources. Therefore, this test checks only this file.
    const compiled = ts.createProgram([file], options);
    const problems = ts
      .getPreEmitDiagnostics(compiled, compiled.getSourceFile(file))
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
