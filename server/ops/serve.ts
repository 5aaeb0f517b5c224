/**
 * The running server: the store, the heads on their ports, the jobs. Everything is composed here and nowhere else;
 * closing goes the other way, so that what was accepted is finished.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';

import { type Logger, pino } from 'pino';

import { operator } from '#server/access/actor.ts';
import { bulkJob } from '#server/administration/bulk/run.ts';
import { bulkKind } from '#server/administration/bulk/start.ts';
import type { Looks } from '#server/brand/watch.ts';
import { watchDoors } from '#server/access/doors.ts';
import { setAccessPolicy } from '#server/access/policy.ts';
import { setAccessKey } from '#server/access/secret.ts';
import { hearDirectoryFaults } from '#server/federation/ldap/directory.ts';
import { planMandateReminders, remindMandatesJob, remindMandatesKind } from '#server/access/mandate-reminders.ts';
import { collectBlobsJob, collectBlobsKind, planBlobCollection } from '#server/blobs/collect-job.ts';
import type { Config } from '#server/config/read.ts';
import { lapseApprovalsJob, lapseApprovalsKind, planApprovalLapse } from '#server/approvals/lapse.ts';
import { planQuotaTerms, quotaTermsJob, quotaTermsKind } from '#server/quota/terms.ts';
import { noticeJob } from '#server/notices/job.ts';
import { noticeKind } from '#server/notices/notice.ts';
import { systemResolver } from '#server/delivery/authenticate.ts';
import { appointmentsJob, appointmentsKind, planAppointments } from '#server/directory/appointments/job.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { helpAtTheDoor } from '#server/entry/help.ts';
import { entryJobs } from '#server/entry/jobs.ts';
import { isKnownKey, rememberKey } from '#server/entry/key.ts';
import { setImportPolicy } from '#server/imports/policy.ts';
import { importJobs } from '#server/imports/run.ts';
import { type JobKind, runJobs } from '#server/jobs/run.ts';
import { applyFilterJob } from '#server/filters/runs/job.ts';
import { applyFilterKind } from '#server/filters/runs/start.ts';
import { startReading } from '#server/mail/reading/start.ts';
import { watchMaintenance } from '#server/maintenance/watch.ts';
import { houseStatus } from '#server/maintenance/status.ts';
import { createMetrics } from '#server/metrics/registry.ts';
import { planProviderSweep, providerJobs } from '#server/provider/logout.ts';
import type { House } from '#server/protocols/house.ts';
import type { AuthInfo } from '#server/protocols/http/options.ts';
import { announcementsAtTheDoor } from '#server/announcements/visible.ts';
import { printMaintenance } from '#server/protocols/http/pages/status.ts';
import type { SetupOptions } from '#server/protocols/http/setup/head.ts';
import { startHttp } from '#server/protocols/http/start.ts';
import type { Limits } from '#server/protocols/jmap/capabilities.ts';
import type { ImapEvent, ImapOptions } from '#server/protocols/imap/options.ts';
import { type ImapServer, startImap } from '#server/protocols/imap/server.ts';
import { startJmapPush } from '#server/protocols/jmap/push.ts';
import { lmtpHandlers, mxHandlers } from '#server/protocols/smtp/incoming.ts';
import { submissionHandlers } from '#server/protocols/smtp/submission.ts';
import type { SmtpEvent, SmtpHandlers } from '#server/protocols/smtp/handlers.ts';
import type { SmtpOptions } from '#server/protocols/smtp/options.ts';
import { type SmtpServer, startSmtp } from '#server/protocols/smtp/server.ts';
import { newVapidPem, readVapidKey } from '#server/push/vapid.ts';
import { startSearch } from '#server/search/start.ts';
import { isIssued } from '#server/setup/sign.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import { planSealing, sealTraceJob, sealTraceKind } from '#server/records/seal.ts';
import { returnToSender } from '#server/submission/return.ts';
import { submissionJobs } from '#server/submission/run.ts';
import { endLeasesOfTheDead } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { type Certificate, ownCertificate } from './certificate.ts';
import { accessKeyOf } from './access-key.ts';
import { allHeads } from './heads.ts';
import { planPublicPorts, publicHost, recordsOf } from './reach.ts';
import { planImports } from './importing.ts';
import { setFilterOptions, startSievePort } from './filtering.ts';
import { planSending } from './sending.ts';
import { openLaboratory } from './laboratory.ts';
import { planOpenid } from './openid/plan.ts';

export interface RunningPli {
  readonly url: string;
  /** The ports really listened on, by service. */
  readonly ports: Readonly<Record<string, number>>;
  readonly store: Store;
  close(): Promise<void>;
}

/** Of the dates in reports to senders. */
const timeZone = 'Europe/Paris';
const closeGraceMs = 10_000;
const jobsLookEveryMs = 1_000;

/** @throws {StoreUnavailable} when the database cannot be reached; {Error} when a port is taken. */
export async function serve(config: Config, options: { readonly isQuiet: boolean }): Promise<RunningPli> {
  mkdirSync(config.data, { recursive: true });
  const storeOptions = { databaseUrl: config.database.url, blobsUrl: config.blobs.url };
  const store = await openStore(storeOptions);
  if (config.lab) await openLaboratory(store);
  const log = pino({ level: levelOf(config, options.isQuiet), base: null }, pino.destination(2));
  const house: House = {
    store,
    log,
    metrics: createMetrics(),
    isLab: config.lab,
    hostName: config.hostname,
    recordsOf: (domain) => recordsOf(config, domain, store.now()),
  };
  setAccessKey(store, accessKeyOf(config));
  await rememberKey(store);
  hearDirectoryFaults(store, (error) => log.warn({ message: error.message }, 'a directory does not answer'));
  setAccessPolicy(store, {
    sessionIdleMs: config.session.idle,
    sessionAbsoluteMs: config.session.absolute,
    passwordsAtWork: config.passwords.atWork,
    passwordsWaiting: config.passwords.waiting,
    isThrottled: !config.lab,
  });
  if ((await isKnownKey(store)) === false)
    log.error('passwords.key is not the key of this database: no NUMEN is recognised; see pli doctor');
  const maintenance = await watchMaintenance(store, (error) =>
    log.warn({ err: error }, 'maintenance could not be read'),
  );
  const doors = watchDoors(store, (error) => log.warn({ err: error }, 'doors could not be looked at'));
  const search = startSearch(store, storeOptions, {
    isIndexing: true,
    onProblem: (message) => log.error({ message }, 'search: the index could not be filled'),
  });
  const reading = startReading(store);
  const certificate = certificateOf(config);
  setFilterOptions(store, config);
  const sending = planSending(house, config);
  const ports = new Map<string, { readonly port: number; readonly close: (graceMs: number) => Promise<void> }>([
    ...(await startSmtpPorts(house, config, certificate)),
    ...(await startImapPorts(house, config, certificate)),
    ['sieve', await startSievePort(house, config, certificate, hostOf(config.bind))],
  ]);
  await planBlobCollection(store);
  await planMandateReminders(store);
  await planAppointments(store);
  await planQuotaTerms(store);
  await planApprovalLapse(store);
  await planSealing(store);
  await planProviderSweep(store);
  await endLeasesOfTheDead(store);
  setImportPolicy(store, planImports(config));
  const openid = planOpenid(store, config);
  const imports = importJobs(store, planImports(config));
  const jobs = runJobs(
    store,
    {
      ...jobKinds(house),
      ...providerJobs(store, openid),
      ...submissionJobs(sending),
      ...imports.kinds,
      [applyFilterKind]: applyFilterJob(store),
    },
    {
      lookEveryMs: jobsLookEveryMs,
      onFault: (job, error) => log.error({ err: error, job: job.id, kind: job.kind }, 'a job failed'),
    },
  );
  const listened = Object.fromEntries([...ports].map(([name, server]) => [name, server.port]));
  const programs: SetupOptions = {
    hostName: publicHost(config),
    ports: planPublicPorts(config, listened),
    ...(config.tls.cert !== '' && isIssued(certificate.cert) && { signer: certificate }),
  };
  const http = await startHttp(house, {
    host: hostOf(config.bind),
    port: config.http.port,
    trustedProxies: config.http.proxies,
    ...(config.http.url !== '' && { publicUrl: config.http.url }),
    clientFolder: fileURLToPath(new URL('../../web/dist', import.meta.url)),
    info: (looks) => authInfo(store, looks),
    heads: allHeads({ jmap: { limits: jmapLimits(config) }, programs, openid, timeZone }),
    ...(config.http.tls && { tls: certificate }),
  });
  const ownUrl = `${config.http.tls ? 'https' : 'http'}://localhost:${http.port}`;
  openid.listens(ownUrl);
  const pusher = startJmapPush(house, {
    vapid: readVapidKey(vapidPem(config), `mailto:postmaster@${config.hostname}`),
    ...(config.tls.extraCa !== '' && { extraCa: readFileSync(config.tls.extraCa, 'utf8') }),
  });
  return {
    url: config.http.url === '' ? ownUrl : config.http.url,
    ports: { http: http.port, ...listened },
    store,
    async close() {
      await http.close();
      pusher.close();
      await Promise.all([...ports.values()].map((server) => server.close(closeGraceMs)));
      imports.stop();
      maintenance.close();
      doors.close();
      await jobs.close();
      await reading.close();
      await search.close();
      await store.close();
    },
  };
}

/** `::` is every address, but only where the machine speaks IPv6 at all. */
function hostOf(bind: string): string {
  const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ family }) => family === 'IPv6'));
  return bind === '::' && !hasIpv6 ? '0.0.0.0' : bind;
}

function certificateOf({ tls, data, hostname }: Config): Certificate {
  if (tls.cert === '' || tls.key === '') return ownCertificate(data, hostname);
  return { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
}

/** Subscriptions of devices are bound to this key: it is made once. */
function vapidPem({ push, data }: Config): string {
  const path = push.key === '' ? join(data, 'push-key.pem') : push.key;
  if (push.key === '' && !existsSync(path)) writeFileSync(path, newVapidPem(), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}

function jmapLimits({ limits }: Config): Partial<Limits> {
  return {
    maxSizeUpload: limits.uploadOctets,
    maxConcurrentUpload: limits.concurrentUploads,
    maxSizeRequest: limits.requestOctets,
    maxConcurrentRequests: limits.concurrentRequests,
    maxCallsInRequest: limits.callsInRequest,
    maxObjectsInGet: limits.objectsInGet,
    maxObjectsInSet: limits.objectsInSet,
  };
}

/** A large message waits here while it comes in; what a crash left is nobody's. */
function spoolFolderOf(config: Config): string {
  const folder = join(config.data, 'spool');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.startsWith('incoming-')) rmSync(join(folder, name));
  return folder;
}

async function startSmtpPorts(
  house: House,
  config: Config,
  certificate: Certificate,
): Promise<ReadonlyMap<string, SmtpServer>> {
  const { store, log } = house;
  const context: SecureContext = createSecureContext(certificate);
  const common = {
    hostName: config.hostname,
    secureContext: () => context,
    isTlsImplicit: false,
    mayAuthenticateInClear: config.lab,
    mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    maxHoldSeconds: Math.floor(config.submission.maxDelay / 1000),
    spoolFolder: spoolFolderOf(config),
    onEvent: (event: SmtpEvent) => logEvent(log, event),
  } as const;
  const limits = {
    maxMessageOctets: config.limits.messageOctets,
    maxConnections: config.limits.connections,
    maxConnectionsPerAddress: config.lab ? config.limits.connections : config.limits.connectionsPerAddress,
    ...(config.lab && { greetingDelayMs: 0, maxErrors: Infinity, maxAuthFailures: Infinity }),
  };
  const start = async <Sender, Recipient>(
    port: number,
    given: Pick<SmtpOptions, 'kind' | 'host'> & Partial<SmtpOptions>,
    handlers: SmtpHandlers<Sender, Recipient>,
  ) => startSmtp({ ...common, port, limits, ...given }, handlers);
  const host = hostOf(config.bind);
  const mx = mxHandlers(
    store,
    { hostName: config.hostname, resolver: config.lab ? undefined : systemResolver() },
    (octets, mailFrom, refused) =>
      returnToSender(store, { hostName: config.hostname, timeZone }, { octets, mailFrom, refused }),
  );
  const recipients = { ...limits, maxRecipients: config.limits.recipientsPerMessage };
  const submission = submissionHandlers(store, config.hostname);
  const sent = { ...limits, maxRecipients: config.submission.recipients };
  const tlsFromStart = { kind: 'submission', host, limits: sent, isTlsImplicit: true } as const;
  return new Map([
    ['smtp', await start(config.smtp.port, { kind: 'mx', host, limits: recipients }, mx)],
    [
      'lmtp',
      await start(config.lmtp.port, { kind: 'lmtp', host: config.lmtp.bind }, lmtpHandlers(store, config.hostname)),
    ],
    ['submission', await start(config.submission.port, { kind: 'submission', host, limits: sent }, submission)],
    ['submissions', await start(config.submissions.port, tlsFromStart, submission)],
  ]);
}

async function startImapPorts(
  { store, log }: House,
  config: Config,
  certificate: Certificate,
): Promise<ReadonlyMap<string, ImapServer>> {
  const context: SecureContext = createSecureContext(certificate);
  const { limits } = config;
  const options: Omit<ImapOptions, 'port' | 'isTlsImplicit'> = {
    store,
    host: hostOf(config.bind),
    hostName: config.hostname,
    secureContext: () => context,
    mayAuthenticateInClear: config.lab,
    limits: {
      maxLineOctets: config.imap.lineOctets,
      maxMessageOctets: limits.messageOctets,
      maxConnections: limits.connections,
      maxConnectionsPerAddress: config.lab ? limits.connections : limits.connectionsPerAddress,
      maxConnectionsPerPerson: config.lab ? limits.connections : config.imap.connectionsPerPerson,
      idleTimeoutMs: config.imap.idle,
      ...(config.lab && { maxErrors: Infinity, maxAuthFailures: Infinity }),
    },
    onEvent: (event) => logImapEvent(log, event),
  };
  return new Map([
    ['imap', await startImap({ ...options, port: config.imap.port, isTlsImplicit: false })],
    ['imaps', await startImap({ ...options, port: config.imaps.port, isTlsImplicit: true })],
  ]);
}

/** Where the standard output is for scripts, only what an operator must see is said beside it. */
function levelOf({ log }: Config, isQuiet: boolean): string {
  return isQuiet && ['trace', 'debug', 'info'].includes(log.level) ? 'warn' : log.level;
}

function logEvent(log: Logger, event: SmtpEvent): void {
  const peer = event.session && { port: event.session.kind, remoteAddress: event.session.remoteAddress };
  switch (event.kind) {
    case 'fault':
      // A full disk says so with every message: one line each, without the way it took.
      if (event.error instanceof StoreUnavailable)
        return log.warn({ ...peer, because: event.error.message, cause: String(event.error.cause) }, 'smtp: put off');
      return log.error({ ...peer, err: event.error }, 'smtp: fault');
    case 'turnedAway':
      return log.info({ ...peer, because: event.because }, 'smtp: turned away');
    case 'tlsFailed':
      return log.info({ ...peer, err: event.error }, 'smtp: TLS failed');
    case 'injection':
      return log.warn({ ...peer, sizeOctets: event.sizeOctets }, 'smtp: octets before TLS dropped');
  }
}

function logImapEvent(log: Logger, event: ImapEvent): void {
  const peer = { port: 'imap', remoteAddress: event.remoteAddress };
  switch (event.kind) {
    case 'fault':
      if (event.error instanceof StoreUnavailable)
        return log.warn({ ...peer, because: event.error.message, cause: String(event.error.cause) }, 'imap: put off');
      return log.error({ ...peer, err: event.error }, 'imap: fault');
    case 'turnedAway':
      return log.info({ ...peer, because: event.because }, 'imap: turned away');
    case 'tlsFailed':
      return log.info({ ...peer, err: event.error }, 'imap: TLS failed');
    case 'injection':
      return log.warn({ ...peer, sizeOctets: event.sizeOctets }, 'imap: octets before TLS dropped');
  }
}

function jobKinds({ store, log, hostName }: House): Readonly<Record<string, JobKind>> {
  return {
    [remindMandatesKind]: remindMandatesJob(store),
    [appointmentsKind]: appointmentsJob(store),
    [quotaTermsKind]: quotaTermsJob(store),
    [lapseApprovalsKind]: lapseApprovalsJob(store),
    [collectBlobsKind]: collectBlobsJob(store, (collected) => log.info(collected, 'blobs: collected')),
    [sealTraceKind]: sealTraceJob(store),
    [bulkKind]: bulkJob(store),
    [noticeKind]: noticeJob(store, { hostName, timeZone }),
    ...entryJobs(store, { hostName, timeZone }),
  };
}

/** What the login page says before anybody is logged in: of the institution whose host it is. */
async function authInfo(store: Store, { tenantId, name }: Looks): Promise<AuthInfo> {
  const tenants = await listTenants(store, operator);
  // Only a demonstration loads what makes one.
  const isDemo = tenants.some((tenant) => tenant.slug.endsWith('-demonstration'));
  const demo = isDemo ? await (await import('#server/demo/load.ts')).demoAccounts(store) : undefined;
  const contact = await helpAtTheDoor(store, tenantId);
  const { state, maintenance } = houseStatus(store, tenantId);
  return {
    state,
    ...(maintenance && { maintenance: printMaintenance(maintenance) }),
    announcements: (await announcementsAtTheDoor(store, tenantId)).map(({ level, textFr, textEn }) => ({
      level,
      textFr,
      textEn,
    })),
    tenantName: name,
    isDemonstration: demo !== undefined,
    ...(contact && { contact }),
    ...(demo && { accounts: demo }),
  };
}
