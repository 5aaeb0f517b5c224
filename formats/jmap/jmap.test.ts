import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assert as check,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  property,
  string,
  uint8Array,
} from 'fast-check';

import {
  aBoolean,
  anInt,
  aString,
  listOf,
  nullable,
  optional,
  orNull,
  readArguments,
  required,
  setOf,
} from './arguments.ts';
import { printDate, printUtcDate, readDate, readUtcDate } from './date.ts';
import { MethodError, printProblem, RequestError } from './errors.ts';
import { conditionsOf, readFilter, readSort } from './filter.ts';
import { isId, printBlobId, printNumberedId, readBlobId, readNumberedId } from './id.ts';
import { holdsNul, isObject, isSame, type Json, type JsonObject, readJson, readJsonText, weigh } from './json.ts';
import { applyPatch, BadPatch, readPatch } from './patch.ts';
import { escapeToken, resolveReferences, unescapeToken } from './reference.ts';
import { readRequest } from './request.ts';

describe('I-JSON (RFC 7493)', () => {
  test('refuses what JSON.parse would let pass', () => {
    const rows: readonly (readonly [string, RegExp | undefined, string])[] = [
      ['{"a":1,"b":{"a":2}}', undefined, 'the same name in two objects is fine'],
      ['{"a":1,"a":2}', /twice/, ''],
      ['{"a":1,"\\u0061":2}', /twice/, 'an escape does not hide a name'],
      ['[{"a":1},{"a":2}]', undefined, ''],
      ['["a","a"]', undefined, 'strings of an array are no names'],
      ['{"a":"b","b":"a"}', undefined, 'values are no names'],
      ['{"a" : 1, "a" : 2}', /twice/, 'white space before the colon'],
      ['"\\ud800"', /surrogate/, ''],
      ['"\\ud83d\\ude00"', undefined, 'a whole pair'],
      ['{"x":"\\\\"}', undefined, 'an escaped backslash ends the string'],
      ['{"x":"\\"","x":1}', /twice/, 'an escaped quote does not'],
      ['{', /not JSON/, ''],
      ['nul', /not JSON/, ''],
      ['"\\x"', /not a string/, ''],
      [`${'['.repeat(100)}${']'.repeat(100)}`, undefined, 'the deepest'],
      [`${'['.repeat(101)}${']'.repeat(101)}`, /deeper/, ''],
    ];
    for (const [text, fault, because] of rows) {
      if (fault)
        assert.throws(() => readJsonText(text), { name: 'RequestError', message: fault }, `${text} ${because}`);
      else assert.doesNotThrow(() => readJsonText(text), `${text} ${because}`);
    }
  });

  test('refuses octets that are not UTF-8, and never throws anything else', () => {
    assert.throws(() => readJson(Uint8Array.of(0x22, 0xff, 0x22)), /not UTF-8/);
    check(
      property(uint8Array({ maxLength: 200 }), (octets) => {
        try {
          readJson(octets);
        } catch (error) {
          assert.ok(error instanceof RequestError);
        }
      }),
    );
  });

  test('reads whatever JSON.stringify writes', () => {
    check(
      property(jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        assert.equal(JSON.stringify(readJsonText(text)), text);
      }),
    );
  });

  test('a name like __proto__ is only a name', () => {
    const value = readJsonText('{"__proto__":{"polluted":true}}');
    assert.ok(isObject(value) && Object.hasOwn(value, '__proto__'));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('compares by meaning, weighs within bounds, finds U+0000 anywhere', () => {
    assert.ok(isSame({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }));
    assert.ok(!isSame({ a: 1 }, { a: 1, b: 2 }) && !isSame([1], { 0: 1 }) && !isSame(null, {}));
    const pair = (value: Json): Json => [value, value];
    let value: Json = 'x'.repeat(100);
    for (let doubling = 0; doubling < 60; doubling += 1) value = pair(value);
    assert.ok(weigh(value, 10_000) > 10_000, 'and it returns');
    assert.ok(holdsNul({ a: ['\0'] }) && holdsNul({ 'a\0': 1 }) && !holdsNul({ a: ['0'] }));
  });
});

test('a request is read as RFC 8620 §3.3 says', () => {
  const call = ['Core/echo', {}, 'c'];
  const request = readRequest({ using: ['u'], methodCalls: [call], createdIds: { k: 'm1' } }, 1);
  assert.deepEqual(request.methodCalls, [{ name: 'Core/echo', args: {}, callId: 'c' }]);
  assert.deepEqual(request.createdIds, { k: 'm1' });
  const bad: readonly Json[] = [
    null,
    [],
    {},
    { using: 'u', methodCalls: [] },
    { using: [1], methodCalls: [] },
    { using: [], methodCalls: [['a', {}]] },
    { using: [], methodCalls: [['a', [], 'c']] },
    { using: [], methodCalls: [['a', {}, 1]] },
    { using: [], methodCalls: [['a', {}, 'c'.repeat(300)]] },
    { using: [], methodCalls: [], createdIds: [] },
    { using: [], methodCalls: [], createdIds: { k: 'not an id' } },
  ];
  for (const value of bad) assert.throws(() => readRequest(value, 1), { type: 'notRequest' }, JSON.stringify(value));
  assert.throws(
    () => readRequest({ using: [], methodCalls: [call, call] }, 1),
    (error) => {
      assert.ok(error instanceof RequestError);
      const { type, limit } = printProblem(error);
      return type === 'urn:ietf:params:jmap:error:limit' && limit === 'maxCallsInRequest';
    },
  );
});

describe('back-references (RFC 8620 §3.7)', () => {
  const answers = [
    {
      name: 'Foo/get',
      callId: 'a',
      args: {
        list: [
          { ids: ['1', '2'], 'a/b': 1 },
          { ids: ['3'], 'a/b': 2 },
        ],
        empty: [],
        'm~n': 8,
        '': 0,
      },
    },
    { name: 'Bar/set', callId: 'a', args: { list: ['second'] } },
  ];
  const resolve = (path: string, name = 'Foo/get', resultOf = 'a') =>
    resolveReferences({ '#x': { resultOf, name, path } }, answers, { leftOctets: 1000 })['x'];

  test('lead where their path says', () => {
    const rows: readonly (readonly [string, Json])[] = [
      ['/list/*/ids', ['1', '2', '3']],
      ['/list/0/ids', ['1', '2']],
      ['/list/1/ids/0', '3'],
      ['/list/*/a~1b', [1, 2]],
      ['/empty/*/anything', []],
      ['/m~0n', 8],
      ['/', 0],
      ['/list/*/ids/*', ['1', '2', '3']],
    ];
    for (const [path, value] of rows) assert.deepEqual(resolve(path), value, path);
  });

  test('are refused where they lead nowhere', () => {
    for (const path of [
      '/none',
      '/list/2',
      '/list/-',
      '/list/01',
      '/list/*/none',
      '/empty/0',
      'list',
      '/*',
      '/toString',
    ]) {
      assert.throws(() => resolve(path), { type: 'invalidResultReference' }, path);
    }
    assert.throws(() => resolve('/list', 'Bar/set'), { type: 'invalidResultReference' }, 'the first answer counts');
    assert.throws(() => resolve('/list', 'Foo/get', 'b'), { type: 'invalidResultReference' });
    const both = { x: 1, '#x': { resultOf: 'a', name: 'Foo/get', path: '/list' } };
    assert.throws(() => resolveReferences(both, answers, { leftOctets: 1000 }), { type: 'invalidArguments' });
    assert.throws(() => resolveReferences({ '#x': 1 }, answers, { leftOctets: 1000 }), {
      type: 'invalidResultReference',
    });
  });

  test('stop at the budget of the request', () => {
    const args = { '#x': { resultOf: 'a', name: 'Foo/get', path: '/list' } };
    assert.throws(() => resolveReferences(args, answers, { leftOctets: 10 }), { type: 'invalidResultReference' });
  });

  test('tokens come back from their escaping', () => {
    check(property(string(), (token) => assert.equal(unescapeToken(escapeToken(token)), token)));
  });
});

describe('patches (RFC 8620 §5.3)', () => {
  const record: JsonObject = { name: 'a', tags: { x: true, y: { z: 1 } }, list: [1], 'a/b': 1 };

  test('change what they name and nothing else', () => {
    const rows: readonly (readonly [JsonObject, JsonObject])[] = [
      [{ name: 'b' }, { ...record, name: 'b' }],
      [{ name: null }, { tags: { x: true, y: { z: 1 } }, list: [1], 'a/b': 1 }],
      [
        { 'tags/x': null, 'tags/w': true },
        { ...record, tags: { y: { z: 1 }, w: true } },
      ],
      [{ 'tags/y/z': 2 }, { ...record, tags: { x: true, y: { z: 2 } } }],
      [{ 'a~1b': 2 }, { ...record, 'a/b': 2 }],
      [{}, record],
    ];
    for (const [patch, expected] of rows) {
      assert.deepEqual(applyPatch(record, readPatch(patch)), expected, JSON.stringify(patch));
    }
  });

  test('are refused where they contradict themselves or lead through what is no object', () => {
    for (const patch of [
      { tags: {}, 'tags/x': true },
      { 'tags/x': true, tags: {} },
      { 'tags/y': 1, 'tags/y/z': 1 },
    ]) {
      assert.throws(() => readPatch(patch), BadPatch, JSON.stringify(patch));
    }
    for (const patch of [{ 'name/x': 1 }, { 'list/0': 1 }, { 'none/x': 1 }, { 'tags/x/y': 1 }]) {
      assert.throws(() => applyPatch(record, readPatch(patch)), BadPatch, JSON.stringify(patch));
    }
  });

  test('pollute nothing', () => {
    const patched = applyPatch({ tags: {} }, readPatch(JSON.parse('{"tags/__proto__":{"polluted":1},"__proto__":1}')));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    assert.ok(Object.hasOwn(patched, '__proto__'));
  });

  test('of whole values give those values, whatever they are', () => {
    const names = constantFrom('a', 'b', 'c');
    check(
      property(dictionary(names, integer()), dictionary(names, integer()), (one, other) => {
        assert.deepEqual(applyPatch(one, readPatch(other)), { ...one, ...other });
      }),
    );
  });
});

describe('ids', () => {
  test('are of their type and canonical', () => {
    assert.equal(printNumberedId('m', 5), 'm5');
    assert.equal(readNumberedId('m', 'm5'), 5);
    for (const text of ['m05', 'm0', 'm-1', 'm', 'e5', 'm5 ', 'm1e3', 'm99999999999999999', '5', 'M5', '']) {
      assert.equal(readNumberedId('m', text), undefined, text);
    }
    assert.ok(isId('a-Z_9') && !isId('') && !isId('a b') && !isId('é') && !isId('x'.repeat(256)));
  });

  test('of blobs name the whole or a part', () => {
    const hash = `${'_'.repeat(20)}${'a-'.repeat(11)}Z`;
    const names = [
      { kind: 'whole', hash },
      { kind: 'part', hash, start: 0, end: 0, encoding: 'identity' },
      { kind: 'part', hash, start: 10, end: 99, encoding: 'base64' },
      { kind: 'part', hash, start: 1, end: 2, encoding: 'quoted-printable' },
    ] as const;
    for (const name of names) {
      assert.deepEqual(readBlobId(printBlobId(name)), name);
      assert.ok(isId(printBlobId(name)));
    }
    for (const text of [
      hash,
      `G${hash}x`,
      `G${hash}_1_2_x`,
      `G${hash}_2_1_b`,
      `G${hash}_01_2_b`,
      `G${hash}_1_2`,
      'G',
    ]) {
      assert.equal(readBlobId(text), undefined, text);
    }
  });
});

describe('dates (RFC 8620 §1.4)', () => {
  test('are read strictly', () => {
    const rows: readonly (readonly [string, number | undefined])[] = [
      ['1970-01-01T00:00:00Z', 0],
      ['2014-10-30T14:12:00+08:00', Date.UTC(2014, 9, 30, 6, 12)],
      ['2014-10-30T06:12:00.5Z', Date.UTC(2014, 9, 30, 6, 12, 0, 500)],
      ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
      ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
      ['2023-02-29T00:00:00Z', undefined],
      ['2014-10-30T06:12:00.0Z', undefined],
      ['2014-10-30t06:12:00z', undefined],
      ['2014-10-30 06:12:00Z', undefined],
      ['2014-13-30T06:12:00Z', undefined],
      ['2014-10-30T24:00:00Z', undefined],
      ['2014-10-30T06:12:00+24:00', undefined],
      ['2014-10-30T06:12Z', undefined],
      ['14-10-30T06:12:00Z', undefined],
    ];
    for (const [text, at] of rows) assert.equal(readDate(text)?.at, at, text);
    assert.equal(readUtcDate('2014-10-30T14:12:00+08:00'), undefined);
  });

  test('come back as they were printed', () => {
    const years = { min: Date.parse('0000-01-02T00:00:00Z'), max: Date.parse('9999-12-30T00:00:00Z') };
    check(property(integer(years), (at) => assert.equal(readUtcDate(printUtcDate(at)), at)));
    check(
      property(integer(years), integer({ min: -1439, max: 1439 }), (at, offsetMinutes) => {
        assert.deepEqual(readDate(printDate({ at, offsetMinutes })), { at, offsetMinutes });
      }),
    );
    assert.equal(printUtcDate(0), '1970-01-01T00:00:00Z');
    assert.equal(printDate({ at: 0, offsetMinutes: -150 }), '1969-12-31T21:30:00-02:30');
  });
});

test('arguments are read by their table, and what does not fit is named', () => {
  const table = {
    accountId: required(aString),
    ids: orNull(listOf(aString)),
    loud: optional(aBoolean, true),
    tags: optional(nullable(setOf()), null),
    limit: optional(anInt, 5),
  };
  const read = readArguments(table, { accountId: 'a1', ids: ['x'], tags: { a: true } });
  assert.deepEqual(read, { accountId: 'a1', ids: ['x'], loud: true, tags: new Set(['a']), limit: 5 });
  const rows: readonly (readonly [JsonObject, RegExp])[] = [
    [{}, /accountId is missing/],
    [{ accountId: null }, /accountId does not fit/],
    [{ accountId: 'a', ids: [1] }, /ids does not fit/],
    [{ accountId: 'a', tags: { a: false } }, /tags does not fit/],
    [{ accountId: 'a', limit: 1.5 }, /limit does not fit/],
    [{ accountId: 'a', limit: 2 ** 53 }, /limit does not fit/],
    [{ accountId: 'a', toString: 1 }, /unknown argument toString/],
  ];
  for (const [args, message] of rows) {
    assert.throws(() => readArguments(table, args), { name: 'MethodError', type: 'invalidArguments', message });
  }
});

test('filters and sorts are bounded', () => {
  const deep = (depth: number): Json => (depth === 0 ? { a: 1 } : { operator: 'NOT', conditions: [deep(depth - 1)] });
  assert.equal(conditionsOf(readFilter(deep(9))).length, 1);
  assert.throws(() => readFilter(deep(10)), { type: 'unsupportedFilter' });
  const wide = { operator: 'OR', conditions: Array.from({ length: 200 }, () => ({ a: 1 })) };
  assert.throws(() => readFilter(wide), { type: 'unsupportedFilter' });
  assert.throws(() => readFilter({ operator: 'AND' }), MethodError);
  assert.throws(() => readFilter({ operator: 'AND', conditions: [], more: 1 }), MethodError);
  assert.deepEqual(readFilter(null), undefined);
  assert.deepEqual(readSort([{ property: 'x', keyword: 'k' }]), [
    { property: 'x', isAscending: true, collation: undefined, more: { keyword: 'k' } },
  ]);
  assert.throws(() => readSort([{ isAscending: true }]), { type: 'invalidArguments' });
  assert.throws(() => readSort(Array.from({ length: 11 }, () => ({ property: 'x' }))), { type: 'unsupportedSort' });
});
