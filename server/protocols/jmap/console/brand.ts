/**
 * Brand, our own type: how the actor's institution looks. `Brand/get`, `Brand/change` with what changes in `set` (null
 * is the house's own; a logo as Base64 of its file), `Brand/reset`; `Brand/addHostname` and `Brand/removeHostname` are
 * for administrators of the platform.
 */
import { aString, nullable, type Reader, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { logoOctetsAtMost } from '#formats/brand/logo.ts';
import { type Brand, type BrandChange, changeBrand, readBrand, resetBrand } from '#server/brand/brand.ts';
import { addHostname, removeHostname } from '#server/brand/hostnames.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf } from './ids.ts';

const accountTable = { accountId: required(aString) };
const hostTable = { accountId: required(aString), name: required(aString) };

const readers = {
  displayName: nullable(aString),
  accentLight: nullable(aString),
  accentDark: nullable(aString),
  logo: nullable(anImage),
} as const satisfies Record<keyof BrandChange, Reader<unknown>>;

const changeTable = { accountId: required(aString), set: required(aChange) };

function aChange(value: Json): BrandChange | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => !Object.hasOwn(readers, name))) return undefined;
  const given = new Map(Object.entries(value));
  const take = <T>(name: keyof BrandChange, read: Reader<T>): T | undefined => {
    const found = given.get(name);
    if (found === undefined) return undefined;
    const taken = read(found);
    if (taken === undefined) throw new MethodError('invalidArguments', name);
    return taken;
  };
  const displayName = take('displayName', readers.displayName);
  const accentLight = take('accentLight', readers.accentLight);
  const accentDark = take('accentDark', readers.accentDark);
  const logo = take('logo', readers.logo);
  return {
    ...(displayName !== undefined && { displayName }),
    ...(accentLight !== undefined && { accentLight }),
    ...(accentDark !== undefined && { accentDark }),
    ...(logo !== undefined && { logo }),
  };
}

const longestBase64 = Math.ceil(logoOctetsAtMost / 3) * 4;

function anImage(value: Json): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > longestBase64 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
    return undefined;
  return Buffer.from(value, 'base64');
}

function print({ displayName, logo, accentLight, accentDark }: Brand): JsonObject {
  const url = logo && `/brand/logo/${logo.hash}.${logo.kind}`;
  return { displayName, logoUrl: url, accentLight, accentDark };
}

export const brandMethods: readonly Method[] = [
  {
    name: 'Brand/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments(accountTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      const { brand, hostnames } = await readBrand(ctx.store, ctx.actor, tenantOf(ctx));
      return { accountId, ...print(brand), hostnames: [...hostnames] };
    },
  },
  {
    name: 'Brand/change',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, set } = readArguments(changeTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const { brand, left } = await changeBrand(ctx.store, ctx.actor, tenantOf(ctx), set);
      return { accountId, ...print(brand), left: [...left] };
    },
  },
  {
    name: 'Brand/reset',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments(accountTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      await resetBrand(ctx.store, ctx.actor, tenantOf(ctx));
      return { accountId };
    },
  },
  {
    name: 'Brand/addHostname',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, name } = readArguments(hostTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      return { accountId, name: await addHostname(ctx.store, ctx.actor, tenantOf(ctx), name) };
    },
  },
  {
    name: 'Brand/removeHostname',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, name } = readArguments(hostTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      await removeHostname(ctx.store, ctx.actor, tenantOf(ctx), name);
      return { accountId };
    },
  },
];
