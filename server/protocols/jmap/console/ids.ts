/** How what the console shows is named, and the tenant it is about: the actor's own. */
import type { RoleId } from '#server/access/powers.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { BulkId } from '#server/administration/bulk/list.ts';
import { asUuid, type GroupId, type PersonId, type TenantId, type UnitId, type Uuid } from '#server/store/ids.ts';

import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { type IdForm, numberedIds } from '#server/protocols/jmap/engine/type.ts';

export const personIds = numberedIds<PersonId>('p');
export const groupIds = numberedIds<GroupId>('g');
export const unitIds = numberedIds<UnitId>('u');
export const roleIds = numberedIds<RoleId>('r');
export const bulkIds = numberedIds<BulkId>('b');

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const uuids: IdForm<Uuid> = {
  read: (text) => (uuidForm.test(text) ? asUuid(text) : undefined),
  print: (id) => id,
};

/** @throws {MethodError} `accountNotSupportedByMethod`: administering is one's own, and no mandate lends it. */
export function tenantOf({ account, actor }: Pick<AccountContext, 'account' | 'actor'>): TenantId {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
  return actor.tenantId;
}
