/**
 * A slapd of the tests' own: Debian's OpenLDAP on free ports of the loopback address, plain with StartTLS and by LDAPS, with
 * its configuration and entries in a folder of its own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { needOpenssl } from '#tools/needs/openssl.ts';
import { needSlapd } from '#tools/needs/slapd.ts';

import { freePort } from './free-port.ts';

export interface Slapd {
  /** `ldap://127.0.0.1:…` and `ldaps://localhost:…`. */
  readonly plainUrl: string;
  readonly tlsUrl: string;
  /** PEM: what its certificate is signed with. */
  readonly authority: string;
  stop(): Promise<void>;
}

export const directoryBase = 'dc=valmont,dc=example';
export const directoryReader = { dn: `cn=lecteur,${directoryBase}`, password: 'lecteur' };

/** @param entries LDIF of what stands below the base. */
export async function startSlapd(folder: string, entries: string): Promise<Slapd> {
  const program = needSlapd();
  mkdirSync(join(folder, 'db'), { recursive: true });
  makeCertificate(folder);
  const [plain, tls] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'slapd.conf'), configurationOf(folder));
  writeFileSync(join(folder, 'entries.ldif'), `${baseEntry}\n${entries}`);
  const config = ['-f', join(folder, 'slapd.conf')];
  execFileSync(join(dirname(program), 'slapadd'), ['-q', ...config, '-l', join(folder, 'entries.ldif')]);
  const urls = `ldap://127.0.0.1:${plain}/ ldaps://127.0.0.1:${tls}/`;
  // -d: it stays in front, and tells what is wrong.
  const child = spawn(program, ['-d', '0', ...config, '-h', urls], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  // A test that fails or is interrupted must not leave a server behind.
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    kill();
    await ended;
  };
  for (let tries = 0; tries < 200 && child.exitCode === null; tries += 1) {
    if ((await answers(plain)) && (await answers(tls))) {
      const authority = readFileSync(join(folder, 'certificate.pem'), 'utf8');
      return { plainUrl: `ldap://127.0.0.1:${plain}`, tlsUrl: `ldaps://localhost:${tls}`, authority, stop };
    }
    await wait(25);
  }
  await stop();
  throw new Error(`slapd did not start: ${Buffer.concat(said).toString().slice(-2000)}`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function makeCertificate(folder: string): void {
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  execFileSync(needOpenssl(), [...words, ...names, ...files], { stdio: 'ignore' });
}

const baseEntry = `dn: ${directoryBase}
objectClass: dcObject
objectClass: organization
o: Valmont
dc: valmont

dn: ${directoryReader.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: lecteur
userPassword: ${directoryReader.password}
`;

function configurationOf(folder: string): string {
  const schema = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
  return `${schema.join('\n')}
pidfile ${folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile ${folder}/certificate.pem
TLSCertificateKeyFile ${folder}/key.pem
# What portals of academies and supann name so, for the tests' sake under numbers of nobody's.
attributetype ( 1.3.6.1.4.1.4203.666.1.901 NAME 'rne' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.902 NAME 'FrEduRne' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.903 NAME 'dateNaissance' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.904 NAME 'mailAlternateAddress' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.905 NAME 'eduPersonPrimaryAffiliation' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.4203.666.1.910 NAME 'agent' SUP top AUXILIARY MAY ( rne $ FrEduRne $ dateNaissance $ mailAlternateAddress $ eduPersonPrimaryAffiliation ) )
database mdb
maxsize 268435456
suffix "${directoryBase}"
rootdn "cn=admin,${directoryBase}"
directory ${folder}/db
index objectClass,uid eq
dbnosync
sizelimit size.soft=500 size.hard=500 size.pr=none size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${directoryReader.dn}" read by * none
`;
}
