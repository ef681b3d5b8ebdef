import type { RequestHead } from '../endpoint/request-head';
import type { RestModel } from './rest-model';

/** A parameter by which clients name the operation: it means nothing. */
const OPERATION_PARAMETER = 'x-id';

/** How the requests of an operation are told from others. */
interface Route {
  readonly operation: string;
  readonly method: string;
  /** The path, with a group for each member in it. */
  readonly path: RegExp;
  /** The parameters that make this operation of a request. */
  readonly markers: readonly string[];
  readonly parameters: readonly string[];
  readonly requiredParameters: readonly string[];
  readonly requiredHeaders: readonly string[];
}

/** An operation, and what the path of its request gives: still percent-encoded. */
export interface Destination {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The routes of a REST service, as its model has them. */
export class Routes {
  private readonly routes: readonly Route[];

  constructor(model: RestModel) {
    this.routes = Object.keys(model.bindings).map((operation) => routeOf(model, operation));
  }

  /**
   * The operation of a request; undefined for one that the service does not have here. A parameter that an operation does
   * not know keeps it from being meant: another one of AWS's may be (`?acl`, `?versions`, …).
   */
  find(request: RequestHead): Destination | undefined {
    const parameters = parametersOf(request);
    const [found] = this.routes
      .filter((route) => fits(route, request, parameters))
      .sort((left, right) => weightOf(right) - weightOf(left));
    return found && { operation: found.operation, labels: found.path.exec(request.path)?.groups ?? {} };
  }
}

/** The names of the parameters of a request that mean something. */
export function parametersOf({ query }: RequestHead): string[] {
  return [...query.keys()].filter((name) => name !== OPERATION_PARAMETER);
}

function routeOf(model: RestModel, operation: string): Route {
  const { method, uri, input } = model.binding(operation);
  const [path = '', query = ''] = uri.split('?');
  const places = model.placesOf(input);
  const { required = [] } = model.shapeOf(input);
  const named = (location: string, isWanted = (_member: string) => true): string[] =>
    places.flatMap((place) => (place.location === location && isWanted(place.member) ? [place.name] : []));
  const markers = [...new URLSearchParams(query).keys()].filter((name) => name !== OPERATION_PARAMETER);
  const isRequired = (member: string): boolean => required.includes(member);
  return {
    operation,
    method,
    path: expressionOf(path),
    markers,
    parameters: [...markers, ...named('querystring')],
    requiredParameters: named('querystring', isRequired),
    requiredHeaders: named('header', isRequired),
  };
}

/** `{Key+}` takes slashes, `{Bucket}` takes none; one at the end of the path says nothing. */
function expressionOf(path: string): RegExp {
  const pattern = path.replace(/\{(\w+)(\+?)\}/g, (_label, name, isGreedy) =>
    isGreedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${pattern}${/[/+]\}?$/.test(path) ? '' : '/?'}$`, 's');
}

function fits(route: Route, { method, path, headers }: RequestHead, given: readonly string[]): boolean {
  const { requiredParameters, requiredHeaders, markers, parameters } = route;
  return (
    method === route.method &&
    route.path.test(path) &&
    markers.every((name) => given.includes(name)) &&
    given.every((name) => parameters.includes(name)) &&
    // One that is missing beside others is a fault in a request that is meant so.
    (requiredParameters.length === 0 || requiredParameters.some((name) => given.includes(name))) &&
    requiredHeaders.every((name) => headers[name] !== undefined)
  );
}

/** Of the operations that a request fits, the one that asks the most of it is meant. */
function weightOf({ markers, requiredParameters, requiredHeaders }: Route): number {
  return markers.length + requiredParameters.length + requiredHeaders.length;
}
