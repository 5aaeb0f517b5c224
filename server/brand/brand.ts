/**
 * How an institution looks: its name, logo and accent colours, seen, changed and set back by who administers all of it.
 * What cannot be read is refused with the figures; what a logo brings beside its picture is left out of it.
 */
import { hardestReading, type Look, printContrast } from '#formats/brand/accent.ts';
import { type Colour, parseColour } from '#formats/brand/colour.ts';
import { BadLogo } from '#formats/brand/logo.ts';
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { readLogo, type SoundLogo } from './logo.ts';
import {
  type Brand,
  deleteBrand,
  houseBrand,
  type LogoFile,
  replaceBrand,
  selectBrand,
  selectHostnames,
  selectLogo,
} from './queries.ts';
import { lookAtBrands } from './watch.ts';

export type { Brand, LogoFile };

/** What is not named stays; null is the house's own. */
export interface BrandChange {
  readonly displayName?: string | null;
  /** The octets of a file, SVG or PNG. */
  readonly logo?: Uint8Array | null;
  readonly accentLight?: string | null;
  readonly accentDark?: string | null;
}

export interface ShownBrand {
  readonly brand: Brand;
  readonly hostnames: readonly string[];
}

const nameCharactersAtMost = 80;

/** @throws {Refusal} `mayNot`. */
export function readBrand(store: Store, actor: Actor, tenantId: TenantId): Promise<ShownBrand> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    const hostnames = (await selectHostnames(tx)).filter((one) => one.tenantId === tenantId).map(({ name }) => name);
    return { brand: await selectBrand(tx, tenantId), hostnames };
  });
}

/**
 * @returns what it is now, and what was left out of a logo, by name.
 * @throws {Refusal} `mayNot`, `stepUpNeeded`; `invalidProperties` naming what does not do, with the figures of a colour
 * that cannot be read and the fault of a logo in the description.
 */
export async function changeBrand(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  change: BrandChange,
): Promise<{ readonly brand: Brand; readonly left: readonly string[] }> {
  // Whoever may not change it has nothing read for them.
  await read(store, (tx) => requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now()));
  const faults: Faults = new Map();
  const displayName = change.displayName == null ? change.displayName : nameOf(change.displayName, faults);
  const accentLight = accentOf('light', 'accentLight', change.accentLight, faults);
  const accentDark = accentOf('dark', 'accentDark', change.accentDark, faults);
  const logo = change.logo == null ? change.logo : await logoOf(change.logo, faults);
  if (faults.size > 0)
    throw new Refusal('invalidProperties', {
      properties: [...faults.keys()],
      description: [...faults.values()].join('; '),
    });
  const brand = await changing(store, actor, tenantId, async (tx, at) => {
    const before = await selectBrand(tx, tenantId);
    const after: Brand = {
      displayName: displayName === undefined ? before.displayName : displayName,
      accentLight: accentLight === undefined ? before.accentLight : accentLight,
      accentDark: accentDark === undefined ? before.accentDark : accentDark,
      logo: logo === undefined ? before.logo : logo && { kind: logo.kind, hash: logo.hash },
    };
    await replaceBrand(tx, tenantId, after, logo?.octets, at);
    await trace(tx, actor, tenantId, at, before, after);
    return after;
  });
  return { brand, left: logo?.left ?? [] };
}

/** Everything as the house has it; names of hosts stay. @throws {Refusal} `mayNot`, `stepUpNeeded`. */
export async function resetBrand(store: Store, actor: Actor, tenantId: TenantId): Promise<void> {
  await changing(store, actor, tenantId, async (tx, at) => {
    const before = await selectBrand(tx, tenantId);
    await deleteBrand(tx, tenantId);
    await trace(tx, actor, tenantId, at, before, houseBrand);
  });
}

/** For anybody: it stands on the login page. */
export function openLogo(store: Store, hash: string): Promise<LogoFile | undefined> {
  return read(store, (tx) => selectLogo(tx, hash));
}

async function changing<T>(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  work: (tx: Tx, at: number) => Promise<T>,
): Promise<T> {
  const at = store.now();
  const done = await write(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
    await requireFresh(tx, actor, at);
    return work(tx, at);
  });
  await lookAtBrands(store);
  return done;
}

/** What was found wrong, by property: told all at once. */
type Faults = Map<string, string>;

function fault(faults: Faults, property: string, sentence: string): undefined {
  faults.set(property, `${property}: ${sentence}`);
}

function nameOf(given: string, faults: Faults): string | null | undefined {
  const name = given.trim().normalize('NFC');
  if (name.length > nameCharactersAtMost || /\p{C}/u.test(name))
    return fault(faults, 'displayName', `${nameCharactersAtMost} characters at most, none that cannot be seen`);
  return name === '' ? null : name;
}

function accentOf(
  look: Look,
  property: string,
  given: string | null | undefined,
  faults: Faults,
): Colour | null | undefined {
  if (given == null) return given;
  const colour = parseColour(given);
  if (colour === undefined) return fault(faults, property, `not a colour such as #14606f`);
  const { ground, contrast, needed } = hardestReading(colour, look);
  if (contrast >= needed) return colour;
  const figures = `contrast ${printContrast(contrast)} on ${ground}, ${printContrast(needed)} needed`;
  return fault(faults, property, figures);
}

async function logoOf(given: Uint8Array, faults: Faults): Promise<SoundLogo | undefined> {
  try {
    return await readLogo(given);
  } catch (error) {
    if (!(error instanceof BadLogo)) throw error;
    return fault(faults, 'logo', `${error.fault} (${error.message})`);
  }
}

async function trace(tx: Tx, actor: Actor, tenantId: TenantId, at: number, before: Brand, after: Brand): Promise<void> {
  const [old, now] = [saidOf(before), saidOf(after)];
  const names = (['displayName', 'logo', 'accentLight', 'accentDark'] as const).filter(
    (name) => old[name] !== now[name],
  );
  if (names.length === 0) return;
  const details = Object.fromEntries(names.map((name) => [name, `${old[name]} → ${now[name]}`]));
  await recordTrace(tx, { tenantId, actor, verb: 'changeBrand', at, details });
}

function saidOf({ displayName, logo, accentLight, accentDark }: Brand) {
  return {
    displayName: displayName ?? 'default',
    logo: logo ? `${logo.kind} ${logo.hash.slice(0, 12)}` : 'default',
    accentLight: accentLight ?? 'default',
    accentDark: accentDark ?? 'default',
  };
}
