/** SCIM over real HTTP: another directory adds, finds, changes and closes people of one institution, and of no other. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { isList, isObject } from '#formats/scim/schema.ts';
import { operator } from '#server/access/actor.ts';
import { login } from '#server/access/login.ts';
import { lockPerson } from '#server/access/person-state.ts';
import { grantRole } from '#server/access/role.ts';
import { setAccessKey } from '#server/access/secret.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { addUnits } from '#server/directory/unit.ts';
import { addScimToken, listScimTokens, revokeScimToken } from '#server/provisioning/tokens.ts';
import { quotaRoofOctets } from '#server/quota/change.ts';
import { listTrace } from '#server/records/trace.ts';
import { asId, type PersonId, type UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { scimHead } from './head.ts';
import { academySchemaId, enterpriseSchemaId, userSchemaId } from './schemas.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

const patchOf = (...Operations: JsonObject[]): JsonObject => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((of, name) => {
    if (typeof name === 'number') return isList(of) ? of[name] : undefined;
    return isObject(of) ? of[name] : undefined;
  }, value);

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

forEachDatabase((name, databaseUrl, folder) => {
  describe(`SCIM on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let other: TestHouse;
    let server: HttpServer;
    let token = '';
    let foreign = '';
    let nord: UnitId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      setAccessKey(store, Buffer.alloc(32, 7));
      test = await openTestHouse(store);
      other = await openTestHouse(store, 'ailleurs');
      server = await test.start([scimHead]);
      const units = await addUnits(store, operator, test.tenantId, [
        { kind: 'dsden', code: 'nord', name: 'DSDEN Nord' },
        { kind: 'college', code: '0961234a', name: 'Collège', parentCode: 'nord' },
        { kind: 'dsden', code: 'sud', name: 'DSDEN Sud' },
      ]);
      assert.ok(units[0]);
      [nord] = units;
      token = (await addScimToken(store, operator, test.tenantId, { name: 'Annuaire fédérateur' })).secret;
      foreign = (await addScimToken(store, operator, other.tenantId, { name: 'Annuaire d’ailleurs' })).secret;
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const ask = async (
      method: string,
      path: string,
      body?: JsonObject,
      headers: Record<string, string> = {},
    ): Promise<Answer> => {
      const answer = await fetch(`${server.url}/scim/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/scim+json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
    };
    const create = async (given: JsonObject): Promise<JsonObject> => {
      const { status, body } = await ask('POST', '/Users', { schemas: [userSchemaId], ...given });
      assert.equal(status, 201, JSON.stringify(body));
      return body;
    };
    const idOf = (user: JsonObject): string => text(user['id']);
    const find = async (filter: string, more = ''): Promise<readonly (Json | undefined)[]> => {
      const { body } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`);
      const found = body['Resources'];
      assert.ok(isList(found), `${filter}: ${JSON.stringify(body)}`);
      return found.map((one) => at(one, 'userName'));
    };

    it('says what it is and can do', async () => {
      const { body, headers } = await ask('GET', '/ServiceProviderConfig');
      assert.match(headers.get('content-type') ?? '', /^application\/scim\+json/);
      assert.equal(at(body, 'patch', 'supported'), true);
      assert.equal(at((await ask('GET', '/ResourceTypes/User')).body, 'endpoint'), '/Users');
      const all = await ask('GET', '/Schemas');
      assert.ok(Number(at(all.body, 'totalResults')) >= 3);
      assert.equal(at((await ask('GET', `/Schemas/${userSchemaId}`)).body, 'name'), 'User');
      assert.equal((await ask('GET', '/Me')).status, 501);
      assert.equal((await ask('GET', '/Nothing')).body['status'], '404');
    });

    it('somebody comes with names alone, and is called as any other homonym is', async () => {
      const first = await create({ name: { givenName: 'Zoé', familyName: 'Lefèvre' }, externalId: 'rh-1' });
      const second = await create({ name: { givenName: 'Zélie', familyName: 'Lefèvre' }, externalId: 'rh-2' });
      assert.equal(first['userName'], 'zlefevre');
      assert.equal(second['userName'], 'zlefevre1');
      assert.equal(at(first, 'emails', 0, 'value'), 'zoe.lefevre@academie.example');
      assert.equal(at(first, 'active'), true);
      assert.equal(at(first, academySchemaId, 'state'), 'provisioned');
      const again = await ask('POST', '/Users', { name: { familyName: 'Lefèvre' }, externalId: 'rh-1' });
      assert.deepEqual([again.status, again.body['scimType']], [409, 'uniqueness']);
    });

    it('unit, population, NUMEN, secrets: written, and of the secrets nothing is read back', async () => {
      const user = await create({
        userName: 'nmoreau',
        name: { givenName: 'Nadia', familyName: 'Moreau' },
        displayName: 'Nadia Moreau (DSI)',
        title: 'Ingénieure',
        userType: 'teacher',
        password: 'provisoire-Nadia-2026',
        emails: [{ value: 'Nadia.Moreau@academie.example', primary: true }, { value: 'n.moreau@academie.example' }],
        [enterpriseSchemaId]: { department: '0961234A' },
        [academySchemaId]: {
          numen: '01E9501234ABC',
          birthDate: '31/12/1980',
          recoveryEmail: 'nadia@elsewhere.example',
        },
      });
      const whole = JSON.stringify((await ask('GET', `/Users/${idOf(user)}`)).body);
      assert.doesNotMatch(whole, /numen|ABC|1980|elsewhere|provisoire-Nadia/i);
      assert.equal(at(user, enterpriseSchemaId, 'department'), '0961234a');
      assert.equal(at(user, enterpriseSchemaId, 'division'), 'Collège');
      assert.equal(at(user, 'displayName'), 'Nadia Moreau (DSI)');
      const begun = await login(store, {
        userName: 'nmoreau',
        password: 'provisoire-Nadia-2026',
        remoteAddress: '127.0.0.1',
        userAgent: '',
      });
      assert.ok(begun.steps.includes('password'), 'a password of another directory is provisional');
      for (const [bad, why] of [
        [{ name: { familyName: 'X' }, [enterpriseSchemaId]: { department: 'nulle-part' } }, /department/],
        [{ name: { familyName: 'X' }, emails: [{ value: 'x@foreign.example' }] }, /foreign/],
        [{ name: { familyName: 'X' }, [academySchemaId]: { numen: 'ABC' } }, /numen/],
        [{ name: { familyName: 'X' }, [academySchemaId]: { birthDate: '31/02/1980' } }, /birthDate/],
        [{ name: 'X' }, /name/],
        [{ userName: 'a@b.fr', name: { familyName: 'X' } }, /userName/],
        [{ externalId: 'nobody' }, /familyName/],
      ] as const) {
        const { status, body } = await ask('POST', '/Users', bad);
        assert.deepEqual([status, body['scimType']], [400, 'invalidValue'], JSON.stringify(bad));
        assert.match(text(body['detail']), why);
      }
    });

    it('is found by what an index leads to, and by whatever else it says of those', async () => {
      for (const [filter, found] of [
        ['userName eq "ZLEFEVRE"', ['zlefevre']],
        ['userName sw "zlef"', ['zlefevre', 'zlefevre1']],
        ['externalId eq "rh-2"', ['zlefevre1']],
        ['externalId eq "RH-2"', []],
        ['emails.value eq "n.moreau@academie.example"', ['nmoreau']],
        ['emails[type eq "work" and value sw "nadia."]', ['nmoreau']],
        ['emails[type eq "work" and value sw "n.mor"]', []],
        ['name.familyName eq "lefèvre"', ['zlefevre', 'zlefevre1']],
        ['name.familyName sw "LEF" and name.givenName eq "zélie"', ['zlefevre1']],
        ['name.familyName eq "Lefevre"', []],
        [`${enterpriseSchemaId}:department eq "0961234A"`, ['nmoreau']],
        ['active eq false', []],
        ['active eq true and userType eq "teacher"', ['nmoreau']],
        ['userName eq "nmoreau" or externalId eq "rh-1"', ['zlefevre', 'nmoreau']],
        ['userName sw "zlef" and not (externalId eq "rh-1")', ['zlefevre1']],
        ['userName sw "n" and title pr', ['nmoreau']],
        ['id eq "p1"', ['amartin']],
      ] as const)
        assert.deepEqual(await find(filter), found, filter);
      for (const filter of [
        'title co "ing"',
        'userName co "a"',
        'userName ne "a"',
        'not (userName eq "a")',
        'userName eq "a" or title pr',
        'nosuch eq "a"',
        'password eq "a"',
        'userName eq',
      ]) {
        const { status, body } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        assert.deepEqual([status, body['scimType']], [400, 'invalidFilter'], filter);
      }
    });

    it('pages go on where the one before ended, in any order an index has', async () => {
      for (const sort of ['', '&sortBy=userName', '&sortBy=name.familyName', '&sortBy=userName&sortOrder=descending']) {
        const whole = await ask('GET', `/Users?count=200${sort}`);
        const names = (whole.body['Resources'] as readonly JsonObject[]).map((one) => one['userName']);
        assert.equal(names.length, 5);
        if (sort.includes('userName')) {
          const sorted = names.map(text).toSorted((a, b) => (a < b ? -1 : 1));
          assert.deepEqual(names, sort.includes('descending') ? sorted.toReversed() : sorted);
        }
        const turned: (Json | undefined)[] = [];
        for (let startIndex = 1; startIndex <= 5; startIndex += 2) {
          const { body } = await ask('GET', `/Users?startIndex=${startIndex}&count=2&attributes=userName${sort}`);
          assert.equal(body['totalResults'], 5);
          for (const one of body['Resources'] as readonly JsonObject[]) {
            turned.push(one['userName']);
            assert.deepEqual(Object.keys(one).toSorted(), ['id', 'schemas', 'userName']);
          }
        }
        assert.deepEqual(turned, names, sort);
      }
      assert.deepEqual(
        await find('userName sw "zlef"', '&startIndex=2&count=5'),
        ['zlefevre1'],
        'in the middle at once',
      );
      const searched = await ask('POST', '/Users/.search', {
        filter: 'userName eq "nmoreau"',
        excludedAttributes: ['emails', 'name.familyName'],
      });
      const [one] = searched.body['Resources'] as readonly JsonObject[];
      assert.deepEqual(at(one, 'name'), { formatted: 'Nadia Moreau (DSI)', givenName: 'Nadia' });
      assert.equal(at(one, 'emails'), undefined);
      assert.equal((await ask('GET', '/Users?sortBy=title')).body['scimType'], 'invalidPath');
      assert.equal((await ask('GET', '/Users?count=0')).body['totalResults'], 5);
    });

    it('PATCH changes what it names: as the RFC writes it, and as Entra ID does', async () => {
      const user = await create({ userName: 'pgarnier', name: { givenName: 'Paul', familyName: 'Garnier' } });
      const path = `/Users/${idOf(user)}`;
      const patched = async (...operations: JsonObject[]): Promise<JsonObject> => {
        const { status, body } = await ask('PATCH', path, patchOf(...operations));
        assert.equal(status, 200, JSON.stringify(body));
        return body;
      };
      let now = await patched({ op: 'replace', path: 'name.familyName', value: 'Garnier-Duval' });
      assert.deepEqual([at(now, 'name', 'familyName'), now['displayName']], ['Garnier-Duval', 'Paul Garnier-Duval']);
      assert.deepEqual(await find('name.familyName sw "garnier-d"'), ['pgarnier'], 'the index follows');
      now = await patched({
        op: 'Add',
        value: { 'name.givenName': 'Pôl', title: 'CPE', active: 'True', nickName: 'x' },
      });
      assert.deepEqual([at(now, 'name', 'givenName'), now['title']], ['Pôl', 'CPE']);
      now = await patched(
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'pol.garnier@academie.example' },
        { op: 'Replace', path: `${enterpriseSchemaId}:department`, value: 'sud' },
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '04' },
      );
      assert.equal(at(now, enterpriseSchemaId, 'department'), 'sud');
      assert.equal(at(now, 'emails', 0, 'value'), 'pol.garnier@academie.example');
      assert.equal(at(now, 'emails', 1, 'value'), 'paul.garnier@academie.example', 'the one before stays as an alias');
      now = await patched({ op: 'remove', path: 'emails[value eq "paul.garnier@academie.example"]' });
      assert.equal(at(now, 'emails', 1), undefined);
      now = await patched({ op: 'remove', path: 'title' }, { op: 'remove', path: `${enterpriseSchemaId}:department` });
      assert.deepEqual([now['title'], at(now, enterpriseSchemaId, 'department')], [undefined, undefined]);
      for (const [operation, status, scimType] of [
        [{ op: 'remove' }, 400, 'noTarget'],
        [{ op: 'remove', path: 'emails[value eq "nobody@academie.example"]' }, 400, 'noTarget'],
        [{ op: 'replace', path: 'nosuch', value: 1 }, 400, 'invalidPath'],
        [{ op: 'replace', path: 'emails[', value: 1 }, 400, 'invalidPath'],
        [{ op: 'replace', path: 'id', value: 'p1' }, 400, 'mutability'],
        [{ op: 'replace', path: 'userName', value: 'amartin' }, 409, 'uniqueness'],
        [{ op: 'replace', path: 'active', value: 'perhaps' }, 400, 'invalidValue'],
        [{ op: 'move', path: 'active', value: true }, 400, 'invalidSyntax'],
      ] as const) {
        const { status: said, body } = await ask('PATCH', path, patchOf(operation));
        assert.deepEqual([said, body['scimType']], [status, scimType], JSON.stringify(operation));
      }
      const half = await ask(
        'PATCH',
        path,
        patchOf(
          { op: 'replace', path: 'title', value: 'Proviseur' },
          { op: 'replace', path: 'userName', value: 'amartin' },
        ),
      );
      assert.equal(half.status, 409);
      assert.equal((await ask('GET', path)).body['title'], undefined, 'all of it or nothing');
    });

    it('PUT changes what it says, takes no address away, and twice the same is once', async () => {
      const user = await create({
        userName: 'jroux',
        name: { givenName: 'Jeanne', familyName: 'Roux' },
        title: 'AESH',
      });
      const path = `/Users/${idOf(user)}`;
      const wanted = {
        userName: 'jroux',
        name: { givenName: 'Jeanne', familyName: 'Roux' },
        emails: [{ value: 'j.roux@academie.example', primary: true }],
        active: true,
      };
      const first = await ask('PUT', path, wanted);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const second = await ask('PUT', path, wanted);
      assert.equal(second.headers.get('etag'), first.headers.get('etag'));
      assert.deepEqual(
        [at(second.body, 'emails', 0, 'value'), at(second.body, 'emails', 1, 'value'), second.body['title']],
        ['j.roux@academie.example', 'jeanne.roux@academie.example', 'AESH'],
      );
      const route = await read(store, (tx) => findAccountByAddress(tx, 'jeanne.roux@academie.example'));
      assert.equal(route.kind, 'account');
    });

    it('a version says whether it was changed meanwhile', async () => {
      const user = await create({ userName: 'vpetit', name: { givenName: 'Victor', familyName: 'Petit' } });
      const path = `/Users/${idOf(user)}`;
      const read = await ask('GET', path);
      const etag = read.headers.get('etag') ?? '';
      assert.match(etag, /^W\/"[\w-]{22}"$/);
      assert.equal((await ask('GET', path, undefined, { 'if-none-match': etag })).status, 304);
      const change = patchOf({ op: 'replace', path: 'title', value: 'Agent' });
      assert.equal((await ask('PATCH', path, change, { 'if-match': etag })).status, 200);
      assert.equal((await ask('PATCH', path, change, { 'if-match': etag })).status, 412);
      assert.equal((await ask('PUT', path, { title: 'x' }, { 'if-match': etag })).status, 412);
      assert.equal((await ask('DELETE', path, undefined, { 'if-match': etag })).status, 412);
      assert.equal((await ask('PATCH', path, change, { 'if-match': '*' })).status, 200);
    });

    it('active: false suspends; whoever an administrator keeps out stays out', async () => {
      const user = await create({ userName: 'smarchand', name: { givenName: 'Sam', familyName: 'Marchand' } });
      const path = `/Users/${idOf(user)}`;
      const set = async (active: boolean): Promise<Json | undefined> =>
        (await ask('PATCH', path, patchOf({ op: 'replace', path: 'active', value: active }))).body['active'];
      assert.equal(await set(false), false);
      assert.deepEqual(await find('active eq false'), ['smarchand']);
      assert.equal(await set(true), true);
      const personId = asId<PersonId>(Number(idOf(user).slice(1)));
      await lockPerson(store, operator, { tenantId: test.tenantId, personId }, { state: 'blocked', reason: 'piraté' });
      assert.equal(await set(true), false);
    });

    it('DELETE closes: nobody is there any more, the mail stays, and the same external id comes back to it', async () => {
      const user = await create({
        userName: 'lbonnet',
        name: { givenName: 'Lou', familyName: 'Bonnet' },
        externalId: 'rh-lou',
      });
      const path = `/Users/${idOf(user)}`;
      assert.equal((await ask('DELETE', path)).status, 204);
      for (const [method, body] of [
        ['GET', undefined],
        ['DELETE', undefined],
        ['PUT', { title: 'x' }],
        ['PATCH', patchOf()],
      ] as const)
        assert.equal((await ask(method, path, body)).status, 404, method);
      assert.deepEqual(await find('userName eq "lbonnet"'), []);
      const namesake = await create({ name: { givenName: 'Léa', familyName: 'Bonnet' } });
      assert.equal(namesake['userName'], 'lbonnet1', 'nobody else is given what was theirs');
      const back = await create({
        name: { givenName: 'Lou', familyName: 'Bonnet' },
        externalId: 'rh-lou',
        title: 'De retour',
      });
      assert.deepEqual([back['id'], back['userName'], back['title']], [user['id'], 'lbonnet', 'De retour']);
    });

    it('nobody is given more room than an administrator could give', async () => {
      const of = (quotaOctets: number): JsonObject => ({ [academySchemaId]: { quotaOctets } });
      const name = { givenName: 'Ana', familyName: 'Large' };
      const most = await create({ name, ...of(quotaRoofOctets) });
      const path = `/Users/${idOf(most)}`;
      assert.equal((await ask('POST', '/Users', { name, ...of(quotaRoofOctets + 1) })).status, 400);
      assert.equal((await ask('PUT', path, { name, ...of(quotaRoofOctets + 1) })).status, 400);
      assert.equal(at((await ask('GET', path)).body, academySchemaId, 'quotaOctets'), quotaRoofOctets);
    });

    it('whoever is refused for what is planned for them is not there', async () => {
      const appointments = [{ title: 'Adjointe', from: 'demain' }];
      const given = { userName: 'amoitie', name: { givenName: 'A', familyName: 'Moitié' }, active: false };
      const { status } = await ask('POST', '/Users', { ...given, [academySchemaId]: { appointments } });
      assert.equal(status, 400);
      assert.deepEqual(await find('userName eq "amoitie"'), []);
    });

    it('whoever does not come back whole does not come back: what is refused lets nobody in', async () => {
      const names = { givenName: 'Ève', familyName: 'Fermée' };
      const user = await create({ userName: 'efermee', name: names, externalId: 'rh-eve' });
      assert.equal((await ask('DELETE', `/Users/${idOf(user)}`)).status, 204);
      for (const wrong of [
        { password: 'sur deux\nlignes' },
        { [academySchemaId]: { appointments: [{ title: 'x', from: 'demain' }] } },
        { emails: [{ value: 'eve@nulle-part.example', primary: true }] },
      ]) {
        const { status } = await ask('POST', '/Users', {
          schemas: [userSchemaId],
          name: names,
          externalId: 'rh-eve',
          ...wrong,
        });
        assert.equal(status, 400, JSON.stringify(wrong));
        assert.equal((await ask('GET', `/Users/${idOf(user)}`)).status, 404, JSON.stringify(wrong));
      }
    });

    it('many operations at once, some of which name what others make', async () => {
      const bulk = async (Operations: readonly JsonObject[], failOnErrors?: number): Promise<readonly JsonObject[]> => {
        const { status, body } = await ask('POST', '/Bulk', {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          ...(failOnErrors !== undefined && { failOnErrors }),
          Operations,
        });
        assert.equal(status, 200, JSON.stringify(body));
        return body['Operations'] as readonly JsonObject[];
      };
      const done = await bulk([
        { method: 'PATCH', path: '/Users/bulkId:a', data: patchOf({ op: 'add', path: 'title', value: 'Lot' }) },
        { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'lot1', name: { familyName: 'Lot' } } },
        { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'amartin', name: { familyName: 'Lot' } } },
        { method: 'DELETE', path: '/Users/bulkId:b' },
        { method: 'DELETE', path: '/Groupes/1' },
      ]);
      assert.deepEqual(
        done.map((one) => [one['method'], one['bulkId'], one['status']]),
        [
          ['POST', 'a', '201'],
          ['POST', 'b', '409'],
          ['DELETE', undefined, '409'],
          ['DELETE', undefined, '400'],
          ['PATCH', undefined, '200'],
        ],
      );
      assert.deepEqual(await find('userName eq "lot1" and title eq "lot"'), ['lot1']);
      const stopped = await bulk(
        [
          { method: 'DELETE', path: '/Users/p999999' },
          { method: 'POST', path: '/Users', bulkId: 'c', data: { userName: 'lot2', name: { familyName: 'Lot' } } },
        ],
        1,
      );
      assert.deepEqual(
        stopped.map((one) => one['status']),
        ['404'],
      );
      assert.deepEqual(await find('userName eq "lot2"'), []);
    });

    it('a token of another institution finds nobody of ours by any route', async () => {
      const { body } = await ask('GET', '/Users?filter=userName%20eq%20%22nmoreau%22');
      const id = text(at(body, 'Resources', 0, 'id'));
      const headers = { authorization: `Bearer ${foreign}` };
      for (const [method, path, given] of [
        ['GET', `/Users/${id}`, undefined],
        ['PUT', `/Users/${id}`, { title: 'x' }],
        ['PATCH', `/Users/${id}`, patchOf({ op: 'add', path: 'title', value: 'x' })],
        ['DELETE', `/Users/${id}`, undefined],
      ] as const)
        assert.equal((await ask(method, path, given, headers)).status, 404, `${method} ${path}`);
      const all = await ask('GET', '/Users', undefined, headers);
      assert.equal(all.body['totalResults'], 2);
      for (const filter of [
        `id eq "${id}"`,
        'userName eq "nmoreau"',
        'emails.value sw "nadia"',
        'externalId eq "rh-1"',
      ]) {
        const found = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`, undefined, headers);
        assert.equal(found.body['totalResults'], 0, filter);
      }
      const made = await ask(
        'POST',
        '/Users',
        { name: { familyName: 'X' }, [enterpriseSchemaId]: { department: 'nord' } },
        headers,
      );
      assert.equal(made.status, 400, 'nor a unit');
      const inBulk = await ask('POST', '/Bulk', { Operations: [{ method: 'DELETE', path: `/Users/${id}` }] }, headers);
      assert.equal(at(inBulk.body, 'Operations', 0, 'status'), '404');
      assert.equal((await ask('GET', `/Users/${id}`)).status, 200);
    });

    it('without a token that works nothing is said, whatever is asked', async () => {
      const { id, secret } = await addScimToken(store, operator, test.tenantId, { name: 'Bref' });
      assert.equal((await ask('GET', '/Users?count=0', undefined, { authorization: `Bearer ${secret}` })).status, 200);
      const [known] = (await listScimTokens(store, operator, test.tenantId)).filter((one) => one.id === id);
      assert.ok(known?.lastUsedAt !== null && known?.lastUsedFrom === '127.0.0.1');
      await revokeScimToken(store, operator, test.tenantId, id);
      for (const authorization of [
        `Bearer ${secret}`,
        '',
        test.alice.basic,
        `Bearer ${secret.replace(/_\d+_/, '_999_')}`,
        'Bearer x',
      ])
        for (const [method, path] of [
          ['GET', '/Users'],
          ['POST', '/Bulk'],
          ['GET', '/Schemas'],
          ['GET', '/Nothing'],
        ] as const) {
          const { status, headers } = await ask(method, path, method === 'POST' ? {} : undefined, { authorization });
          assert.deepEqual([status, headers.has('www-authenticate')], [401, true], `${authorization} ${path}`);
        }
    });

    it('a token of a subtree sees and changes that subtree, and nobody above it', async () => {
      const { secret } = await addScimToken(store, operator, test.tenantId, { name: 'Nord', unitId: nord });
      const headers = { authorization: `Bearer ${secret}` };
      const all = await ask('GET', '/Users', undefined, headers);
      assert.deepEqual(
        (all.body['Resources'] as readonly JsonObject[]).map((one) => one['userName']),
        ['nmoreau'],
      );
      const outside = text(
        at((await ask('GET', '/Users?filter=userName%20eq%20%22jroux%22')).body, 'Resources', 0, 'id'),
      );
      assert.equal((await ask('GET', `/Users/${outside}`, undefined, headers)).status, 404);
      const made = await ask('POST', '/Users', { name: { familyName: 'Ici' } }, headers);
      assert.equal(made.status, 403, 'somebody of no unit is above it');
      const here = await ask(
        'POST',
        '/Users',
        { name: { familyName: 'Ici' }, [enterpriseSchemaId]: { department: '0961234a' } },
        headers,
      );
      assert.equal(here.status, 201);
      const away = patchOf({ op: 'replace', path: `${enterpriseSchemaId}:department`, value: 'sud' });
      assert.equal((await ask('PATCH', `/Users/${text(here.body['id'])}`, away, headers)).status, 400);
      await grantRole(store, operator, {
        tenantId: test.tenantId,
        personId: asId<PersonId>(Number(text(here.body['id']).slice(1))),
        kind: 'tenant',
      });
      const act = patchOf({ op: 'replace', path: 'active', value: false });
      assert.equal((await ask('PATCH', `/Users/${text(here.body['id'])}`, act, headers)).status, 403);
    });

    it('appointments: a list is all that are planned; what began is done and stays', async () => {
      const planned = { department: '0961234a', title: 'Principale', from: '2999-09-01' };
      const user = await create({
        name: { givenName: 'Odile', familyName: 'Brun' },
        [enterpriseSchemaId]: { department: 'nord' },
        [academySchemaId]: { appointments: [planned] },
      });
      assert.equal(at(user, enterpriseSchemaId, 'department'), 'nord');
      const all = (of: JsonObject): readonly string[] => {
        const list = at(of, academySchemaId, 'appointments');
        return (isList(list) ? list : []).map(
          (one) => `${text(at(one, 'from'))} ${text(at(one, 'department'))} ${text(at(one, 'state'))}`,
        );
      };
      assert.deepEqual(all(user), ['2999-09-01 0961234a planned']);
      const path = `/Users/${idOf(user)}`;
      const title = await ask('PATCH', path, patchOf({ op: 'replace', path: 'title', value: 'Adjointe' }));
      assert.deepEqual(all(title.body), all(user), 'what is not spoken of stays');
      const value = [{ department: 'sud', from: '2020-09-01' }];
      const name = `${academySchemaId}:appointments`;
      const { status, body } = await ask('PATCH', path, patchOf({ op: 'replace', path: name, value }));
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(all(body), ['2020-09-01 sud current']);
      assert.equal(at(body, enterpriseSchemaId, 'department'), 'sud');
      const wrong = patchOf({ op: 'replace', path: name, value: [{ department: 'sud', from: 'demain' }] });
      assert.equal((await ask('PATCH', path, wrong)).status, 400);
    });

    it('the trace names the token', async () => {
      const lines = await listTrace(store, test.tenantId, { verbs: ['addPerson', 'changePerson', 'lockPerson'] });
      const [line] = lines.filter(({ actor }) => actor === 'scim');
      assert.ok(line && ['Annuaire fédérateur', 'Nord'].includes(String(line.details['token'])));
      assert.doesNotMatch(JSON.stringify(lines), /provisoire-Nadia|01E95/);
    });
  });
});
