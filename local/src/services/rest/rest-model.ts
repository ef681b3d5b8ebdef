import type { ServiceModel, Shape } from '../model/validator';

/** The HTTP binding of an operation. */
export interface Binding {
  readonly method: string;
  /** Path and query, such as `/{Bucket}/{Key+}?tagging`. */
  readonly uri: string;
  /** Status of the response. @default 200 */
  readonly status?: number;
  /** Name of the response's shape. */
  readonly output?: string;
}

/** The location of a member in an HTTP message. */
export interface MemberPlace {
  readonly member: string;
  /** Name of the member's shape. */
  readonly shape: string;
  /** The part of the HTTP message. `headers` stands for a group of headers with a common prefix. */
  readonly location: 'header' | 'headers' | 'querystring' | 'uri' | 'statusCode' | 'body';
  /** Name of the header (in lower case), parameter or element. */
  readonly name: string;
}

/** The model of a REST service: the allowed requests, and the locations of members in HTTP messages. */
export class RestModel implements ServiceModel {
  readonly source: string;
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly bindings: Readonly<Record<string, Binding>>;
  private readonly places = new Map<string, readonly MemberPlace[]>();

  constructor(json: ServiceModel & { readonly bindings: Readonly<Record<string, Binding>> }) {
    this.source = json.source;
    this.operations = json.operations;
    this.shapes = json.shapes;
    this.bindings = json.bindings;
  }

  /** The HTTP binding of an operation, and the name of its request's shape. */
  binding(operation: string): Binding & { readonly input: string } {
    const [binding, input] = [this.bindings[operation], this.operations[operation]];
    if (binding === undefined || input === undefined) {
      throw new Error(`${this.source} has no operation ${operation}`);
    }
    return { ...binding, input };
  }

  shapeOf(name: string): Shape {
    const shape = this.shapes[name];
    if (shape === undefined) {
      throw new Error(`${this.source} has no shape ${name}`);
    }
    return shape;
  }

  /** The members of a structure with their locations. */
  placesOf(structure: string): readonly MemberPlace[] {
    const known = this.places.get(structure) ?? this.readPlaces(structure);
    this.places.set(structure, known);
    return known;
  }

  private readPlaces(structure: string): MemberPlace[] {
    const { members = {}, places = {} } = this.shapeOf(structure);
    return Object.entries(members).map(([member, shape]) => {
      const [location = 'body', name = member] = places[member]?.split(' ') ?? [];
      return {
        member,
        shape,
        location: location as MemberPlace['location'],
        name: location.startsWith('header') ? name.toLowerCase() : name,
      };
    });
  }
}
