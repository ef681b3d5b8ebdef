import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as ts from 'typescript';
import { Algorithm, Objective, ParameterRange, TuningWorkflow, XGBoostVersion } from '../../lib';
import { onlyExecutionIn, synthesize, writeTrainingData } from './end-to-end/support';

const REPOSITORY = resolve(__dirname, '../..');
const PACKAGE = join(REPOSITORY, 'local');
const NAME = 'cdk-sagemaker-tuning-local';

/** Code that a user might write in TypeScript. The tests also compile it to JavaScript. */
const CONSUMER = `
import { type ExecutionRecord, LocalMode, type StubTraining } from '${NAME}';

const stubTraining: StubTraining = ({ hyperparameters }) => ({
  'validation:rmse': Number(hyperparameters['num_round']),
});

async function main(assembly: string): Promise<void> {
  await using stack = await LocalMode.deploy({ assembly, stubTraining });
  const execution = stack.startExecution<{ bestTrainingJob: { name: string } }>({ input: { maxTrainingJobs: 2 } });
  const record: ExecutionRecord<unknown> = await execution.ended;
  const best: string | undefined = stack.tuningJobs()[0]?.BestTrainingJob?.TrainingJobName;
  const { bestTrainingJob } = await execution.output();
  const model: Buffer = await stack.bucket('Tuning/Bucket').get(stack.trainingJobs()[0]?.ModelArtifacts.S3ModelArtifacts ?? '');
  console.log(record.status, bestTrainingJob.name === best, model.length > 0);
}

void main(process.argv[2] ?? '');
`;

/** A project with the packed package installed. Its dependencies are links to those of this repository. */
let project: string;
let assembly: string;

beforeAll(() => {
  if (!existsSync(join(PACKAGE, 'dist/index.js'))) throw new Error('run "npm run build" first');
  project = mkdtempSync(join(tmpdir(), 'local-package-'));
  const installed = join(project, 'node_modules', NAME);
  mkdirSync(installed, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
    cwd: PACKAGE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  execFileSync('tar', ['-xzf', join(project, packed.trim()), '-C', installed, '--strip-components', '1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) link(name);
  assembly = synthesize((stack) => {
    const { bucket } = new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      parameterRanges: [ParameterRange.integer('num_round', { min: 2, max: 20 })],
      maxTrainingJobs: 2,
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(writeTrainingData())],
      destinationBucket: bucket,
      destinationKeyPrefix: 'input/',
    });
  });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Links a package that is installed in this repository into the project. */
function link(name: string): void {
  const at = join(project, 'node_modules', name);
  mkdirSync(dirname(at), { recursive: true });
  const found = createRequire(join(PACKAGE, 'package.json'))
    .resolve.paths(name)
    ?.map((folder) => join(folder, name))
    .find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`${name} is not installed`);
  symlinkSync(found, at);
}

/** Runs JavaScript in the project. Python is not on the PATH unless `environment` adds it. */
function run(args: readonly string[], env: NodeJS.ProcessEnv = { PATH: '' }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    env,
    // Ends a process that an open handle keeps from exiting.
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

test('a consumer compiles in strict mode with only the declarations, and every export is documented', () => {
  const file = join(project, 'consumer.mts');
  writeFileSync(file, CONSUMER);
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    // TypeScript's own declarations are not checked.
    skipDefaultLibCheck: true,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
    typeRoots: [join(project, 'node_modules/@types')],
    noEmit: true,
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    // Node's own declarations do not compile with exactOptionalPropertyTypes.
    .filter((problem) => !problem.file?.fileName.includes('@types/node'))
    .map(
      (problem) => `${problem.file?.fileName}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`,
    );
  expect(problems).toEqual([]);
  expect(undocumented(program)).toEqual([]);
});

/** The package's exports, and members of exports, that lack documentation. */
function undocumented(program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const index = program.getSourceFiles().find((file) => file.fileName.endsWith(`${NAME}/dist/index.d.ts`));
  const module = index && checker.getSymbolAtLocation(index);
  if (module === undefined) throw new Error('the program does not contain the index');
  const isSilent = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length === 0;
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const members = symbol.flags & ts.SymbolFlags.Class ? [...(symbol.members?.values() ?? [])] : [];
    return [
      ...(isSilent(symbol) ? [exported.name] : []),
      ...members
        .filter((member) => !isHidden(member) && isSilent(member))
        .map((member) => `${exported.name}.${member.name}`),
    ];
  });
}

function isHidden({ declarations = [], name }: ts.Symbol): boolean {
  return (
    name === '__constructor' ||
    declarations.every(ts.isTypeParameterDeclaration) ||
    declarations.some((each) => ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Private)
  );
}

test('the package runs in compiled JavaScript without Python, prints nothing, and leaves no open handle', () => {
  const { outputText } = ts.transpileModule(CONSUMER, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(join(project, 'consumer.mjs'), outputText);
  expect(run(['consumer.mjs', assembly])).toEqual({ status: 0, stdout: 'SUCCEEDED true true\n', stderr: '' });
});

test('the command runs and trains an app with the CDK CLI on the PATH, because the project does not have one', () => {
  // Instead of synthesizing, this app copies a synthesized assembly. The app could be in any language.
  const copy = `require('fs').cpSync(${JSON.stringify(assembly)}, process.env.CDK_OUTDIR, { recursive: true })`;
  writeFileSync(join(project, 'app.js'), copy);
  writeFileSync(join(project, 'cdk.json'), JSON.stringify({ app: `${process.execPath} app.js` }));
  symlinkSync(join(REPOSITORY, '.venv'), join(project, '.venv'));
  const path = [join(REPOSITORY, 'node_modules/.bin'), process.env.PATH].join(':');
  const cli = join('node_modules', NAME, 'dist/cli.js');
  const result = run([cli, 'run', '--quiet'], { ...process.env, PATH: path });
  expect(result).toMatchObject({ status: 0, stdout: expect.stringContaining(': SUCCEEDED\n') });
  const { output } = onlyExecutionIn(join(project, '.local'));
  expect(output).toMatchObject({ tuningJob: { trainingJobs: { completed: 2 } } });
  expect(run([cli, '--help']).stdout).toContain(`npx ${NAME} run --help`);
  // The data and models must be ignored by Git.
  expect(readFileSync(join(project, '.local/.gitignore'), 'utf8')).toBe('*\n');
});

test('the error for a project without the CDK CLI says what to do', () => {
  const elsewhere = mkdtempSync(join(project, 'elsewhere-'));
  const cli = join('node_modules', NAME, 'dist/cli.js');
  const { status, stderr } = run([cli, 'run', '--quiet', '--project', elsewhere]);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^No aws-cdk in .*run "npm install --save-dev aws-cdk" there/),
  });
});
