/**
 * What an operator asks when mail does not come or go: is the disk there and has it room, does the certificate name
 * this host and last. Looks, changes nothing. What the world's DNS says, server/setup/examine.ts looks at.
 */
import { X509Certificate } from 'node:crypto';
import { access, constants, readFile, statfs } from 'node:fs/promises';

import type { Finding } from '#server/setup/examine.ts';

const enoughOctets = 1024 ** 3;
const fewOctets = 5 * 1024 ** 3;
const renewDays = 21;
const dayMs = 86_400_000;

/** Whether the data folder can be written and has room. */
export async function examineDisk(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const freeOctets = bavail * bsize;
    const says = `${(freeOctets / 1024 ** 3).toFixed(1)} GiB free in ${folder}`;
    const state = freeOctets < enoughOctets ? 'bad' : freeOctets < fewOctets ? 'doubtful' : 'good';
    return { state, of: 'disk', says };
  } catch (error) {
    return { state: 'bad', of: 'disk', says: `${folder} cannot be written: ${messageOf(error)}` };
  }
}

/** Whether the certificate names `hostName` and is not about to end. @param at milliseconds since 1970. */
export async function examineCertificate(path: string, hostName: string, at: number): Promise<Finding> {
  const of = 'certificate';
  try {
    const certificate = new X509Certificate(await readFile(path));
    const days = Math.floor((Date.parse(certificate.validTo) - at) / dayMs);
    if (certificate.checkHost(hostName) === undefined) {
      return { state: 'bad', of, says: `${path} does not name ${hostName}` };
    }
    if (days < 0) return { state: 'bad', of, says: `${path} ended ${-days} days ago` };
    if (certificate.checkIssued(certificate)) {
      return { state: 'doubtful', of, says: `${path} is self-signed: mail programs will warn` };
    }
    return { state: days < renewDays ? 'doubtful' : 'good', of, says: `${path} lasts ${days} more days` };
  } catch (error) {
    return { state: 'bad', of, says: `${path}: ${messageOf(error)}` };
  }
}

/** Names of the web server that its certificate leaves out: programs that ask there are warned, or go away. */
export async function examineNames(path: string, names: readonly string[]): Promise<readonly Finding[]> {
  const pem = await readFile(path).catch(() => undefined);
  if (!pem) return [];
  const certificate = new X509Certificate(pem);
  return names
    .filter((name) => certificate.checkHost(name) === undefined)
    .map((name) => ({
      state: 'doubtful',
      of: 'certificate',
      says: `${path} does not name ${name}: programs that look for their settings there will not trust it`,
    }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
