/**
 * GET /setup/pli.mobileconfig: Apple's profile, for the address of the query (so that a telephone gets it from a QR code
 * without logging in), else for the person who is logged in.
 */
import type { FastifyRequest } from 'fastify';

import { Refusal } from '#server/access/refusal.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';
import { appleProfileType, printAppleProfile } from '#server/setup/apple-profile.ts';
import { findServedAddress } from '#server/setup/domain.ts';
import { signDocument, type Signer } from '#server/setup/sign.ts';

import { ownAddress, parameter, type ReachOf } from './request.ts';

export const applePath = '/setup/pli.mobileconfig';

/** Nobody needs to log in, and a signature takes 10 ms. */
const signedAtOnce = 8;

export function appleRoutes(web: Web, reachOf: ReachOf, signer: Signer | undefined): void {
  const { app, house } = web;
  let atWork = 0;

  const sign = async (profile: string): Promise<Buffer> => {
    const document = Buffer.from(profile);
    if (!signer) return document;
    if (atWork >= signedAtOnce) throw new Refusal('tooBusy', { retryAfterSeconds: 1 });
    atWork += 1;
    try {
      return await signDocument(document, signer, house.store.now());
    } finally {
      atWork -= 1;
    }
  };

  const addressFor = async (request: FastifyRequest): Promise<string> =>
    parameter(request, 'email') ?? (await ownAddress(web, request));

  app.get(applePath, async (request, reply) => {
    const served = await findServedAddress(house.store, await addressFor(request));
    const profile = served && printAppleProfile(served, reachOf(request));
    if (profile === undefined) return sendProblem(reply.header('cache-control', 'no-store'), 404);
    return reply
      .type(appleProfileType)
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="pli.mobileconfig"')
      .send(await sign(profile));
  });
}
