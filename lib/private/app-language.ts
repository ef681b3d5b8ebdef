const NAMES = new Set<string>();

/** How a programming language writes the names in this library's API. */
interface Style {
  /** Converts the name of a property, such as `maxTrainingJobs`. */
  readonly prop: (name: string) => string;
  /** Converts a static member, such as `Algorithm.builtIn`. */
  readonly member: (type: string, name: string) => string;
}

const PYTHON: Style = { prop: toSnakeCase, member: (type, name) => `${type}.${toSnakeCase(name)}` };
const DOTNET: Style = { prop: toPascalCase, member: (type, name) => `${type}.${toPascalCase(name)}` };
const GO: Style = { prop: toPascalCase, member: (type, name) => `${type}_${toPascalCase(name)}` };

/**
 * Naming styles by the beginning of `JSII_AGENT`, which jsii's runtimes set to the app's programming language. Java
 * uses TypeScript's names.
 */
const STYLES: readonly (readonly [agent: RegExp, style: Style])[] = [
  [/^python\b/i, PYTHON],
  [/^dotnet\b/i, DOTNET],
  [/^go\d/i, GO],
];

/**
 * Matches quoted strings (values from the user), static members and names of properties. A word counts as a property name in
 * three cases: it consists of several words (camel case), it begins a line in a list of problems, or it has a value in
 * parentheses, as in `InputData.csv (labeled: false)`.
 */
const QUOTED_OR_NAME =
  /"(?:[^"\\]|\\.)*"|(?<=^ {2}- )[a-z]\w*|(?<=\()[a-z]\w*(?=: )|\b([A-Z][a-z]\w*)\.([a-z]\w*)\b|\b[a-z][a-z0-9]*[A-Z]\w*\b/gm;

/** Registers names of properties that messages spell as in the app's programming language. */
export function addPropNames(names: readonly string[]): void {
  for (const name of names) NAMES.add(name);
}

/** Spells the names of properties in a message as in the app's programming language. */
export function inAppLanguage(message: string, agent = process.env['JSII_AGENT'] ?? ''): string {
  const [, style] = STYLES.find(([beginning]) => beginning.test(agent)) ?? [];
  if (!style) return message;
  return message.replace(QUOTED_OR_NAME, (text, type?: string, member?: string) => {
    if (type && member) return style.member(type, member);
    return NAMES.has(text) ? style.prop(text) : text;
  });
}

function toSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function toPascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
