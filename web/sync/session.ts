/** The JMAP session object (RFC 8620 §2), with addresses made relative: the client speaks to its own origin only. */
import { asAccountId } from './records.ts';
import type { AccountId } from './records.ts';
import { isObject, numberOr, object, text, textOr } from './shape.ts';

interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly isPersonal: boolean;
  readonly isReadOnly: boolean;
  /** Whether one may send from it (RFC 8621 §1.3.2: it then holds messages for longer than not at all). */
  readonly maySend: boolean;
  readonly capabilities: readonly string[];
  /** What each of them says of the account, as it came. */
  readonly said: Readonly<Record<string, unknown>>;
}

export interface Session {
  readonly userName: string;
  readonly accounts: readonly Account[];
  readonly primaryAccountId: AccountId;
  readonly capabilities: readonly string[];
  readonly apiUrl: string;
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  readonly eventSourceUrl: string;
  readonly state: string;
  readonly limits: Limits;
}

interface Limits {
  readonly maxCallsInRequest: number;
  readonly maxObjectsInGet: number;
  readonly maxObjectsInSet: number;
  readonly maxSizeUploadOctets: number;
}

const mailCapability = 'urn:ietf:params:jmap:mail';
const submissionCapability = 'urn:ietf:params:jmap:submission';
const coreCapability = 'urn:ietf:params:jmap:core';

export function readSession(value: unknown): Session {
  const it = object(value);
  const accounts = Object.entries(object(it['accounts'])).map(([id, account]) => readAccount(id, account));
  const primary = object(it['primaryAccounts'])[mailCapability];
  const core = object(it['capabilities'])[coreCapability];
  const limit = (name: string, fallback: number) => numberOr(isObject(core) ? core[name] : undefined, fallback);
  return {
    userName: textOr(it['username'], ''),
    accounts,
    primaryAccountId: asAccountId(textOr(primary, accounts[0]?.id ?? '')),
    capabilities: Object.keys(object(it['capabilities'])),
    apiUrl: ownOrigin(text(it['apiUrl'])),
    downloadUrl: ownOrigin(text(it['downloadUrl'])),
    uploadUrl: ownOrigin(text(it['uploadUrl'])),
    eventSourceUrl: ownOrigin(textOr(it['eventSourceUrl'], '')),
    state: textOr(it['state'], ''),
    limits: {
      maxCallsInRequest: limit('maxCallsInRequest', 16),
      maxObjectsInGet: limit('maxObjectsInGet', 500),
      maxObjectsInSet: limit('maxObjectsInSet', 500),
      maxSizeUploadOctets: limit('maxSizeUpload', 50_000_000),
    },
  };
}

function readAccount(id: string, value: unknown): Account {
  const it = object(value);
  const given = isObject(it['accountCapabilities']) ? it['accountCapabilities'] : {};
  const sending = given[submissionCapability];
  return {
    id: asAccountId(id),
    name: textOr(it['name'], id),
    isPersonal: it['isPersonal'] === true,
    isReadOnly: it['isReadOnly'] === true,
    maySend: isObject(sending) && numberOr(sending['maxDelayedSend'], 0) > 0,
    capabilities: Object.keys(given),
    said: given,
  };
}

/** A proxy may know us under another name than the one the server prints; the page's own origin is always right. */
function ownOrigin(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '');
}

/** Fills a level 1 URI template (RFC 6570), as RFC 8620 §2 uses them. */
export function expand(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
