/** How the HTTP head is set up. */
import type { Looks } from '#server/brand/watch.ts';
import type { SupportContact } from '#server/directory/contact.ts';
import type { HttpHead } from '#server/protocols/web.ts';

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
  /** What the login page shows to who came by a host of this house. */
  readonly info: (looks: Looks) => Promise<AuthInfo>;
  /** Other heads on the same port. */
  readonly heads: readonly HttpHead[];
}

export interface AuthInfo {
  readonly tenantName: string;
  readonly isDemonstration: boolean;
  /** Absent where nobody looks after it. */
  readonly state?: 'open' | 'readOnly' | 'closed';
  /** Under way, or planned soon enough to be told of. */
  readonly maintenance?: object;
  /** What everybody is told at the door. */
  readonly announcements?: readonly { readonly level: string; readonly textFr: string; readonly textEn: string }[];
  /** Whom anybody may call who does not get in. */
  readonly contact?: SupportContact;
  /** Only ever those of a demonstration. */
  readonly accounts?: readonly DemonstrationAccount[];
}

export interface DemonstrationAccount {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string;
  /** Somebody who has not come in yet, and what they were given to come in with. */
  readonly newcomer?: 'numen' | 'provisional';
}

export interface HttpServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}
