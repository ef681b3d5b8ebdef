import * as json from '../model/s3-model.json';
import type { ServiceModel, Shape } from '../model/validator';

/** S3's service model, with the place of each member in an HTTP request. */
export const S3_MODEL = json as ServiceModel;

/** Where a member is in an HTTP request. */
export interface MemberPlace {
  readonly member: string;
  /** Name of the member's shape. */
  readonly shape: string;
  /** `headers` is a group of headers with a common beginning. */
  readonly location: 'header' | 'headers' | 'querystring' | 'uri' | 'body';
  /** Of the header, the parameter or the XML element; headers in lower case. */
  readonly name: string;
}

/** Name of the shape of an operation's request. */
export function requestShape(operation: string): string {
  const shape = S3_MODEL.operations[operation];
  if (shape === undefined) {
    throw new Error(`the service model of S3 has no operation ${operation}`);
  }
  return shape;
}

/** A shape of the model. */
export function shapeOf(name: string): Shape {
  const shape = S3_MODEL.shapes[name];
  if (shape === undefined) {
    throw new Error(`the service model of S3 has no shape ${name}`);
  }
  return shape;
}

/** The members of a structure, and where each of them is. */
export function placesOf(structure: string): MemberPlace[] {
  const { members = {}, places = {} } = shapeOf(structure);
  return Object.entries(members).map(([member, shape]) => {
    const [location = '', name = ''] = (places[member] ?? '').split(' ');
    return {
      member,
      shape,
      location: location as MemberPlace['location'],
      name: location.startsWith('header') ? name.toLowerCase() : name,
    };
  });
}

/** What people know a member by: `the header x-amz-acl (ACL)`. */
export function describePlace({ location, name, member }: MemberPlace): string {
  const kind = {
    header: 'header',
    headers: 'header',
    querystring: 'parameter',
    uri: 'part of the path',
    body: 'element',
  };
  return `the ${kind[location]} ${name}${name === member ? '' : ` (${member})`}`;
}
