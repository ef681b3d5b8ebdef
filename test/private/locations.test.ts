import { DataLocation } from '../../lib';
import { withoutNested } from '../../lib/private/locations';

test.each<[string, string[], string[]]>([
  ['within another', ['s3://a/x/y/', 's3://a/x/'], ['s3://a/x/']],
  ['within another, later', ['s3://a/x/', 's3://a/x/y/'], ['s3://a/x/']],
  ['within a whole bucket', ['s3://a/x/', 's3://a'], ['s3://a']],
  ['given twice', ['s3://a/x/', 's3://a/x/'], ['s3://a/x/']],
  ['in another bucket', ['s3://a/x/', 's3://b/x/'], ['s3://a/x/', 's3://b/x/']],
  ['beside another', ['s3://a/x/', 's3://a/x-old/'], ['s3://a/x/', 's3://a/x-old/']],
])('a location %s', (_name, given, left) => {
  const locations = withoutNested(given.map((uri) => DataLocation.fromUri(uri)));
  expect(locations.map(({ uri }) => uri)).toEqual(left);
});
