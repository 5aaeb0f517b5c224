/**
 * The power is cut while mail goes out: to one of us and to somebody elsewhere, by a smarthost that is a sink of ours.
 * What was accepted is sent; nobody of ours gets it twice; elsewhere it may come twice only where the other server's last
 * word was cut off (RFC 5321 §6.1), and never more often than power was cut.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { startSink, type Sink } from '#tools/testing/mail-sink.ts';
import { assertSound, isLong, seededRandom, until } from './house.ts';
import { listOf, openJmap, recordOf, textOf, type Jmap } from './jmap.ts';

const messageCount = isLong ? 2_000 : 120;
const killCount = isLong ? 30 : 4;
const clientCount = 4;
const elsewhere = 'quelquun@ailleurs.example';

/** One attempt of a client: `unknown` where the answer was cut off. */
interface Attempt {
  readonly subject: string;
  readonly isAccepted: boolean;
}

forEachDatabase((name, databaseUrl, folder) => {
  let sink: Sink;
  let lab: ReturnType<typeof planLab>;
  let ready: Ready;
  let anne: LabAccount;
  let benoit: LabAccount;
  before(async () => {
    sink = await startSink('127.0.0.1');
    const env = { PLI_DELIVERY_SMARTHOST: `smtp://127.0.0.1:${sink.port}`, PLI_SUBMISSION_UNDO: '0ms' };
    lab = planLab({ folder, databaseUrl, env });
    ready = await lab.start();
    anne = await lab.addAccount('anne');
    benoit = await lab.addAccount('benoit');
  });
  after(async () => {
    await lab.kill();
    await sink.close();
  });

  test(`${messageCount} messages are sent through ${killCount} cuts of power`, async () => {
    const random = seededRandom(7);
    const attempts: Attempt[] = [];
    const due = Array.from({ length: messageCount }, (_, number) => ({ number, tries: 0 }));
    const total = due.length;
    const state = { isUp: true, accepted: 0, isGivenUp: false };

    const client = async (): Promise<void> => {
      let jmap: Jmap | undefined;
      for (let next = due.shift(); next || state.accepted < total; next = due.shift()) {
        if (state.isGivenUp) return;
        if (!next || !state.isUp) {
          if (next) due.push(next);
          await sleep(20);
          continue;
        }
        const subject = `envoi ${next.number}.${next.tries}`;
        try {
          jmap = jmap?.url === ready.url ? jmap : await openJmap(ready.url, anne);
          const isAccepted = await send(jmap, subject);
          attempts.push({ subject, isAccepted });
          if (isAccepted) state.accepted += 1;
          else due.push({ number: next.number, tries: next.tries + 1 });
        } catch {
          attempts.push({ subject, isAccepted: false });
          due.push({ number: next.number, tries: next.tries + 1 });
          await sleep(20);
        }
      }
    };
    const cut = async (): Promise<void> => {
      for (let kill = 1; kill <= killCount; kill++) {
        const mark = Math.floor((total * kill) / (killCount + 1));
        await until(() => state.accepted >= mark, 200_000);
        await sleep(random() * 60);
        state.isUp = false;
        await lab.kill();
        if (databaseUrl.startsWith('postgres')) await letLeasesEnd(databaseUrl);
        ready = await lab.start();
        state.isUp = true;
      }
    };
    const cuts = cut().catch((error: unknown) => {
      state.isGivenUp = true;
      throw error;
    });
    await Promise.all([cuts, ...Array.from({ length: clientCount }, client)]);

    const accepted = attempts.filter(({ isAccepted }) => isAccepted).map(({ subject }) => subject);
    const theirs = await openJmap(ready.url, benoit);
    await until(async () => {
      const [here, there] = [await subjectsOf(theirs), countSubjects(sunkSubjects(sink))];
      return accepted.every((subject) => here.has(subject) && there.has(subject));
    }, 100_000);
    // Whatever would come twice has time to.
    await sleep(3_000);

    const known = new Set(attempts.map(({ subject }) => subject));
    const here = await subjectsOf(theirs);
    const there = countSubjects(sunkSubjects(sink));
    for (const [subject, count] of here) {
      assert.ok(known.has(subject), `${subject} was never sent`);
      assert.equal(count, 1, `${subject} came ${count} times to one of us`);
    }
    let doubled = 0;
    for (const [subject, count] of there) {
      assert.ok(known.has(subject), `${subject} was never sent`);
      assert.ok(here.has(subject), `${subject} was sent elsewhere and not here`);
      doubled += count - 1;
    }
    // All that was between the sink's last word and our note of it at the instant of a cut: as many as may be under way.
    assert.ok(doubled <= killCount * 8, `${doubled} doubled`);
    await assertSound(lab);
    console.error(
      `${name}: ${total} accepted of ${attempts.length} tried, ${killCount} kills, ${doubled} doubled elsewhere`,
    );
  });

  /** @returns whether the server said that it will be sent. @throws {Error} when it cannot say. */
  async function send(jmap: Jmap, subject: string): Promise<boolean> {
    const { accountId } = jmap;
    const { list: identities } = await jmap.must('Identity/get');
    const { list: mailboxes } = await jmap.must('Mailbox/get');
    const drafts = listOf(mailboxes)
      .map(recordOf)
      .find((each) => each['role'] === 'drafts');
    const email = {
      mailboxIds: { [textOf(drafts?.['id'])]: true },
      from: [{ email: anne.email }],
      to: [{ email: benoit.email }, { email: elsewhere }],
      subject,
      textBody: [{ partId: 'a', type: 'text/plain' }],
      bodyValues: { a: { value: `Ceci est ${subject}.` } },
    };
    const identityId = textOf(recordOf(listOf(identities)[0])['id']);
    const submission = { identityId, emailId: '#e' };
    const { status, text } = await jmap.post(
      JSON.stringify({
        using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail', 'urn:ietf:params:jmap:submission'],
        methodCalls: [
          ['Email/set', { accountId, create: { e: email } }, 'e'],
          ['EmailSubmission/set', { accountId, create: { s: submission } }, 's'],
        ],
      }),
    );
    if (status !== 200) return false;
    const answers = listOf(recordOf(JSON.parse(text))['methodResponses']).map(listOf);
    return Boolean(recordOf(recordOf(answers[1]?.[1])['created'] ?? {})['s']);
  }
});

/** The process that held them is dead; another waits until they run out, which is two minutes we do not have. */
async function letLeasesEnd(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('update job set lease_until = 0 where lease_until is not null');
  await client.end();
}

async function subjectsOf(jmap: Jmap): Promise<ReadonlyMap<string, number>> {
  const ids = (await jmap.everything()).map(({ id }) => id);
  const subjects: string[] = [];
  for (let at = 0; at < ids.length; at += 500) {
    const { list } = await jmap.must('Email/get', { ids: ids.slice(at, at + 500), properties: ['subject'] });
    subjects.push(...listOf(list).map((email) => textOf(recordOf(email)['subject'])));
  }
  return countSubjects(subjects);
}

function sunkSubjects(sink: Sink): readonly string[] {
  return sink.taken.map(({ octets }) => /^Subject: (.*)\r$/m.exec(octets.toString('latin1'))?.[1] ?? '');
}

function countSubjects(subjects: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(subjects, (subject) => subject)].map(([subject, those]) => [subject, those.length]));
}
