/** What the options say of imports. */
import type { Config } from '#server/config/read.ts';
import type { ImportPolicy } from '#server/imports/policy.ts';
import { readSecretKey } from '#server/imports/secret.ts';

export function planImports({ imports, data, lab }: Config): ImportPolicy {
  const lowerCase = (hosts: readonly string[]): readonly string[] => hosts.map((host) => host.toLowerCase());
  return {
    key: readSecretKey(data),
    isOpen: imports.open,
    atOnce: imports.atOnce,
    reach: { anyHost: lab, insideHosts: lowerCase(imports.insideHosts) },
    anyCertificateHosts: lowerCase(imports.anyCertificateHosts),
    messageOctets: imports.messageOctets,
    octetsPerSecond: imports.octetsPerSecond,
  };
}
