/** The pages between a right password and the work, but for second factors: a new password, terms of use, an address. */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { choosePassword } from '#server/access/choose-password.ts';
import type { Begun } from '#server/access/login.ts';
import { ownPassword } from '#server/access/own-password.ts';
import { judgeLive, WeakPassword } from '#server/access/password-policy.ts';
import { passwordStep } from '#server/access/password-step.ts';
import type { PendingLogin } from '#server/access/pending.ts';
import { setPassword } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { confirmAddress, proposeAddress, recoveryStep, skipAddress } from '#server/entry/recovery-address.ts';
import { acceptTerms, readTerms } from '#server/entry/terms.ts';
import type { Web } from '#server/protocols/web.ts';

import { pendingOf, readFields, sayBegun, sayLogin } from './auth-routes.ts';
import { requireOwnPage, requireSecrecy } from './authenticate.ts';

const bodyLimit = 8192;

export function entryRoutes(web: Web): void {
  const { app, house } = web;
  const { store } = house;

  /** A page asks what to show. */
  const show = (path: string, work: (pending: PendingLogin) => Promise<object | undefined>): void => {
    app.get(path, async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      try {
        return (await work(await pendingOf(house, request))) ?? {};
      } catch (error) {
        return sayStep(reply, error);
      }
    });
  };

  /** A step is taken, or tried: the answer is what is left, or something to say. */
  const take = (
    path: string,
    work: (pending: PendingLogin, fields: Fields, request: FastifyRequest) => Promise<Begun | Said>,
  ): void => {
    app.post(path, { bodyLimit }, async (request, reply) => {
      requireOwnPage(request);
      requireSecrecy(house, request);
      try {
        const done = await work(await pendingOf(house, request), readFields(request.body), request);
        if ('sessionToken' in done) return sayBegun(request, reply, done);
        return reply.code(done.status).send(done.body);
      } catch (error) {
        return sayStep(reply, error);
      }
    });
  };

  show('/auth/password', (pending) => passwordStep(store, pending));
  take('/auth/password', (pending, { password = '' }) => choosePassword(store, pending, password));
  take('/auth/password/judge', async ({ holder }, { password = '' }) => ({
    status: 200,
    body: await judgeLive(store, holder, password),
  }));

  show('/auth/terms', (pending) => readTerms(store, pending));
  take('/auth/terms', (pending, { version = '' }) => acceptTerms(store, pending, version));

  show('/auth/recovery-address', (pending) => recoveryStep(store, pending));
  take('/auth/recovery-address', async (pending, { address = '' }) => {
    await proposeAddress(store, pending, { address, hostName: house.hostName });
    return { status: 200, body: { ok: true } };
  });
  take('/auth/recovery-address/code', async (pending, { code = '' }) => {
    const tried = await confirmAddress(store, pending, code);
    return tried.kind === 'done' ? tried.begun : { status: 422, body: tried };
  });
  take('/auth/recovery-address/skip', (pending) => skipAddress(store, pending));

  // In an open session: how long one's password lasts, and another one.
  app.get('/auth/own-password', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    return ownPassword(store, await web.authenticate(request));
  });
  app.post('/auth/own-password/judge', { bodyLimit }, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const actor = await web.authenticate(request);
    return judgeLive(store, actor, readFields(request.body)['password'] ?? '');
  });
  app.post('/auth/own-password', { bodyLimit }, async (request, reply) => {
    requireSecrecy(house, request);
    const actor = await web.authenticate(request);
    const { current = '', password = '' } = readFields(request.body);
    try {
      await setPassword(store, actor, actor, { current, password });
      return { ok: true };
    } catch (error) {
      // The session is open: what was refused is the password typed, not the session.
      if (error instanceof Refusal && error.reason === 'badCredentials')
        return reply.code(422).send({ kind: 'wrongPassword' });
      return sayStep(reply, error);
    }
  });
}

type Fields = Readonly<Record<string, string | undefined>>;

interface Said {
  readonly status: number;
  readonly body: object;
}

function sayStep(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof WeakPassword) return reply.code(422).send({ kind: 'weakPassword', rules: error.rules });
  if (!(error instanceof Refusal)) throw error;
  const { reason } = error;
  if (reason === 'weakPassword' || reason === 'invalidArguments' || reason === 'stateMismatch' || reason === 'mayNot')
    return reply.code(422).send({ kind: reason });
  if (reason === 'stepUpNeeded') return reply.code(403).send({ kind: reason });
  return sayLogin(reply, error);
}
