/** Numbers no account gives, for the nouns whose tables hang from a tenant. */
import type { RoleId } from '#server/access/powers.ts';
import type { MandateId } from '#server/access/rights.ts';
import type { AnnouncementId, ApprovalId, Brand, GroupId, PeopleRunId, ProviderId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { newId, reserveIds } from './queries/institution.ts';

export function newMandateId(tx: Tx): Promise<MandateId> {
  return newId<MandateId>(tx, 'mandate');
}

export function newRoleId(tx: Tx): Promise<RoleId> {
  return newId<RoleId>(tx, 'role');
}

/** Of an action on many people. */
export function newBulkId(tx: Tx): Promise<Brand<number, 'BulkId'>> {
  return newId<Brand<number, 'BulkId'>>(tx, 'bulkAction');
}

/** Of somebody's wish for more room. */
export function newQuotaRequestId(tx: Tx): Promise<Brand<number, 'QuotaRequestId'>> {
  return newId<Brand<number, 'QuotaRequestId'>>(tx, 'quotaRequest');
}

export function newIdentityProviderId(tx: Tx): Promise<ProviderId> {
  return newId<ProviderId>(tx, 'identityProvider');
}

export function newPeopleRunId(tx: Tx): Promise<PeopleRunId> {
  return newId<PeopleRunId>(tx, 'peopleRun');
}

/** Of the case of an account that others got into. */
export function newCompromiseId(tx: Tx): Promise<Brand<number, 'CompromiseId'>> {
  return newId<Brand<number, 'CompromiseId'>>(tx, 'compromise');
}

export function newAnnouncementId(tx: Tx): Promise<AnnouncementId> {
  return newId<AnnouncementId>(tx, 'announcement');
}

export function newGroupId(tx: Tx): Promise<GroupId> {
  return newId<GroupId>(tx, 'group');
}

export function newAppointmentId(tx: Tx): Promise<number> {
  return newAppointmentIds(tx, 1);
}

/** The first of `count` that follow each other. */
export function newAppointmentIds(tx: Tx, count: number): Promise<number> {
  return reserveIds(tx, 'appointment', count);
}

export function newApprovalId(tx: Tx): Promise<ApprovalId> {
  return newId<ApprovalId>(tx, 'approval');
}
