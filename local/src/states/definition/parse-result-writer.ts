import type { QueryLanguage, ResultWriter } from '../types';
import { takeRequest } from './check-templates';
import type { Fields } from './fields';

/** Parses a distributed Map's `ResultWriter`: either `Resource` with its arguments, or `WriterConfig`, or both. */
export function parseResultWriter(fields: Fields, language: QueryLanguage): ResultWriter | undefined {
  const writer = fields.nested('ResultWriter');
  if (!writer) return undefined;
  const resource = writer.string('Resource');
  const args = takeRequest(writer, language, ['Bucket', 'Prefix']);
  const config = writer.nested('WriterConfig');
  if (resource === undefined && config === undefined) {
    writer.problem('Resource, WriterConfig or both must be given');
  }
  if ((resource === undefined) !== (args === undefined)) {
    writer.problem(
      `Resource and ${language === 'JSONata' ? 'Arguments' : 'Parameters'} must be given together`,
    );
  }
  if (resource !== undefined && !resource.endsWith(':s3:putObject'))
    writer.problem(`'${resource}' is not supported`, 'Resource');
  const transformation = config?.oneOf('Transformation', ['NONE', 'COMPACT', 'FLATTEN']);
  const outputType = config?.oneOf('OutputType', ['JSON', 'JSONL']);
  if (outputType === 'JSONL' && resource === undefined) {
    config?.problem(
      'JSONL is only supported for results that are written to S3: add a Resource, or use JSON',
      'OutputType',
    );
  }
  config?.finish();
  writer.finish();
  return {
    target: resource === undefined ? undefined : { resource, arguments: args ?? {} },
    transformation: transformation ?? (resource === undefined ? 'COMPACT' : 'NONE'),
    outputType: outputType ?? 'JSON',
  };
}
