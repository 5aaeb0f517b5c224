/** Filters and paths of SCIM, read by tables; what they choose; what PATCH makes of a resource. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { JsonObject } from '#formats/jmap/json.ts';

import { ScimError } from './error.ts';
import { maxFilterCharacters, printFilter, readFilter, readPath } from './filter.ts';
import { matches } from './match.ts';
import { applyPatch, readPatch } from './patch.ts';
import { readResource } from './resource.ts';
import type { Attribute, ResourceSchema } from './schema.ts';
import { readSelection, select } from './select.ts';

const plain = {
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
} as const;
const text = (name: string, more: Partial<Attribute> = {}): Attribute => ({ ...plain, name, ...more });
const extension = 'urn:x:2.0:Ext';
const resource: ResourceSchema = {
  core: {
    id: 'urn:x:2.0:Thing',
    name: 'Thing',
    description: '',
    attributes: [
      text('name', { type: 'complex', subAttributes: [text('family'), text('given')] }),
      text('title'),
      text('count', { type: 'integer' }),
      text('active', { type: 'boolean' }),
      text('since', { type: 'dateTime' }),
      text('secret', { returned: 'never' }),
      text('emails', {
        type: 'complex',
        multiValued: true,
        subAttributes: [text('value'), text('type'), text('primary', { type: 'boolean' })],
      }),
      text('tags', { multiValued: true }),
    ],
  },
  extensions: [{ id: extension, name: 'Ext', description: '', attributes: [text('unit')] }],
  common: [text('id', { mutability: 'readOnly', returned: 'always', caseExact: true })],
};
const thing: JsonObject = {
  schemas: ['urn:x:2.0:Thing'],
  id: 'T1',
  name: { family: 'Éluard', given: 'Paul' },
  count: 7,
  active: true,
  since: '2026-09-01T00:00:00.000Z',
  emails: [
    { value: 'a@x.fr', type: 'work', primary: true },
    { value: 'b@y.fr', type: 'home', primary: false },
  ],
  tags: ['one', 'two'],
  [extension]: { unit: 'nord' },
};

const refused = (scimType: string) => (error: unknown) => error instanceof ScimError && error.scimType === scimType;

describe('filters', () => {
  it('choose what the RFC says they choose', () => {
    for (const [filter, isChosen, because] of [
      ['id eq "T1"', true, ''],
      ['id eq "t1"', false, 'an id is compared letter by letter'],
      ['NAME.Family EQ "éLUARD"', true, 'case counts neither in names nor, here, in values'],
      ['title eq "x"', false, 'not there'],
      ['title ne "x"', true, 'what is not there is not that'],
      ['title pr', false, ''],
      ['title eq null', true, 'unassigned'],
      ['emails pr and tags pr', true, ''],
      ['count gt 6 and count le 7', true, ''],
      ['count lt 7', false, ''],
      ['active eq true', true, ''],
      ['active eq "true"', false, 'text is no boolean'],
      ['since ge "2026-09-01T00:00:00Z"', true, 'a time, whatever its digits'],
      ['since gt "2026-09-01T02:00:00+02:00"', false, 'the same time elsewhere'],
      ['emails eq "B@Y.FR"', true, 'by value where nothing is said'],
      ['emails.type eq "home"', true, ''],
      ['emails[type eq "home" and value ew "x.fr"]', false, 'one and the same value'],
      ['emails.type eq "home" and emails.value ew "x.fr"', true, 'one each'],
      ['emails[not (primary eq true)]', true, ''],
      ['tags co "w"', true, ''],
      [`${extension}:unit eq "nord"`, true, ''],
      ['urn:x:2.0:Thing:title pr', false, 'the version in the name is no part of the attribute'],
      ['title pr or id pr and count eq 1', false, '`and` binds more'],
      ['(title pr or id pr) and count eq 7', true, ''],
      ['not (title pr) and id pr', true, '`not` binds most'],
      ['id eq "T1" and not (id eq "T1")', false, ''],
      ['name.family eq "\\u00c9luard"', true, 'values are JSON'],
    ] as const)
      assert.equal(matches(resource, thing, readFilter(filter)), isChosen, `${filter}: ${because}`);
  });

  it('are printed as what reads back the same', () => {
    for (const filter of [
      'a eq "b"',
      'a pr and (b pr or not (c eq 1))',
      '(a pr and b pr) or c pr',
      'urn:x:2.0:Thing:a.b eq null',
      'emails[type eq "work" and (value co "\\"" or primary eq true)]',
    ]) {
      const read = readFilter(filter);
      assert.deepEqual(readFilter(printFilter(read)), read, filter);
    }
  });

  it('that are none are told so, and where', () => {
    for (const filter of [
      '',
      'a',
      'a eq',
      'a eq b',
      'a xx "b"',
      'a eq "b" and',
      'a eq "b" c',
      '(a pr',
      'a pr)',
      'not a pr',
      'a co 1',
      'a gt true',
      'a[b[c pr]]',
      'a[b pr',
      '1a pr',
      'a..b pr',
      'a eq "\u0001"',
      'a eq "\\ud800"',
      'a eq 1e999',
      `${'('.repeat(17)}a pr${')'.repeat(17)}`,
      Array.from({ length: 65 }, () => 'a pr').join(' and '),
      `a eq "${'x'.repeat(maxFilterCharacters)}"`,
    ])
      assert.throws(() => readFilter(filter), refused('invalidFilter'), filter.slice(0, 60));
    assert.throws(() => matches(resource, thing, readFilter('nosuch pr')), refused('invalidFilter'));
    assert.throws(() => matches(resource, thing, readFilter('secret eq "x"')), refused('invalidFilter'));
    assert.throws(() => readPath('emails[type eq "work"'), refused('invalidPath'));
    assert.equal(readPath('emails[type eq "work"].value').sub, 'value');
  });
});

describe('resources', () => {
  it('are read by their schemas, and what no schema knows is passed over', () => {
    const read = readResource(resource, {
      ID: 'mine',
      TITLE: 'x',
      active: 'False',
      nosuch: [1],
      'not a name': 1,
      name: { Family: 'F', nosuch: 1 },
      [extension.toLowerCase()]: { UNIT: 'sud' },
    });
    assert.deepEqual(read, { title: 'x', active: false, name: { family: 'F' }, [extension]: { unit: 'sud' } });
    for (const bad of [{ title: 1 }, { count: 1.5 }, { emails: {} }, { name: 'x' }])
      assert.throws(() => readResource(resource, bad), refused('invalidValue'));
  });

  it('are shown as far as was asked', () => {
    const shown = (only?: string, without?: string) => select(resource, thing, readSelection(only, without));
    assert.deepEqual(shown('title,name.family'), { schemas: thing['schemas'], id: 'T1', name: { family: 'Éluard' } });
    assert.deepEqual(shown(`${extension}:unit`), {
      schemas: thing['schemas'],
      id: 'T1',
      [extension]: { unit: 'nord' },
    });
    assert.deepEqual(Object.keys(shown(undefined, `emails,tags,count,since,${extension},id`)).toSorted(), [
      'active',
      'id',
      'name',
      'schemas',
    ]);
  });
});

describe('PATCH', () => {
  const patched = (...Operations: JsonObject[]) => applyPatch(resource, thing, readPatch({ Operations }));

  it('adds, replaces and removes what its paths name', () => {
    assert.deepEqual(patched({ op: 'add', path: 'tags', value: ['two', 'three'] })['tags'], ['one', 'two', 'three']);
    assert.deepEqual(patched({ op: 'replace', path: 'tags', value: ['x'] })['tags'], ['x']);
    assert.deepEqual(patched({ op: 'remove', path: 'tags' })['tags'], []);
    assert.deepEqual(patched({ op: 'replace', path: 'name', value: { given: 'P' } })['name'], { given: 'P' });
    assert.deepEqual(patched({ op: 'add', path: 'name', value: { given: 'P' } })['name'], {
      family: 'Éluard',
      given: 'P',
    });
    assert.deepEqual(patched({ op: 'remove', path: 'name.given' })['name'], { family: 'Éluard' });
    assert.deepEqual(patched({ op: 'remove', path: 'emails[type eq "home"]' })['emails'], [
      { value: 'a@x.fr', type: 'work', primary: true },
    ]);
    assert.deepEqual(patched({ op: 'remove', path: 'emails', value: [{ value: 'a@x.fr' }] })['emails'], [
      { value: 'b@y.fr', type: 'home', primary: false },
    ]);
    assert.deepEqual(patched({ op: 'add', path: 'emails', value: { value: 'c@z.fr', primary: true } })['emails'], [
      { value: 'a@x.fr', type: 'work', primary: false },
      { value: 'b@y.fr', type: 'home', primary: false },
      { value: 'c@z.fr', primary: true },
    ]);
    assert.deepEqual(patched({ op: 'add', path: 'emails[type eq "other"].value', value: 'o@x.fr' })['emails'], [
      { value: 'a@x.fr', type: 'work', primary: true },
      { value: 'b@y.fr', type: 'home', primary: false },
      { type: 'other', value: 'o@x.fr' },
    ]);
    assert.deepEqual(patched({ op: 'replace', value: { [`${extension}:unit`]: 'sud', id: 'mine' } })[extension], {
      unit: 'sud',
    });
    assert.equal(patched({ op: 'remove', path: extension })[extension], null);
    assert.equal(thing['count'], 7, 'what it was applied to stays as it was');
  });

  it('says what it cannot do', () => {
    for (const [operation, scimType] of [
      [{ op: 'replace', path: 'emails[type eq "fax"]', value: { value: 'x' } }, 'noTarget'],
      [{ op: 'remove', path: 'emails[type eq "fax"]' }, 'noTarget'],
      [{ op: 'remove' }, 'noTarget'],
      [{ op: 'add', path: 'id', value: 'x' }, 'mutability'],
      [{ op: 'add', path: 'nosuch', value: 'x' }, 'invalidPath'],
      [{ op: 'add', path: 'name.nosuch', value: 'x' }, 'invalidPath'],
      [{ op: 'add', path: 'title' }, 'invalidValue'],
      [{ op: 'add', value: 'x' }, 'invalidValue'],
    ] as const)
      assert.throws(() => patched(operation), refused(scimType), JSON.stringify(operation));
  });
});
