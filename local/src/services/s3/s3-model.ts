import * as json from '../model/s3-model.json';
import { type MemberPlace, RestModel } from '../rest/rest-model';

/** S3's service model. */
export const S3_MODEL = new RestModel(json);

/** Describes a member as the user knows it: `the header x-amz-acl (ACL)`. */
export function describePlace({ location, name, member }: MemberPlace): string {
  const kind = {
    header: 'header',
    headers: 'header',
    querystring: 'parameter',
    uri: 'part of the path',
    statusCode: 'status',
    body: 'element',
  };
  return `the ${kind[location]} ${name}${name === member ? '' : ` (${member})`}`;
}
