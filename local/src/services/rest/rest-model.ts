import type { ServiceModel, Shape } from '../model/validator';

/** How an operation is called over HTTP. */
export interface Binding {
  readonly method: string;
  /** Path and query, such as `/{Bucket}/{Key+}?tagging`. */
  readonly uri: string;
  /** Status of its response, where that is not 200. */
  readonly status?: number;
  /** Name of the shape of its response. */
  readonly output?: string;
}

/** Where a member is in an HTTP message. */
export interface MemberPlace {
  readonly member: string;
  /** Name of the member's shape. */
  readonly shape: string;
  /** `headers` is a group of headers with a common beginning. */
  readonly location: 'header' | 'headers' | 'querystring' | 'uri' | 'statusCode' | 'body';
  /** Of the header, the parameter or the element; headers in lower case. */
  readonly name: string;
}

/** The model of a REST service: what requests may be, and what is where on the wire. */
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

  /** How an operation is called, and the name of the shape of its request. */
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

  /** The members of a structure, and where each of them is. */
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
