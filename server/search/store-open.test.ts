/** What is loaded to search on the embedded database. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';

test("on SQLite no thread loads PostgreSQL's client, which would stay in memory", async () => {
  const loaded: string[] = [];
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      loaded.push(resolved.url);
      return resolved;
    },
  });
  await import('./start.ts');
  assert.ok(loaded.some((url) => url.endsWith('/sqlite/engine.ts')));
  assert.deepEqual(
    loaded.filter((url) => /[/]node_modules[/]pg[/]|[/]postgres[/]engine\.ts$/.test(url)),
    [],
  );
});
