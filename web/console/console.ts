/** What the console asks of the server, and what it reads of the answers. */
import { withProof } from '#web/factors/proof.ts';
import { MethodRefused, Unreachable } from '#web/sync/errors.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const stateNames = ['provisioned', 'active', 'locked', 'blocked', 'suspended', 'closed'] as const;
export type StateName = (typeof stateNames)[number];

export const actNames = [
  'unlock',
  'resetPassword',
  'resetFactors',
  'resendActivation',
  'signOut',
  'changeQuota',
  'suspend',
  'block',
  'close',
  'reopen',
] as const;
export type ActName = (typeof actNames)[number];

export const roleNames = ['platform', 'tenant', 'unit', 'support'] as const;
export type RoleName = (typeof roleNames)[number];

export function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise;
}

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly userName: string;
  readonly email: string;
  readonly unitName: string;
  readonly functionName: string;
  readonly state: StateName;
}

function readRow(value: unknown): PersonRow {
  const it = object(value);
  return {
    id: text(it['id']),
    name: `${textOr(it['givenName'], '')} ${textOr(it['familyName'], '')}`.trim(),
    userName: text(it['userName']),
    email: text(it['email']),
    unitName: textOr(it['unitName'], ''),
    functionName: textOr(it['functionName'], ''),
    state: oneOf(stateNames, it['state'], 'suspended'),
  };
}

export interface PeopleSearch {
  readonly text: string;
  readonly state: StateName | '';
  readonly unitId: string;
}

export interface PeoplePage {
  readonly people: readonly PersonRow[];
  readonly hasMore: boolean;
}

const pageSize = 50;
const rowProperties = ['givenName', 'familyName', 'userName', 'email', 'unitName', 'functionName', 'state'];

/** A page of those who fit, after the last one of the page before. @throws as `client.request` does. */
export async function searchPeople(
  sync: Sync,
  accountId: AccountId,
  search: PeopleSearch,
  after?: string,
  limit: number = pageSize,
): Promise<PeoplePage> {
  const filter: JsonObject = {
    ...(search.text.trim() !== '' && { text: search.text }),
    ...(search.state !== '' && { state: search.state }),
    ...(search.unitId !== '' && { unitId: search.unitId }),
  };
  const answers = await sync.client.request([
    ['Person/query', { accountId, filter, limit: limit + 1, ...(after && { anchor: after, anchorOffset: 1 }) }, 'q'],
    [
      'Person/get',
      { accountId, '#ids': { resultOf: 'q', name: 'Person/query', path: '/ids' }, properties: rowProperties },
      'g',
    ],
  ]);
  const ids = list(answers.of('q')['ids'], text);
  const rows = new Map(list(answers.of('g')['list'], readRow).map((row) => [row.id, row]));
  const people = ids.flatMap((id) => rows.get(id) ?? []);
  return { people: people.slice(0, limit), hasMore: ids.length > limit };
}

export interface Line {
  readonly at: string;
  readonly from: string;
  readonly reason: string;
}

function readLine(value: unknown): Line {
  const it = object(value);
  return { at: text(it['at']), from: textOr(it['from'], ''), reason: textOr(it['reason'], '') };
}

export interface PersonCard extends PersonRow {
  readonly unitNames: readonly string[];
  readonly population: string;
  readonly externalId: string;
  readonly stateReason: string;
  readonly createdAt: string;
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  readonly passwordChangedAt: string;
  readonly quotaOctets: number | undefined;
  readonly usedOctets: number;
  readonly emailCount: number;
  readonly acts: readonly ActName[];
  readonly powers: readonly string[];
  readonly failures: number;
  readonly blockedUntil: string;
  readonly lastChange: Line | undefined;
  readonly logins: readonly Line[];
  readonly sessions: readonly { readonly seenAt: string; readonly from: string; readonly userAgent: string }[];
  readonly appPasswords: readonly { readonly name: string; readonly lastUsedAt: string }[];
  readonly mandates: readonly { readonly kind: 'given' | 'held'; readonly name: string; readonly email: string }[];
  readonly roles: readonly { readonly kind: RoleName }[];
  readonly factors: readonly { readonly kind: string; readonly name: string; readonly lastUsedAt: string }[];
  readonly recoveryCodesLeft: number;
  readonly devices: readonly {
    readonly userAgent: string;
    readonly from: string;
    readonly seenAt: string;
    readonly trustedUntil: string;
  }[];
  /** Since when its case is open; '' where there is none. */
  readonly compromisedAt: string;
  readonly deliveries: readonly { readonly at: string; readonly from: string; readonly sizeOctets: number }[];
  readonly sent: readonly { readonly at: string; readonly recipients: number; readonly sizeOctets: number }[];
}

const cardProperties = [
  ...rowProperties,
  'population',
  'externalId',
  'stateReason',
  'createdAt',
  'hasPassword',
  'mustChangePassword',
  'passwordChangedAt',
  'quotaOctets',
  'usedOctets',
  'emailCount',
  'acts',
  'powers',
  'unitNames',
  'failures',
  'blockedUntil',
  'lastChange',
  'logins',
  'sessions',
  'appPasswords',
  'mandates',
  'roles',
  'factors',
  'recoveryCodesLeft',
  'devices',
  'compromisedAt',
  'deliveries',
  'sent',
];

/** undefined for somebody out of reach. @throws as `client.request` does. */
export async function fetchPerson(sync: Sync, accountId: AccountId, id: string): Promise<PersonCard | undefined> {
  const call = ['Person/get', { accountId, ids: [id], properties: cardProperties }, 'g'] as const;
  const [card] = list((await sync.client.request([call])).of('g')['list'], readCard);
  return card;
}

function readCard(value: unknown): PersonCard {
  const it = object(value);
  return {
    ...readRow(value),
    unitNames: list(it['unitNames'], text),
    population: textOr(it['population'], ''),
    externalId: textOr(it['externalId'], ''),
    stateReason: textOr(it['stateReason'], ''),
    createdAt: text(it['createdAt']),
    hasPassword: it['hasPassword'] === true,
    mustChangePassword: it['mustChangePassword'] === true,
    passwordChangedAt: textOr(it['passwordChangedAt'], ''),
    quotaOctets: numberOr(it['quotaOctets'], undefined),
    usedOctets: number(it['usedOctets']),
    emailCount: number(it['emailCount']),
    acts: list(it['acts'], text).flatMap((name) => actNames.find((one) => one === name) ?? []),
    powers: list(it['powers'], text),
    failures: number(it['failures']),
    blockedUntil: textOr(it['blockedUntil'], ''),
    lastChange: it['lastChange'] ? readLine(it['lastChange']) : undefined,
    logins: list(it['logins'], readLine),
    sessions: list(it['sessions'], (item) => {
      const one = object(item);
      return { seenAt: text(one['seenAt']), from: text(one['from']), userAgent: text(one['userAgent']) };
    }),
    appPasswords: list(it['appPasswords'], (item) => {
      const one = object(item);
      return { name: text(one['name']), lastUsedAt: textOr(one['lastUsedAt'], '') };
    }),
    mandates: list(it['mandates'], (item) => {
      const one = object(item);
      return {
        kind: oneOf(['given', 'held'], one['kind'], 'held'),
        name: text(one['name']),
        email: text(one['email']),
      };
    }),
    roles: list(it['roles'], (item) => ({ kind: oneOf(roleNames, object(item)['kind'], 'support') })),
    factors: list(it['factors'], (item) => {
      const one = object(item);
      return { kind: text(one['kind']), name: text(one['name']), lastUsedAt: textOr(one['lastUsedAt'], '') };
    }),
    recoveryCodesLeft: number(it['recoveryCodesLeft']),
    devices: list(it['devices'], (item) => {
      const one = object(item);
      return {
        userAgent: textOr(one['userAgent'], ''),
        from: text(one['from']),
        seenAt: text(one['seenAt']),
        trustedUntil: textOr(one['trustedUntil'], ''),
      };
    }),
    compromisedAt: textOr(it['compromisedAt'], ''),
    deliveries: list(it['deliveries'], (item) => {
      const one = object(item);
      return { at: text(one['at']), from: text(one['from']), sizeOctets: number(one['sizeOctets']) };
    }),
    sent: list(it['sent'], (item) => {
      const one = object(item);
      return { at: text(one['at']), recipients: number(one['recipients']), sizeOctets: number(one['sizeOctets']) };
    }),
  };
}

export interface Doing {
  readonly action: ActName;
  readonly reason: string;
  /** Of `changeQuota`; null: no limit. */
  readonly quotaOctets?: number | null;
}

export type Outcome =
  | { readonly kind: 'done'; readonly provisionalPassword: string; readonly ended: number; readonly removed: number }
  | { readonly kind: 'refused'; readonly type: string };

/** Does it. A refusal is an outcome; anything else is thrown. */
export async function actOn(sync: Sync, accountId: AccountId, personId: string, doing: Doing): Promise<Outcome> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Person/act', { accountId, personId, ...doing }, 'act']])).of('act'),
  );
  if (typeof answer === 'string') return { kind: 'refused', type: answer };
  return {
    kind: 'done',
    provisionalPassword: textOr(answer['provisionalPassword'], ''),
    ended: numberOr(answer['ended'], 0),
    removed: numberOr(answer['removed'], 0),
  };
}

type Answer = Readonly<Record<string, unknown>>;

/**
 * The type of a method's error in place of its answer; `offline` where there was none. Where a fresh proof of who is at
 * the keyboard is wanted, the dialog asks for it, and what was being done goes on.
 */
export function refusable<T extends Answer>(work: () => Promise<T>): Promise<T | string> {
  return withProof(
    async () => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof MethodRefused) return error.type;
        if (error instanceof Unreachable) return 'offline';
        throw error;
      }
    },
    (answer) => answer === 'stepUpNeeded' || refusedRecord(answer) === 'stepUpNeeded',
  );
}

/** The type of the first record that a /set refused. */
function refusedRecord(answer: Answer | string): string | undefined {
  if (typeof answer === 'string') return undefined;
  const refused = ['notCreated', 'notUpdated', 'notDestroyed'].flatMap((name) =>
    Object.values(object(answer[name] ?? {})),
  );
  return refused[0] === undefined ? undefined : textOr(object(refused[0])['type'], 'serverFail');
}

/** Writes one record. @returns the answer, or the type of what stood in the way. */
export async function setConsole(sync: Sync, method: string, args: JsonObject): Promise<Answer | string> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'set']])).of('set'));
  return refusedRecord(answer) ?? answer;
}

export interface UnitChoice {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
}

const unitsShown = 200;

/** Units whose name or code begins so, in the order of the tree. @throws as `client.request` does. */
export async function fetchUnits(sync: Sync, accountId: AccountId, typed: string): Promise<readonly UnitChoice[]> {
  const answers = await sync.client.request([
    ['Unit/query', { accountId, limit: unitsShown, ...(typed !== '' && { filter: { text: typed } }) }, 'q'],
    ['Unit/get', { accountId, '#ids': { resultOf: 'q', name: 'Unit/query', path: '/ids' } }, 'g'],
  ]);
  return list(answers.of('g')['list'], (value) => {
    const it = object(value);
    return { id: text(it['id']), name: text(it['name']), depth: number(it['depth']) };
  });
}

export interface AuditFilter {
  readonly personId: string;
  readonly unitId: string;
  readonly verb: string;
  /** Days as `2026-11-22`; empty for none. */
  readonly from: string;
  readonly until: string;
}

type Conditions = Readonly<Record<string, string | readonly string[]>>;

/** As AuditEntry/query and the export take it: days are those of the browser. */
function auditConditions({ personId, unitId, verb, from, until }: AuditFilter): Conditions {
  const begin = startOf(from, 0);
  const end = startOf(until, 1);
  return {
    ...(personId !== '' && { personId }),
    ...(unitId !== '' && { unitId }),
    ...(verb !== '' && { verbs: [verb] }),
    ...(begin !== undefined && { after: begin }),
    ...(end !== undefined && { before: end }),
  };
}

function startOf(day: string, later: number): string | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!match) return undefined;
  return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later).toISOString().replace('.000Z', 'Z');
}

export interface AuditLine {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly actorName: string;
  readonly accountName: string;
  readonly accountEmail: string;
  readonly verb: string;
  readonly reason: string;
  readonly from: string;
}

export interface AuditPage {
  readonly lines: readonly AuditLine[];
  readonly hasMore: boolean;
}

const linesPerPage = 100;

/** A page of the log, the newest first. @throws as `client.request` does. */
export async function fetchAudit(
  sync: Sync,
  accountId: AccountId,
  filter: AuditFilter,
  after?: string,
): Promise<AuditPage> {
  const answers = await sync.client.request([
    [
      'AuditEntry/query',
      {
        accountId,
        filter: auditConditions(filter),
        limit: linesPerPage + 1,
        ...(after && { anchor: after, anchorOffset: 1 }),
      },
      'q',
    ],
    ['AuditEntry/get', { accountId, '#ids': { resultOf: 'q', name: 'AuditEntry/query', path: '/ids' } }, 'g'],
  ]);
  const lines = list(answers.of('g')['list'], (value): AuditLine => {
    const it = object(value);
    return {
      id: text(it['id']),
      at: text(it['at']),
      by: text(it['by']),
      actorName: textOr(it['actorName'], ''),
      accountName: textOr(it['accountName'], ''),
      accountEmail: textOr(it['accountEmail'], ''),
      verb: text(it['verb']),
      reason: textOr(it['reason'], ''),
      from: textOr(it['from'], ''),
    };
  });
  return { lines: lines.slice(0, linesPerPage), hasMore: lines.length > linesPerPage };
}

/** Where the log is downloaded. */
export function auditUrl(filter: AuditFilter, format: 'csv' | 'jsonl'): string {
  const given = Object.entries(auditConditions(filter)).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : value.join(','),
  ]);
  return `/jmap/console/audit?${new URLSearchParams([['format', format], ...given]).toString()}`;
}

export interface RoleRow {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly kind: RoleName;
  readonly unitName: string;
  readonly authorName: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly endsAt: string;
}

/** @throws as `client.request` does. */
export async function fetchRoles(sync: Sync, accountId: AccountId): Promise<readonly RoleRow[]> {
  const answers = await sync.client.request([['Role/get', { accountId, ids: null }, 'g']]);
  return list(answers.of('g')['list'], (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      personId: text(it['personId']),
      name: text(it['personName']),
      kind: oneOf(roleNames, it['kind'], 'support'),
      unitName: textOr(it['unitName'], ''),
      authorName: textOr(it['authorName'], ''),
      reason: textOr(it['reason'], ''),
      createdAt: text(it['createdAt']),
      endsAt: textOr(it['endsAt'], ''),
    };
  });
}

export interface NewRole {
  readonly personId: string;
  readonly kind: RoleName;
  readonly unitId: string | null;
  readonly reason: string;
  readonly endsAt: string | null;
}

/** @returns the type of what stood in the way; undefined when it is done. */
export function grantRole(sync: Sync, accountId: AccountId, role: NewRole): Promise<string | undefined> {
  return setRole(sync, { accountId, create: { role: { ...role } } });
}

/** @returns the type of what stood in the way; undefined when it is done. */
export function revokeRole(sync: Sync, accountId: AccountId, id: string, reason: string): Promise<string | undefined> {
  return setRole(sync, { accountId, destroy: [id], reason });
}

async function setRole(sync: Sync, args: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'Role/set', args);
  return typeof answer === 'string' ? answer : undefined;
}

/** The last day as a moment: its end, in the browser's time zone. */
export function endOfDay(day: string): string | null {
  return startOf(day, 1) ?? null;
}
