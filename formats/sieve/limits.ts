/** The bounds that hold where the caller names no others. */
import type { CompileLimits, RunLimits } from './types.ts';

export const compileLimits: CompileLimits = {
  scriptOctets: 1_048_576,
  depth: 32,
  nodes: 20_000,
  stringUnits: 65_536,
  listStrings: 5_000,
  regexInstructions: 2_000,
  allRegexInstructions: 100_000,
  redirects: 64,
};

export const runLimits: RunLimits = {
  actions: 64,
  // RFC 5228 §10: a script must not multiply mail.
  redirects: 8,
  notifications: 8,
  includeDepth: 8,
  includes: 64,
  variableUnits: 16_384,
  variables: 512,
  evaluations: 100_000,
  textUnits: 262_144,
  matchWork: 10_000_000,
  questions: 2_000,
  rewrites: 16,
  editedOctets: 104_857_600,
  addedFields: 256,
};

/** `matchWork` of one message and script, all rounds together (answers.ts). */
export const roundsWork = 3 * runLimits.matchWork;
