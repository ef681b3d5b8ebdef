import type { Environment } from './deployment';
import { type PhysicalResource, physicalResource } from './physical-resources';
import { stackArn } from './stack-arn';
import { isRecord, type Template, TemplateError, type TemplateResource } from './template';

/** The context in which intrinsic functions are evaluated. */
export interface TemplateScope {
  readonly stackName: string;
  readonly template: Template;
  readonly environment: Environment;
  /** Values for the template's parameters. A parameter without a value here takes its default. */
  readonly parameters?: Readonly<Record<string, string>>;
}

type Intrinsic = (argument: unknown, path: string) => unknown;

/** Represents `AWS::NoValue` until the property or list item that holds it is dropped. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Evaluates CloudFormation's intrinsic functions. Evaluation is lazy, so that unused parts of a template may
 * contain unsupported functions.
 */
export class TemplateEvaluator {
  private readonly identities = new Map<string, PhysicalResource>();
  private readonly conditions = new Map<string, boolean>();

  constructor(private readonly scope: TemplateScope) {}

  /** Logical IDs of the resources of a type, in template order. Excludes resources whose condition is false. */
  public resourcesOfType(type: string): string[] {
    return Object.entries(this.scope.template.Resources)
      .filter(([, resource]) => resource.Type === type && this.exists(resource))
      .map(([logicalId]) => logicalId);
  }

  /** A resolved property of a resource; undefined if the template does not set it. */
  public property(logicalId: string, name: string): unknown {
    const value = this.scope.template.Resources[logicalId]?.Properties?.[name];
    return this.resolve(value, `Resources/${logicalId}/Properties/${name}`);
  }

  /** A resolved property that must be a string. */
  public stringProperty(logicalId: string, name: string): string {
    const value = this.property(logicalId, name);
    if (typeof value !== 'string') {
      throw new TemplateError(
        `Resources/${logicalId}/Properties/${name}`,
        `expected a string, got ${JSON.stringify(value) ?? 'nothing'}`,
      );
    }
    return value;
  }

  /** The values of `Ref` and `Fn::GetAtt` for a resource. */
  public identity(logicalId: string, path = `Resources/${logicalId}`): PhysicalResource {
    const known = this.identities.get(logicalId);
    if (known !== undefined) {
      return known;
    }
    const resource = this.scope.template.Resources[logicalId];
    if (resource === undefined || !this.exists(resource)) {
      const problem = resource === undefined ? 'is not in the template' : 'is excluded by its condition';
      throw new TemplateError(path, `the resource "${logicalId}" ${problem}`);
    }
    const identity = physicalResource(
      this.scope.stackName,
      logicalId,
      resource.Type,
      this.scope.environment,
      (name) => this.property(logicalId, name),
    );
    if (identity === undefined) {
      throw new TemplateError(
        path,
        `local mode does not support "${logicalId}": resources of type ${resource.Type} exist only on AWS`,
      );
    }
    this.identities.set(logicalId, identity);
    return identity;
  }

  /** Whether a named condition holds. */
  public condition(name: string, path: string): boolean {
    const known = this.conditions.get(name);
    if (known !== undefined) {
      return known;
    }
    const definition = this.scope.template.Conditions?.[name];
    if (definition === undefined) {
      throw new TemplateError(path, `the condition "${name}" is not in the template`);
    }
    const value = this.resolveBoolean(definition, `Conditions/${name}`);
    this.conditions.set(name, value);
    return value;
  }

  /** Evaluates every intrinsic function in a value. `path` is the location of the value, for error messages. */
  public resolve(value: unknown, path: string): unknown {
    const resolved = this.evaluate(value, path);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  private evaluate(value: unknown, path: string): unknown {
    if (typeof value === 'string') {
      return this.literal(value, path);
    }
    if (Array.isArray(value)) {
      return value.map((item, i) => this.evaluate(item, `${path}/${i}`)).filter((item) => item !== NO_VALUE);
    }
    if (!isRecord(value)) {
      return value;
    }
    const entries = Object.entries(value);
    const [key, argument] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && isIntrinsicName(key, argument)) {
      const intrinsic = this.intrinsics[key];
      if (intrinsic === undefined) {
        throw new TemplateError(path, `local mode does not support the intrinsic function ${key}`);
      }
      return intrinsic(argument, `${path}/${key}`);
    }
    return Object.fromEntries(
      entries
        .map(([name, item]) => [name, this.evaluate(item, `${path}/${name}`)] as const)
        .filter(([, item]) => item !== NO_VALUE),
    );
  }

  private literal(value: string, path: string): string {
    if (/\{\{resolve:[^}]+\}\}/.test(value)) {
      throw new TemplateError(
        path,
        `local mode cannot resolve the dynamic reference ${value}: use a plain value`,
      );
    }
    return value;
  }

  private readonly intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (name, path) => this.ref(expectString(name, path), path),
    Condition: (name, path) => this.condition(expectString(name, path), path),
    'Fn::GetAtt': (argument, path) => {
      const parts = typeof argument === 'string' ? argument.split('.') : this.list(argument, path);
      const [logicalId, ...attribute] = parts.map((part) => expectString(part, path));
      return this.attribute(logicalId ?? '', attribute.join('.'), path);
    },
    'Fn::Join': (argument, path) => {
      const [separator, items] = this.list(argument, path);
      return expectList(items, path)
        .map((item) => expectText(item, path))
        .join(expectString(separator, path));
    },
    'Fn::Sub': (argument, path) => this.substitute(argument, path),
    'Fn::Select': (argument, path) => {
      const [index, items] = this.list(argument, path);
      const list = expectList(items, path);
      const item = list[Number(index)];
      if (item === undefined) {
        throw new TemplateError(
          path,
          `index ${String(index)} is out of range for a list of ${list.length} items`,
        );
      }
      return item;
    },
    'Fn::Split': (argument, path) => {
      const [separator, text] = this.list(argument, path);
      return expectString(text, path).split(expectString(separator, path));
    },
    'Fn::FindInMap': (argument, path) => this.findInMap(argument, path),
    'Fn::If': (argument, path) => {
      const [name, whenTrue, whenFalse] = expectList(argument, path);
      return this.condition(expectString(name, path), path)
        ? this.evaluate(whenTrue, `${path}/1`)
        : this.evaluate(whenFalse, `${path}/2`);
    },
    'Fn::Equals': (argument, path) => {
      const [left, right] = this.list(argument, path);
      return JSON.stringify(left) === JSON.stringify(right);
    },
    'Fn::And': (argument, path) =>
      expectList(argument, path).every((each) => this.resolveBoolean(each, path)),
    'Fn::Or': (argument, path) => expectList(argument, path).some((each) => this.resolveBoolean(each, path)),
    'Fn::Not': (argument, path) => !this.resolveBoolean(expectList(argument, path)[0], path),
    'Fn::Base64': (argument, path) =>
      Buffer.from(expectString(this.evaluate(argument, path), path)).toString('base64'),
    'Fn::GetAZs': (argument, path) => {
      const region = this.evaluate(argument, path);
      const name = region === '' ? this.scope.environment.region : expectString(region, path);
      return ['a', 'b', 'c'].map((zone) => `${name}${zone}`);
    },
    'Fn::ToJsonString': (argument, path) => JSON.stringify(this.evaluate(argument, path)),
    'Fn::Length': (argument, path) => expectList(this.evaluate(argument, path), path).length,
    'Fn::ImportValue': (argument, path) => {
      throw new TemplateError(
        path,
        `the value ${JSON.stringify(argument)} is exported by another stack, but local mode deploys only one stack: move both into the same stack`,
      );
    },
  };

  private ref(name: string, path: string): unknown {
    const pseudo = this.pseudoParameter(name);
    if (pseudo !== undefined) {
      return pseudo;
    }
    const parameter = this.scope.template.Parameters?.[name];
    return parameter === undefined ? this.identity(name, path).ref : this.parameter(name, path);
  }

  private pseudoParameter(name: string): unknown {
    const { stackName, environment } = this.scope;
    switch (name) {
      case 'AWS::AccountId':
        return environment.accountId;
      case 'AWS::Region':
        return environment.region;
      case 'AWS::Partition':
        return environment.partition;
      case 'AWS::URLSuffix':
        return environment.urlSuffix;
      case 'AWS::StackName':
        return stackName;
      case 'AWS::StackId':
        return stackArn(environment, stackName);
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return NO_VALUE;
      default:
        return undefined;
    }
  }

  private parameter(name: string, path: string): unknown {
    const { Type: type = 'String', Default: fallback } = this.scope.template.Parameters?.[name] ?? {};
    const value = this.scope.parameters?.[name] ?? fallback;
    if (value === undefined) {
      throw new TemplateError(path, `the parameter "${name}" has no default: set its value`);
    }
    if (type.startsWith('AWS::SSM::Parameter::Value') && this.scope.parameters?.[name] === undefined) {
      throw new TemplateError(
        path,
        `local mode cannot read the parameter "${name}" from the SSM parameter "${String(value)}": set its value`,
      );
    }
    return type === 'CommaDelimitedList' || type.startsWith('List<')
      ? String(value)
          .split(',')
          .map((item) => item.trim())
      : String(value);
  }

  private attribute(logicalId: string, name: string, path: string): string {
    const { attributes } = this.identity(logicalId, path);
    const value = attributes[name];
    if (value === undefined) {
      const type = this.scope.template.Resources[logicalId]?.Type;
      const known = Object.keys(attributes).join(', ') || 'none';
      throw new TemplateError(
        path,
        `local mode does not support the attribute "${name}" of "${logicalId}" (${type}), only: ${known}`,
      );
    }
    return value;
  }

  private substitute(argument: unknown, path: string): string {
    const [template, given] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = isRecord(given) ? given : {};
    return expectString(template, path).replace(/\$\{([^}]*)\}/g, (_match, expression: string) => {
      const name = expression.trim();
      if (name.startsWith('!')) {
        return `\${${name.slice(1)}}`;
      }
      if (Object.hasOwn(variables, name)) {
        return expectText(this.evaluate(variables[name], `${path}/${name}`), path);
      }
      const [logicalId = '', ...attribute] = name.split('.');
      return attribute.length === 0
        ? expectText(this.ref(name, path), path)
        : this.attribute(logicalId, attribute.join('.'), path);
    });
  }

  private findInMap(argument: unknown, path: string): unknown {
    const [mapName, topKey, secondKey, options] = expectList(argument, path);
    const keys = [mapName, topKey, secondKey].map((key) => expectText(this.evaluate(key, path), path));
    const [map = '', top = '', second = ''] = keys;
    const value = this.scope.template.Mappings?.[map]?.[top]?.[second];
    if (value !== undefined) {
      return value;
    }
    if (isRecord(options) && 'DefaultValue' in options) {
      return this.evaluate(options['DefaultValue'], `${path}/DefaultValue`);
    }
    throw new TemplateError(path, `the mapping ${map} has no value for "${top}" and "${second}"`);
  }

  private exists(resource: TemplateResource): boolean {
    return resource.Condition === undefined || this.condition(resource.Condition, 'Conditions');
  }

  private list(value: unknown, path: string): unknown[] {
    return expectList(this.evaluate(value, path), path);
  }

  private resolveBoolean(value: unknown, path: string): boolean {
    const resolved = this.evaluate(value, path);
    return resolved === true || resolved === 'true';
  }
}

/**
 * `Condition` is an intrinsic function only if its value is a string: IAM statements have blocks of the same
 * name.
 */
function isIntrinsicName(key: string, argument: unknown): boolean {
  return key === 'Ref' || key.startsWith('Fn::') || (key === 'Condition' && typeof argument === 'string');
}

function expectString(value: unknown, path: string): string {
  if (typeof value !== 'string') {
    throw new TemplateError(path, `expected a string, got ${describe(value)}`);
  }
  return value;
}

function expectText(value: unknown, path: string): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TemplateError(path, `expected a string, got ${describe(value)}`);
  }
  return String(value);
}

function expectList(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new TemplateError(path, `expected a list, got ${describe(value)}`);
  }
  return value;
}

function describe(value: unknown): string {
  return value === NO_VALUE ? 'AWS::NoValue' : (JSON.stringify(value) ?? String(value));
}
