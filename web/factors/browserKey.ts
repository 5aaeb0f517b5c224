/** The browser's own part of a passkey: the library is loaded when one is first asked for. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

type Options = Readonly<Record<string, unknown>>;

/** Known at once, without the library. */
export function hasPasskeys(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function';
}

/** @throws {Error} when the person said no, or nothing came; its name says which (WebAuthn §5.1.3). */
export async function createKey(options: Options): Promise<object> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  // The server wrote them so.
  return startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON });
}

/**
 * @param isWaiting among what the browser offers to fill into the field of the name, for as long as nobody takes it.
 * @throws {Error} when the person said no, or nothing came.
 */
export async function showKey(options: Options, isWaiting = false): Promise<object> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return startAuthentication({ optionsJSON, useBrowserAutofill: isWaiting });
}

/** Whether the browser can offer passkeys in a field. */
export async function mayWait(): Promise<boolean> {
  if (!hasPasskeys()) return false;
  const { browserSupportsWebAuthnAutofill } = await import('@simplewebauthn/browser');
  return browserSupportsWebAuthnAutofill();
}

/** Ends an offer that waits. */
export async function stopWaiting(): Promise<void> {
  const { WebAuthnAbortService } = await import('@simplewebauthn/browser');
  WebAuthnAbortService.cancelCeremony();
}

/** The key of this device is one of the account's already. */
export function isKnownKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidStateError';
}
