/** GET /jmap/zip/{accountId}/{emailId}: all attachments of an email as one ZIP; `?parts=2,3` for some of them. */
import type { Web } from '#server/protocols/web.ts';
import { Refusal } from '#server/access/refusal.ts';
import { zipAttachments } from '#server/mail/emails/zip.ts';

import { readAccountId } from '#server/protocols/jmap/engine/context.ts';
import { disposition } from '#server/protocols/jmap/http/download.ts';
import { emailIds } from './ids.ts';

interface ZipRoute {
  readonly Params: { readonly accountId: string; readonly emailId: string };
  readonly Querystring: { readonly parts?: string | readonly string[] };
}

const maxParts = 1000;

export function zipRoutes({ app, house, authenticate }: Web): void {
  app.get<ZipRoute>('/jmap/zip/:accountId/:emailId', async (request, reply) => {
    const actor = await authenticate(request);
    const accountId = readAccountId(request.params.accountId);
    const emailId = emailIds.read(request.params.emailId);
    if (accountId === undefined || emailId === undefined) throw new Refusal('noSuchEmail');
    const { parts } = request.query;
    const partIds = typeof parts === 'string' && parts !== '' ? parts.split(',', maxParts) : undefined;
    const zip = await zipAttachments(house.store, actor, accountId, emailId, partIds);
    void reply.headers({
      'content-type': 'application/zip',
      'cache-control': 'private, no-store',
      'content-disposition': disposition(false, zip.name),
    });
    return reply.send(zip.stream);
  });
}
