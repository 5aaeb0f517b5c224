/**
 * Second factors over HTTP, where JMAP has no session yet or a browser's key must be asked: the passkey at the door, the
 * step of a login, making a factor, one's own recovery address, and proving again who one is. What there is to list is JMAP's (jmap/access).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Answer } from '#server/access/factors/answer.ts';
import {
  beginPasskey,
  beginTotp,
  confirmPasskey,
  confirmTotp,
  type Enrolling,
  enrollingAt,
  enrollingIn,
} from '#server/access/factors/enrol.ts';
import { renewRecoveryCodes } from '#server/access/factors/factors.ts';
import { loginByPasskey, offerDoor } from '#server/access/factors/passkey-login.ts';
import { offerProof, proveAgain, waysToProve } from '#server/access/factors/prove.ts';
import { answerSecondFactor, offerPasskey, offerSecondFactor } from '#server/access/factors/second-factor.ts';
import type { Site } from '#server/access/factors/webauthn.ts';
import type { Begun } from '#server/access/login.ts';
import { type Reason, Refusal } from '#server/access/refusal.ts';
import { newToken } from '#server/access/token.ts';
import { confirmRecovery, proposeRecovery, removeRecovery } from '#server/entry/own-recovery.ts';
import type { Web } from '#server/protocols/web.ts';

import { pendingOf, readBody, requireForm, sayBegun, sayLogin } from './auth-routes.ts';
import { requireOwnPage, requireSecrecy } from './authenticate.ts';
import { deviceTokenIn, doorCookieName, setDoorCookie } from './cookies.ts';

/** An attestation object and its client data are some kilobytes. */
const bodyLimit = 65_536;

type Fields = Readonly<Record<string, unknown>>;

export function factorRoutes(web: Web): void {
  const { app, house } = web;
  const { store } = house;

  const show = (path: string, work: (request: FastifyRequest, reply: FastifyReply) => Promise<object>): void => {
    app.get(path, async (request, reply) => {
      requireOwnPage(request);
      void reply.header('cache-control', 'no-store');
      return orSay(reply, () => work(request, reply));
    });
  };
  const take = (
    path: string,
    work: (request: FastifyRequest, fields: Fields, reply: FastifyReply) => Promise<object>,
  ): void => {
    app.post(path, { bodyLimit }, async (request, reply) => {
      requireOwnPage(request);
      requireSecrecy(house, request);
      void reply.header('cache-control', 'no-store');
      return orSay(reply, () => work(request, readBody(request.body), reply));
    });
  };

  show('/auth/passkey', async (request, reply) => {
    const door = request.cookies[doorCookieName(request)] ?? newToken();
    setDoorCookie(request, reply, door);
    return offerDoor(store, door, siteOf(web, request));
  });
  take('/auth/passkey', async (request, { response }, reply) => {
    requireForm(request.headers.origin, request.host);
    const begun = await loginByPasskey(store, {
      response,
      door: request.cookies[doorCookieName(request)] ?? '',
      site: siteOf(web, request),
      remoteAddress: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      deviceToken: deviceTokenIn(request),
    });
    return sayBegun(request, reply, begun);
  });

  show('/auth/factor', async (request) => offerSecondFactor(store, await pendingOf(house, request)));
  show('/auth/factor/passkey', async (request) =>
    offerPasskey(store, await pendingOf(house, request), siteOf(web, request)),
  );
  take('/auth/factor', async (request, fields, reply) => {
    const pending = await pendingOf(house, request);
    const answer = readAnswer(fields);
    const given = { answer, trust: fields['trust'] === true, site: siteOf(web, request) };
    return wrongAsSuch(
      reply,
      async () => sayBegun(request, reply, await answerSecondFactor(store, pending, given)),
      // Another tab may have been first: then it is this login that is over, and not the code that is wrong.
      () => pendingOf(house, request),
    );
  });

  take('/auth/enrol/totp', async (request) => beginTotp(store, await enrolling(web, request)));
  take('/auth/enrol/totp/confirm', async (request, fields, reply) => {
    const who = await enrolling(web, request);
    const given = { id: textOf(fields, 'id'), code: textOf(fields, 'code'), name: textOf(fields, 'name') };
    return wrongAsSuch(reply, async () => sayAdded(request, reply, await confirmTotp(store, who, given)));
  });
  take('/auth/enrol/passkey', async (request) =>
    beginPasskey(store, await enrolling(web, request), siteOf(web, request)),
  );
  take('/auth/enrol/passkey/confirm', async (request, fields, reply) => {
    const who = await enrolling(web, request);
    const given = { response: fields['response'], name: textOf(fields, 'name'), site: siteOf(web, request) };
    return wrongAsSuch(reply, async () => sayAdded(request, reply, await confirmPasskey(store, who, given)));
  });
  take('/auth/recovery-codes', async (request) => ({
    recoveryCodes: await renewRecoveryCodes(store, await web.authenticate(request)),
  }));

  take('/auth/recovery-email', async (request, fields) => {
    const address = textOf(fields, 'address');
    await proposeRecovery(store, await web.authenticate(request), { address, hostName: house.hostName });
    return { ok: true };
  });
  take('/auth/recovery-email/code', async (request, fields, reply) => {
    const tried = await confirmRecovery(store, await web.authenticate(request), textOf(fields, 'code'));
    return tried.kind === 'done' ? { ok: true } : reply.code(422).send(tried);
  });
  take('/auth/recovery-email/remove', async (request) => {
    await removeRecovery(store, await web.authenticate(request));
    return { ok: true };
  });

  show('/auth/prove', async (request) => ({ kinds: await waysToProve(store, await web.authenticate(request)) }));
  show('/auth/prove/passkey', async (request) =>
    offerProof(store, await web.authenticate(request), siteOf(web, request)),
  );
  take('/auth/prove', async (request, fields, reply) => {
    const actor = await web.authenticate(request);
    const password = textOf(fields, 'password');
    const proof = fields['kind'] === 'password' ? ({ kind: 'password', password } as const) : readAnswer(fields);
    return wrongAsSuch(reply, async () => {
      await proveAgain(store, actor, { proof, site: siteOf(web, request) });
      return { ok: true };
    });
  });
}

/** Whoever is in a session, or at the step of a login that asks for a factor. */
async function enrolling(web: Web, request: FastifyRequest): Promise<Enrolling> {
  try {
    return await enrollingIn(web.house.store, await web.authenticate(request));
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'loginUnfinished') throw error;
    return enrollingAt(await pendingOf(web.house, request));
  }
}

function siteOf(web: Web, request: FastifyRequest): Site {
  const { origin, hostname } = new URL(web.baseUrl(request));
  return { origin, rpId: hostname };
}

function sayAdded(
  request: FastifyRequest,
  reply: FastifyReply,
  added: {
    readonly id: string;
    readonly recoveryCodes: readonly string[] | undefined;
    readonly begun: Begun | undefined;
  },
): object {
  const { id, recoveryCodes = [], begun } = added;
  return { id, recoveryCodes, ...(begun && sayBegun(request, reply, begun)) };
}

/** @throws {Refusal} `invalidArguments`. */
function readAnswer(fields: Fields): Answer {
  const { kind, response } = fields;
  if (kind === 'passkey') return { kind, response };
  if (kind === 'totp' || kind === 'recovery') return { kind, code: textOf(fields, 'code') };
  throw new Refusal('invalidArguments');
}

const textAtMost = 1000;

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, textAtMost) : '';
}

/** 422 for an answer that is wrong, while whoever gives it may go on trying; `check` throws where they may not. */
async function wrongAsSuch(
  reply: FastifyReply,
  work: () => Promise<object>,
  check: () => Promise<unknown> = () => Promise.resolve(),
): Promise<object> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'badCredentials') throw error;
    await check();
    return reply.code(422).send({ kind: 'wrong' });
  }
}

/** Of whoever is known already, these may be said. */
const told: ReadonlySet<Reason> = new Set(['tooMany', 'alreadyExists', 'invalidArguments', 'secondFactorNeeded']);

async function orSay(reply: FastifyReply, work: () => Promise<object>): Promise<object> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'stepUpNeeded') return reply.code(403).send({ kind: 'stepUpNeeded' });
    return told.has(error.reason) ? reply.code(400).send({ kind: error.reason }) : sayLogin(reply, error);
  }
}
