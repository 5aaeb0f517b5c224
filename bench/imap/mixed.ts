/** Many people at work at once: each reads, flags, files, searches and waits for nothing but the server. */
import { ImapClient } from '#tools/imap-client.ts';
import type { Figures } from '#bench/measure.ts';
import { letters } from './letters.ts';
import type { MailServer, MailUser } from './mail-server.ts';

const perUser = 60;

/** Each action with how many times of a hundred it is chosen. */
const actions: readonly (readonly [number, (client: ImapClient, at: number, user: MailUser) => Promise<unknown>])[] = [
  [20, (client) => client.run('NOOP')],
  [15, (client, at) => client.run(`FETCH ${at}:${at + 10} (UID FLAGS ENVELOPE)`)],
  [15, (client, at) => client.run(`FETCH ${at} (BODY.PEEK[])`)],
  [15, (client, at) => client.run(`STORE ${at} ${at % 2 === 0 ? '+' : '-'}FLAGS (\\Flagged)`)],
  [10, (client) => client.run('SELECT INBOX')],
  [10, (client) => client.run('STATUS INBOX (MESSAGES UNSEEN UIDNEXT)')],
  [10, (client) => client.run('SEARCH UNFLAGGED')],
  [5, (client, at, user) => client.append('INBOX', letter(user, at))],
];

const deck = actions.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));
const letter = (user: MailUser, at: number): Buffer => [...letters(user.email, (at % 2) + 1, 4_000)][0] ?? Buffer.of();

/** @returns the actions a second of all of them together, and how long each took. */
export async function mixed(server: MailServer, users: number, forMs: number): Promise<Figures> {
  const clients: { readonly client: ImapClient; readonly user: MailUser }[] = [];
  for (let index = 0; index < users; index += 1) {
    const user = await server.addUser(`mixte${index}`);
    await server.fill(user, letters(user.email, perUser, 4_000));
    const client = await ImapClient.login(server.imapPort, user.userName, user.password);
    await client.run('SELECT INBOX');
    clients.push({ client, user });
  }
  const samplesMs: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async ({ client, user }, index) => {
      let state = index + 1;
      while (performance.now() - startedAt < forMs) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        const act = deck[(state >>> 8) % deck.length];
        const at = 1 + ((state >>> 16) % (perUser - 12));
        const actedAt = performance.now();
        await act?.(client, at, user);
        samplesMs.push(performance.now() - actedAt);
      }
    }),
  );
  const perSecond = (samplesMs.length / (performance.now() - startedAt)) * 1000;
  for (const { client } of clients) client.close();
  return { kind: 'load', perSecond, samplesMs };
}
