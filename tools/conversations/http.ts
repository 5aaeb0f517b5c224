/** One HTTP exchange of a conversation, over a connection of its own, read whole. */
import { request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; several of one name are joined with a line break. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** @throws {Error} when the server does not answer in time. */
export function exchange(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, timeout: 60_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const fields = Object.entries(answer.headers).map(
          ([name, value]) => [name, [value].flat().join('\n')] as const,
        );
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Map(fields),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${url.pathname} was not answered`)));
    asked.on('error', reject);
    asked.end(body);
  });
}
