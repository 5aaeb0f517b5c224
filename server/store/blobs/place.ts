/** Where large blobs are kept outside the database, and what every such place must do. */

/** Where large blobs go. `location` names one stored object and is never used again for another. */
export interface Place {
  readonly kind: 'file' | 's3';
  /** Durable when it resolves. */
  put(location: string, frames: readonly Uint8Array[]): Promise<void>;
  /** @throws {MissingObject} */
  read(location: string, start: number, end: number): Promise<Uint8Array>;
  remove(location: string): Promise<void>;
  /** All stored objects: for verification and for sweeping what a crash left. */
  list(): AsyncIterable<{ readonly location: string; readonly octets: number; readonly modifiedAt: number }>;
}

export interface BlobStore {
  readonly place: Place;
}

export class MissingObject extends Error {
  override readonly name = 'MissingObject';
}
