/**
 * Hostile filters and patches of SCIM. Each property runs from a seed: `node fuzz/scim.ts [seed] [runs]` plays more than
 * the tests do.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

import fc from 'fast-check';

import type { JsonObject } from '#formats/jmap/json.ts';
import { ScimError } from '#formats/scim/error.ts';
import { printFilter, readFilter, readPath } from '#formats/scim/filter.ts';
import { matches } from '#formats/scim/match.ts';
import { applyPatch, readPatch } from '#formats/scim/patch.ts';
import { readResource } from '#formats/scim/resource.ts';
import { userResource } from '#server/protocols/scim/schemas.ts';

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

/** A run that takes longer holds the thread. */
const mostMs = 1_000;

const words =
  'userName|emails|emails.value|name.familyName|type|value|active|eq|ne|co|sw|pr|gt|and|or|not|(|)|[|]|.|:|"a"|""|"|\\|true|null|1|-1e9|urn:a:2.0:b:c|\u0000|é'.split(
    '|',
  );
const noise = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 40,
  })
  .chain((parts) => fc.constantFrom(parts.join(' '), parts.join('')));

const user: JsonObject = {
  id: 'p1',
  userName: 'a',
  name: { familyName: 'A' },
  active: true,
  emails: [{ value: 'a@b.fr', type: 'work', primary: true }],
};

/** Any text is a filter or a fault of its own kind; a filter reads back as it was printed, and has an answer. */
export function filtersHold(runs: Runs): void {
  fc.assert(
    fc.property(noise, (text) => {
      const started = performance.now();
      try {
        const filter = readFilter(text);
        assert.deepEqual(readFilter(printFilter(filter)), filter);
        assert.equal(typeof matches(userResource, user, filter), 'boolean');
      } catch (error) {
        assert.ok(error instanceof ScimError && error.scimType === 'invalidFilter', String(error));
      }
      try {
        readPath(text);
      } catch (error) {
        assert.ok(error instanceof ScimError && error.scimType === 'invalidPath', String(error));
      }
      assert.ok(performance.now() - started < mostMs, text);
    }),
    runs,
  );
}

const path = fc.oneof(noise, fc.constantFrom('userName', 'emails', 'emails[type eq "work"].value', 'name', 'active'));
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'Replace', 'remove', 'x'),
    path: fc.option(path, { nil: undefined }),
    value: fc.option(fc.jsonValue({ maxDepth: 3 }), { nil: undefined }),
  },
  { requiredKeys: ['op'] },
);

/** Any patch of any shape gives a resource, or a fault that SCIM has a word for; any value is a resource or such a fault. */
export function patchesHold(runs: Runs): void {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 5 }), fc.jsonValue({ maxDepth: 4 }), (operations, value) => {
      const body: unknown = JSON.parse(JSON.stringify({ Operations: operations, value }));
      assert.ok(isJson(body));
      const before = JSON.stringify(user);
      for (const work of [
        () => applyPatch(userResource, user, readPatch(body)),
        () => readResource(userResource, body['value'] ?? null),
      ])
        try {
          assert.equal(typeof work(), 'object');
        } catch (error) {
          assert.ok(error instanceof ScimError && error.scimType !== undefined, String(error));
        }
      assert.equal(JSON.stringify(user), before);
    }),
    runs,
  );
}

function isJson(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now() % 1_000_000), numRuns: Number(process.argv[3] ?? 10_000) };
  console.log(`seed ${runs.seed}, ${runs.numRuns} runs`);
  filtersHold(runs);
  patchesHold(runs);
}
