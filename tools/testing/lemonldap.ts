/**
 * A LemonLDAP::NG of the tests' own: Debian's portal on a free port of the loopback address, with its configuration and
 * sessions in a folder of its own, and the people of its demonstration backend (`dwho`, password `dwho`).
 */
import { spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { needLemonldap } from '#tools/needs/lemonldap.ts';

export interface LemonldapClients {
  readonly oidc: {
    readonly id: string;
    readonly secret: string;
    readonly redirectUri: string;
    readonly postLogoutUri: string;
  };
  /** Metadata, XML. */
  readonly saml: string;
}

export interface LemonldapOptions {
  readonly folder: string;
  readonly port: number;
  /** PEM; it signs ID tokens and assertions with it. */
  readonly key: { readonly privateKey: string; readonly certificate: string };
  readonly clients: LemonldapClients;
}

const startTimeoutMs = 60_000;

export async function startLemonldap(options: LemonldapOptions): Promise<{ stop(): Promise<void> }> {
  const program = needLemonldap();
  const { folder, port } = options;
  const url = `http://127.0.0.1:${port}`;
  const captcha = join(folder, 'lib/Lemonldap/NG/Portal/Captcha');
  for (const each of ['conf', 'sessions/lock', 'psessions/lock', 'cache'])
    mkdirSync(join(folder, each), { recursive: true });
  mkdirSync(captcha, { recursive: true });
  // It will not start without one, and its own draws pictures with libraries that nothing else needs.
  writeFileSync(
    join(captcha, 'None.pm'),
    `package Lemonldap::NG::Portal::Captcha::None;\nuse Mouse;\nextends 'Lemonldap::NG::Portal::Main::Plugin';\nsub init { 1 }\n1;\n`,
  );
  writeFileSync(join(folder, 'conf/lmConf-1.json'), JSON.stringify(configurationOf(options, url)));
  writeFileSync(join(folder, 'lemonldap.ini'), iniOf(folder));
  writeFileSync(join(folder, 'app.psgi'), 'use Lemonldap::NG::Portal::Main;\nLemonldap::NG::Portal::Main->run({});\n');
  const words = ['-I', join(folder, 'lib'), '-E', 'deployment', '-s', 'HTTP::Server::PSGI', '-o', '127.0.0.1'];
  const child = spawn(program, [...words, '-p', String(port), join(folder, 'app.psgi')], {
    env: { ...process.env, LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap.ini') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  // A test that fails or is interrupted must not leave a server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const until = Date.now() + startTimeoutMs;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`${url}/.well-known/openid-configuration`).catch(() => undefined);
    if (answer?.ok) return { stop };
    if (answer) break;
    await wait(100);
  }
  await stop();
  throw new Error(`LemonLDAP::NG did not start: ${Buffer.concat(said).toString().slice(-2000)}`);
}

function configurationOf({ folder, key, clients }: LemonldapOptions, url: string): object {
  const { oidc, saml } = clients;
  const publicKey = createPublicKey(key.certificate).export({ type: 'spki', format: 'pem' });
  const files = (name: string) => ({ Directory: join(folder, name), LockDirectory: join(folder, name, 'lock') });
  const generateModule = 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256';
  return {
    cfgNum: 1,
    cfgDate: 1_700_000_000,
    cfgAuthor: 'tests',
    portal: `${url}/`,
    domain: '127.0.0.1',
    cookieName: 'lemonldap',
    securedCookie: 0,
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Null',
    registerDB: 'Null',
    captcha: '::Captcha::None',
    portalDisplayResetPassword: 0,
    portalDisplayRegister: 0,
    requireToken: 0,
    key: '0123456789abcdef',
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: { ...files('sessions'), generateModule },
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: files('psessions'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: { cache_root: join(folder, 'cache'), namespace: 'sessions', directory_umask: '007' },
    timeout: 72_000,
    whatToTrace: '_whatToTrace',
    macros: { _whatToTrace: '$uid' },
    locationRules: { '127.0.0.1': { default: 'accept' } },
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    issuerDBCASActivation: 1,
    issuerDBCASPath: '^/cas/',
    casAttr: 'uid',
    casAccessControlPolicy: 'none',
    casAttributes: { mail: 'mail' },
    casBackChannelSingleLogout: 1,
    issuerDBOpenIDConnectActivation: 1,
    issuerDBOpenIDConnectPath: '^/oauth2/',
    oidcServiceMetaDataIssuer: url,
    oidcServicePrivateKeySig: key.privateKey,
    oidcServicePublicKeySig: publicKey,
    oidcServiceKeyIdSig: 'one',
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcRPMetaDataOptions: {
      pli: {
        oidcRPMetaDataOptionsClientID: oidc.id,
        oidcRPMetaDataOptionsClientSecret: oidc.secret,
        oidcRPMetaDataOptionsRedirectUris: oidc.redirectUri,
        oidcRPMetaDataOptionsPostLogoutRedirectUris: oidc.postLogoutUri,
        oidcRPMetaDataOptionsLogoutBypassConfirm: 1,
        oidcRPMetaDataOptionsBypassConsent: 1,
        oidcRPMetaDataOptionsRequirePKCE: 1,
        oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
        oidcRPMetaDataOptionsUserInfoSignAlg: 'RS256',
        oidcRPMetaDataOptionsIDTokenExpiration: 3600,
        oidcRPMetaDataOptionsAccessTokenExpiration: 3600,
      },
    },
    oidcRPMetaDataExportedVars: { pli: { preferred_username: 'uid', email: 'mail' } },
    issuerDBSAMLActivation: 1,
    issuerDBSAMLPath: '^/saml/',
    samlEntityID: '#PORTAL#/saml/metadata',
    samlServicePrivateKeySig: key.privateKey,
    samlServicePublicKeySig: key.certificate,
    samlServiceUseCertificateInResponse: 1,
    samlServiceSignatureMethod: 'RSA_SHA256',
    samlSPMetaDataXML: { pli: { samlSPMetaDataXML: saml } },
    samlSPMetaDataOptions: {
      pli: {
        samlSPMetaDataOptionsNameIDFormat: 'email',
        samlSPMetaDataOptionsSignSSOMessage: 1,
        samlSPMetaDataOptionsSignSLOMessage: 1,
        samlSPMetaDataOptionsCheckSSOMessageSignature: 1,
        samlSPMetaDataOptionsCheckSLOMessageSignature: 1,
        samlSPMetaDataOptionsSignatureMethod: 'RSA_SHA256',
      },
    },
    samlSPMetaDataExportedAttributes: { pli: { uid: '1;uid;;' } },
  };
}

function iniOf(folder: string): string {
  const cache = `{ 'namespace' => 'config', 'directory_umask' => '007', 'cache_root' => '${folder}/cache' }`;
  return `[all]
logLevel = error
logger = Lemonldap::NG::Common::Logger::Std
userLogger = Lemonldap::NG::Common::Logger::Std
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = ${cache}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
`;
}
