import { AwsError, validationError } from '../aws-error';

/** A shape of a service model: what a value has to be like. */
export interface Shape {
  readonly type: string;
  /** Members that a structure has to have. */
  readonly required?: readonly string[];
  /** Names of the shapes of a structure's members. */
  readonly members?: Readonly<Record<string, string>>;
  /**
   * Of REST services: where members are in an HTTP message and under which name, such as `header x-amz-acl`; the others
   * are in the body, under their own names.
   */
  readonly places?: Readonly<Record<string, string>>;
  /** Of REST services: the member that is the whole body. */
  readonly payload?: string;
  /** Name of the shape of a list's items. */
  readonly member?: string;
  /** Names of the shapes of a map's keys and values. */
  readonly key?: string;
  readonly value?: string;
  readonly enum?: readonly string[];
  /** Java's regular expression for the whole text. */
  readonly pattern?: string;
  /** Bounds of a number, or of the length of a string, a list or a map. */
  readonly min?: number;
  readonly max?: number;
  /** What the items of a list are called in XML. */
  readonly item?: string;
  /** Whether the items of a list are elements of the list's own parent in XML. */
  readonly flattened?: boolean;
  /** Whether a value must not be in messages. */
  readonly sensitive?: boolean;
}

/** What `local/scripts/generate-service-model.py` makes of a service's model. */
export interface ServiceModel {
  readonly source: string;
  /** Name of the shape of each operation's request. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/**
 * Checks a request against a service model, as AWS does: null is as good as nothing, members that the model does not
 * have are ignored, and an operation that it does not have takes anything.
 *
 * @throws AwsError `SerializationException` for a value of another type, else `ValidationException` with every
 * violation; both worded as AWS words them (`1 validation error detected: Value '…' at 'x.member' …`)
 */
export function validateAgainst(
  model: ServiceModel,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): void {
  const shape = Object.hasOwn(model.operations, operation) ? model.operations[operation] : undefined;
  if (shape === undefined) {
    return;
  }
  const violations = new Walk(model.shapes).check(shape, input, '');
  if (violations.length > 0) {
    const count = `${violations.length} validation error${violations.length > 1 ? 's' : ''} detected`;
    throw validationError(`${count}: ${violations.join('; ')}`);
  }
}

class Walk {
  constructor(private readonly shapes: ServiceModel['shapes']) {}

  /** The violations in a value and in what it consists of. */
  public check(name: string, value: unknown, path: string): string[] {
    const shape = this.shape(name);
    checkType(shape, value, path);
    const own = rulesBroken(shape, value).map((rule) =>
      shape.sensitive === true ? failure('Value', path, rule) : violation(value, path, rule),
    );
    switch (shape.type) {
      case 'structure':
        return [...own, ...this.checkMembers(shape, value as Record<string, unknown>, path)];
      case 'list':
        return [...own, ...this.checkItems(this.named(shape.member), value as unknown[], path)];
      case 'map':
        return [...own, ...this.checkEntries(shape, value as Record<string, unknown>, path)];
      default:
        return own;
    }
  }

  private checkMembers(shape: Shape, value: Record<string, unknown>, path: string): string[] {
    return Object.entries(shape.members ?? {}).flatMap(([member, memberShape]) => {
      const at = path === '' ? lowerFirst(member) : `${path}.${lowerFirst(member)}`;
      const found = Object.hasOwn(value, member) ? (value[member] ?? undefined) : undefined;
      if (found !== undefined) {
        return this.check(memberShape, found, at);
      }
      return shape.required?.includes(member) === true ? [violation(undefined, at, MISSING)] : [];
    });
  }

  private checkItems(name: string, items: readonly unknown[], path: string): string[] {
    const shape = this.shape(name);
    const at = (i: number): string => `${path}.${i + 1}.member`;
    if (isCompound(shape)) {
      return items.flatMap((item, i) =>
        item === null || item === undefined
          ? [violation(undefined, at(i), MISSING)]
          : this.check(name, item, at(i)),
      );
    }
    // Of plain values, AWS names the list, once, and every rule for its items.
    items.forEach((item, i) => {
      checkType(shape, item, at(i));
    });
    return items.some((item) => rulesBroken(shape, item).length > 0)
      ? [violation(items, path, `Member must satisfy constraint: [${rulesOf(shape).join(', ')}]`)]
      : [];
  }

  private checkEntries(shape: Shape, entries: Record<string, unknown>, path: string): string[] {
    const [key, name] = [this.shape(this.named(shape.key)), this.named(shape.value)];
    const value = this.shape(name);
    const violations = Object.keys(entries).some((each) => rulesBroken(key, each).length > 0)
      ? [violation(entries, path, `Map keys must satisfy constraint: [${rulesOf(key).join(', ')}]`)]
      : [];
    if (isCompound(value)) {
      const inside = Object.entries(entries).flatMap(([each, item]) =>
        this.check(name, item, `${path}.${each}.member`),
      );
      return [...violations, ...inside];
    }
    for (const [each, item] of Object.entries(entries)) {
      checkType(value, item, `${path}.${each}`);
    }
    if (Object.values(entries).some((item) => rulesBroken(value, item).length > 0)) {
      const rules = rulesOf(value).join(', ');
      violations.push(violation(entries, path, `Map value must satisfy constraint: [${rules}]`));
    }
    return violations;
  }

  private shape(name: string): Shape {
    const shape = this.shapes[name];
    if (shape === undefined) {
      throw new Error(`the service model has no shape ${name}`);
    }
    return shape;
  }

  private named(name: string | undefined): string {
    if (name === undefined) {
      throw new Error('the service model has a list or a map without the shape of its members');
    }
    return name;
  }
}

const MISSING = 'Member must not be null';

function violation(value: unknown, path: string, rule: string): string {
  return failure(`Value ${value === undefined ? 'null' : `'${javaText(value)}'`}`, path, rule);
}

function failure(what: string, path: string, rule: string): string {
  return `${what} at '${path}' failed to satisfy constraint: ${rule}`;
}

/** All rules for a value of a shape, in AWS's words and order. */
function rulesOf(shape: Shape): string[] {
  const what = isNumeric(shape) ? 'value' : 'length';
  return [
    ...(shape.max === undefined ? [] : [`Member must have ${what} less than or equal to ${shape.max}`]),
    ...(shape.min === undefined ? [] : [`Member must have ${what} greater than or equal to ${shape.min}`]),
    ...(shape.pattern === undefined
      ? []
      : [`Member must satisfy regular expression pattern: ${shape.pattern}`]),
    ...(shape.enum === undefined ? [] : [`Member must satisfy enum value set: [${shape.enum.join(', ')}]`]),
  ];
}

/** The rules that a value of the right type breaks. */
function rulesBroken({ type, max, min, pattern, enum: values }: Shape, value: unknown): string[] {
  const size = sizeOf(value);
  return rulesOf({
    type,
    ...(max !== undefined && size > max && { max }),
    ...(min !== undefined && size < min && { min }),
    ...(pattern !== undefined && !expressionOf(pattern).test(String(value)) && { pattern }),
    ...(values !== undefined && !values.includes(String(value)) && { enum: values }),
  });
}

function sizeOf(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length;
}

const expressions = new Map<string, RegExp>();

/** A pattern of a service model, for the whole text, in JavaScript's syntax. */
export function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) {
    return known;
  }
  // Java's POSIX classes do not exist here; the Unicode classes need the flag "u", which forbids the needless escapes
  // that other patterns have.
  const translated = pattern.replaceAll('\\p{Alnum}', 'A-Za-z0-9');
  const expression = new RegExp(`^(?:${translated})$`, translated.includes('\\p{') ? 'u' : '');
  expressions.set(pattern, expression);
  return expression;
}

/** What a type is called in a SerializationException, and the values that are of it. */
const SCALARS: Readonly<Record<string, readonly [name: string, fits: (value: unknown) => boolean]>> = {
  string: ['String', (value) => typeof value === 'string'],
  boolean: ['Boolean', (value) => typeof value === 'boolean'],
  integer: ['Integer', Number.isInteger],
  long: ['Long', Number.isInteger],
  float: ['Float', isFloat],
  double: ['Double', isFloat],
  // Bytes, or a text that stands for them, or what they are read from.
  blob: ['Blob', () => true],
  // Epoch seconds on the wire; state machines have texts.
  timestamp: [
    'Timestamp',
    (value) => typeof value === 'number' || (typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  ],
};

function checkType({ type }: Shape, value: unknown, path: string): void {
  const isList = Array.isArray(value);
  const isObject = typeof value === 'object' && value !== null && !isList;
  const scalar = SCALARS[type];
  const fits = scalar === undefined ? (type === 'list' ? isList : isObject) : scalar[1](value);
  if (fits) {
    return;
  }
  const problem = isObject
    ? 'Start of structure or map found where not expected'
    : isList
      ? 'Start of list found where not expected'
      : scalar === undefined
        ? 'Unexpected field type'
        : `${tokenOf(value)} can not be converted to ${/^[AEIO]/.test(scalar[0]) ? 'an' : 'a'} ${scalar[0]}`;
  throw new AwsError('SerializationException', `${problem} (at '${path}')`);
}

/** What AWS's JSON reader calls a value. */
function tokenOf(value: unknown): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  }
  return typeof value === 'boolean' || value === null || value === undefined
    ? `${String(value ?? null).toUpperCase()}_VALUE`
    : 'STRING_VALUE';
}

function isFloat(value: unknown): boolean {
  return typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value as string);
}

function isNumeric({ type }: Shape): boolean {
  return ['integer', 'long', 'float', 'double'].includes(type);
}

function isCompound({ type }: Shape): boolean {
  return SCALARS[type] === undefined;
}

/** A value as Java writes it, and so AWS's messages. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(javaText).join(', ')}]`;
  }
  return typeof value === 'object' && value !== null
    ? `{${Object.entries(value)
        .map(([key, item]) => `${key}=${javaText(item)}`)
        .join(', ')}}`
    : String(value);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
