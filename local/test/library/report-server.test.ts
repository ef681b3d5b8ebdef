import { request } from 'node:http';
import { type ReportServer, type ReportSource, serveReports } from '../../src/library/report-server';
import { servedReports } from '../../src/library/served-reports';
import type { JobRecord, Jobs } from '../../src/services';

const PAGE = '<!doctype html><p>page';
let server: ReportServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const searches = [
  { name: 'running', status: 'InProgress', isRunning: true },
  { name: 'ended', status: 'Completed', isRunning: false, item: { execution: 'night', name: '3: north' } },
  { name: 'broken', status: 'Failed', isRunning: false },
  { name: 'continued', status: 'Completed', isRunning: false, isContinued: true },
];
const source: ReportSource = {
  list: () => searches,
  page: async ({ name }) => {
    if (name === 'broken') throw new Error('no <b>disk</b>');
    return PAGE;
  },
};

interface Asked {
  readonly path?: (token: string) => string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Requests a page from the server. The path contains the token. */
async function ask({ path = (token) => `/${token}/ended`, method = 'GET', headers = {} }: Asked = {}) {
  server ??= await serveReports(source);
  const url = new URL(server.url);
  const token = url.pathname.slice(1, -1);
  return new Promise<{ status?: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      request({ port: url.port, host: url.hostname, path: path(token), method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );
}

test('a page requires the token; browsers neither cache it nor reveal its URL', async () => {
  const { status, body, headers } = await ask();
  expect({ status, body }).toEqual({ status: 200, body: PAGE });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
  });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(new URL(String(server?.url)).hostname).toBe('127.0.0.1');
});

test('a page that changes reloads itself', async () => {
  expect((await ask({ path: (token) => `/${token}/running` })).headers['refresh']).toBe('5');
  expect((await ask()).headers).not.toHaveProperty('refresh');
});

test('the start page lists the searches', async () => {
  const { body, headers } = await ask({ path: (token) => `/${token}/` });
  expect([...body.matchAll(/href="(\w+)"/g)].map(([, name]) => name)).toEqual(['running', 'ended', 'broken']);
  expect(body).toContain('<td>3: north</td><td>night</td>');
  expect(headers['refresh']).toBe('5');
});

test.each<[string, Asked, number]>([
  ['no token', { path: () => '/' }, 404],
  ['a wrong token', { path: () => '/wrong/ended' }, 404],
  ['a shortened token', { path: (token) => `/${token.slice(1)}/ended` }, 404],
  ['a token elsewhere', { path: (token) => `/ended/${token}` }, 404],
  ['a token in the query', { path: (token) => `/?token=${token}` }, 404],
  ['only a token', { path: (token) => `/${token}` }, 404],
  ['an unknown search', { path: (token) => `/${token}/other` }, 404],
  ['a path to a file', { path: (token) => `/${token}/../../etc/passwd` }, 404],
  ['an encoded path', { path: (token) => `/${token}/..%2f..%2fetc%2fpasswd` }, 404],
  ['the name of another host (DNS rebinding)', { headers: { Host: 'evil.example:80' } }, 403],
  ['another port', { headers: { Host: '127.0.0.1:1' } }, 403],
  ['another origin', { headers: { Origin: 'https://evil.example' } }, 403],
  ['POST', { method: 'POST' }, 405],
  ['PUT', { method: 'PUT' }, 405],
  ['DELETE', { method: 'DELETE' }, 405],
])('%s is refused', async (_, asked, expected) => {
  const { status, body } = await ask(asked);
  expect(status).toBe(expected);
  expect(body).not.toContain(PAGE);
  expect(body).not.toContain(new URL(String(server?.url)).pathname.slice(1, -1));
});

test('HEAD returns no body; an error message is escaped', async () => {
  expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  const { status, body } = await ask({ path: (token) => `/${token}/broken` });
  expect(status).toBe(500);
  expect(body).toContain('no &lt;b&gt;disk&lt;/b&gt;');
});

test('each server has a different token', async () => {
  const tokens = await Promise.all([serveReports(source), serveReports(source)]);
  const [one, other] = tokens.map(({ url }) => new URL(url).pathname);
  await Promise.all(tokens.map((each) => each.close()));
  expect(one).not.toBe(other);
  expect(one).toMatch(/^\/[\w-]{32}\/$/);
});

/** The jobs of a root folder with one completed tuning job. */
function jobsOf(createdBy: JobRecord['createdBy']): Jobs {
  const record = {
    name: 'search',
    createdBy,
    description: {
      HyperParameterTuningJobStatus: 'Completed',
      HyperParameterTuningEndTime: 2,
      CreationTime: 1,
    },
  };
  return {
    tuning: { list: () => [record], get: () => record },
    automl: { list: () => [], get: () => undefined },
  } as unknown as Jobs;
}

test('a search is running until its final model is trained; simultaneous requests share a report', async () => {
  const jobs = jobsOf({ executionArn: 'arn:run', token: '' });
  let status = 'RUNNING';
  let makes = 0;
  const reports = servedReports(
    jobs,
    { list: () => [{ arn: 'arn:run', status } as never], items: () => [] },
    {
      make: async () => {
        makes += 1;
        return __filename;
      },
    },
  );
  const [search] = reports.list();
  expect(search).toMatchObject({ name: 'search', isRunning: true });
  const pages = await Promise.all([1, 2, 3].map(() => reports.page(search as NonNullable<typeof search>)));
  expect(pages[0]).toContain('share a report');
  expect(makes).toBe(1);
  status = 'SUCCEEDED';
  expect(reports.list()).toMatchObject([{ isRunning: false }]);
});

test.each([
  ['a child execution', 'arn:run/Fleet:child'],
  ['an iteration', 'arn:run'],
])('the search of an item is running until %s ends, even if it has no record', (_, executionArn) => {
  const path = [{ map: 'Fleet', index: 1, label: 'north' }];
  const jobs = jobsOf({ executionArn, token: '', place: { executionArn: 'arn:run', path } });
  let status = 'RUNNING';
  let item = 'RUNNING';
  const reports = servedReports(
    jobs,
    {
      list: () => [{ arn: 'arn:run', status } as never],
      items: () => [
        { executionArn: 'arn:run', path, status: item, total: 2 } as never,
        { executionArn: 'arn:run', path: [{ ...path[0], index: 0 }], status: 'RUNNING', total: 2 } as never,
      ],
    },
    { make: async () => undefined },
  );
  expect(reports.list()).toMatchObject([{ isRunning: true }]);
  status = 'ABORTED';
  expect(reports.list()).toMatchObject([{ isRunning: false }]);
  status = 'RUNNING';
  item = 'SUCCEEDED';
  expect(reports.list()).toMatchObject([{ isRunning: false }]);
});

test('the search of an execution that an item started is running until that execution ends', () => {
  const path = [{ map: 'Fleet', index: 1, label: 'north' }];
  const jobs = jobsOf({ executionArn: 'arn:inner', token: '', place: { executionArn: 'arn:run', path } });
  let status = 'RUNNING';
  const list = () =>
    [
      { arn: 'arn:run', status: 'RUNNING' },
      { arn: 'arn:inner', status },
    ] as never;
  const reports = servedReports(jobs, { list, items: () => [] }, { make: async () => undefined });
  expect(reports.list()).toMatchObject([{ isRunning: true }]);
  status = 'FAILED';
  expect(reports.list()).toMatchObject([{ isRunning: false }]);
});
