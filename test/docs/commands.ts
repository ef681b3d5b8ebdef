import { codeBlocks, PAGES, readPage } from './pages';

/**
 * A command in the documentation: a line of a `sh` block, or inline code that begins with `npm run`, `npx` or `aws`.
 */
export interface DocumentedCommand {
  readonly page: string;
  readonly command: string;
}

function commandsOf(page: string): string[] {
  const blocks = codeBlocks(page, 'sh').flatMap(({ code }) => code.replace(/\\\n\s*/g, '').split('\n'));
  const inline = [
    ...readPage(page)
      .replace(/^```.*?^```/gms, '')
      .matchAll(/`((?:npm run|npx|aws) [^`]+)`/g),
  ];
  return [...blocks, ...inline.map(([, command = '']) => command)]
    .flatMap((line) => line.replace(/(?:^|\s+)#\s.*$/, '').split(' && '))
    .map((command) => command.trim())
    .filter((command) => command !== '' && command !== '…' && !command.includes('…'));
}

/** All commands of all pages. */
export const COMMANDS: readonly DocumentedCommand[] = PAGES.flatMap((page) =>
  commandsOf(page).map((command) => ({ page, command })),
);

/** The words of a command, split as a shell splits them. */
export function wordsOf(command: string): string[] {
  const found = command.match(/(?:'[^']*'|"[^"]*"|<[^>]*>|\[[^\]]*\]|[^\s'"<[]|[<[])+/g) ?? [];
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/** How the commands that match a pattern are tested. The first rule that matches a command applies. */
interface Rule {
  readonly pattern: RegExp;
  /**
   * - `here`: `run-commands.test.ts` runs the commands.
   * - `elsewhere`: the test in `where` runs the commands.
   * - `by hand`: we ran the commands by hand; `where` is the reason why no test runs them.
   * - `never`: the commands cannot run on our machines; `where` is the reason.
   */
  readonly runs: 'here' | 'elsewhere' | 'by hand' | 'never';
  /**
   * For `elsewhere`, the test file and, after a colon, a string in this file. For `by hand` and
   * `never`, the reason.
   */
  readonly where: string;
}

const AWS = 'needs an AWS account';

export const RULES: readonly Rule[] = [
  // Local mode
  { pattern: /^npm run local$/, runs: 'here', where: '' },
  { pattern: /^npm run local -- --help$/, runs: 'here', where: '' },
  {
    pattern: /^npm run local -- --input '\{\}' --input /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/workflow.test.ts:runs twice in parallel',
  },
  { pattern: /^npm run local -- (?:list|show|report|logs|resume|clean)\b/, runs: 'here', where: '' },
  {
    pattern: /^npm run local -- predict /,
    runs: 'by hand',
    where: 'we ran it on penguins.csv; local/test/predictions and local/test/commands test its parts',
  },
  { pattern: /^npm run local -- --input '\{"warmStartFrom"/, runs: 'here', where: '' },
  {
    pattern: /^npm run local -- --input '\{"max/,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/own-data.test.ts:maxTrainingJobs',
  },
  {
    pattern: /^npm run local -- --context tuning:testFraction=/,
    runs: 'by hand',
    where: 'runs a whole search; test/model-quality.test.ts synthesizes the app with these settings',
  },
  {
    pattern: /^npm run local -- --context tuning:data=/,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/own-data.test.ts:tuning:label=',
  },
  {
    pattern: /^npm run local -- --project examples\/automl --context data=\/path\/to/,
    runs: 'by hand',
    where: 'the path in the command is an example; we ran the command with the sample data',
  },
  {
    pattern: /^npm run local -- --project examples\/python\//,
    runs: 'elsewhere',
    where: 'test/languages/languages.test.ts:examples/python',
  },
  {
    pattern: /^npm run local -- --project examples\//,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/examples.test.ts:commandsOf(example)',
  },
  {
    pattern: /^npm run local -- --stub-/,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/stub-tasks.test.ts:--stub-task',
  },
  {
    pattern: /^npm run local -- --assembly /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/commands.test.ts:--state-machine',
  },
  {
    pattern: /^npm run local -- --root /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/support.ts:--root',
  },
  {
    pattern: /^npm run local -- run --json$/,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/commands.test.ts:run --json prints',
  },
  {
    pattern: /^(?:npm run local --|npx cdk-sagemaker-tuning-local) serve/,
    runs: 'elsewhere',
    where: "local/test/end-to-end/serve-process.ts:'serve', '--root'",
  },
  {
    pattern: /^npx cdk-sagemaker-tuning-local (?:run|--help)/,
    runs: 'elsewhere',
    where: 'local/test/package.test.ts:the command runs and trains an app',
  },
  { pattern: /^export [A-Z_]+=/, runs: 'elsewhere', where: 'local/test/end-to-end/serve-process.ts:env: {}' },
  {
    pattern: /^npm install --save-dev /,
    runs: 'never',
    where: 'the package is not on npm yet; local/test/package.test.ts installs its content',
  },
  // Commands of the AWS CLI. Our tests make the same requests to local mode with botocore.
  {
    pattern: /^aws (?:s3|s3api) /,
    runs: 'by hand',
    where: 'botocore lacks these high-level commands of the AWS CLI; we ran them with AWS CLI 1.46',
  },
  {
    pattern: /^aws sagemaker wait /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/boto3_client.py:get_waiter',
  },
  {
    pattern: /^aws sagemaker create-(?:model|transform-job) /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/boto3_client.py:create_transform_job',
  },
  {
    pattern: /^aws sagemaker update-model-package /,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/boto3_client.py:update_model_package',
  },
  { pattern: /^aws ecr /, runs: 'never', where: AWS },
  {
    pattern: /^printf '' \| aws s3 cp /,
    runs: 'by hand',
    where: 'see `aws s3`',
  },
  {
    pattern: /^aws (?:s3|stepfunctions describe-execution)$/,
    runs: 'by hand',
    where: 'not a whole command, but the name of a command in a sentence',
  },
  {
    pattern:
      /^aws \S+ (?:list-hub-contents|describe-hub-content|list-state-machine-versions|update-state-machine-alias|create-endpoint|create-endpoint-config|delete-endpoint)\b/,
    runs: 'never',
    where: 'local mode does not implement these commands; a test checks their options',
  },
  { pattern: /^aws /, runs: 'here', where: '' },
  // The app and its tests
  { pattern: /^npx cdk (?:bootstrap|deploy|destroy)\b/, runs: 'never', where: AWS },
  {
    pattern: /^npm run choose$/,
    runs: 'elsewhere',
    where: 'test/choose.test.ts:asks questions in a terminal',
  },
  { pattern: /^npm run choose -- /, runs: 'here', where: '' },
  { pattern: /^npm ci$/, runs: 'elsewhere', where: '.ci/run:npm ci' },
  { pattern: /^npm test$/, runs: 'elsewhere', where: '.ci/run:npm test' },
  { pattern: /^npx biome check --write /, runs: 'elsewhere', where: 'package.json:biome check --write' },
  {
    pattern: /^npm run (?:build(?::lambda|:lib)?|typecheck)$/,
    runs: 'elsewhere',
    where: 'package.json:"pretest": "npm run build ',
  },
  { pattern: /^npm run build:api$/, runs: 'elsewhere', where: 'test/public-api.test.ts:jsii-docgen' },
  {
    pattern: /^npm run package/,
    runs: 'elsewhere',
    where: 'test/languages/languages.test.ts:npm run package',
  },
  { pattern: /^npm run compare-api$/, runs: 'here', where: '' },
  {
    pattern: /^(?:FAULTS=all |PROSE=\S+ )?npx jest\b/,
    runs: 'elsewhere',
    where: '.ci/run:npm test',
  },
  {
    pattern: /^npm run bench/,
    runs: 'by hand',
    where: 'take up to two hours; local/test/end-to-end/bench.test.ts runs a short benchmark',
  },
  {
    pattern: /^npm run docs:screenshots$/,
    runs: 'by hand',
    where: 'writes files of the repository; needs Chromium',
  },
  // Other languages and tools
  {
    pattern: /^mvn install:install-file /,
    runs: 'elsewhere',
    where: 'test/languages/languages.test.ts:install-file',
  },
  {
    pattern: /^pip install dist\/python\/\*\.whl$/,
    runs: 'elsewhere',
    where: 'test/languages/languages.test.ts:.whl',
  },
  {
    pattern: /^(?:python3 -m venv|\. \.venv\/)/,
    runs: 'by hand',
    where: "create the reader's Python environment; tests use separate environments",
  },
  {
    pattern: /^\.venv\/python-sdk\/bin\//,
    runs: 'elsewhere',
    where: 'local/test/end-to-end/python-sdk.test.ts:examples/python-sdk',
  },
  {
    pattern: /^(?:pip install )?optuna-dashboard\b/,
    runs: 'by hand',
    where: 'a dashboard of another project',
  },
  { pattern: /^cd \S+$/, runs: 'by hand', where: 'only makes sense together with the commands around it' },
  {
    pattern: /^docker |^for registry in |^[A-Z]+=\S*$|^[A-Z]+=\$\(aws /,
    runs: 'never',
    where: 'needs Docker and an AWS account',
  },
];

/** The rule for a command. */
export const ruleOf = (command: string): Rule | undefined =>
  RULES.find(({ pattern }) => pattern.test(command));
