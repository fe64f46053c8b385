import type { Code } from "../../provider/diagnostics/codes";

/**
 * Why an adoption may refuse something that a server accepts: the preview names it, with what to do, and nothing is deployed.
 * Any other refusal is a mismatch.
 */
export const REFUSALS: Partial<Readonly<Record<Code, string>>> = {
  NA1503: "latency measurements on a subject that is a service",
  NA1101: "an exported subject with a token such as `*b`, which servers treat in two ways",
  NA1102: "a mapping from a subject with a token such as `$1`",
  NA1104: "mappings from overlapping sources, of which servers apply an arbitrary one",
  NA1109: "a mapping to itself in some clusters",
  NA1511: "a local subject beside which a token looks like a reference",
  NA1514: "a stream that is imported twice, which a static server cannot",
  NA1516: "two imports of one service, of which one shares information",
  NA1604: "an account with more than its own limits allow, which no server accepts",
  NA4008: "an operator whose JWT has expired, which servers do not check",
  NA1709: "a server without any user with a key, which the new servers would open to everyone",
};

/** The codes of the problems in an error message. */
export function codesIn(message: string): string[] {
  return [...new Set(Array.from(message.matchAll(/\[(NA\d{4})\]/g), ([, code = ""]) => code))];
}

/** Returns the codes of a refusal as text when each of them is expected. */
export function expectedRefusal(message: string): string | undefined {
  const codes = codesIn(message);
  return codes.length > 0 && codes.every((code) => code in REFUSALS) ? codes.sort().join(" and ") : undefined;
}
