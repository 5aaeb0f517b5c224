/** Looks of institutions: who changes them, what is refused with which figures, whose host is whose, and the log. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { Refusal } from '#server/access/refusal.ts';
import { grantRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { changeBrand, openLogo, readBrand, resetBrand } from './brand.ts';
import { addHostname, removeHostname } from './hostnames.ts';
import { readLogo } from './logo.ts';
import { verifyBrands } from './verify.ts';
import { findSheet, lookAtBrands, looksAt } from './watch.ts';

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><script>alert(1)</script><rect width="40" height="20"/></svg>',
);
// One grey pixel, whose header may claim otherwise.
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

forEachDatabase((name, databaseUrl, folder) => {
  describe(`brands on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let otherId: TenantId;
    let platform: PersonActor;
    let whole: PersonActor;
    let elsewhere: PersonActor;
    const add = async (tenant: TenantId, familyName: string, kind: RoleKind): Promise<PersonActor> => {
      const given = { tenantId: tenant, givenName: 'T', familyName, password: null };
      const { personId } = await addPerson(store, operator, given);
      await grantRole(store, operator, { tenantId: tenant, personId, kind, reason: 'essai' });
      return openSession(store, { tenantId: tenant, personId });
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Académie de Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      platform = await add(tenantId, 'Platform', 'platform');
      whole = await add(tenantId, 'Whole', 'tenant');
    });
    after(() => store.close());

    it('the only institution is the house, whatever the host; of two, nobody’s host is the program’s', async () => {
      await lookAtBrands(store);
      assert.equal(looksAt(store, 'nobody.example').name, 'Académie de Valmont');
      otherId = await addTenant(store, operator, { slug: 'ailleurs', name: 'Ailleurs' });
      await addDomain(store, operator, { tenantId: otherId, name: 'ailleurs.example' });
      elsewhere = await add(otherId, 'Elsewhere', 'tenant');
      await lookAtBrands(store);
      const { name: said, tenantId: whose, sheet } = looksAt(store, 'nobody.example');
      assert.deepEqual([said, whose, sheet], ['Pli', undefined, undefined]);
    });

    it('name, logo and colours are changed by who administers all of it, kept clean, and shown at once', async () => {
      const change = {
        displayName: '  Rectorat de Valmont ',
        logo: svg,
        accentLight: '#7A1F3D',
        accentDark: '#f2a6bd',
      };
      await assert.rejects(changeBrand(store, elsewhere, tenantId, change), refusedFor('mayNot'));
      const { brand, left } = await changeBrand(store, whole, tenantId, change);
      assert.deepEqual(left, ['script']);
      assert.deepEqual(
        [brand.displayName, brand.accentLight, brand.logo?.kind],
        ['Rectorat de Valmont', '#7a1f3d', 'svg'],
      );
      const file = await openLogo(store, brand.logo?.hash ?? '');
      assert.ok(file && !Buffer.from(file.octets).includes('script'));
      assert.deepEqual(await readBrand(store, whole, tenantId), { brand, hostnames: [] });
      await assert.rejects(readBrand(store, elsewhere, tenantId), refusedFor('mayNot'));
      // What is not named stays.
      const next = await changeBrand(store, whole, tenantId, { displayName: null });
      assert.deepEqual(next.brand, { ...brand, displayName: null });
      assert.ok(await openLogo(store, brand.logo?.hash ?? ''));
      const [line] = await listTrace(store, tenantId, { verbs: ['changeBrand'] });
      assert.deepEqual(line?.details, { displayName: 'Rectorat de Valmont → default' });
      assert.deepEqual(await Array.fromAsync(verifyBrands(store)), []);
    });

    it('a colour that cannot be read is refused with the figure found and the one needed, and all else with it', async () => {
      const { brand } = await readBrand(store, whole, tenantId);
      const change = { displayName: 'Autre', accentLight: '#7fb2ff', accentDark: 'rouge', logo: Buffer.from('GIF89a') };
      await assert.rejects(changeBrand(store, whole, tenantId, change), (error) => {
        assert.ok(error instanceof Refusal);
        assert.deepEqual(error.details.properties, ['accentLight', 'accentDark', 'logo']);
        assert.match(error.details.description ?? '', /accentLight: contrast 1\.79 on hover, 4\.50 needed/);
        return true;
      });
      assert.deepEqual((await readBrand(store, whole, tenantId)).brand, brand);
      for (const displayName of ['x'.repeat(81), 'a\u202eb', 'a\nb'])
        await assert.rejects(changeBrand(store, whole, tenantId, { displayName }), refusedFor('invalidProperties'));
    });

    it('hosts are the platform’s to give, each to one institution, and bring its looks', async () => {
      await assert.rejects(addHostname(store, whole, tenantId, 'mail.valmont.example'), refusedFor('mayNot'));
      await assert.rejects(addHostname(store, elsewhere, tenantId, 'mail.valmont.example'), refusedFor('mayNot'));
      assert.equal(await addHostname(store, platform, tenantId, 'Mél.Valmont.example.'), 'xn--ml-bja.valmont.example');
      await addHostname(store, operator, otherId, 'mail.ailleurs.example');
      await assert.rejects(
        addHostname(store, platform, tenantId, 'mail.ailleurs.example'),
        refusedFor('alreadyExists'),
      );
      await assert.rejects(addHostname(store, platform, tenantId, 'a b'), refusedFor('invalidProperties'));
      const looks = looksAt(store, 'xn--ml-bja.valmont.example');
      assert.deepEqual([looks.tenantId, looks.name, looks.isNamed], [tenantId, 'Académie de Valmont', true]);
      assert.ok((await findSheet(store, looks.sheet?.hash ?? ''))?.includes('--accent:#7a1f3d'));
      const theirs = looksAt(store, 'mail.ailleurs.example');
      assert.deepEqual([theirs.tenantId, theirs.name, theirs.isNamed], [otherId, 'Ailleurs', false]);
      await assert.rejects(
        removeHostname(store, platform, tenantId, 'mail.ailleurs.example'),
        refusedFor('noSuchDomain'),
      );
      await assert.rejects(removeHostname(store, whole, tenantId, 'mél.valmont.example'), refusedFor('mayNot'));
      await removeHostname(store, platform, tenantId, 'mél.valmont.example');
      assert.equal(looksAt(store, 'xn--ml-bja.valmont.example').tenantId, undefined);
      const told = (await listTrace(store, tenantId, { verbs: ['addHostname', 'removeHostname'] })).map(
        ({ verb }) => verb,
      );
      assert.deepEqual(told.toSorted(), ['addHostname', 'removeHostname']);
    });

    it('everything is set back to the house’s at once, and the log says what there was', async () => {
      await resetBrand(store, whole, tenantId);
      const { brand } = await readBrand(store, whole, tenantId);
      assert.deepEqual(Object.values(brand), [null, null, null, null]);
      const [line] = await listTrace(store, tenantId, { verbs: ['changeBrand'] });
      assert.match(String(line?.details['logo']), /^svg [0-9a-f]{12} → default$/);
      assert.equal(line?.details['accentLight'], '#7a1f3d → default');
    });
  });
});

describe('a PNG that claims a size', () => {
  const claiming = async (deflated: Buffer): Promise<string> => {
    const { crc32 } = await import('node:zlib');
    const chunk = (type: string, data: Buffer) => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const around = Buffer.alloc(8);
      around.writeUInt32BE(data.length);
      around.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
    };
    const given = Buffer.concat([pixel.subarray(0, 33), chunk('IDAT', deflated), chunk('IEND', Buffer.alloc(0))]);
    return readLogo(given).then(
      ({ kind }) => kind,
      (error: Error & { readonly fault?: string }) => error.fault ?? error.message,
    );
  };
  it('is taken when its data is of that size, and at no other', async () => {
    assert.equal((await readLogo(pixel)).kind, 'png');
    assert.equal(await claiming(deflateSync(Buffer.alloc(2))), 'png');
    assert.equal(await claiming(deflateSync(Buffer.alloc(1))), 'wrongSize');
    // Twenty megabytes in twenty kilobytes.
    assert.equal(await claiming(deflateSync(Buffer.alloc(20_000_000))), 'wrongSize');
    assert.equal(await claiming(Buffer.from('not deflated')), 'broken');
  });
});
