/** Diagnosis/read, our own method: what a browser found out about itself, by the code that was read out to the support. */
import { aString, readArguments, required } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { readDiagnosis } from '#server/diagnosis/report.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf } from './ids.ts';

const table = { accountId: required(aString), code: required(aString) };

export const diagnosisRead: Method = {
  name: 'Diagnosis/read',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, code } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'read');
    const { findings, createdAt } = await readDiagnosis(ctx.store, ctx.actor, tenantOf(ctx), code.slice(0, 40));
    return { accountId, findings: { ...findings }, createdAt: printUtcDate(createdAt) };
  },
};
