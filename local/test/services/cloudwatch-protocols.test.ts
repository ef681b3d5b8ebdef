import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../src/services/aws-error';
import { decodeCbor, encodeCbor } from '../../src/services/endpoint/cbor';
import { CborProtocol } from '../../src/services/endpoint/cbor-protocol';
import { JsonProtocol } from '../../src/services/endpoint/json-protocol';
import type { Protocol, WireResponse } from '../../src/services/endpoint/protocol';
import { readForm } from '../../src/services/endpoint/query-input';
import { QueryProtocol } from '../../src/services/endpoint/query-protocol';
import type { RequestHead } from '../../src/services/endpoint/request-head';
import * as model from '../../src/services/model/monitoring-model.json';
import type { ServiceModel } from '../../src/services/model/validator';

/** CloudWatch supports three protocols: query (for old clients), JSON, and CBOR. */
const SHAPE = 'GraniteServiceVersion20100801';
const TIME = 1_795_961_808.5;

/** The same request in every protocol. */
const REQUEST = {
  MetricName: 'loss',
  Dimensions: [
    { Name: 'TrainingJobName', Value: 'job' },
    { Name: 'Host', Value: 'ü' },
  ],
  Period: 60,
};
const FORM =
  'Action=GetMetricStatistics&Version=2010-08-01&MetricName=loss&Period=60' +
  '&Dimensions.member.2.Name=Host&Dimensions.member.2.Value=%C3%BC' +
  '&Dimensions.member.1.Name=TrainingJobName&Dimensions.member.1.Value=job';
// Written by hand from RFC 8949: an indefinite-length map, a string in two chunks, and numbers of one and two bytes.
const CBOR = Buffer.concat([
  Buffer.of(0xbf, 0x6a),
  Buffer.from('MetricName'),
  Buffer.of(0x7f, 0x62, 0x6c, 0x6f, 0x62, 0x73, 0x73, 0xff),
  Buffer.of(0x6a),
  Buffer.from('Dimensions'),
  Buffer.of(0x9f, 0xa2, 0x64),
  Buffer.from('Name'),
  Buffer.of(0x6f),
  Buffer.from('TrainingJobName'),
  Buffer.of(0x65),
  Buffer.from('Value'),
  Buffer.of(0x63),
  Buffer.from('job'),
  Buffer.of(0xa2, 0x64),
  Buffer.from('Name'),
  Buffer.of(0x64),
  Buffer.from('Host'),
  Buffer.of(0x65),
  Buffer.from('Value'),
  Buffer.of(0x62, 0xc3, 0xbc),
  Buffer.of(0xff, 0x66),
  Buffer.from('Period'),
  Buffer.of(0x18, 60, 0xff),
]);

/** The same response in each protocol. */
const RESPONSE = {
  Label: 'loss',
  Datapoints: [{ Timestamp: TIME, Average: 2, Unit: 'None', ExtendedStatistics: { p50: 1.5 } }],
};

const PROTOCOLS: Readonly<Record<string, readonly [Protocol, object, string | Buffer]>> = {
  query: [
    new QueryProtocol('monitoring', 'http://monitoring.amazonaws.com/doc/2010-08-01/', model as ServiceModel),
    { path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } },
    FORM,
  ],
  json: [
    new JsonProtocol('monitoring', SHAPE, '1.0', true),
    { path: '/', headers: { 'x-amz-target': `${SHAPE}.GetMetricStatistics` } },
    JSON.stringify(REQUEST),
  ],
  cbor: [
    new CborProtocol('monitoring', SHAPE),
    {
      path: `/service/${SHAPE}/operation/GetMetricStatistics`,
      headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    },
    CBOR,
  ],
};

/** Decodes a response in any protocol. */
function read({ body, headers }: WireResponse): unknown {
  const type = headers['content-type'] ?? '';
  if (type.includes('cbor')) return decodeCbor(body as Buffer);
  return type.includes('json') ? JSON.parse(String(body)) : new XMLParser().parse(String(body));
}

describe.each(Object.keys(PROTOCOLS))('%s', (name) => {
  const [protocol, head, body] = PROTOCOLS[name] as (typeof PROTOCOLS)[string];
  const request = {
    method: 'POST',
    rawQuery: '',
    query: new URLSearchParams(),
    rawHeaders: [],
    requestId: 'id',
    body: { read: async () => Buffer.from(body) },
    ...head,
  } as unknown as Parameters<Protocol['handle']>[0];

  test('requests are assigned to the right service', () => {
    for (const [other, [each]] of Object.entries(PROTOCOLS)) {
      expect([other, each.isReadableFor(request)]).toEqual([other, other === name]);
    }
  });

  test('a request and its answer', async () => {
    let given: unknown;
    const response = await protocol.handle(request, async (operation, input) => {
      given = [operation, input];
      return RESPONSE;
    });
    expect(given).toEqual(['GetMetricStatistics', expect.objectContaining(REQUEST)]);
    expect(response.statusCode).toBe(200);
    const xml = {
      GetMetricStatisticsResponse: {
        GetMetricStatisticsResult: {
          Label: 'loss',
          Datapoints: {
            member: {
              Timestamp: new Date(TIME * 1000).toISOString(),
              Average: 2,
              Unit: 'None',
              ExtendedStatistics: { entry: { key: 'p50', value: 1.5 } },
            },
          },
        },
        ResponseMetadata: { RequestId: 'id' },
      },
    };
    expect(read(response)).toEqual(name === 'query' ? xml : RESPONSE);
  });

  test('an error has the code of the query protocol in every protocol', () => {
    const error = new AwsError('InvalidParameterValueException', 'wrong');
    const response = protocol.renderError(error, 'id', {} as RequestHead);
    expect(response.statusCode).toBe(400);
    if (name === 'query') {
      expect(read(response)).toMatchObject({
        ErrorResponse: { Error: { Type: 'Sender', Code: 'InvalidParameterValue', Message: 'wrong' } },
      });
    } else {
      expect(response.headers['x-amzn-query-error']).toBe('InvalidParameterValue;Sender');
      expect(read(response)).toEqual({ __type: 'InvalidParameterValueException', message: 'wrong' });
    }
  });
});

test.each<[string, readonly number[], unknown]>([
  ['zero', [0x00], 0],
  ['two bytes', [0x19, 0x01, 0x00], 256],
  ['four bytes', [0x1a, 0x00, 0x01, 0x00, 0x00], 65_536],
  ['eight bytes', [0x1b, 0, 0, 0, 1, 0, 0, 0, 0], 2 ** 32],
  ['a negative number', [0x39, 0x01, 0xf3], -500],
  ['a time', [0xc1, 0x1a, 0x51, 0x4b, 0x67, 0xb0], 1_363_896_240],
  ['a half', [0xf9, 0x3e, 0x00], 1.5],
  ['the smallest half', [0xf9, 0x00, 0x01], 2 ** -24],
  ['minus infinity as a half', [0xf9, 0xfc, 0x00], Number.NEGATIVE_INFINITY],
  ['no number as a half', [0xf9, 0x7e, 0x00], Number.NaN],
  ['a float', [0xfa, 0x47, 0xc3, 0x50, 0x00], 100_000],
  ['a double', [0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], 1.1],
  ['true', [0xf5], true],
  ['null', [0xf6], null],
  ['undefined', [0xf7], null],
  ['bytes', [0x43, 1, 2, 3], 'AQID'],
  ['an empty list', [0x80], []],
  ['a map of unknown length', [0xbf, 0x61, 0x61, 0x01, 0xff], { a: 1 }],
])('CBOR: %s', (_name, bytes, expected) => {
  expect(decodeCbor(Buffer.from(bytes))).toEqual(expected);
});

test.each<[string, Buffer]>([
  ['an empty body', Buffer.alloc(0)],
  ['a string that is cut off', Buffer.of(0x65, 0x61)],
  ['a list of four billion items', Buffer.of(0x9a, 0xff, 0xff, 0xff, 0xff)],
  ['a string that is longer than any message', Buffer.of(0x7b, 255, 255, 255, 255, 255, 255, 255, 255)],
  ['two values', Buffer.of(0x01, 0x02)],
  ['a list without an end', Buffer.of(0x9f, 0x01)],
  ['a string whose chunks are not strings', Buffer.of(0x7f, 0x01, 0xff)],
  ['a reserved length', Buffer.of(0x1c)],
  ['a simple value that CBOR does not assign', Buffer.of(0xe0)],
  ['1,000 nested lists', Buffer.concat([Buffer.alloc(1000, 0x81), Buffer.of(0x80)])],
  ['20,000 nested lists', Buffer.concat([Buffer.alloc(20_000, 0x81), Buffer.of(0x80)])],
  ['20,000 tags', Buffer.alloc(20_000, 0xc1)],
])('CBOR: %s is refused', (_name, bytes) => {
  expect(() => decodeCbor(bytes)).toThrow(
    expect.objectContaining({
      code: 'SerializationException',
      message: expect.stringMatching(/^the body is not CBOR: /),
    }),
  );
});

test('CBOR: values survive a round trip; all numbers become doubles, and times have a tag', () => {
  const value = { a: [true, false, 'x'.repeat(300), 1, -2.5], b: {}, none: undefined, Timestamps: [1.5] };
  const { none: _, ...rest } = value;
  expect(decodeCbor(encodeCbor(value))).toEqual(rest);
  expect([...encodeCbor({ Timestamp: 1 })].slice(-10)).toEqual([0xc1, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
});

test('form bodies: booleans, empty lists, invalid numbers, and unknown names are read', () => {
  const read = (form: string) => readForm(new URLSearchParams(form), model as ServiceModel, 'ListMetrics');
  expect(read('IncludeLinkedAccounts=true&Dimensions=')).toEqual({
    IncludeLinkedAccounts: true,
    Dimensions: [],
  });
  expect(read('IncludeLinkedAccounts=yes')).toEqual({ IncludeLinkedAccounts: 'yes' });
  expect(read('Dimensions.member.10.Name=b&Dimensions.member.9.Name=a')).toEqual({
    Dimensions: [{ Name: 'a' }, { Name: 'b' }],
  });
  expect(read('__proto__.member.1=x&constructor=y&Namespace.x=1')).toEqual(
    expect.objectContaining({ constructor: 'y' }),
  );
  expect(() => read(`${'a.'.repeat(20_000)}=1`)).toThrow(/more than 32 parts/);
});
