/** How the HTTP head is set up, and what other heads hang on it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { PersonActor } from '#server/access/actor.ts';
import type { House } from '#server/protocols/house.ts';

import type { Proof } from './authenticate.ts';

export interface HttpOptions {
  /** The address to listen on; in laboratory mode a loopback one. */
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** PEM; without it the head speaks plain HTTP, for a proxy in front or the loopback address. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Proxies whose X-Forwarded-… we believe: addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** What clients reach us by (`https://mail.example.org`); without it, what their request says. */
  readonly publicUrl?: string;
  /** The built client. */
  readonly clientFolder: string;
  /** What the login page shows. */
  readonly info: () => Promise<AuthInfo>;
  /** Other heads on the same port. */
  readonly heads: readonly HttpHead[];
}

export interface AuthInfo {
  readonly tenantName: string;
  readonly isDemonstration: boolean;
  /** Only ever those of a demonstration. */
  readonly accounts?: readonly DemonstrationAccount[];
}

export interface DemonstrationAccount {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string;
}

/** Adds its routes. Bodies come as octets (`application/json`) or, under `streamBodies`, as a stream. */
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

export interface HttpServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}
