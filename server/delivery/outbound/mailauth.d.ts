/** mailauth exports MTA-STS from this path, without types of its own for it. */
declare module 'mailauth/lib/mta-sts.js' {
  import type { MTASTSOptions, MTASTSPolicy, MTASTSPolicyResult, MTASTSValidationResult } from 'mailauth';

  export function getPolicy(
    domain: string,
    knownPolicy: MTASTSPolicy | undefined,
    options: MTASTSOptions,
  ): Promise<MTASTSPolicyResult>;
  export function validateMx(mx: string, policy: MTASTSPolicy): MTASTSValidationResult;
}
