/**
 * Units of a directory: what is not here yet is added, parents first; what is here and differs is told and left alone, because
 * people hang from it. A unit stands under the one its entry names (supannCodeEntiteParent), else under the nearest entry above.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addUnits, listUnits, type NewUnit, parseUnitCode, type Unit } from '#server/directory/unit.ts';
import type { Provider } from '#server/federation/queries.ts';
import type { LdapSettings } from '#server/federation/settings.ts';
import type { Store } from '#server/store/store.ts';

import type { DirectoryEntry } from './columns.ts';
import { bindPasswordOf } from './directory.ts';
import { searchPages } from './people.ts';

const attributes = {
  code: ['ENTStructureUAI', 'rne', 'supannCodeEntite', 'ou'],
  name: ['ENTStructureNomCourant', 'description', 'displayName', 'ou', 'cn'],
  kind: ['supannTypeEntite', 'ENTStructureTypeStruct'],
  parent: ['supannCodeEntiteParent'],
} as const;

export type ImportedUnit =
  | { readonly kind: 'added'; readonly code: string; readonly name: string; readonly parentCode: string | undefined }
  | { readonly kind: 'present'; readonly code: string }
  /** Left as it is here. */
  | { readonly kind: 'differs'; readonly code: string; readonly here: string; readonly there: string }
  | { readonly kind: 'refused'; readonly dn: string; readonly problem: 'badCode' | 'twice' | 'noParent' };

/** @throws {ProviderFault}; {Refusal} `invalidArguments` where the provider says no place of units, `mayNot`. */
export async function importUnits(
  store: Store,
  actor: Actor,
  provider: Provider & { readonly settings: LdapSettings },
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<readonly ImportedUnit[]> {
  const { settings, tenantId } = provider;
  if (settings.unitsBase === '')
    throw new Refusal('invalidArguments', { description: 'the provider does not say where units are: --units-base' });
  const entries: DirectoryEntry[] = [];
  const asked = {
    base: settings.unitsBase,
    filter: settings.unitsFilter,
    attributes: [...new Set(Object.values(attributes).flat())],
  };
  for await (const page of searchPages(settings, bindPasswordOf(store, provider), asked)) entries.push(...page);
  const known = await listUnits(store, actor, tenantId);
  const planned = planUnits(entries, known);
  const added = planned.flatMap((one) => (one.kind === 'added' ? [one] : []));
  if (!isDryRun && added.length > 0) await addUnits(store, actor, tenantId, added.map(newUnitOf(entries)));
  return planned;
}

interface Read {
  readonly dn: string;
  readonly code: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly parentCode: string | undefined;
}

/** Parents before children. Pure. */
export function planUnits(entries: readonly DirectoryEntry[], known: readonly Unit[]): readonly ImportedUnit[] {
  const here = new Map(known.flatMap((unit) => (unit.code === null ? [] : [[unit.code, unit] as const])));
  const read = entries.map(readUnit);
  const byDn = new Map(read.map((unit) => [foldDn(unit.dn), unit]));
  const done = new Map<string, ImportedUnit>();
  const outcome: ImportedUnit[] = [];
  const waiting = new Set(read);
  for (let before = -1; before !== waiting.size;) {
    before = waiting.size;
    for (const unit of waiting) {
      const parentCode = unit.parentCode ?? codeAbove(unit.dn, byDn);
      const isPlaced = parentCode === undefined || here.has(parentCode) || done.has(parentCode);
      if (!isPlaced && unit.code !== undefined && !here.has(unit.code)) continue;
      waiting.delete(unit);
      const told = tellUnit(unit, parentCode, here, done);
      outcome.push(told);
      if (unit.code !== undefined && told.kind !== 'refused') done.set(unit.code, told);
    }
  }
  for (const { dn } of waiting) outcome.push({ kind: 'refused', dn, problem: 'noParent' });
  return outcome;
}

function tellUnit(
  { dn, code, name }: Read,
  parentCode: string | undefined,
  here: ReadonlyMap<string, Unit>,
  done: ReadonlyMap<string, ImportedUnit>,
): ImportedUnit {
  if (code === undefined) return { kind: 'refused', dn, problem: 'badCode' };
  if (done.has(code)) return { kind: 'refused', dn, problem: 'twice' };
  const present = here.get(code);
  if (!present) return { kind: 'added', code, name, parentCode };
  return present.name === name ? { kind: 'present', code } : { kind: 'differs', code, here: present.name, there: name };
}

function readUnit({ dn, values }: DirectoryEntry): Read {
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => values.get(name.toLowerCase())?.[0]).find((value) => value !== undefined);
  const code = codeOf(first(attributes.code));
  const name = (first(attributes.name) ?? code ?? '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  const kind = (first(attributes.kind) ?? 'service').replaceAll(/[^\w-]/g, '').slice(0, 40) || 'service';
  return { dn, code, name, kind, parentCode: codeOf(first(attributes.parent)) };
}

function codeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return parseUnitCode(text);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** A comma that a backslash escapes (RFC 4514 §2.4) parts nothing. */
const foldDn = (dn: string): string => dn.toLowerCase().replaceAll(/\s*,\s*/g, ',');

function codeAbove(dn: string, byDn: ReadonlyMap<string, Read>): string | undefined {
  for (let rest = afterComma(foldDn(dn)); rest !== ''; rest = afterComma(rest)) {
    const above = byDn.get(rest);
    if (above) return above.code;
  }
  return undefined;
}

const afterComma = (dn: string): string => /^(?:[^,\\]|\\.)*,(.*)$/.exec(dn)?.[1] ?? '';

function newUnitOf(entries: readonly DirectoryEntry[]) {
  const kinds = new Map(entries.map(readUnit).flatMap(({ code, kind }) => (code === undefined ? [] : [[code, kind]])));
  return ({ code, name, parentCode }: { code: string; name: string; parentCode: string | undefined }): NewUnit => ({
    code,
    name,
    parentCode,
    kind: kinds.get(code) ?? 'service',
  });
}
