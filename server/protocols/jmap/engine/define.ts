/**
 * From the table of a type to the standard methods of RFC 8620 §5, each present only where the table has its part.
 *
 *     export const mailboxMethods = defineType({
 *       name: 'Mailbox', capability: mailCapability, state: 'Mailbox', ids: numberedIds<MailboxId>('m'),
 *       properties: { name: { read: aString, isRequired: true }, parentId: { refersTo: 'id', otherwise: null }, … },
 *       get: { run: (ctx, ids, properties) => … },
 *       set: { create: (ctx, record) => …, update: (ctx, updates) => … },
 *     });
 */
import type { ArgumentTable } from '#formats/jmap/arguments.ts';

import { changesMethod } from './changes.ts';
import { copyMethod } from './copy.ts';
import { getMethod } from './get.ts';
import type { Method } from './method.ts';
import { queryChangesMethod } from './query-changes.ts';
import { queryMethod } from './query.ts';
import { setMethod } from './set.ts';
import type { TypeTable } from './type.ts';

/** The standard methods of a type. */
export function defineType<
  Id,
  GetArguments extends ArgumentTable = ArgumentTable,
  SetArguments extends ArgumentTable = ArgumentTable,
  QueryArguments extends ArgumentTable = ArgumentTable,
>(table: TypeTable<Id, GetArguments, SetArguments, QueryArguments>): readonly Method[] {
  return [
    ...(table.get ? [getMethod(table, table.get)] : []),
    ...(table.changes ? [changesMethod(table, table.changes)] : []),
    ...(table.set ? [setMethod(table, table.set)] : []),
    ...(table.copy ? [copyMethod(table, table.copy)] : []),
    ...(table.query ? [queryMethod(table, table.query)] : []),
    ...(table.query?.changes ? [queryChangesMethod(table, table.query, table.query.changes)] : []),
  ];
}
