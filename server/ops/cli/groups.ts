/** The groups of commands, in the order in which `pli --help` lists them. A new group is one line here. */
import type { Command } from 'commander';

export interface Group {
  readonly name: string;
  readonly summary: string;
  /** Its module adds sub-commands, options and action to the command. */
  readonly load: () => Promise<{ readonly register: (command: Command) => void }>;
}

export const groups: readonly Group[] = [
  { name: 'init', summary: 'a new house: store, certificate, first institution', load: () => import('./init.ts') },
  { name: 'serve', summary: 'the server itself', load: () => import('./serve.ts') },
  { name: 'account', summary: 'people and functional mailboxes', load: () => import('./account.ts') },
  { name: 'mailbox', summary: 'who works in a mailbox that people share', load: () => import('./mailbox.ts') },
  { name: 'approval', summary: 'acts that wait for a second administrator', load: () => import('./approval.ts') },
  { name: 'quota', summary: 'wishes for more room, and their answers', load: () => import('./quota.ts') },
  { name: 'role', summary: 'who administers what, and who helps', load: () => import('./role.ts') },
  {
    name: 'openid',
    summary: 'programs and services that log people in with Pli',
    load: () => import('./openid.ts'),
  },
  { name: 'group', summary: 'groups of people, and their addresses', load: () => import('./group.ts') },
  { name: 'unit', summary: 'the tree of units', load: () => import('./unit.ts') },
  { name: 'domain', summary: 'mail domains and their DNS records', load: () => import('./domain.ts') },
  { name: 'tenant', summary: 'the institutions on this platform', load: () => import('./tenant.ts') },
  {
    name: 'provider',
    summary: 'other identity providers: OpenID Connect, CAS, SAML 2',
    load: () => import('./provider.ts'),
  },
  {
    name: 'scim',
    summary: 'other directories that keep ours up to date',
    load: () => import('./scim.ts'),
  },
  {
    name: 'maintenance',
    summary: 'read only or closed, planned or at once, and how it stands',
    load: () => import('./maintenance.ts'),
  },
  { name: 'announcement', summary: 'what everybody is told', load: () => import('./announcement.ts') },
  { name: 'demo', summary: 'the demonstration academy, in any size', load: () => import('./demo.ts') },
  { name: 'verify', summary: 'checks all that is kept, while the server runs', load: () => import('./verify.ts') },
  { name: 'backup', summary: 'copies all that is kept, while the server runs', load: () => import('./backup.ts') },
  { name: 'restore', summary: 'brings a backup back, into an empty store', load: () => import('./restore.ts') },
  { name: 'import', summary: 'mail from an old server, or from files', load: () => import('./import.ts') },
  { name: 'export', summary: 'mail as mbox, maildir or ZIP', load: () => import('./export.ts') },
  { name: 'queue', summary: 'mail on its way out', load: () => import('./queue.ts') },
  { name: 'sieve', summary: 'people’s filters: tried, kept, applied to old mail', load: () => import('./sieve.ts') },
  { name: 'doctor', summary: 'what mail needs: disk, certificate, DNS', load: () => import('./doctor.ts') },
];
