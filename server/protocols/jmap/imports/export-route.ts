/**
 * GET /jmap/export/{accountId}?format=zip|mbox&mailbox=m5: an account's mail, or one mailbox, to take along. A ZIP of
 * .eml; or mbox, as one file for one mailbox and in a ZIP for all. Made while it is sent.
 */
import { Readable } from 'node:stream';

import { Refusal } from '#server/access/refusal.ts';
import { type ExportPlan, planExport } from '#server/exports/emails.ts';
import { printMbox } from '#server/exports/mbox.ts';
import { zipExport } from '#server/exports/zip.ts';
import type { Web } from '#server/protocols/web.ts';

import { isOpenTo, mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { readAccountId } from '#server/protocols/jmap/engine/context.ts';
import { disposition } from '#server/protocols/jmap/http/download.ts';
import { openGate } from '#server/protocols/jmap/http/gate.ts';
import { mailboxIds } from '#server/protocols/jmap/mail/ids.ts';

interface ExportRoute {
  readonly Params: { readonly accountId: string };
  readonly Querystring: { readonly format?: string | readonly string[]; readonly mailbox?: string | readonly string[] };
}

/** Of one person at a time: each reads a whole account. */
const most = 2;

export function exportRoutes(web: Web): void {
  const { app, house } = web;
  const gate = openGate(web, { name: 'maxConcurrentExports', most });
  app.get<ExportRoute>('/jmap/export/:accountId', gate.hooks, async (request, reply) => {
    const actor = gate.actorOf(request);
    if (!isOpenTo(mailCapability, actor.scopes)) throw new Refusal('mayNot');
    const accountId = readAccountId(request.params.accountId);
    if (accountId === undefined) throw new Refusal('noSuchAccount');
    const { format = 'zip', mailbox } = request.query;
    if (format !== 'zip' && format !== 'mbox') throw new Refusal('invalidArguments', { description: 'format' });
    const mailboxId = typeof mailbox === 'string' ? mailboxIds.read(mailbox) : undefined;
    if (mailbox !== undefined && mailboxId === undefined) throw new Refusal('noSuchMailbox');
    const plan = await planExport(house.store, actor, accountId, mailboxId);
    const [only] = plan.folders;
    const isFile = format === 'mbox' && mailboxId !== undefined && only !== undefined;
    void reply.headers({
      'content-type': isFile ? 'application/mbox' : 'application/zip',
      'cache-control': 'private, no-store',
      'content-disposition': disposition(false, `${nameOf(plan, house.store.now())}.${isFile ? 'mbox' : 'zip'}`),
    });
    if (isFile) return reply.send(Readable.from(printMbox(house.store, actor, plan, only), { objectMode: false }));
    return reply.send(zipExport(house.store, actor, plan, format === 'zip' ? 'eml' : 'mbox'));
  });
}

/** `alice.martin@academie.example INBOX 2026-11-22` */
function nameOf({ email, folders }: ExportPlan, now: number): string {
  const [only, ...others] = folders;
  const mailbox = only && others.length === 0 ? ` ${only.names.at(-1) ?? ''}` : '';
  return `${email}${mailbox} ${new Date(now).toISOString().slice(0, 10)}`;
}
