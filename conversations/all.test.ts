import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listConversations, playConversation } from '#tools/conversations.ts';
import { planLab, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { fixtures } from './given.ts';

const conversations = listConversations();

forEachDatabase((_name, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  let ready: Ready | undefined;
  before(async () => {
    ready = await lab.start();
  });
  after(() => lab.stop());
  test('there are conversations to play', () => assert.ok(conversations.length > 0));
  for (const { path, conversation } of conversations) {
    test(conversation.title, async () => {
      assert.ok(ready);
      await playConversation(path, conversation, lab, ready, fixtures);
    });
  }
});
