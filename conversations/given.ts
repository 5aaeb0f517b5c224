/**
 * The sentences a conversation may begin with. Each is made true over the server's own doors (its protocols, its
 * command line), never by writing into its store.
 */
import type { Fixture } from '#tools/conversations.ts';

const namesOf = (list: string): readonly string[] => list.split(/, | and /);

export const fixtures: readonly Fixture[] = [
  {
    // given alice, bob and carol have accounts
    says: /^([a-z]+(?:(?:, | and )[a-z]+)*) ha(?:s an account|ve accounts)$/,
    prepare: async ({ account }, list = '') => {
      for (const name of namesOf(list)) await account(name);
    },
  },
];
