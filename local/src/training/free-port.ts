import { createServer } from 'node:net';

/**
 * A free port of the loopback address.
 *
 * @param wanted the port to prefer, if it is free. @default - any port
 */
export async function freePort(wanted = 0): Promise<number> {
  return (await free(wanted)) ?? (await free(0)) ?? 0;
}

function free(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(port));
    });
  });
}
