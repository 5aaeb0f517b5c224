/** Sends one file to the server (RFC 8620 §6.1) and tells how far it is. XMLHttpRequest, as fetch tells nothing of that. */
import { isObject, numberOr, textOr } from '#web/sync/shape.ts';

export interface Uploaded {
  readonly blobId: string;
  readonly sizeOctets: number;
}

export type UploadFailure = 'tooLarge' | 'overQuota' | 'loggedOut' | 'unreachable' | 'refused';

export class UploadFailed extends Error {
  override readonly name = 'UploadFailed';
  readonly reason: UploadFailure;
  constructor(reason: UploadFailure) {
    super(reason);
    this.reason = reason;
  }
}

/** @param onProgress from 0 to 1. @throws {UploadFailed}; {DOMException} AbortError when cancelled. */
export function uploadFile(
  url: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.setRequestHeader('x-pli-client', 'web');
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener('error', () => reject(new UploadFailed('unreachable')));
    request.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
    request.addEventListener('load', () => {
      const uploaded = request.status < 300 ? readUploaded(request.responseText) : undefined;
      if (uploaded) resolve(uploaded);
      else reject(new UploadFailed(failureOf(request.status)));
    });
    signal.addEventListener('abort', () => request.abort());
    if (signal.aborted) return reject(new DOMException('cancelled', 'AbortError'));
    request.send(file);
  });
}

function failureOf(status: number): UploadFailure {
  if (status === 413) return 'tooLarge';
  if (status === 507) return 'overQuota';
  if (status === 401) return 'loggedOut';
  return status >= 500 || status === 429 ? 'unreachable' : 'refused';
}

function readUploaded(answer: string): Uploaded | undefined {
  try {
    const value: unknown = JSON.parse(answer);
    const blobId = isObject(value) ? textOr(value['blobId'], '') : '';
    return isObject(value) && blobId !== '' ? { blobId, sizeOctets: numberOr(value['size'], 0) } : undefined;
  } catch {
    return undefined;
  }
}
