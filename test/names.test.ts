import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';

/**
 * The modules of aws-cdk-lib that apps import together with this library. Editors suggest the names from all of these
 * modules.
 */
const NEIGHBORS = ['aws-stepfunctions', 'aws-stepfunctions-tasks', 'aws-sagemaker', 'core'];

/** The names of the classes, interfaces and enums that a module of aws-cdk-lib declares. */
function declaredNames(module: string): string[] {
  const folder = join(dirname(require.resolve('aws-cdk-lib/package.json')), module, 'lib');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /^export (?:declare )?(?:abstract )?(?:class|interface|enum) (\w+)/gm,
      ),
    ])
    .map(([, name]) => String(name));
}

/** The names that `lib/index.ts` exports, including types. */
function exportedNames(): string[] {
  const path = join(__dirname, '../lib/index.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
    if (!ts.isNamedExports(statement.exportClause)) return [];
    return statement.exportClause.elements.map(({ name }) => name.text);
  });
}

test('this library exports no name that aws-cdk-lib also uses, so auto-import cannot confuse them', () => {
  const names = exportedNames();
  expect(names).toContain('TuningWorkflow');
  const taken = new Set(NEIGHBORS.flatMap(declaredNames));
  expect(taken).toContain('SageMakerCreateTrainingJob');
  expect(names.filter((name) => taken.has(name))).toEqual([]);
});
