/** Mail on its way out, as the running server is set up for it: the options handed over, the log and the counters told. */
import { readFileSync } from 'node:fs';

import type { Config } from '#server/config/read.ts';
import { planOutbound } from '#server/delivery/outbound/options.ts';
import type { House } from '#server/protocols/house.ts';
import type { SendingEvent, SendingHouse } from '#server/submission/house.ts';
import { setSubmissionPolicy } from '#server/submission/policy.ts';

/** Call once, before the first request. @throws {RangeError} when the smarthost cannot be understood. */
export function planSending(house: House, config: Config): SendingHouse {
  const { store, isLab, hostName } = house;
  const { delivery, limits, submission, tls } = config;
  setSubmissionPolicy(store, {
    hostName,
    recipients: submission.recipients,
    messageOctets: limits.messageOctets,
    maxDelayMs: submission.maxDelay,
  });
  return {
    store,
    outbound: planOutbound({
      hostName,
      isLab,
      smarthost: delivery.smarthost,
      connectionsPerHost: delivery.connectionsPerHost,
      ca: tls.extraCa === '' ? undefined : readFileSync(tls.extraCa, 'utf8'),
    }),
    connections: delivery.connections,
    patience: { giveUpAfterMs: delivery.giveUpAfter, warnAfterMs: delivery.warnAfter },
    timeZone: 'Europe/Paris',
    onEvent: (event) => tell(house, event),
  };
}

function tell({ log, metrics }: House, event: SendingEvent): void {
  if (event.kind === 'busy') return log.debug({ domain: event.domain }, 'sending: its hosts are busy');
  const { kind, recipients } = event;
  metrics
    .counter('pli_sent_recipients_total', 'Recipients of mail that was sent, by what became of it.')
    .add({ outcome: kind }, recipients);
  log.info(event, `sending: ${kind}`);
}
