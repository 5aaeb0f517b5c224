/** Whom to call: the support of a person's unit, of one above it, or of the whole institution. */
import type { TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectUnitSettings } from './queries/contact.ts';
import { readTenantSettings } from './settings.ts';

/** As an administrator wrote it; empty where they did not. */
export interface SupportContact {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly hours: string;
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

const characters = 200;

function readContact(value: unknown, unitName: string): SupportContact | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const text = (name: string): string => {
    const found = given[name];
    return typeof found === 'string' ? found.trim().slice(0, characters) : '';
  };
  const contact = { name: text('name') || unitName, phone: text('phone'), email: text('email'), hours: text('hours') };
  return contact.phone === '' && contact.email === '' ? undefined : contact;
}
