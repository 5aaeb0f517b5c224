/** Statements: what verification asks of the directory. Each answers with the rows that are wrong. */
import { type RawBuilder, sql } from 'kysely';

import { columnText } from '#server/store/column.ts';
import type { Row } from '#server/store/connection.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

export interface DirectoryQuestion {
  readonly sql: RawBuilder<unknown>;
  readonly say: (row: Row) => string;
}

export const directoryQuestions: readonly DirectoryQuestion[] = [
  {
    sql: sql`select address.address, address.account_id from address
      left join account on account.id = address.account_id and account.tenant_id = address.tenant_id
      where account.id is null`,
    say: (row) =>
      `address ${columnText(row, 'address')} leads to account ${columnText(row, 'account_id')}, which is not there`,
  },
  {
    sql: sql`select address.address from address
      left join domain on domain.tenant_id = address.tenant_id
        and address.address like '%@' || domain.name
      where domain.name is null`,
    say: (row) => `address ${columnText(row, 'address')} is of no domain of its institution`,
  },
  {
    sql: sql`select distinct people_run_line.tenant_id, people_run_line.run_id from people_run_line
      left join people_run on people_run.tenant_id = people_run_line.tenant_id and people_run.id = people_run_line.run_id
      where people_run.id is null`,
    say: (row) => `lines of import ${columnText(row, 'run_id')} are kept, and the import is not there`,
  },
  {
    sql: sql`select account.id, account.email from account
      left join address on address.tenant_id = account.tenant_id and address.address = account.email
        and address.account_id = account.id and address.kind in ('primary', 'provisional')
      where address.address is null`,
    say: (row) => `account ${columnText(row, 'id')} is known as ${columnText(row, 'email')}, which does not lead to it`,
  },
  {
    sql: sql`select person.id, person.user_name, person.account_id from person
      left join account on account.id = person.account_id and account.tenant_id = person.tenant_id
        and account.kind = 'person'
      where account.id is null`,
    say: (row) =>
      `person ${columnText(row, 'id')} (${columnText(row, 'user_name')}) has account ${columnText(row, 'account_id')}, which is not there`,
  },
  {
    sql: sql`select account.id, account.email from account
      left join person on person.tenant_id = account.tenant_id and person.account_id = account.id
      where account.kind = 'person' and person.id is null`,
    say: (row) => `account ${columnText(row, 'id')} (${columnText(row, 'email')}) is a person's, and nobody's`,
  },
  {
    sql: sql`select unit.id, unit.name from unit
      left join unit as above on above.tenant_id = unit.tenant_id and above.id = unit.parent_id
      where (unit.parent_id is not null and above.id is null)
        or unit.path <> coalesce(above.path, '/') || cast(unit.id as text) || '/'`,
    say: (row) => `unit ${columnText(row, 'id')} (${columnText(row, 'name')}) is not where its path says`,
  },
  {
    sql: sql`select person.id, person.user_name, person.unit_id from person
      left join unit on unit.tenant_id = person.tenant_id and unit.id = person.unit_id
      where person.unit_id is not null and unit.id is null`,
    say: (row) =>
      `person ${columnText(row, 'id')} (${columnText(row, 'user_name')}) is of unit ${columnText(row, 'unit_id')}, which is not there`,
  },
  {
    sql: sql`select group_member.group_id, group_member.kind, group_member.member_id from group_member
      left join directory_group on directory_group.tenant_id = group_member.tenant_id
        and directory_group.id = group_member.group_id
      left join person on person.tenant_id = group_member.tenant_id and person.id = group_member.member_id
        and group_member.kind in ('person', 'sender')
      left join directory_group as inner_group on inner_group.tenant_id = group_member.tenant_id
        and inner_group.id = group_member.member_id and group_member.kind = 'group'
      left join unit on unit.tenant_id = group_member.tenant_id and unit.id = group_member.member_id
        and group_member.kind = 'unit'
      where directory_group.id is null or (person.id is null and inner_group.id is null and unit.id is null)`,
    say: (row) =>
      `group ${columnText(row, 'group_id')} has ${columnText(row, 'kind')} ${columnText(row, 'member_id')} as a member: one of them is not there`,
  },
  {
    sql: sql`select directory_group.id, directory_group.account_id from directory_group
      left join account on account.id = directory_group.account_id and account.tenant_id = directory_group.tenant_id
        and account.kind = 'group' and account.state = 'active'
      where directory_group.account_id is not null and account.id is null`,
    say: (row) =>
      `group ${columnText(row, 'id')} has the address of account ${columnText(row, 'account_id')}, which is no open group’s`,
  },
  {
    sql: sql`select mandate.id, mandate.account_id, mandate.person_id from mandate
      left join account on account.id = mandate.account_id and account.tenant_id = mandate.tenant_id
      left join person on person.id = mandate.person_id and person.tenant_id = mandate.tenant_id
      where account.id is null or person.id is null`,
    say: (row) =>
      `mandate ${columnText(row, 'id')} opens account ${columnText(row, 'account_id')} to person ${columnText(row, 'person_id')}: one of them is not there`,
  },
  {
    sql: sql`select appointment.id, appointment.person_id from appointment
      left join person on person.tenant_id = appointment.tenant_id and person.id = appointment.person_id
      left join unit on unit.tenant_id = appointment.tenant_id and unit.id = appointment.unit_id
      where person.id is null or (appointment.unit_id is not null and unit.id is null)`,
    say: (row) =>
      `appointment ${columnText(row, 'id')} of person ${columnText(row, 'person_id')}: they, or the unit, are not there`,
  },
  {
    sql: sql`select identity_link.provider_id, identity_link.person_id from identity_link
      left join person on person.tenant_id = identity_link.tenant_id and person.id = identity_link.person_id
      left join identity_provider on identity_provider.tenant_id = identity_link.tenant_id
        and identity_provider.id = identity_link.provider_id
      where person.id is null or identity_provider.id is null`,
    say: (row) =>
      `provider ${columnText(row, 'provider_id')} lets in person ${columnText(row, 'person_id')}: one of them is not there`,
  },
  {
    sql: sql`select openid_consent.client_id, openid_consent.person_id from openid_consent
      left join person on person.tenant_id = openid_consent.tenant_id and person.id = openid_consent.person_id
      left join openid_client on openid_client.tenant_id = openid_consent.tenant_id
        and openid_client.id = openid_consent.client_id
      where person.id is null or openid_client.id is null`,
    say: (row) =>
      `person ${columnText(row, 'person_id')} agreed to service ${columnText(row, 'client_id')}: one of them is not there`,
  },
  {
    sql: sql`select bulk_action.id, bulk_action.total from bulk_action
      where bulk_action.total <> (select count(*) from bulk_line
          where bulk_line.tenant_id = bulk_action.tenant_id and bulk_line.bulk_id = bulk_action.id)
        or (bulk_action.finished_at is not null and bulk_action.stopped_at is null and exists (select 1 from bulk_line
          where bulk_line.tenant_id = bulk_action.tenant_id and bulk_line.bulk_id = bulk_action.id
            and bulk_line.outcome is null))`,
    say: (row) =>
      `the lines of bulk act ${columnText(row, 'id')} are not the ${columnText(row, 'total')} it is of, or not done`,
  },
  {
    sql: sql`select job.id, job.key from job
      left join queue_hold on queue_hold.tenant_id = job.tenant_id
        and job.key like cast(queue_hold.account_id as text) || ':%'
      where job.state = 'held' and job.kind in ('submit', 'relay') and queue_hold.account_id is null`,
    say: (row) => `message ${columnText(row, 'key')} is held, and its account is not`,
  },
];

export function selectWrong(store: Store, question: RawBuilder<unknown>): Promise<readonly Row[]> {
  return heavyRead(store, () => question);
}
