import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';
import { createPythonEnvironments } from '../../local/src/training';
import { onlyExecutionIn, startCommand } from '../../local/test/end-to-end/support';
import { peerDependencies } from '../../package.json';
import { synthesizeStacks } from './stacks';
import { type Language, reasonToSkip } from './toolchains';

// On a new machine, the first run downloads aws-cdk-lib for three languages and compiles it for Go.
jest.setTimeout(600_000);

const PROJECT = resolve(__dirname, '../..');
const STACKS = ['XGBoost', 'Script', 'AutoMl'];
const LANGUAGES: readonly Language[] = ['python', 'java', 'go'];

const run = promisify(execFile);

const skipped = new Map(LANGUAGES.map((language) => [language, reasonToSkip(language)]));
for (const [language, reason] of skipped) {
  if (reason) process.stderr.write(`The tests in ${language} are skipped: ${reason}\n`);
}
const present = LANGUAGES.filter((language) => skipped.get(language) === undefined);

const folder = mkdtempSync(join(tmpdir(), 'languages-'));
const packages = join(folder, 'packages');
const script = join(folder, 'script');
const environment = {
  ...process.env,
  // The apps compile the Go package anyway, and the tests do not need Javadoc.
  JSII_BUILD_GO: '0',
  MAVEN_OPTS: '-Dmaven.javadoc.skip=true -Dmaven.source.skip=true',
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
};

let output: string;

beforeAll(async () => {
  const targets = ['js', ...present, 'dotnet'].join(',');
  const command = ['scripts/package.mjs', '--outdir', packages, '--targets', targets];
  ({ stdout: output } = await run(process.execPath, command, { cwd: PROJECT, env: environment }));
  cpSync(join(__dirname, 'script'), script, { recursive: true });
  synthesizeStacks(join(folder, 'typescript'), script);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Copies the app of a language to a separate folder outside the repository. */
function copyOfApp(language: Language): string {
  const app = join(folder, `${language}-app`);
  cpSync(join(__dirname, language), app, { recursive: true });
  return app;
}

/** Installs a jar in Maven's local repository, replacing an earlier jar of the same version. */
const INSTALL_FILE = 'org.apache.maven.plugins:maven-install-plugin:3.1.4:install-file';

/** Builds and runs the app of each language, using only the package and the language's registry. */
const RUN_APP: Readonly<Record<Language, (app: string, outdir: string) => Promise<unknown>>> = {
  python: async (app, outdir) => {
    const env = await pythonEnvironment();
    return run('python3', [join(app, 'app.py'), outdir, script], { cwd: app, env });
  },
  java: async (app, outdir) => {
    const release = join(packages, 'java/io/github/cdksagemakertuning/cdk-sagemaker-tuning/0.1.0');
    const file = (extension: string) => join(release, `cdk-sagemaker-tuning-0.1.0.${extension}`);
    const maven = (...words: string[]) =>
      run('mvn', ['--batch-mode', '--quiet', ...words], { cwd: app, env: environment });
    await maven(INSTALL_FILE, `-Dfile=${file('jar')}`, `-DpomFile=${file('pom')}`);
    return maven('compile', 'exec:java', `-Dexec.args=${outdir} ${script}`);
  },
  go: async (app, outdir) => {
    symlinkSync(join(packages, 'go/cdksagemakertuning'), join(app, 'cdksagemakertuning'));
    return run('go', ['run', '.', outdir, script], { cwd: app, env: environment });
  },
};

/** Environment in which `python3` has the wheel and its dependencies. */
async function pythonEnvironment(): Promise<NodeJS.ProcessEnv> {
  const environments = createPythonEnvironments({
    folder: join(PROJECT, '.venv'),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const { python } = await environments.forPackages({
    name: 'languages',
    requirements: [join(__dirname, 'python/requirements.txt')],
    packages: { 'aws-cdk-lib': '2.275.0', constructs: '10.8.1', jsii: '1.142.0' },
    python: { min: '3.11' },
  });
  const site = join(folder, 'site-packages');
  if (!existsSync(site)) {
    const wheel = join(packages, 'python', 'cdk_sagemaker_tuning-0.1.0-py3-none-any.whl');
    const install = (...options: string[]) =>
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...options, wheel]);
    // Checks that the installed packages satisfy the wheel's version ranges.
    install('--dry-run', '--no-index');
    install('--no-deps', '--target', site);
  }
  const path = [dirname(python), process.env['PATH']].join(delimiter);
  return { ...environment, PATH: path, PYTHONPATH: site };
}

test('"npm run package" prints which packages it built, and which it skipped for what reason', () => {
  const lines = output.split('\n').filter((line) => /^(built|skipped) /.test(line));
  for (const language of present) {
    expect(lines).toContainEqual(expect.stringMatching(`^built ${language}: .* KiB\\)$`));
  }
  expect(lines).toContainEqual(expect.stringMatching(/^built js: .*cdk-sagemaker-tuning-local-.*tgz/));
  expect(lines).toContainEqual(
    expect.stringMatching(/^(built dotnet: |skipped dotnet: the command "dotnet --version" does not work)/),
  );
});

test('the snippets of README, documentation and docstrings are translated', () => {
  const { snippets } = JSON.parse(readFileSync(join(packages, 'snippets.tabl.json'), 'utf8'));
  const translations = Object.values<{ didCompile: boolean; translations: object }>(snippets);
  expect(translations.filter(({ didCompile }) => !didCompile)).toEqual([]);
  expect(translations.length).toBeGreaterThan(20);
  expect(Object.keys(translations[0]?.translations ?? {})).toEqual(
    expect.arrayContaining(['python', 'java', 'go', 'csharp']),
  );
});

const inLanguage = (language: Language) => (skipped.get(language) === undefined ? test : test.skip);

for (const language of LANGUAGES) {
  inLanguage(language)(
    `${language}: the templates are identical to those of the TypeScript app`,
    async () => {
      const outdir = join(folder, language);
      await RUN_APP[language](copyOfApp(language), outdir);
      expectTemplatesOfTypeScript(language);
    },
  );
}

/** Compares the templates in a folder with those from the TypeScript stacks. */
function expectTemplatesOfTypeScript(name: string): void {
  for (const stack of STACKS) {
    const template = (of: string) => readFileSync(join(folder, of, `${stack}.template.json`), 'utf8');
    expect(template(name)).toBe(template('typescript'));
  }
}

inLanguage('python')(
  "python: error messages use Python's names of props, and explain how to write a number",
  async () => {
    const { stdout } = await run('python3', [join(__dirname, 'python/problems.py')], {
      env: await pythonEnvironment(),
    });
    expect(stdout).toContain(
      'hyperparameters.num_round: must be a string, got 150: write it as a string, "150"',
    );
  },
);

test('npm: the package in the tarball creates the same templates as the sources', async () => {
  const app = join(folder, 'npm-app');
  const installed = join(app, 'node_modules/cdk-sagemaker-tuning');
  mkdirSync(installed, { recursive: true });
  const tarball = join(packages, 'js/cdk-sagemaker-tuning@0.1.0.jsii.tgz');
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1']);
  for (const peer of Object.keys(peerDependencies)) {
    symlinkSync(join(PROJECT, 'node_modules', peer), join(app, 'node_modules', peer));
  }
  const source = readFileSync(join(__dirname, 'stacks.ts'), 'utf8').replace(
    '../../lib',
    'cdk-sagemaker-tuning',
  );
  const { outputText } = ts.transpileModule(
    `${source}\nsynthesizeStacks(process.argv[2], process.argv[3]);`,
    {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
      },
    },
  );
  writeFileSync(join(app, 'app.js'), outputText);
  await run(process.execPath, ['app.js', join(folder, 'npm'), script], { cwd: app });
  expectTemplatesOfTypeScript('npm');
});

describe('examples in Python', () => {
  inLanguage('python')('built-in: local mode trains', async () => {
    const root = join(folder, 'local');
    const project = join(PROJECT, 'examples/python/built-in');
    const input = JSON.stringify({ maxTrainingJobs: 2 });
    const words = ['run', '--root', root, '--project', project, '--input', input];
    const { exitCode, output } = await startCommand(words, await pythonEnvironment()).ended;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining(': SUCCEEDED\n') });
    expect(onlyExecutionIn(root).output).toMatchObject({
      tuningJob: { status: 'Completed', trainingJobs: { completed: 2 } },
      finalTrainingJob: { modelArtifacts: expect.stringMatching(/^s3:/) },
    });
  });

  for (const [example, template] of [
    ['script', 'ScriptExample'],
    ['automl', 'AutoMlExample'],
  ] as const) {
    inLanguage('python')(`${example}: synthesizes`, async () => {
      const outdir = join(folder, example);
      const app = join(PROJECT, 'examples/python', example, 'app.py');
      await run('python3', [app], { env: { ...(await pythonEnvironment()), CDK_OUTDIR: outdir } });
      const { Resources } = JSON.parse(readFileSync(join(outdir, `${template}.template.json`), 'utf8'));
      const types = Object.values<{ Type: string }>(Resources).map(({ Type }) => Type);
      expect(types).toContain('AWS::StepFunctions::StateMachine');
    });
  }
});
