/** For the tests of this folder: an academy, a clock that is turned by hand, a DNS of its own, and jobs run when told. */
import { operator, type PersonActor } from '#server/access/actor.ts';
import { allScopes } from '#server/access/actor.ts';
import { isOwnAddress } from '#server/delivery/outbound/own-address.ts';
import type { Outbound } from '#server/delivery/outbound/options.ts';
import type { MxLookup } from '#server/delivery/outbound/route.ts';
import { giveUpAfterMs, warnAfterMs } from '#server/delivery/outbound/schedule.ts';
import { addDomain, type Domain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { fileMessage } from '#server/mail/emails/file.ts';
import { createIdentity } from '#server/mail/identities/change.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import {
  type AccountId,
  asMilliseconds,
  type EmailId,
  type IdentityId,
  type SubmissionId,
  type TenantId,
} from '#server/store/ids.ts';
import { leaseJobs } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import type { SubmissionEnvelope } from './envelope.ts';
import type { SendingEvent, SendingHouse } from './house.ts';
import { readSubmissions, type SubmissionWithRecipients } from './list.ts';
import { submissionJobs } from './run.ts';
import { submitMessage, type Submitted } from './submit.ts';

export interface TestSender {
  readonly actor: PersonActor;
  readonly accountId: AccountId;
  readonly email: string;
}

export interface TestAcademy {
  readonly store: Store;
  readonly house: SendingHouse;
  readonly tenantId: TenantId;
  readonly domain: Domain;
  readonly alice: TestSender & { readonly identityId: IdentityId };
  readonly bruno: TestSender;
  readonly school: { readonly accountId: AccountId; readonly email: string };
  readonly events: SendingEvent[];
  /** By domain; a domain that is not here does not exist. */
  readonly mx: Map<string, MxLookup>;
  /** By host name. */
  readonly addresses: Map<string, readonly string[]>;
  now: () => number;
  turnClock(ms: number): void;
  /** Runs what is due, and what that makes due. */
  runDue(): Promise<void>;
  /** Files a draft of alice's. */
  draft(octets: string): Promise<EmailId>;
  /** Files and submits it. */
  send(octets: string, envelope?: SubmissionEnvelope | null): Promise<Submitted>;
  status(id: SubmissionId): Promise<SubmissionWithRecipients>;
  /** The messages in the inbox of an account, oldest first. */
  inbox(accountId: AccountId): Promise<readonly string[]>;
}

export async function openAcademy(
  databaseUrl: string,
  folder: string,
  given: Partial<Outbound> = {},
): Promise<TestAcademy> {
  let at = Date.UTC(2026, 10, 23, 8);
  const store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => at });
  const slug = `a${Math.random().toString(36).slice(2, 10)}`;
  const tenantId = await addTenant(store, operator, { slug, name: 'Académie d’essai' });
  const domain = await addDomain(store, operator, { tenantId, name: `${slug}.example` });
  const add = async (givenName: string, familyName: string): Promise<TestSender> => {
    const { accountId, personId, email } = await addPerson(store, operator, {
      tenantId,
      givenName,
      familyName,
      password: null,
    });
    const actor: PersonActor = { kind: 'person', tenantId, personId, by: 'session', scopes: allScopes, from: '::1' };
    return { actor, accountId, email };
  };
  const alice = await add('Alice', 'Martin');
  const bruno = await add('Bruno', 'Petit');
  const school = await addFunctionalAccount(store, operator, { tenantId, name: 'Collège Jean Moulin' });
  const identityId = await createIdentity(store, alice.actor, alice.accountId, {
    name: 'Alice Martin',
    email: alice.email,
    replyTo: null,
    bcc: null,
    textSignature: '',
    htmlSignature: '',
  });
  const mx = new Map<string, MxLookup>();
  const addresses = new Map<string, readonly string[]>();
  const events: SendingEvent[] = [];
  const house: SendingHouse = {
    store,
    outbound: {
      hostName: `mail.${slug}.example`,
      road: { kind: 'mx' },
      resolver: {
        mx: async (name) => mx.get(name) ?? { kind: 'noDomain' },
        addresses: async (name) => {
          const found = addresses.get(name);
          return found ? { kind: 'found', addresses: found } : { kind: 'none' };
        },
        resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      },
      tlsPolicy: async () => undefined,
      connectionsPerHost: 4,
      // The other servers of a test are on 127.0.0.2 and above.
      isOwnAddress: (address) => !/^127\.0\.0\.[2-9]$/.test(address) && isOwnAddress(address),
      portOf: () => 25,
      ca: undefined,
      timeouts: { connectMs: 2_000, commandMs: 5_000, endOfDataMs: 5_000 },
      ...given,
    },
    connections: 4,
    patience: { giveUpAfterMs, warnAfterMs },
    timeZone: 'Europe/Paris',
    onEvent: (event) => events.push(event),
  };
  const kinds = submissionJobs(house);
  const academy: TestAcademy = {
    store,
    house,
    tenantId,
    domain,
    alice: { ...alice, identityId },
    bruno,
    school,
    events,
    mx,
    addresses,
    now: () => at,
    turnClock(ms) {
      at += ms;
    },
    async runDue() {
      for (;;) {
        const lease = { limit: 50, forMs: 60_000, owner: 'test' };
        const jobs = await leaseJobs(store, ['submit', 'relay'], lease);
        if (jobs.length === 0) return;
        for (const job of jobs) await kinds[job.kind === 'submit' ? 'submit' : 'relay'].run(job);
      }
    },
    async draft(octets) {
      const message = await ingest(store, Buffer.from(octets));
      const filed = await transaction(store, alice.accountId, async (tx) =>
        fileMessage(tx, message, {
          mailboxIds: [await requireMailboxByRole(tx, 'drafts', at)],
          keywords: keywordsOf(['$draft', '$seen']),
          receivedAt: asMilliseconds(at),
          arrivalId: null,
          savedAt: asMilliseconds(at),
          isDelivery: false,
        }),
      );
      return filed.emailId;
    },
    async send(octets, envelope = null) {
      const emailId = await academy.draft(octets);
      return submitMessage(store, alice.actor, {
        accountId: alice.accountId,
        identityId,
        envelope,
        message: { kind: 'email', emailId },
      });
    },
    async status(id) {
      const [found] = await readSubmissions(store, alice.actor, alice.accountId, [id]);
      if (!found) throw new Error(`no submission ${id}`);
      return found;
    },
    async inbox(accountId) {
      const found = await read(store, async (tx) =>
        rows(
          tx,
          tx.q
            .selectFrom('mailbox_email')
            .innerJoin('mailbox', (join) =>
              join
                .onRef('mailbox.account_id', '=', 'mailbox_email.account_id')
                .onRef('mailbox.id', '=', 'mailbox_email.mailbox_id'),
            )
            .innerJoin('email', (join) =>
              join
                .onRef('email.account_id', '=', 'mailbox_email.account_id')
                .onRef('email.id', '=', 'mailbox_email.email_id'),
            )
            .select('email.hash')
            .where('mailbox_email.account_id', '=', accountId)
            .where('mailbox.role', '=', 'inbox')
            .orderBy('mailbox_email.uid'),
        ),
      );
      return Promise.all(
        found.map(async ({ hash }) => {
          const blob = await openBlob(store, tenantId, hash as Parameters<typeof openBlob>[2]);
          return Buffer.from((await blob?.bytes()) ?? []).toString('utf8');
        }),
      );
    },
  };
  return academy;
}

/** A message from `from`, with CRLF. */
export function letter(
  from: string,
  to: string,
  more: readonly string[] = [],
  body = 'Bonjour,\r\n.\r\nAlice',
): string {
  return [
    `From: Alice Martin <${from}>`,
    `To: ${to}`,
    'Subject: =?utf-8?q?R=C3=A9union?=',
    'Date: Mon, 23 Nov 2026 09:00:00 +0100',
    `Message-ID: <${Math.random().toString(36).slice(2)}@example>`,
    ...more,
    '',
    body,
    '',
  ].join('\r\n');
}
