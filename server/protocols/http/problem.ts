/** Errors of HTTP requests as problem documents (RFC 9457). */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { printProblem, RequestError } from '#formats/jmap/errors.ts';
import type { Reason, Said } from '#server/access/refusal.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { House } from '#server/protocols/house.ts';
import { sendProblem } from '#server/protocols/web.ts';
import { StoreUnavailable } from '#server/store/connection.ts';

import { challenge } from './authenticate.ts';

/** The status of each refusal where HTTP itself answers. What may not be known of is not found. */
export const statusOf = {
  badCredentials: 401,
  tryLater: 429,
  accountLocked: 403,
  loginUnfinished: 401,
  secondFactorNeeded: 401,
  stepUpNeeded: 403,
  awaitsApproval: 403,
  overtaken: 409,
  tooBusy: 503,
  underMaintenance: 503,
  noSuchAccount: 404,
  noSuchMailbox: 404,
  noSuchEmail: 404,
  noSuchBlob: 404,
  noSuchThread: 404,
  noSuchIdentity: 404,
  noSuchSubmission: 404,
  noSuchPerson: 404,
  noSuchUnit: 404,
  noSuchGroup: 404,
  noSuchClient: 404,
  noSuchDomain: 404,
  noSuchRecipient: 404,
  noSuchJob: 404,
  mayNot: 403,
  readOnlyAccount: 403,
  alreadyExists: 409,
  mailboxHasChild: 409,
  mailboxHasEmail: 409,
  wouldLoop: 409,
  stateMismatch: 412,
  cannotCalculateChanges: 409,
  cannotUnsend: 409,
  overQuota: 507,
  tooLarge: 413,
  tooMany: 429,
  rateLimited: 429,
  invalidProperties: 400,
  invalidArguments: 400,
  invalidEmail: 400,
  noRecipients: 400,
  invalidRecipients: 400,
  forbiddenFrom: 403,
  forbiddenMailFrom: 403,
  unsupportedFilter: 400,
  unsupportedSort: 400,
  anchorNotFound: 404,
  weakPassword: 400,
  noSuchScript: 404,
  scriptIsActive: 409,
  invalidScript: 400,
  rejected: 403,
} as const satisfies Said & Record<Reason, number>;

/** Answers what a handler threw. A fault of ours is logged whole and told without details. */
export function sayError(house: House, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.type('application/problem+json').header('cache-control', 'no-store');
  if (error instanceof RequestError) return reply.code(400).send(JSON.stringify(printProblem(error)));
  if (error instanceof Refusal) {
    const status = statusOf[error.reason];
    if (status === 401) challenge(request, reply);
    const { retryAfterSeconds, description, limit, endsAt } = error.details;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    return sendProblem(reply, status, description, {
      ...(limit !== undefined && { limit }),
      // A page tells it from a server that is out of order.
      ...(endsAt !== undefined && { maintenance: { endsAt: endsAt === null ? null : new Date(endsAt).toISOString() } }),
    });
  }
  if (error instanceof StoreUnavailable) {
    house.log.warn({ err: error }, 'the store is unavailable');
    return sendProblem(reply.header('retry-after', 5), 503);
  }
  const status = statusOfFault(error);
  if (status >= 500) house.log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
  return sendProblem(reply, status);
}

/** Fastify's own errors say their status; anything else is a bug. */
function statusOfFault(error: unknown): number {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return 500;
  return error.statusCode >= 400 ? error.statusCode : 500;
}
