/**
 * A topic is what two people may write each other about: who begins, who answers, in what tone, and the texts. Texts
 * are templates (see template.ts); a few dozen topics with their choices make many thousands of different letters.
 */
import type { AttachmentKind } from '#server/demo/attachments/pool.ts';
import type { Role } from '#server/demo/cast.ts';
import { SLOTS, type Slot } from '#server/demo/facts.ts';
import { type Template, compileTemplate } from '#server/demo/template.ts';

/** Parents, partners and suppliers are outside the academy; 'everyone' is all the staff of the unit. */
export type PartyRole = Role | 'parent' | 'partner' | 'supplier' | 'everyone';
export type Tone = 'familiar' | 'courteous' | 'formal';

export interface Topic {
  readonly from: PartyRole;
  readonly to: PartyRole;
  readonly tone: Tone;
  /** As many subjects as bodies: they go together one by one; else any with any. */
  readonly subjects: readonly Template<Slot>[];
  readonly bodies: readonly Template<Slot>[];
  /** Said in turn by the one written to and the one who wrote. */
  readonly replies: readonly Template<Slot>[];
  readonly attachments: readonly AttachmentKind[];
  /** The mailbox some readers file it in, under the user's own ones. */
  readonly folder: string | undefined;
  readonly isInvitation: boolean;
  /** Makes sense in a collège or lycée only. */
  readonly isSecondary: boolean;
}

export interface TopicText {
  readonly subjects: readonly string[];
  readonly bodies: readonly string[];
  readonly replies?: readonly string[];
  readonly attachments?: readonly AttachmentKind[];
  readonly folder?: string;
  readonly isInvitation?: boolean;
  readonly isSecondary?: boolean;
}

/** @throws {SyntaxError} when a text does not read or names an unknown slot. */
export function topic(from: PartyRole, to: PartyRole, tone: Tone, text: TopicText): Topic {
  const compiled = (sources: readonly string[]): readonly Template<Slot>[] =>
    sources.map((source) => compileTemplate(source, SLOTS));
  return {
    from,
    to,
    tone,
    subjects: compiled(text.subjects),
    bodies: compiled(text.bodies),
    replies: compiled(text.replies ?? []),
    attachments: text.attachments ?? [],
    folder: text.folder,
    isInvitation: text.isInvitation ?? false,
    isSecondary: text.isSecondary ?? false,
  };
}
