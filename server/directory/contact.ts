/**
 * Whom to call: the support of a person's unit, of one above it, or of the whole institution. Written by who administers
 * the unit; whatever is below it and has none of its own follows.
 */
import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole, requireRole } from '#server/access/require-role.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { selectEveryUnitSettings, selectUnitSettings, updateUnitSettings } from './queries/contact.ts';
import { changeTenantSettings, readTenantSettings } from './settings.ts';

/** As an administrator wrote it; empty where they did not. */
export interface SupportContact {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly hours: string;
  /** Where they say more of themselves: `https://…`. */
  readonly web: string;
}

/**
 * Of the unit's settings, or of the institution's, the member `contact`: the nearest that names a phone or an address.
 * @param unitId null for somebody of no unit.
 */
export async function contactOf(
  tx: Tx,
  tenantId: TenantId,
  unitId: UnitId | null,
): Promise<SupportContact | undefined> {
  const units = unitId === null ? [] : await selectUnitSettings(tx, tenantId, unitId);
  for (const { name, settings } of units) {
    const found = readContact(settings['contact'], name);
    if (found) return found;
  }
  return readContact((await readTenantSettings(tx, tenantId))['contact'], '');
}

export interface ContactEntry {
  /** Null: of the whole institution. */
  readonly unitId: UnitId | null;
  readonly unitName: string;
  readonly department: string | null;
  readonly path: string;
  readonly own: SupportContact | undefined;
  /** What its people are shown: its own, or the nearest above. */
  readonly shown: SupportContact | undefined;
  /** What its people do not find. */
  readonly lacks: readonly ('phone' | 'email')[];
}

/** The institution and each open unit with what its people are shown, in the order of the tree. */
async function everyContact(tx: Tx, tenantId: TenantId): Promise<readonly ContactEntry[]> {
  const ofTenant = readContact((await readTenantSettings(tx, tenantId))['contact'], '');
  const shownAt = new Map<string, SupportContact | undefined>();
  const root: ContactEntry = {
    unitId: null,
    unitName: '',
    department: null,
    path: '/',
    own: ofTenant,
    shown: ofTenant,
    lacks: lacking(ofTenant),
  };
  const units = (await selectEveryUnitSettings(tx, tenantId)).map(({ id, name, path, department, settings }) => {
    const own = readContact(settings['contact'], name);
    const above = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
    const shown = own ?? shownAt.get(above) ?? ofTenant;
    shownAt.set(path, shown);
    return { unitId: id, unitName: name, department, path, own, shown, lacks: lacking(shown) };
  });
  return [root, ...units];
}

function lacking(shown: SupportContact | undefined): ContactEntry['lacks'] {
  const needed = ['phone', 'email'] as const;
  return needed.filter((name) => !shown || shown[name] === '');
}

/** As far as the actor's roles reach. @throws {Refusal} `mayNot`. */
export function listContacts(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly ContactEntry[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'administer', tenantId, store.now());
    return (await everyContact(tx, tenantId)).filter(({ path }) =>
      held.some((role) => covers(role, { tenantId, path })),
    );
  });
}

/** What anybody may read: the institution's contact, and those that units have of their own. */
export function publicContacts(store: Store, tenantId: TenantId): Promise<readonly ContactEntry[]> {
  return read(store, async (tx) => (await everyContact(tx, tenantId)).filter(({ own }) => own !== undefined));
}

/**
 * @param unitId null: of the whole institution.
 * @param given null: none of its own any more, so that the one above serves.
 * @throws {Refusal} `mayNot`, `noSuchUnit`; `invalidProperties` naming what is wrong.
 */
export async function changeContact(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  unitId: UnitId | null,
  given: SupportContact | null,
): Promise<void> {
  const contact = given && checked(given);
  await write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    if (unitId === null) await changeTenantSettings(tx, tenantId, { contact });
    else await updateUnitSettings(tx, tenantId, unitId, { contact });
    const details = { unit: unitId, phone: contact?.phone ?? null, email: contact?.email ?? null };
    await recordTrace(tx, { tenantId, actor, verb: 'changeContact', at, details });
  });
}

const characters = 200;
const phoneForm = /^\+?[\d ().-]{4,30}$/;
const emailForm = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,180}\.[^\s@<>".]{2,}$/;

/** @throws {Refusal} `invalidProperties`. */
function checked(given: SupportContact): SupportContact {
  const text = (name: keyof SupportContact): string => given[name].trim();
  const contact = {
    name: text('name'),
    phone: text('phone'),
    email: text('email'),
    hours: text('hours'),
    web: text('web'),
  };
  const tooLong = Object.entries(contact).flatMap(([name, value]) => (value.length > characters ? [name] : []));
  const wrong = [
    ...tooLong,
    ...(contact.phone !== '' && !phoneForm.test(contact.phone) ? ['phone'] : []),
    ...(contact.email !== '' && !emailForm.test(contact.email) ? ['email'] : []),
    ...(contact.web !== '' && !isWebAddress(contact.web) ? ['web'] : []),
    // It is there to be called by.
    ...(contact.phone === '' && contact.email === '' ? ['phone', 'email'] : []),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: [...new Set(wrong)] });
  return contact;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '';
}

function readContact(value: unknown, unitName: string): SupportContact | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const text = (name: string): string => {
    const found = given[name];
    return typeof found === 'string' ? found.trim().slice(0, characters) : '';
  };
  const web = text('web');
  const contact = {
    name: text('name') || unitName,
    phone: text('phone'),
    email: text('email'),
    hours: text('hours'),
    web: isWebAddress(web) ? web : '',
  };
  return contact.phone === '' && contact.email === '' ? undefined : contact;
}
