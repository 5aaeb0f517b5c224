/** Passwords of old servers at rest (store/secret.ts): bound to the import they belong to. */
import type { AccountId, ImportId } from '#server/store/ids.ts';
import { openText, readKeyFile, sealText } from '#server/store/secret.ts';

/** The key of the installation, made at the first need. @throws {Error} where the file is no key. */
export function readSecretKey(dataFolder: string): Buffer {
  return readKeyFile(dataFolder, 'import-key');
}

export interface SecretOwner {
  readonly accountId: AccountId;
  readonly importId: ImportId;
}

export function sealSecret(key: Buffer, owner: SecretOwner, plain: string): string {
  return sealText(key, ownerText(owner), plain);
}

/** @returns undefined for what was not sealed with this key for this import. */
export function openSecret(key: Buffer, owner: SecretOwner, sealed: string): string | undefined {
  return openText(key, ownerText(owner), sealed);
}

function ownerText({ accountId, importId }: SecretOwner): string {
  return `import ${accountId}.${importId}`;
}
