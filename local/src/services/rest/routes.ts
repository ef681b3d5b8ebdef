import type { RequestHead } from '../endpoint/request-head';
import type { RestModel } from './rest-model';

/** A query parameter in which SDKs send the operation's name. The parameter has no effect. */
const OPERATION_PARAMETER = 'x-id';

/** The properties that identify the requests of an operation. */
interface Route {
  readonly operation: string;
  readonly method: string;
  /** Matches the path. Each member in the path has a capture group. */
  readonly path: RegExp;
  /** The query parameters that identify the operation. */
  readonly markers: readonly string[];
  readonly parameters: readonly string[];
  readonly requiredParameters: readonly string[];
  readonly requiredHeaders: readonly string[];
}

/** An operation and the members in the request's path, still percent-encoded. */
export interface Destination {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The routes of a REST service, according to its model. */
export class Routes {
  private readonly routes: readonly Route[];

  constructor(model: RestModel) {
    this.routes = Object.keys(model.bindings).map((operation) => routeOf(model, operation));
  }

  /**
   * Finds the operation of a request; undefined if the service does not support it. An unknown parameter rules
   * out an operation, because the request could be for another operation of AWS (`?acl`, `?versions`, …).
   */
  find(request: RequestHead): Destination | undefined {
    const parameters = parametersOf(request);
    const [found] = this.routes
      .filter((route) => fits(route, request, parameters))
      .sort((left, right) => weightOf(right) - weightOf(left));
    return found && { operation: found.operation, labels: found.path.exec(request.path)?.groups ?? {} };
  }
}

/** The names of a request's parameters, without those that have no effect. */
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

/** `{Key+}` matches slashes, `{Bucket}` does not. A trailing slash in the path has no effect. */
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
    // If only some of the required parameters are present, the request is meant for this operation, but
    // invalid.
    (requiredParameters.length === 0 || requiredParameters.some((name) => given.includes(name))) &&
    requiredHeaders.every((name) => headers[name] !== undefined)
  );
}

/** How specific a route is: if several operations match a request, the most specific one wins. */
function weightOf({ markers, requiredParameters, requiredHeaders }: Route): number {
  return markers.length + requiredParameters.length + requiredHeaders.length;
}
