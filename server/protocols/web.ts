/** What the HTTP head gives the heads that hang on it: an app for their routes, who asks, and one form of errors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { PersonActor } from '#server/access/actor.ts';

import type { House } from './house.ts';

/** Adds its routes. Bodies come as octets. */
export type HttpHead = (web: Web) => void;

export interface Web {
  readonly app: FastifyInstance;
  readonly house: House;
  /**
   * Who asks, by cookie, Basic or Bearer. A cookie's request must come from our own pages.
   * @throws {Refusal} `badCredentials` and the others of access/authenticate.ts; `mayNot` for a foreign page.
   */
  authenticate(request: FastifyRequest): Promise<PersonActor>;
  /** The same, to be asked again later, when the request is long gone. */
  proofOf(request: FastifyRequest): Proof;
  /** `https://mail.example.org`, without a slash at the end. */
  baseUrl(request: FastifyRequest): string;
}

/** Proves again, at any later time, who asked: false rights end with the session or password that gave them. */
export type Proof = () => Promise<PersonActor>;

/** A problem document (RFC 9457) without details beyond `detail`. */
export function sendProblem(reply: FastifyReply, status: number, detail?: string, more: object = {}): FastifyReply {
  void reply.type('application/problem+json');
  const problem = { type: 'about:blank', status, ...(detail !== undefined && { detail }), ...more };
  return reply.code(status).send(JSON.stringify(problem));
}
