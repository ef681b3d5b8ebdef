import { readFileSync } from 'node:fs';
import * as ts from 'typescript';
import { RIDDLE, WORDS } from './words';

/** A piece of prose: a comment, a docstring, a message or a paragraph. */
interface Passage {
  readonly text: string;
  /** The offset of the passage in the file. */
  readonly position: number;
}

/** Minimum number of words of a message. Shorter strings are keys or values. */
const FEWEST_WORDS = 3;

const isMessage = (text: string) => text.split(/\s+/).filter(Boolean).length >= FEWEST_WORDS;

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** Markdown without code, tags and link targets. */
export function markdownProse(text: string): string {
  return text
    .replace(/^```.*?^```/gms, blank)
    .replace(/`[^`\n]+`/g, blank)
    .replace(/\]\([^)]*\)/g, blank)
    .replace(/<[^>\n]+>|https?:\/\/\S+/g, blank);
}

/** Comments and docstrings without comment markers, code and links. */
function commentProse(text: string): string {
  return text
    .replace(/^\s*(?:\/\*\*?|\*\/|\*(?!\/)|\/\/|#)/gm, blank)
    .replace(/@example[\s\S]*?(?=\n\s*@|$)/g, blank)
    .replace(/```[\s\S]*?```|`[^`]*`|\{@link[^}]*\}|https?:\/\/\S+/g, blank);
}

/** Whether a string names a test or a group of tests. Such a name may have few words. */
function isTestName({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && /^(?:test|it|describe)\b/.test(parent.expression.getText());
}

/** The messages and test names in a source file. Expressions in template literals are replaced by `…`. */
function messagesIn(source: ts.SourceFile): Passage[] {
  const found: Passage[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    const text = textOf(node);
    if (text !== undefined && (isMessage(text) || isTestName(node))) {
      found.push({ position: node.getStart(), text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
}

function commentsIn(source: ts.SourceFile): Passage[] {
  const found = new Map<number, string>();
  const { text } = source;
  const comment = (position: number, end: number) =>
    found.set(position, commentProse(text.slice(position, end)));
  const visit = (node: ts.Node): void => {
    for (const start of [node.pos, node.end]) {
      ts.forEachLeadingCommentRange(text, start, comment);
      ts.forEachTrailingCommentRange(text, start, comment);
    }
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found].map(([position, prose]) => ({ position, text: prose }));
}

const parse = (file: string, text: string) => ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);

/** The strings of a TypeScript file that are messages. */
export const messagesOf = (file: string): string[] =>
  messagesIn(parse(file, readFileSync(file, 'utf8'))).map(({ text }) => text);

function passagesOfTypeScript(file: string, text: string): Passage[] {
  const source = parse(file, text);
  return [...commentsIn(source), ...messagesIn(source)];
}

const PYTHON =
  /(?<docstring>[rbf]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''))|(?<message>[rbf]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<comment>#.*)/gi;

function passagesOfPython(text: string): Passage[] {
  return [...text.matchAll(PYTHON)].flatMap(({ index, groups }) => {
    const { docstring, message, comment } = groups ?? {};
    if (message !== undefined) return isMessage(message) ? [{ position: index, text: message }] : [];
    return [{ position: index, text: commentProse(docstring ?? comment ?? '') }];
  });
}

function passagesOf(file: string, text: string): Passage[] {
  if (file.endsWith('.md')) return [{ position: 0, text: markdownProse(text) }];
  return file.endsWith('.py') ? passagesOfPython(text) : passagesOfTypeScript(file, text);
}

const lineOf = (text: string, position: number) => text.slice(0, position).split('\n').length;

/** The linter's findings in a file, as `file:line: "wording": write …`. */
export function findingsIn(file: string, text = readFileSync(file, 'utf8')): string[] {
  return [...wordingsIn(file, text), ...(file.endsWith('.md') ? headingsIn(file, text) : [])];
}

function wordingsIn(file: string, text: string): string[] {
  return passagesOf(file, text).flatMap((passage) => {
    const prose = passage.text.replace(/\s/g, ' ');
    return WORDS.flatMap(({ pattern, write }) =>
      [...prose.matchAll(new RegExp(pattern, 'gi'))].map(({ index, 0: wording }) => {
        const line = lineOf(text, passage.position) + passage.text.slice(0, index).split('\n').length - 1;
        const context = prose.slice(Math.max(0, index - 30), index + wording.length + 20).trim();
        return `${file}:${line}: "${wording}" (… ${context} …): write ${write}`;
      }),
    );
  });
}

function headingsIn(file: string, text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, blank);
  return [...prose.matchAll(/^#+ (.*)$/gm)]
    .filter(([, heading = '']) => RIDDLE.test(heading))
    .map(({ index, 1: heading }) => `${file}:${lineOf(text, index)}: heading "${heading}": name the content`);
}
