/** What a method threw, as JMAP says it. What is neither a refusal nor an error of the protocol is a bug: logged, not told. */
import type { Logger } from 'pino';

import { MethodError } from '#formats/jmap/errors.ts';
import { Refusal } from '#server/access/refusal.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import { UnknownAccount } from '#server/store/transaction.ts';

import { SetFailure } from './context.ts';
import { sayMethodError } from './say.ts';

export function fault(log: Logger, error: unknown): MethodError {
  if (error instanceof MethodError) return error;
  if (error instanceof Refusal) return sayMethodError(error);
  if (error instanceof SetFailure) return new MethodError('invalidArguments', error.message);
  if (error instanceof UnknownAccount) return new MethodError('accountNotFound');
  if (error instanceof StoreUnavailable) {
    log.warn({ err: error }, 'the store is unavailable');
    return new MethodError('serverUnavailable', 'try again later');
  }
  log.error({ err: error }, 'a method failed');
  return new MethodError('serverFail');
}
