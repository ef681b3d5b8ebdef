import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type Advice,
  type Answers,
  advise,
  decisionTable,
  QUESTIONS,
  type QuestionName,
} from './training-advice';

/** Maximum line width of text. Code is not wrapped. */
const WIDTH = 100;

/** Width of the column of headings. */
const INDENT = 12;

/** Exit status of a program that was interrupted with Ctrl-C. */
const INTERRUPTED = 130;

const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

interface ChooseOptions extends Answers {
  readonly json?: true;
  readonly table?: true;
}

const command = new Command('npm run choose')
  .usage('-- [options]')
  .description(
    'Recommends a way to train, explains why, and prints the code to paste. In a terminal, it asks questions.',
  )
  .option('--json', 'print the recommendation as JSON')
  .option('--table', 'print only the decision table')
  .addHelpText('after', '\nThe decision table is explained in docs/choosing.md')
  .action(choose);
for (const name of QUESTION_NAMES) command.addOption(optionOf(name));

command.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

function optionOf(name: QuestionName): Option {
  const allowed = Object.keys(QUESTIONS[name].answers);
  return new Option(`--${name} <answer>`, `${QUESTIONS[name].text} (${allowed.join(', ')})`).argParser(
    (value, previous: string | undefined) => {
      if (!allowed.includes(value))
        throw new InvalidArgumentError(`Allowed answers are ${allowed.join(', ')}.`);
      if (previous !== undefined && previous !== value) {
        throw new InvalidArgumentError(
          `--${name} ${previous} is also given, and the two contradict each other.`,
        );
      }
      return value;
    },
  );
}

async function choose({ json, table, ...given }: ChooseOptions): Promise<void> {
  if (table) {
    console.log(decisionTable());
    return;
  }
  // Questions go to stderr, so that stdout has only the recommendation.
  const canAsk = process.stdin.isTTY && process.stderr.isTTY;
  const advice = canAsk ? await ask(given) : adviseOrFail(given);
  if (advice) console.log(json ? JSON.stringify(advice, undefined, 2) : textOf(advice));
}

function adviseOrFail(answers: Answers): Advice {
  const advice = advise(answers);
  if (!('missing' in advice)) return advice;
  const missing = advice.missing.map((name) => {
    const options = Object.entries(QUESTIONS[name].answers);
    const width = Math.max(...options.map(([answer]) => answer.length));
    const lines = options.map(([answer, meaning]) => `    ${answer.padEnd(width)}  ${meaning}`);
    return [`  --${name} <answer>  ${QUESTIONS[name].text}`, ...lines].join('\n');
  });
  return command.error(
    `error: answers are missing, and the input is not a terminal, so no questions can be asked. Give:\n${missing.join('\n')}`,
  );
}

/** Asks questions until the decision table has a result. Skips questions that the answers so far make irrelevant. */
async function ask(given: Answers): Promise<Advice | undefined> {
  let answers = given;
  let advice = advise(answers);
  if (!('missing' in advice)) return advice;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let isInterrupted = false;
  terminal.once('SIGINT', () => {
    isInterrupted = true;
    terminal.close();
  });
  // Unlike question(), the iterator does not lose lines that were typed ahead.
  const lines = terminal[Symbol.asyncIterator]();
  try {
    while ('missing' in advice) {
      const name = advice.missing[0] as QuestionName;
      const options = Object.entries(QUESTIONS[name].answers);
      const width = Math.max(...options.map(([answer]) => answer.length));
      console.error(styled('bold', QUESTIONS[name].text, process.stderr));
      options.forEach(([answer, meaning], index) => {
        console.error(`  ${index + 1}  ${answer.padEnd(width)}  ${meaning}`);
      });
      const answer = await readAnswer(
        options.map(([each]) => each),
        terminal,
        lines,
      );
      if (answer === undefined) {
        console.error(isInterrupted ? '' : '\nNo more answers, so there is no recommendation.');
        process.exitCode = isInterrupted ? INTERRUPTED : 1;
        return undefined;
      }
      console.error();
      answers = { ...answers, [name]: answer };
      advice = advise(answers);
    }
    return advice;
  } finally {
    terminal.close();
  }
}

/** Reads an answer, as a number or a name; undefined at the end of the input. */
async function readAnswer(
  answers: readonly string[],
  terminal: { setPrompt(prompt: string): void; prompt(): void },
  lines: AsyncIterator<string>,
): Promise<string | undefined> {
  terminal.setPrompt(`1-${answers.length}: `);
  for (;;) {
    terminal.prompt();
    const { value, done } = await lines.next();
    if (done) return undefined;
    const text = value.trim().toLowerCase();
    const answer = answers.find((each, index) => text === each || text === String(index + 1));
    if (answer !== undefined) return answer;
    console.error(`Please answer 1 to ${answers.length}, or one of ${answers.join(', ')}.`);
  }
}

function textOf(advice: Advice): string {
  const { recommended, runnerUp, contradictions, severalAlgorithms, row } = advice;
  const { cost, control, explainability, localMode, cannot } = recommended.tradeOffs;
  const given = Object.entries(advice.answers).map(([name, answer]) => `${name} ${answer}`);
  return [
    ...contradictions.map((text) => paragraph('Careful', text, 'yellow')),
    ...(contradictions.length > 0 ? [''] : []),
    styled('bold', recommended.title),
    '',
    paragraph('Why', recommended.reason),
    paragraph('Cost', cost),
    paragraph('Control', control),
    paragraph('Explaining', explainability),
    paragraph('Local mode', localMode),
    paragraph('Unsupported', cannot),
    '',
    paragraph('Runner-up', `${runnerUp.title}. Better when ${runnerUp.when}`),
    ...(severalAlgorithms
      ? [paragraph('Several', `${severalAlgorithms.text} Snippet: ${severalAlgorithms.more}.`)]
      : []),
    paragraph('More', recommended.more),
    paragraph('Rule', `row ${row} of --table, for ${given.join(', ')}`),
    '',
    styled('bold', 'Paste into the constructor of your stack:'),
    '',
    recommended.snippet.trimEnd(),
  ].join('\n');
}

/** Text next to its heading, wrapped. */
function paragraph(heading: string, text: string, style: 'bold' | 'yellow' = 'bold'): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return `${styled(style, heading.padEnd(INDENT))}${lines.join(`\n${' '.repeat(INDENT)}`)}`;
}

/** Adds colors in terminals that support them, unless NO_COLOR is set. */
function styled(style: 'bold' | 'yellow', text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && stream.hasColors() ? styleText(style, text) : text;
}
