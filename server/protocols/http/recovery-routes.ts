/** Getting in again without the password: a challenge, a request whose answer is always the same, and a code. */
import type { Web } from '#server/protocols/web.ts';

import { newChallenge, isSolved } from '#server/entry/challenge.ts';
import { helpAtTheDoor } from '#server/entry/help.ts';
import { askToRecover, recoverByCode } from '#server/entry/recover.ts';
import { Refusal } from '#server/access/refusal.ts';

import { readBody, readFields, requireForm, sayBegun, sayLogin } from './auth-routes.ts';
import { requireSecrecy } from './authenticate.ts';
import { looksFor } from './looks.ts';

const bodyLimit = 8192;

export function recoveryRoutes({ app, house }: Web): void {
  const { store } = house;

  app.get('/auth/recover', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const contact = await helpAtTheDoor(store, looksFor(store, request).tenantId);
    return { challenge: await newChallenge(store), contact };
  });

  app.post('/auth/recover', { bodyLimit }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    requireSecrecy(house, request);
    const { name = '', birthDate = '', numen = '' } = readFields(request.body);
    if (!(await isSolved(store, readBody(request.body)['solved']))) return reply.code(422).send({ kind: 'challenge' });
    try {
      const ticket = await askToRecover(store, { name, birthDate, numen, remoteAddress: request.ip });
      return { ticket };
    } catch (error) {
      if (error instanceof Refusal) return sayLogin(reply, error);
      throw error;
    }
  });

  app.post('/auth/recover/code', { bodyLimit }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    requireSecrecy(house, request);
    const { ticket = '', code = '' } = readFields(request.body);
    const browser = { remoteAddress: request.ip, userAgent: request.headers['user-agent'] ?? '' };
    try {
      const tried = await recoverByCode(store, { ticket, typed: code, browser });
      return tried.kind === 'done' ? sayBegun(request, reply, tried.begun) : reply.code(422).send(tried);
    } catch (error) {
      if (error instanceof Refusal) return sayLogin(reply, error);
      throw error;
    }
  });
}
