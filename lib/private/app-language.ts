const NAMES = new Set<string>();

/** How a language writes names of the API. */
interface Style {
  /** Converts the name of a property, such as `maxTrainingJobs`. */
  readonly prop: (name: string) => string;
  /** Converts a static member, such as `Algorithm.builtIn`. */
  readonly member: (type: string, name: string) => string;
}

const PYTHON: Style = { prop: toSnakeCase, member: (type, name) => `${type}.${toSnakeCase(name)}` };
const DOTNET: Style = { prop: toPascalCase, member: (type, name) => `${type}.${toPascalCase(name)}` };
const GO: Style = { prop: toPascalCase, member: (type, name) => `${type}_${toPascalCase(name)}` };

/** The beginnings of `JSII_AGENT`, in which jsii's runtimes name the language of the app. Java writes names as TypeScript does. */
const STYLES: readonly (readonly [agent: RegExp, style: Style])[] = [
  [/^python\b/i, PYTHON],
  [/^dotnet\b/i, DOTNET],
  [/^go\d/i, GO],
];

/** What is quoted was given by the user; a prop has several words, or begins a line of a list of problems. */
const QUOTED_OR_NAME =
  /"(?:[^"\\]|\\.)*"|(?<=^ {2}- )[a-z]\w*|(?:\b([A-Z]\w*)\.)?\b([a-z][a-z0-9]*[A-Z]\w*)\b/gm;

/** Registers names of properties, so that messages can have them in the language of the app. */
export function addPropNames(names: readonly string[]): void {
  for (const name of names) NAMES.add(name);
}

/** A message with the names of properties in the language of the app. */
export function inAppLanguage(message: string, agent = process.env['JSII_AGENT'] ?? ''): string {
  const [, style] = STYLES.find(([beginning]) => beginning.test(agent)) ?? [];
  if (!style) return message;
  return message.replace(QUOTED_OR_NAME, (text, type?: string, name: string = text) => {
    if (type) return style.member(type, name);
    return NAMES.has(name) ? style.prop(name) : text;
  });
}

function toSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function toPascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
