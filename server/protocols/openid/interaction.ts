/**
 * Between a client and a person: the page that the provider brings people to asks here what is left to do, and brings
 * their word. It is known by the cookie of the interaction and the session of the house, both; one without the other is
 * nothing.
 */
import { randomUUID } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { isObject, type JsonObject, readJson } from '#formats/jmap/json.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { acrs, answerClient, type Request, type Standing, standingOf } from '#server/provider/ask.ts';
import { claimsOfScope, readScopes } from '#server/provider/scopes.ts';
import type { Web } from '#server/protocols/web.ts';

import type { Loader } from './load.ts';
import { pages } from './places.ts';
import type { Provider } from './provider.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

interface Asking {
  readonly loader: Loader;
  readonly issuer: () => string;
}

const bodyOctets = 1000;

export function interactionRoutes(web: Web, asking: Asking): void {
  const { app, house } = web;

  app.get(`${pages.interaction}/:uid/state`, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const known = await open(asking, request, reply);
    if (!known) return { kind: 'gone' };
    const actor = await whoAsks(web, request);
    if (!actor) return { kind: 'login', ...hintOf(known.interaction) };
    try {
      return printStanding(await standingOf(house.store, actor, requestOf(known.interaction, house.store.now())));
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'noSuchClient') return { kind: 'foreign' };
      throw error;
    }
  });

  app.post(`${pages.interaction}/:uid/answer`, { bodyLimit: bodyOctets }, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const known = await open(asking, request, reply);
    if (!known) return { kind: 'gone' };
    const actor = await web.authenticate(request);
    const body = Buffer.isBuffer(request.body) ? readJson(request.body) : null;
    const word = isObject(body) ? body['answer'] : undefined;
    const { provider, interaction } = known;
    const result =
      word === 'no' ? refused('access_denied') : await resultOf(web, provider, interaction, actor, word === 'yes');
    const options = { mergeWithLastSubmission: false };
    const location = await provider.interactionResult(request.raw, reply.raw, result, options);
    return { kind: 'done', location };
  });
}

/** @returns undefined when it has ended, or began in another browser. */
async function open(
  { loader, issuer }: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ readonly provider: Provider; readonly interaction: Interaction } | undefined> {
  const provider = await loader.load(issuer());
  if (!provider) return undefined;
  try {
    const interaction = await provider.interactionDetails(request.raw, reply.raw);
    const isOfPage = pathOf(request.url).startsWith(`${pages.interaction}/${interaction.uid}/`);
    return isOfPage ? { provider, interaction } : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

/** @returns undefined for whoever is not logged in, or not wholly. */
async function whoAsks(web: Web, request: FastifyRequest): Promise<PersonActor | undefined> {
  try {
    return await web.authenticate(request);
  } catch (error) {
    if (error instanceof Refusal && ['badCredentials', 'loginUnfinished', 'accountLocked'].includes(error.reason))
      return undefined;
    throw error;
  }
}

function requestOf({ params, iat }: Interaction, now: number): Request {
  const prompts = wordsOf(params['prompt']);
  const maxAge = Number(params['max_age'] ?? Infinity);
  const startedAt = iat * 1000;
  // An age of nothing asks for a proof in this very interaction.
  const young = Number.isFinite(maxAge) ? Math.min(now - maxAge * 1000, startedAt) : 0;
  return {
    clientId: typeof params['client_id'] === 'string' ? params['client_id'] : '',
    scopes: readScopes(wordsOf(params['scope'])),
    provedAfter: prompts.includes('login') ? startedAt : Math.max(0, young),
    wantsTwoFactors: [...wordsOf(params['acr_values']), ...acrsIn(params['claims'])].includes(acrs.two),
    wantsConsent: prompts.includes('consent'),
  };
}

async function resultOf(
  { house }: Web,
  provider: Provider,
  interaction: Interaction,
  actor: PersonActor,
  isYes: boolean,
): Promise<Parameters<Provider['interactionResult']>[2]> {
  // All is answered at once: what is asked again cannot be had, such as a strength nobody can show.
  if (interaction.lastSubmission?.login) return refused('login_required');
  const { params } = interaction;
  const request = requestOf(interaction, house.store.now());
  const answered = await answerClient(house.store, actor, request, isYes);
  const { subject, scopes, acr, amr, provedAt, sessionId } = answered;
  const grant = new provider.Grant({ accountId: subject, clientId: request.clientId });
  grant.jti = randomUUID();
  grant.addOIDCScope(scopes.join(' '));
  const left = wordsOf(params['scope']).filter((scope) => !scopes.some((one) => one === scope));
  if (left.length > 0) grant.rejectOIDCScope(left.join(' '));
  // Claims asked for one by one come with their scope, or not at all.
  const allowed: readonly string[] = scopes.flatMap((scope) => claimsOf(scope));
  for (const claim of claimsIn(params['claims'])) {
    if (allowed.includes(claim)) grant.addOIDCClaims([claim]);
    else grant.rejectOIDCClaims([claim]);
  }
  const grantId = await grant.save();
  const ts = Math.floor(provedAt / 1000);
  return { login: { accountId: subject, ts, acr, amr: [...amr], remember: true }, consent: { grantId }, sessionId };
}

function claimsOf(scope: string): readonly string[] {
  const known: Readonly<Record<string, readonly string[]>> = claimsOfScope;
  return known[scope] ?? [];
}

function refused(error: string) {
  return { error };
}

function printStanding(standing: Standing): object {
  const { kind, client } = standing;
  const { name } = client;
  switch (kind) {
    case 'ready':
      return { kind, client: name };
    case 'proof':
      return { kind, client: name, twoFactors: standing.twoFactors };
    case 'consent':
      return { kind, client: name, site: siteOf(client.redirectUris[0] ?? ''), scopes: standing.scopes };
  }
}

/** Where the client stands, for whoever is asked; a program on one's own device has no place. */
function siteOf(uri: string): string {
  const url = URL.parse(uri);
  return url?.protocol === 'https:' ? url.host : '';
}

function hintOf({ params }: Interaction): object {
  const hint = params['login_hint'];
  return typeof hint === 'string' && hint.length <= 320 ? { hint } : {};
}

function wordsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function claimsParameter(value: unknown): JsonObject {
  const claims = typeof value === 'string' ? readJson(Buffer.from(value)) : null;
  return isObject(claims) ? claims : {};
}

/** The names of claims asked for one by one (OpenID Connect Core §5.5). */
function claimsIn(value: unknown): readonly string[] {
  return Object.values(claimsParameter(value)).flatMap((part) => (isObject(part) ? Object.keys(part) : []));
}

function acrsIn(value: unknown): readonly unknown[] {
  const part = claimsParameter(value)['id_token'];
  const acr = isObject(part) ? part['acr'] : undefined;
  if (!isObject(acr)) return [];
  return [acr['value'], ...(Array.isArray(acr['values']) ? acr['values'] : [])];
}
