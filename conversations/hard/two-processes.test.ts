/**
 * Two `pli serve` on one PostgreSQL are one server: what one of them does, the clients of the other see; a job is done
 * once; failed logins count on both; and when one dies the other goes on.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needPostgres } from '#tools/needs/postgres.ts';
import { makePlace, planPlace, removePlace, type Place } from '#tools/testing/places.ts';
import { assertSound, portOf, until } from './house.ts';
import { listOf, openJmap, recordOf, textOf, type Jmap } from './jmap.ts';
import { writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const from = 'expediteur@ailleurs.example';
/** Generous beside the 50 ms it takes: the machine may be busy. */
const pushedWithinMs = 1_000;

let place: Place;
let one: Lab;
let two: Lab;
let readyOne: Ready;
let readyTwo: Ready;
let account: LabAccount;
let plan: (name: string, isLab: boolean) => Lab;
let number = 0;

before(async () => {
  const cluster = await needPostgres();
  place = planPlace('postgres', cluster.url);
  await makePlace(place);
  // Folders of their own, as on two machines; the blobs are what they share.
  const blobs = `file:${join(place.folder, 'blobs')}`;
  plan = (name, isLab) => {
    const folder = join(place.folder, name);
    mkdirSync(folder);
    return planLab({ folder, databaseUrl: place.databaseUrl, isLab, env: { PLI_BLOBS_URL: blobs } });
  };
  one = plan('one', true);
  two = plan('two', true);
  // At the same instant, on an empty database: the schema is made once.
  [readyOne, readyTwo] = await Promise.all([one.start(), two.start()]);
  account = await one.addAccount('anne');
});
after(async () => {
  await Promise.all([one.kill(), two.kill()]);
  await removePlace(place);
});

async function deliver(ready: Ready, count = 1): Promise<void> {
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  for (let at = 0; at < count; at++) {
    const [fate] = await sender.deliver(from, [account.email], writeLetter(++number, 1_000, [account.email]).octets);
    assert.equal(fate?.kind, 'delivered');
  }
  sender.close();
}

async function idsOf(jmap: Jmap): Promise<readonly string[]> {
  return (await jmap.everything()).map(({ id }) => id).toSorted();
}

test('what one takes in is pushed to the clients of the other', async () => {
  const [atOne, atTwo] = await Promise.all([openJmap(readyOne.url, account), openJmap(readyTwo.url, account)]);
  const [hearsOne, hearsTwo] = await Promise.all([atOne.listen(), atTwo.listen()]);
  for (let at = 0; at < 10; at++) {
    for (const [ready, listener] of [
      [readyOne, hearsTwo],
      [readyTwo, hearsOne],
    ] as const) {
      const heard = listener.heard.length;
      await deliver(ready);
      await listener.next(heard, pushedWithinMs);
    }
  }
  const flagged = hearsTwo.heard.length;
  const [id] = await idsOf(atOne);
  await atOne.must('Email/set', { update: { [id ?? '']: { 'keywords/$seen': true } } });
  await hearsTwo.next(flagged, pushedWithinMs);
  const { list } = await atTwo.must('Email/get', { ids: [id], properties: ['keywords'] });
  assert.deepEqual(recordOf(listOf(list)[0])['keywords'], { $seen: true });
  hearsOne.close();
  hearsTwo.close();
});

test('changes from both at once agree in the end, and each client is told of all', async () => {
  const [atOne, atTwo] = await Promise.all([openJmap(readyOne.url, account), openJmap(readyTwo.url, account)]);
  const since = textOf((await atOne.must('Email/get', { ids: [] }))['state']);
  const known = new Set(await idsOf(atTwo));
  const change = async (jmap: Jmap, keyword: string): Promise<void> => {
    for (const id of known) await jmap.must('Email/set', { update: { [id]: { [`keywords/${keyword}`]: true } } });
  };
  await Promise.all([change(atOne, 'un'), change(atTwo, 'deux'), deliver(readyOne, 20), deliver(readyTwo, 20)]);
  assert.deepEqual(await idsOf(atOne), await idsOf(atTwo));
  for (const jmap of [atOne, atTwo]) {
    const { list } = await jmap.must('Email/get', { ids: [...known], properties: ['keywords'] });
    for (const email of listOf(list).map(recordOf)) {
      const keywords = recordOf(email['keywords']);
      assert.equal(keywords['un'] === true && keywords['deux'] === true, true, JSON.stringify(email));
    }
    const changes = await jmap.must('Email/changes', { sinceState: since });
    assert.deepEqual(new Set(listOf(changes['updated'])), known);
    assert.equal(listOf(changes['created']).length, 40);
  }
});

test('a message is sent once, whichever process does the job', async () => {
  const [atOne, atTwo] = await Promise.all([openJmap(readyOne.url, account), openJmap(readyTwo.url, account)]);
  const count = (await idsOf(atOne)).length;
  const sends = 20;
  const submit = async (jmap: Jmap, index: number): Promise<void> => {
    const { list: identities } = await jmap.must('Identity/get');
    const identityId = recordOf(listOf(identities)[0])['id'];
    const { list: mailboxes } = await jmap.must('Mailbox/get');
    const drafts = textOf(
      listOf(mailboxes)
        .map(recordOf)
        .find((each) => each['role'] === 'drafts')?.['id'],
    );
    const bodyValues = { a: { value: `envoi ${index}` } };
    const email = {
      mailboxIds: { [drafts]: true },
      from: [{ email: account.email }],
      to: [{ email: account.email }],
      subject: `envoi ${index}`,
      textBody: [{ partId: 'a', type: 'text/plain' }],
      bodyValues,
    };
    const { created } = await jmap.must('Email/set', { create: { e: email } });
    const emailId = textOf(recordOf(recordOf(created)['e'])['id']);
    const set = await jmap.must('EmailSubmission/set', { create: { s: { identityId, emailId } } });
    assert.ok(recordOf(set['created'] ?? {})['s'], JSON.stringify(set));
  };
  await Promise.all(Array.from({ length: sends }, (_, index) => submit(index % 2 === 0 ? atOne : atTwo, index)));
  // Each stays as a draft and comes in once.
  const due = count + 2 * sends;
  await until(async () => (await idsOf(atTwo)).length >= due, 30_000);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.equal((await idsOf(atOne)).length, due);
});

test('when one dies, the clients of the other notice nothing', async () => {
  const atTwo = await openJmap(readyTwo.url, account);
  const listener = await atTwo.listen();
  await one.kill();
  for (let at = 0; at < 5; at++) {
    const heard = listener.heard.length;
    await deliver(readyTwo);
    await listener.next(heard, pushedWithinMs);
  }
  listener.close();
  readyOne = await one.start();
  const atOne = await openJmap(readyOne.url, account);
  assert.deepEqual(await idsOf(atOne), await idsOf(atTwo));
  await assertSound(two);
});

test('failed logins at one are held against the same client at the other', async () => {
  // A laboratory has no brake: these two are servers as people run them.
  const [three, four] = [plan('three', false), plan('four', false)];
  try {
    const [readyThree, readyFour] = await Promise.all([three.start(), four.start()]);
    const tryOne = async ({ url }: Ready, password: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`${account.userName}:${password}`).toString('base64')}`;
      return (await fetch(new URL('/.well-known/jmap', url), { headers: { authorization } })).status;
    };
    const statuses: number[] = [];
    for (let at = 0; at < 10; at++)
      for (const ready of [readyThree, readyFour]) statuses.push(await tryOne(ready, `faux ${at}`));
    // Five cost nothing and each further one a growing wait: two brakes that know nothing of each other let twelve pass.
    const tried = statuses.filter((status) => status === 401).length;
    assert.ok(tried >= 5 && tried <= 9, statuses.join(' '));
    assert.equal(statuses.length - tried, statuses.filter((status) => status === 429).length, statuses.join(' '));
  } finally {
    await Promise.all([three.kill(), four.kill()]);
  }
});
