/** GET /jmap/console/bulk?id=b1: every line of an action on many people as CSV (RFC 4180), made while it is sent. */
import { Readable } from 'node:stream';

import { printCsvLine, spreadsheetMark } from '#formats/csv/print.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type ExportedLine, exportBulk } from '#server/administration/bulk/list.ts';
import type { Web } from '#server/protocols/web.ts';

import { consoleCapability, isOpenTo } from '#server/protocols/jmap/capabilities.ts';
import { disposition } from '#server/protocols/jmap/http/download.ts';
import { openGate } from '#server/protocols/jmap/http/gate.ts';

import { bulkIds } from './ids.ts';

interface BulkRoute {
  readonly Querystring: { readonly id?: string };
}

/** Of one person at a time. */
const most = 2;

const columns = ['line', 'given', 'name', 'outcome', 'why', 'provisionalPassword'] as const;

export function bulkRoutes(web: Web): void {
  const { app, house } = web;
  const gate = openGate(web, { name: 'maxConcurrentExports', most });
  app.get<BulkRoute>('/jmap/console/bulk', gate.hooks, async (request, reply) => {
    const actor = gate.actorOf(request);
    if (!isOpenTo(consoleCapability, actor.scopes)) throw new Refusal('mayNot');
    const id = bulkIds.read(request.query.id ?? '');
    if (id === undefined) throw new Refusal('noSuchJob');
    const pages = await exportBulk(house.store, actor, actor.tenantId, id).catch((error: unknown) => {
      if (error instanceof Refusal && error.reason === 'stepUpNeeded') return undefined;
      throw error;
    });
    if (!pages) return reply.code(403).send({ kind: 'stepUpNeeded' });
    void reply.headers({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-disposition': disposition(false, `action ${bulkIds.print(id)}.csv`),
    });
    return reply.send(Readable.from(printLines(pages), { objectMode: false }));
  });
}

async function* printLines(pages: AsyncIterable<readonly ExportedLine[]>): AsyncGenerator<string> {
  yield `${spreadsheetMark}${printCsvLine(columns)}`;
  for await (const page of pages) yield page.map(printLine).join('');
}

function printLine({ n, text, name, outcome, why, provisionalPassword }: ExportedLine): string {
  return printCsvLine([String(n + 1), text, name, outcome ?? '', why ?? '', provisionalPassword]);
}
