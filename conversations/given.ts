/**
 * The sentences a conversation may begin with. Each is made true over the server's own doors (its protocols, its
 * command line), never by writing into its store.
 */
import type { Fixture } from '#tools/conversations.ts';
import { ImapClient } from '#tools/imap-client.ts';

const namesOf = (list: string): readonly string[] => list.split(/, | and /);

export const fixtures: readonly Fixture[] = [
  {
    // given alice, bob and carol have accounts
    says: /^([a-z]+(?:(?:, | and )[a-z]+)*) ha(?:s an account|ve accounts)$/,
    prepare: async ({ account }, list = '') => {
      for (const name of namesOf(list)) await account(name);
    },
  },
  {
    // given alice's INBOX holds 3 emails, 1 and 3 are \Deleted
    says: /^([a-z]+)'s INBOX holds (\d+) emails?(?:, ([\d, and]+) (?:is|are) (\\\w+))?$/,
    prepare: async ({ account, ready }, name = '', count = '0', marked = '', flag = '') => {
      const { userName, password } = await account(name);
      const client = await ImapClient.login(ready.ports['imap'] ?? 0, userName, password);
      for (let number = 1; number <= Number(count); number += 1)
        await client.append(
          'INBOX',
          Buffer.from(`From: ${name}@example.fr\r\nSubject: ${number}\r\n\r\n${number}\r\n`),
        );
      await client.run('SELECT INBOX');
      const set = marked.match(/\d+/g)?.join(',');
      if (set !== undefined) await client.run(`STORE ${set} +FLAGS.SILENT (${flag})`);
      await client.run('LOGOUT');
      client.close();
    },
  },
];
