/** SupportContact, our own: whom the people of each unit may call, what is missing, and another one. */
import {
  aBoolean,
  anId,
  anObject,
  anUnsignedInt,
  aString,
  nullable,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { changeContact, type ContactEntry, listContacts, type SupportContact } from '#server/directory/contact.ts';
import { foldWords } from '#server/directory/fold.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf, unitIds } from './ids.ts';

const listTable = {
  accountId: required(aString),
  text: optional(aString, ''),
  isLacking: optional(aBoolean, false),
  limit: optional(anUnsignedInt, 100),
};
const mostListed = 1_000;

/**
 * Answers `{list, total, lacking, found}`: units whose name begins so, in the order of the tree; of all that one
 * administers, how many there are and how many lack a phone or an address.
 */
const contactList: Method = {
  name: 'SupportContact/list',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, text, isLacking, limit } = readArguments(listTable, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'read');
    const all = await listContacts(ctx.store, ctx.actor, tenantOf(ctx));
    const words = foldWords(text.slice(0, 200));
    const found = all.filter((one) => (!isLacking || one.lacks.length > 0) && fits(one, words));
    return {
      accountId,
      list: found.slice(0, Math.min(limit, mostListed)).map(printEntry),
      found: found.length,
      total: all.length,
      lacking: all.filter(({ lacks }) => lacks.length > 0).length,
    };
  },
};

function fits({ unitName }: ContactEntry, words: readonly string[]): boolean {
  const own = foldWords(unitName);
  return words.every((word) => own.some((one) => one.startsWith(word)));
}

const printContact = (contact: SupportContact | undefined): JsonObject | null => (contact ? { ...contact } : null);

function printEntry({ unitId, unitName, department, path, own, shown, lacks }: ContactEntry): JsonObject {
  return {
    unitId: unitId === null ? null : unitIds.print(unitId),
    unitName,
    department,
    depth: path.split('/').length - 2,
    own: printContact(own),
    shown: printContact(shown),
    lacks: [...lacks],
  };
}

const changeTable = {
  accountId: required(aString),
  unitId: optional(nullable(anId), null),
  contact: required(nullable(anObject)),
};

const contactChange: Method = {
  name: 'SupportContact/change',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, unitId: text, contact } = readArguments(changeTable, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'write');
    const tenantId = tenantOf(ctx);
    const unitId = text === null ? null : unitIds.read(text);
    if (unitId === undefined) throw new MethodError('invalidArguments', 'no such unit');
    const field = (name: string): string => aString(contact?.[name] ?? null) ?? '';
    const given = contact && {
      name: field('name'),
      phone: field('phone'),
      email: field('email'),
      hours: field('hours'),
      web: field('web'),
    };
    await changeContact(ctx.store, ctx.actor, tenantId, unitId, given);
    return { accountId };
  },
};

export const supportContactMethods: readonly Method[] = [contactList, contactChange];
