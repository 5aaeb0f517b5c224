/** Uploads (RFC 8620 §6.1). */
import { printBlobId } from '#formats/jmap/id.ts';
import { RequestError } from '#formats/jmap/errors.ts';
import { Refusal } from '#server/access/refusal.ts';
import { upload } from '#server/blobs/upload.ts';
import type { Web } from '#server/protocols/web.ts';

import type { Limits } from '#server/protocols/jmap/capabilities.ts';
import { readAccountId } from '#server/protocols/jmap/engine/context.ts';
import { openGate } from './gate.ts';

interface UploadRoute {
  readonly Params: { readonly accountId: string };
}

export function uploadRoutes(web: Web, limits: Limits): void {
  const { app, house } = web;
  const gate = openGate(web, { name: 'maxConcurrentUpload', most: limits.maxConcurrentUpload });
  app.post<UploadRoute>(
    '/jmap/upload/:accountId',
    {
      ...gate.hooks,
      bodyLimit: limits.maxSizeUpload,
      errorHandler(error) {
        if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
        throw new RequestError('limit', `more than ${limits.maxSizeUpload} octets`, 'maxSizeUpload');
      },
    },
    async (request, reply) => {
      const accountId = readAccountId(request.params.accountId);
      if (accountId === undefined) throw new Refusal('noSuchAccount');
      const octets = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
      const { hash, sizeOctets } = await upload(house.store, gate.actorOf(request), accountId, octets);
      const type = request.headers['content-type'] ?? 'application/octet-stream';
      void reply.code(201).header('cache-control', 'no-store');
      return reply.send({
        accountId: request.params.accountId,
        blobId: printBlobId({ kind: 'whole', hash }),
        type,
        size: sizeOctets,
      });
    },
  );
}
