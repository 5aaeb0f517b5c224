/**
 * GET /jmap/console/audit?format=csv|jsonl&after=…&before=…&personId=…&actorId=…&unitId=…&verbs=a,b: the audit log as a
 * file, made while it is sent. Filters as AuditEntry/query takes them.
 */
import { Readable } from 'node:stream';

import { MethodError } from '#formats/jmap/errors.ts';
import type { Json } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type AuditFilter, exportAudit } from '#server/records/audit.ts';
import { printAudit } from '#server/records/print-audit.ts';
import type { Web } from '#server/protocols/web.ts';

import { consoleCapability, isOpenTo } from '#server/protocols/jmap/capabilities.ts';
import { disposition } from '#server/protocols/jmap/http/download.ts';
import { openGate } from '#server/protocols/jmap/http/gate.ts';

import { auditConditions, auditFilterOf } from './audit-entry.ts';

interface AuditRoute {
  readonly Querystring: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Of one person at a time: each may read the whole trace. */
const most = 2;

export function auditRoutes(web: Web): void {
  const { app, house } = web;
  const gate = openGate(web, { name: 'maxConcurrentExports', most });
  app.get<AuditRoute>('/jmap/console/audit', gate.hooks, async (request, reply) => {
    const actor = gate.actorOf(request);
    if (!isOpenTo(consoleCapability, actor.scopes)) throw new Refusal('mayNot');
    const { format = 'csv', ...given } = request.query;
    if (format !== 'csv' && format !== 'jsonl') throw new Refusal('invalidArguments', { description: 'format' });
    const pages = await exportAudit(house.store, actor, actor.tenantId, filterOf(given));
    const day = new Date(house.store.now()).toISOString().slice(0, 10);
    void reply.headers({
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-disposition': disposition(false, `audit ${day}.${format}`),
    });
    return reply.send(Readable.from(printAudit(pages, format), { objectMode: false }));
  });
}

/** @throws {Refusal} `invalidArguments` for what no filter has, or does not fit. */
function filterOf(given: AuditRoute['Querystring']): AuditFilter {
  const members = Object.entries(given).map(([name, value]): [string, Json] => {
    const text = typeof value === 'string' ? value : '';
    return [name, name === 'verbs' ? text.split(',') : text];
  });
  const readers: Readonly<Record<string, (value: Json) => unknown>> = auditConditions;
  const bad = members.find(([name, value]) => !Object.hasOwn(readers, name) || readers[name]?.(value) === undefined);
  if (bad) throw new Refusal('invalidArguments', { description: bad[0] });
  try {
    return auditFilterOf(Object.fromEntries(members));
  } catch (error) {
    if (error instanceof MethodError) throw new Refusal('invalidArguments', { description: error.message });
    throw error;
  }
}
