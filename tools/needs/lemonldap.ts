/** LemonLDAP::NG, an identity provider of somebody else's that speaks OpenID Connect, CAS and SAML 2: Debian's portal. */
import { existsSync } from 'node:fs';

import { firstThatExists, need } from './packages.ts';

/** What its portal needs to speak all three, without its own web servers. */
const packages = [
  'liblemonldap-ng-portal-perl',
  'lemonldap-ng-fastcgi-server',
  'liblasso-perl',
  'libxml-simple-perl',
  'libio-string-perl',
  'libcrypt-openssl-bignum-perl',
  'libconvert-base32-perl',
].join(' ');

const parts = [
  '/usr/share/perl5/Lemonldap/NG/Portal/Main.pm',
  '/usr/share/perl5/XML/Simple.pm',
  '/usr/share/perl5/Convert/Base32.pm',
];

/** @returns the path of the program that runs it. @throws {Error} when it is missing and cannot be installed from here. */
export function needLemonldap(): string {
  return need('LemonLDAP::NG', packages, () =>
    parts.every((path) => existsSync(path)) ? firstThatExists('/usr/bin/plackup') : undefined,
  );
}
