import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ts from 'typescript';
import {
  type Advice,
  type Answers,
  advise,
  CONTRADICTIONS,
  decisionTable,
  QUESTIONS,
  type QuestionName,
  ROWS,
  SEVERAL,
  WAYS,
} from '../bin/training-advice';
import * as library from '../lib';

const PROJECT = resolve(__dirname, '..');
const DOCS = readFileSync(join(PROJECT, 'docs', 'choosing.md'), 'utf8');
/** A model document with only the required members. */
const HUB_DOCUMENT = join(__dirname, 'algorithm', 'fixtures', 'minimal-tabular-model.json');

const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

const SNIPPETS: [string, string][] = [
  ...Object.entries(WAYS).map(([name, { snippet }]): [string, string] => [name, snippet]),
  ['several algorithms', SEVERAL.snippet],
];

/** Every combination of answers to the given questions. */
function combinations([name, ...others]: readonly QuestionName[]): Answers[] {
  if (name === undefined) return [{}];
  return Object.keys(QUESTIONS[name].answers).flatMap((answer) =>
    combinations(others).map((rest) => ({ [name]: answer, ...rest })),
  );
}

function adviceFor(answers: Answers): Advice {
  const advice = advise(answers);
  if ('missing' in advice) throw new Error(`${JSON.stringify(answers)} lacks ${advice.missing.join(', ')}`);
  return advice;
}

describe('the decision table', () => {
  const all = combinations(QUESTION_NAMES);

  test('has an answer for every combination and uses each of its rows', () => {
    const rows = new Set(all.map((answers) => adviceFor(answers).row));
    expect([...rows].sort((one, other) => one - other)).toEqual(ROWS.map((_, index) => index + 1));
  });

  test.each<[string, Answers, keyof typeof WAYS]>([
    ['an analyst with a CSV', { code: 'none', data: 'tabular', control: 'speed' }, 'automl'],
    [
      'a developer who wants to search',
      { code: 'none', data: 'tabular', control: 'hyperparameters', machines: 'one', who: 'developer' },
      'built-in',
    ],
    [
      'more rows than fit on one machine',
      { code: 'none', data: 'tabular', control: 'hyperparameters', machines: 'many' },
      'built-in-many',
    ],
    ['images and no code', { code: 'none', data: 'other', control: 'speed' }, 'jumpstart'],
    ['a script', { code: 'script', data: 'tabular', control: 'hyperparameters', machines: 'one' }, 'script'],
    ['a script on several machines', { code: 'script', machines: 'many' }, 'script-many'],
    ['a container', { code: 'container' }, 'container'],
  ])('%s', (_, answers, way) => {
    expect(adviceFor(answers).recommended.name).toBe(way);
  });

  test('keeps existing code, and recommends new code only to an engineer', () => {
    for (const answers of all) {
      const { name } = adviceFor(answers).recommended;
      if (answers.code === 'container') expect(name).toBe('container');
      if (answers.code === 'script') expect(name).toMatch(/^script/);
      if (answers.code === 'none' && answers.who !== 'engineer')
        expect(name).not.toMatch(/^(script|container)/);
    }
  });

  test('asks only relevant questions, in order', () => {
    expect(advise({})).toEqual({ missing: QUESTION_NAMES });
    expect(advise({ code: 'script', control: 'everything' })).toEqual({ missing: ['machines'] });
    expect(advise({ code: 'none', data: 'tabular', control: 'hyperparameters' })).toEqual({
      missing: ['machines', 'who'],
    });
    for (const answers of all) {
      let known: Answers = {};
      for (let advice = advise(known); 'missing' in advice; advice = advise(known)) {
        const [name] = advice.missing;
        if (name === undefined) throw new Error('no question is left, but there is no recommendation');
        known = { ...known, [name]: answers[name] };
      }
      expect(adviceFor(known).row).toBe(adviceFor(answers).row);
    }
  });

  test('reports contradictory answers', () => {
    for (const { answers, text } of CONTRADICTIONS) {
      const full = { data: 'tabular', machines: 'one', who: 'analyst', ...answers } as const;
      expect(adviceFor(full).contradictions).toEqual([text]);
    }
    expect(adviceFor({ code: 'none', data: 'tabular', control: 'speed' }).contradictions).toEqual([]);
  });

  test('offers several algorithms in one search, except with AutoML', () => {
    expect(adviceFor({ code: 'container' }).severalAlgorithms?.snippet).toMatch('furtherDefinitions');
    expect(adviceFor({ code: 'none', data: 'tabular', control: 'speed' })).not.toHaveProperty(
      'severalAlgorithms',
    );
  });
});

describe('docs/choosing.md', () => {
  const text = DOCS.replace(/\s+/g, ' ');

  test('contains the decision table from the code', () => {
    expect(DOCS).toContain(`\n${decisionTable()}\n`);
  });

  test.each(SNIPPETS)('has the snippet of %s', (_, snippet) => {
    expect(DOCS).toContain(`\n\`\`\`ts\n${snippet}\`\`\`\n`);
  });

  test('contains every sentence of the recommendations', () => {
    const words = [
      ...ROWS.flatMap(({ reason, runnerUpWhen }) => [reason, runnerUpWhen]),
      ...Object.values(WAYS).flatMap(({ title, tradeOffs }) => [title, ...Object.values(tradeOffs)]),
      ...CONTRADICTIONS.map((each) => each.text),
      ...Object.values(QUESTIONS).flatMap((question) => [question.text, ...Object.values(question.answers)]),
      SEVERAL.text,
    ];
    expect(words.filter((each) => !text.includes(each))).toEqual([]);
  });

  test('and the recommendations refer to existing pages and folders', () => {
    const places = [
      ...Object.values(WAYS).map(({ more }) => more),
      SEVERAL.more,
      ...[...DOCS.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => join('docs', link ?? '')),
    ];
    expect(places.filter((place) => !existsSync(join(PROJECT, place)))).toEqual([]);
  });
});

describe('the snippets', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(PROJECT, 'test', '.choose-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('compile', () => {
    const files = SNIPPETS.map(([, snippet], index) => {
      const file = join(folder, `snippet${index}.ts`);
      writeFileSync(file, inStack(snippet));
      return file;
    });
    const { options } = ts.parseJsonConfigFileContent(
      {
        extends: '../tsconfig.dev.json',
        compilerOptions: { paths: { 'cdk-sagemaker-tuning': ['../lib/index.ts'] } },
      },
      ts.sys,
      join(PROJECT, 'test'),
    );
    // Skips the library's own files, because the build checks them.
    const program = ts.createProgram(files, options);
    const problems = files
      .map((file) => program.getSourceFile(file))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
    expect(problems).toEqual([]);
  });

  test.each(SNIPPETS)('%s synthesizes', (_, snippet) => {
    mkdirSync(join(folder, 'files'), { recursive: true });
    writeFileSync(join(folder, 'files', 'train.py'), 'print("validation f1: 0.5")\n');
    writeFileSync(join(folder, 'files', 'Dockerfile'), 'FROM scratch\n');
    const code = inStack(snippet)
      .replace(/'(training|container)'/, JSON.stringify(join(folder, 'files')))
      .replace('models/images.json', HUB_DOCUMENT);
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const own = createRequire(__filename);
    const imports = (name: string) => (name === 'cdk-sagemaker-tuning' ? library : own(name));
    const exported: { build?: (this: Stack) => void } = {};
    new Function('require', 'exports', outputText)(imports, exported);
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    exported.build?.call(stack);
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });
});

/**
 * A module with the imports of a snippet. The rest of the snippet becomes a function that can be called on a stack.
 */
function inStack(snippet: string): string {
  const imports = snippet.match(/^import [^;]*;$/gm) ?? [];
  const body = snippet.replace(/^import [^;]*;$/gm, '');
  return [
    "import type { Stack } from 'aws-cdk-lib';",
    ...imports,
    `export function build(this: Stack) {${body}}`,
  ].join('\n');
}

describe('npm run choose', () => {
  const COMMAND = [process.execPath, '--require', './scripts/typescript.cjs', 'bin/choose.ts'];
  const environment = { ...process.env, NO_COLOR: '1' };

  function choose(...options: string[]): SpawnSyncReturns<string> {
    const [node = '', ...args] = COMMAND;
    return spawnSync(node, [...args, ...options], {
      cwd: PROJECT,
      env: environment,
      encoding: 'utf8',
      input: '',
    });
  }

  /** Runs the command in a terminal. `typed` is the user's input. */
  function chooseInTerminal(typed: string, ...options: string[]): SpawnSyncReturns<string> {
    const terminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
    return spawnSync('python3', ['-c', terminal, ...COMMAND, ...options], {
      cwd: PROJECT,
      env: environment,
      encoding: 'utf8',
      input: typed,
      timeout: 60_000,
    });
  }

  test('recommends a way to train, with a reason, its cost and a snippet', () => {
    const { status, stdout, stderr } = choose('--code', 'none', '--data', 'tabular', '--control', 'speed');
    const { recommended, runnerUp } = adviceFor({ code: 'none', data: 'tabular', control: 'speed' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(recommended.snippet);
    const text = stdout.replace(/\s+/g, ' ');
    for (const part of [recommended.title, recommended.reason, ...Object.values(recommended.tradeOffs)]) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`${runnerUp.title}. Better when ${runnerUp.when}`);
  });

  test('prints the recommendation as JSON', () => {
    const { status, stdout } = choose('--json', '--code', 'container', '--control', 'speed');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(adviceFor({ code: 'container', control: 'speed' }));
  });

  test('reports contradictions first', () => {
    const { stdout } = choose('--code', 'container', '--control', 'speed');
    expect(stdout).toMatch(/^Careful +You want to decide little and use no code/);
  });

  test('prints the decision table', () => {
    expect(choose('--table').stdout).toBe(`${decisionTable()}\n`);
  });

  test('lists the missing answers if it cannot ask for them', () => {
    const { status, stdout, stderr } = choose(
      '--code',
      'none',
      '--data',
      'tabular',
      '--control',
      'everything',
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: answers are missing/);
    expect([...stderr.matchAll(/^ {2}--(\w+)/gm)].map(([, name]) => name)).toEqual(['machines', 'who']);
    for (const answer of ['one', 'many', 'analyst', 'developer', 'engineer']) {
      expect(stderr).toMatch(new RegExp(`^ {4}${answer} `, 'm'));
    }
  });

  test('rejects an unknown answer', () => {
    const { status, stderr } = choose('--code', 'notebook');
    expect(status).toBe(1);
    expect(stderr).toMatch(/'--code <answer>'.*'notebook'.*Allowed answers are none, script, container\./);
  });

  test('rejects two answers to one question', () => {
    const { status, stderr } = choose('--code', 'none', '--code', 'container');
    expect(status).toBe(1);
    expect(stderr).toMatch(/--code none is also given, and the two contradict each other/);
  });

  test('asks questions in a terminal until it has a recommendation', () => {
    const { status, stdout } = chooseInTerminal('1\n7\ntabular\n1\n', '--json');
    expect(status).toBe(0);
    expect(stdout).toMatch(/your own training code\?.*What is the data\?.*How much do you want/s);
    expect(stdout).toContain('Please answer 1 to 2, or one of tabular, other.');
    expect(stdout).not.toContain(QUESTIONS.machines.text);
    expect(stdout).toMatch(/"name": "automl"/);
  });
});
