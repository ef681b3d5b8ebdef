import type { JsonObject } from '../../src/states';
import { distributed, INNER, listing, MAP, problems, reading, writing } from './refused-support';

test.each<[state: JsonObject, ...expected: string[]]>([
  [{ Type: 'Map' }, ": The field 'ItemProcessor' is required but was missing"],
  [{ Type: 'Map', ItemProcessor: 5 }, "/ItemProcessor: The field 'ItemProcessor' must be an object"],
  [{ ...MAP, Items: {} }, "/Items: The field 'Items' must be an array or a JSONata expression"],
  [{ ...MAP, Items: 5 }, "/Items: The field 'Items' must be an array or a JSONata expression"],
  [{ ...MAP, Items: ['{% x %}'] }, "/Items[0]: Reference to 'x' at the top level is not supported."],
  [
    { ...MAP, Label: 'x'.repeat(41) },
    '/Label: A label has at most 40 characters, and no white space, wildcards, brackets or other special characters',
  ],
  [
    { ...MAP, Label: 'a b' },
    '/Label: A label has at most 40 characters, and no white space, wildcards, brackets or other special characters',
  ],
  [
    { ...MAP, MaxConcurrency: -1 },
    "/MaxConcurrency: The field 'MaxConcurrency' must be a whole number between 0 and 9007199254740991",
  ],
  [
    { ...MAP, ToleratedFailurePercentage: 100.5 },
    "/ToleratedFailurePercentage: The field 'ToleratedFailurePercentage' must be a number between 0 and 100",
  ],
  [
    { ...MAP, ItemBatcher: { MaxItemsPerBatch: 5 } },
    ': ItemReader, ItemBatcher and ResultWriter need the processing mode DISTRIBUTED',
  ],
  [
    distributed({ ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...INNER } }),
    '/ItemProcessor/ProcessorConfig: ExecutionType is required for the mode DISTRIBUTED, and not allowed otherwise',
  ],
  [
    distributed({ ItemProcessor: { ProcessorConfig: { ExecutionType: 'EXPRESS' }, ...INNER } }),
    '/ItemProcessor/ProcessorConfig: ExecutionType is required for the mode DISTRIBUTED, and not allowed otherwise',
  ],
  [distributed({ ItemBatcher: {} }), '/ItemBatcher: MaxItemsPerBatch or MaxInputBytesPerBatch is required'],
  [
    distributed({ ItemBatcher: { MaxItemsPerBatch: 0 } }),
    "/ItemBatcher/MaxItemsPerBatch: The field 'MaxItemsPerBatch' must be a whole number between 1 and 9007199254740991",
  ],
  [
    distributed({ ItemBatcher: { MaxInputBytesPerBatch: 262_145 } }),
    "/ItemBatcher/MaxInputBytesPerBatch: The field 'MaxInputBytesPerBatch' must be a whole number between 1 and 262144",
  ],
  [reading({}), '/ItemReader/ReaderConfig: InputType is required to read an object'],
  [
    reading({ InputType: 'XML' }),
    "/ItemReader/ReaderConfig/InputType: The field 'InputType' must be one of CSV, JSON, JSONL, MANIFEST",
  ],
  [
    reading({ InputType: 'JSON' }, { Resource: 'arn:aws:states:::s3:headObject' }),
    "/ItemReader/Resource: 'arn:aws:states:::s3:headObject' is not supported",
  ],
  [
    reading({ InputType: 'JSON' }, { Arguments: { Bucket: 'b', Key: 'k', VersionId: 'v' } }),
    "/ItemReader/Arguments: The argument 'VersionId' is not supported: only Bucket, Key",
  ],
  [
    reading({ InputType: 'JSON', ItemsPointer: 'a' }),
    "/ItemReader/ReaderConfig/ItemsPointer: A JSON Pointer must start with '/'",
  ],
  [
    reading({ InputType: 'JSONL', ItemsPointer: '/a' }),
    "/ItemReader/ReaderConfig/ItemsPointer: The field 'ItemsPointer' is not supported by Step Functions",
  ],
  [
    reading({ InputType: 'CSV' }),
    "/ItemReader/ReaderConfig: The field 'CSVHeaderLocation' is required but was missing",
  ],
  [
    reading({ InputType: 'CSV', CSVHeaderLocation: 'GIVEN' }),
    '/ItemReader/ReaderConfig: CSVHeaders is required if CSVHeaderLocation is GIVEN, and not allowed otherwise',
  ],
  [
    reading({ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVHeaders: ['a'] }),
    '/ItemReader/ReaderConfig: CSVHeaders is required if CSVHeaderLocation is GIVEN, and not allowed otherwise',
  ],
  [
    reading({ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVDelimiter: ',' }),
    "/ItemReader/ReaderConfig/CSVDelimiter: The field 'CSVDelimiter' must be one of COMMA, PIPE, SEMICOLON, SPACE, TAB",
  ],
  [
    reading({ InputType: 'JSON', MaxItems: 100_000_001 }),
    "/ItemReader/ReaderConfig/MaxItems: The field 'MaxItems' must be a whole number between 0 and 100000000",
  ],
  [
    reading({ ManifestType: 'ATHENA_DATA' }),
    '/ItemReader/ReaderConfig/InputType: ATHENA_DATA needs the InputType of the files: CSV or JSONL',
  ],
  [
    reading({ ManifestType: 'ATHENA_DATA', InputType: 'MANIFEST' }),
    '/ItemReader/ReaderConfig/InputType: ATHENA_DATA needs the InputType of the files: CSV or JSONL',
  ],
  [
    reading({ ManifestType: 'ATHENA_DATA', InputType: 'JSON' }),
    '/ItemReader/ReaderConfig/InputType: InputType JSON cannot be given for ATHENA_DATA',
  ],
  [
    reading({ ManifestType: 'S3_INVENTORY', InputType: 'CSV' }),
    '/ItemReader/ReaderConfig/InputType: InputType cannot be given for S3_INVENTORY, which is CSV',
  ],
  [
    distributed({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: {} } }),
    '/ItemReader/ReaderConfig: InputType is required to read an object',
  ],
  [
    listing({ Transformation: 'LOAD_AND_FLATTEN' }),
    "/ItemReader/ReaderConfig: The field 'InputType' is required but was missing",
  ],
  [
    listing({ Transformation: 'FLATTEN' }),
    "/ItemReader/ReaderConfig/Transformation: The field 'Transformation' must be one of NONE, LOAD_AND_FLATTEN",
  ],
  [
    listing({ InputType: 'CSV' }),
    "/ItemReader/ReaderConfig/InputType: The field 'InputType' is not supported by Step Functions",
  ],
  [writing({}), '/ResultWriter: Resource, WriterConfig or both must be given'],
  [
    writing({ Resource: 'arn:aws:states:::s3:putObject' }),
    '/ResultWriter: Resource and Arguments must be given together',
  ],
  [
    writing({ Resource: 'arn:aws:states:::s3:copyObject', Arguments: {} }),
    "/ResultWriter/Resource: 'arn:aws:states:::s3:copyObject' is not supported",
  ],
  [
    writing({ Arguments: {} }),
    '/ResultWriter: Resource, WriterConfig or both must be given',
    '/ResultWriter: Resource and Arguments must be given together',
  ],
  [
    writing({ WriterConfig: { OutputType: 'JSONL' } }),
    '/ResultWriter/WriterConfig/OutputType: JSONL is only supported for results that are written to S3: add a Resource, or use JSON',
  ],
])('refuses %j', (state, ...expected) => {
  expect(problems(state)).toEqual(expected);
});

test.each<[state: JsonObject, ...expected: string[]]>([
  [
    { ...MAP, Parameters: {}, ItemSelector: {} },
    "/Parameters: The field 'Parameters' is not supported in a Map state with the query language JSONPath",
  ],
  [
    { ...MAP, ItemsPath: 'x' },
    "/ItemsPath: Value is not a valid JSONPath ('x' has an unexpected 'x' at position 0)",
  ],
  [
    distributed({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        Parameters: { 'Bucket.$': '$.b', 'Key.$': '$.k' },
      },
    }),
    "/ItemReader/Parameters: The argument 'Key' is not supported: only Bucket, Prefix",
  ],
  [
    writing({ Resource: 'arn:aws:states:::s3:putObject' }),
    '/ResultWriter: Resource and Parameters must be given together',
  ],
])('refuses %j in JSONPath', (state, ...expected) => {
  expect(problems(state, 'JSONPath')).toEqual(expected);
});

test.each<[state: JsonObject]>([
  [{ ...MAP, Items: [1], Label: 'x'.repeat(40), MaxConcurrency: 0, ToleratedFailurePercentage: 99.5 }],
  [distributed({ Items: {}, ItemBatcher: { MaxInputBytesPerBatch: 262_144 } })],
  [reading({ InputType: 'JSON', ItemsPointer: '/a', MaxItems: 100_000_000 })],
  [reading({ InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'], CSVDelimiter: 'TAB' })],
  [reading({ ManifestType: 'ATHENA_DATA', InputType: 'JSONL' })],
  [reading({ ManifestType: 'S3_INVENTORY', InputType: 'MANIFEST' })],
  [listing({ Transformation: 'NONE' })],
  [listing({ Transformation: 'LOAD_AND_FLATTEN', InputType: 'JSONL' })],
  [writing({ WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSON' } })],
  [writing({ Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'b', Prefix: 'p' } })],
])('takes %j', (state) => {
  expect(problems(state)).toEqual([]);
});
