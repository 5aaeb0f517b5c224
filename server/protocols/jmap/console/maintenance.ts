/** The switch of the console: maintenance of one's own institution, or of the whole platform for its administrators. */
import {
  aBoolean,
  aString,
  aUtcDate,
  nullable,
  oneOf,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { ownRoles } from '#server/access/role.ts';
import { endMaintenance, listMaintenance, modes, startMaintenance } from '#server/maintenance/change.ts';

import { printMaintenance } from '#server/protocols/jmap/announcements/announcement.ts';
import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf } from './ids.ts';

/**
 * Answers `{list, mayPlatform}`: of the tenant and of the platform, planned or under way, which everybody is told; and
 * whether one may decide for the platform.
 */
const maintenanceList: Method = {
  name: 'Maintenance/list',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId } = readArguments({ accountId: required(aString) }, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'read');
    tenantOf(ctx);
    const list = (await listMaintenance(ctx.store, ctx.actor)).map(printMaintenance);
    const { roles } = await ownRoles(ctx.store, ctx.actor);
    return { accountId, list, mayPlatform: roles.some(({ kind }) => kind === 'platform') };
  },
};

const startTable = {
  accountId: required(aString),
  isPlatform: optional(aBoolean, false),
  mode: required(oneOf(...modes)),
  /** Null: at once. */
  startsAt: optional(nullable(aUtcDate), null),
  endsAt: optional(nullable(aUtcDate), null),
  textFr: optional(aString, ''),
  textEn: optional(aString, ''),
  reason: required(aString),
};

const maintenanceStart: Method = {
  name: 'Maintenance/start',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, isPlatform, ...given } = readArguments(startTable, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'write');
    const tenantId = tenantOf(ctx);
    const of = isPlatform ? undefined : tenantId;
    const planned = await startMaintenance(ctx.store, ctx.actor, { ...given, tenantId: of });
    return { accountId, maintenance: printMaintenance(planned) };
  },
};

const endTable = { accountId: required(aString), isPlatform: optional(aBoolean, false), reason: required(aString) };

const maintenanceEnd: Method = {
  name: 'Maintenance/end',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, isPlatform, reason } = readArguments(endTable, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'write');
    const tenantId = tenantOf(ctx);
    const wasThere = await endMaintenance(ctx.store, ctx.actor, isPlatform ? undefined : tenantId, reason);
    return { accountId, wasThere };
  },
};

export const maintenanceMethods: readonly Method[] = [maintenanceList, maintenanceStart, maintenanceEnd];
