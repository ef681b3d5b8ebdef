import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Content, html } from '../markup/markup';
import { htmlTable } from '../report/html-table';

/** A search with a report. */
export interface ServedSearch {
  readonly name: string;
  readonly status: string;
  /** Whether the page of the search can still change. */
  readonly isRunning: boolean;
  /** Whether a later tuning job continues the search. The later job's page shows the results of both jobs. */
  readonly isContinued?: boolean;
  /** The Map item that started the search, and the name of the execution with the Map. @default - no Map item */
  readonly item?: { readonly execution: string; readonly name: string };
}

/** Lists searches and renders their pages. */
export interface ReportSource {
  /** The searches, most recent first. */
  readonly list: () => readonly ServedSearch[];
  /** Returns the current page of a search. */
  readonly page: (search: ServedSearch) => Promise<string>;
}

/** A running server. */
export interface ReportServer {
  /** URL including the token. Anyone who has the URL can read the reports. */
  readonly url: string;
  close(): Promise<void>;
}

/** How often a browser reloads a page that still changes. */
const REFRESH_SECONDS = 5;

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Type': 'text/html; charset=utf-8',
  // Each page contains its own content security policy, with hashes. This header adds the directives that work only in
  // a header.
  'Content-Security-Policy': "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const NOT_FOUND: Answer = { status: 404, body: '<!doctype html><title>Not found</title>Not found' };

/**
 * Serves reports, read-only, on the loopback interface. Other websites can send requests to loopback ports,
 * even through their own host names that resolve to 127.0.0.1. Therefore, requests must have this server's
 * host name, must not come from another origin, and must have the token in their path.
 */
export async function serveReports(source: ReportSource): Promise<ReportServer> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  server.on('request', (request, response) => {
    const isHead = request.method === 'HEAD';
    answer(request, { hosts, token, source })
      // The message may contain names of files and jobs. Only a user with the token sees it.
      .catch((error: Error): Answer => ({ status: 500, body: page('Error', error.message) }))
      .then((each) => send(response, each, isHead))
      .catch(() => response.destroy());
  });
  return {
    url: `http://${hosts[0]}/${token}/`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Context {
  readonly hosts: readonly string[];
  readonly token: string;
  readonly source: ReportSource;
}

async function answer(
  { method, headers, rawHeaders, url = '' }: IncomingMessage,
  { hosts, token, source }: Context,
): Promise<Answer> {
  const given = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  if (given !== 1 || !hosts.includes(headers.host ?? '') || headers.origin !== undefined) {
    return { status: 403, body: 'Forbidden' };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, body: 'Only GET and HEAD', headers: { Allow: 'GET, HEAD' } };
  }
  const [, candidate = '', name, ...rest] = (url.split('?')[0] ?? '').split('/');
  if (!isSame(candidate, token) || name === undefined || rest.length > 0) return NOT_FOUND;
  const searches = source.list();
  if (name === '')
    return { status: 200, body: index(searches.filter(({ isContinued }) => !isContinued)), ...refresh(true) };
  const search = searches.find((each) => each.name === name);
  if (search === undefined) return NOT_FOUND;
  return { status: 200, body: await source.page(search), ...refresh(search.isRunning) };
}

/** Compares two tokens in constant time, so that timing reveals nothing about the secret token. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** Makes a browser reload the page, without JavaScript or a change to the page's security policy. */
function refresh(isRunning: boolean): Pick<Answer, 'headers'> {
  return isRunning ? { headers: { Refresh: String(REFRESH_SECONDS) } } : {};
}

function index(searches: readonly ServedSearch[]): string {
  if (searches.length === 0) return page('Reports', 'No search has started yet.');
  const hasItems = searches.some(({ item }) => item !== undefined);
  const rows = searches.map(({ name, status, item }) => [
    html`<a href="${encodeURIComponent(name)}">${name}</a>`,
    status,
    ...(hasItems ? [item?.name ?? '', item?.execution ?? ''] : []),
  ]);
  const heads = ['Search', 'Status', ...(hasItems ? ['Item', 'Execution'] : [])];
  return page('Reports', htmlTable('Searches', heads, rows));
}

function page(title: string, content: Content): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<h1>${title}</h1>
${content}
</html>
`.toString();
}

function send(response: ServerResponse, { status, body, headers }: Answer, isHead: boolean): void {
  response.writeHead(status, { ...HEADERS, ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(isHead ? undefined : body);
}
