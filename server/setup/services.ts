/**
 * What a mail program must know to work with this house: which services there are, where, and how they are secured.
 * Computed from the configuration alone; every other file here says it in some program's tongue.
 */
export type ServiceKind = 'imap' | 'submission' | 'sieve';

/** `tls` from the first octet (RFC 8314 §3.3); `starttls` after a greeting in clear text. */
export type Security = 'tls' | 'starttls';

export interface Service {
  readonly kind: ServiceKind;
  readonly host: string;
  readonly port: number;
  readonly security: Security;
}

/** Ports as the world sees them; 0 for a service that is not offered. */
export interface PublicPorts {
  readonly imap: number;
  readonly imaps: number;
  readonly submission: number;
  readonly submissions: number;
  readonly sieve: number;
}

/** How this house is reached from outside. */
export interface Reach {
  /** Where mail programs connect to: `mail.ac-valmont.fr`. */
  readonly hostName: string;
  /** The address people type, without a slash at the end: `https://mail.ac-valmont.fr`. */
  readonly webUrl: string;
  readonly ports: PublicPorts;
}

/** All that is offered; of one kind the better secured first, as programs try them in this order (RFC 8314 §3). */
export function listServices({ hostName, ports }: Reach): readonly Service[] {
  const all: readonly Service[] = [
    { kind: 'imap', host: hostName, port: ports.imaps, security: 'tls' },
    { kind: 'imap', host: hostName, port: ports.imap, security: 'starttls' },
    { kind: 'submission', host: hostName, port: ports.submissions, security: 'tls' },
    { kind: 'submission', host: hostName, port: ports.submission, security: 'starttls' },
    { kind: 'sieve', host: hostName, port: ports.sieve, security: 'starttls' },
  ];
  return all.filter(({ port }) => port !== 0);
}

/** The service a program should use where it can name only one. */
export function bestService(reach: Reach, kind: ServiceKind): Service | undefined {
  return listServices(reach).find((service) => service.kind === kind);
}
