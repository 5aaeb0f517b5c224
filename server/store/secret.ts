/**
 * Secrets the house must be able to read again, at rest: AES-256-GCM under a key of this installation, bound to what
 * they belong to, so that a row copied elsewhere opens nothing. A key is a file in the data folder: neither in the
 * database nor in a backup of it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyOctets = 32;
const ivOctets = 12;
const tagOctets = 16;

/** The key of that name, made at the first need. @throws {Error} where the file is no key. */
export function readKeyFile(dataFolder: string, name: string): Buffer {
  const path = join(dataFolder, name);
  const key = readKey(path) ?? makeKey(dataFolder, path);
  if (key.length !== keyOctets) throw new Error(`${path} is not a key of ${keyOctets} octets`);
  return key;
}

function readKey(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Two processes may need it at once: the file comes to be whole, and only once. */
function makeKey(dataFolder: string, path: string): Buffer {
  mkdirSync(dataFolder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, randomBytes(keyOctets), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path);
}

/** @param owner what the secret belongs to: it opens for that alone. */
export function sealText(key: Buffer, owner: string, plain: string): string {
  const iv = randomBytes(ivOctets);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner));
  const sealed = [iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

/** @returns undefined for what was not sealed with this key for this owner. */
export function openText(key: Buffer, owner: string, sealed: string): string | undefined {
  const octets = Buffer.from(sealed, 'base64url');
  if (octets.length < ivOctets + tagOctets) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, octets.subarray(0, ivOctets)).setAAD(Buffer.from(owner));
  decipher.setAuthTag(octets.subarray(-tagOctets));
  try {
    return Buffer.concat([decipher.update(octets.subarray(ivOctets, -tagOctets)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
