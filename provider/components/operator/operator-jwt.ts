import * as pulumi from "@pulumi/pulumi";
import { display, type Diagnostic } from "../../diagnostics/diagnostic";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import { getAccountSigners, readOperator, type ReadOperator } from "../../read/operator";
import { Unreadable } from "../../diagnostics/unreadable";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import { seedDiagnostics } from "../../nkeys/key-checks";
import type { OperatorInfoArgs } from "../../resources/operator-claims";
import type { AccountSettings } from "../account/account-args";

/** The JWT of an existing operator with its claims, or the reason why it cannot be read. */
export type GivenJwt = { readonly jwt: string; readonly claims: ReadOperator } | { readonly problem: string };

/** Reads the `jwt` argument of an operator. */
export function readGivenJwt(jwt: unknown): GivenJwt {
  try {
    return typeof jwt === "string" ? { jwt, claims: readOperator(jwt, "the JWT") } : { problem: "is not a string" };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { problem: error.problem };
    }
    throw error;
  }
}

/** The arguments of an operator that depend on a given JWT. */
interface GivenOperator extends OperatorInfoArgs {
  readonly seed?: pulumi.Input<string>;
  readonly jwt?: pulumi.Input<string>;
  readonly signer?: pulumi.Input<string>;
  readonly systemAccount?: AccountSettings;
}

/** Checks an operator whose JWT is given; paths start at the operator's arguments. */
export function givenJwtDiagnostics(
  given: pulumi.Output<GivenJwt>,
  args: GivenOperator,
): pulumi.Output<readonly Diagnostic[]>[] {
  const checkClaims = <T>(input: pulumi.Input<T>, check: (claims: ReadOperator, value: T) => Diagnostic[]) =>
    pulumi
      .all([given, input])
      .apply(([known, value]) => ("problem" in known ? [] : check(known.claims, value as unknown as T)));
  return [
    given.apply((known) => ("problem" in known ? [invalidJwtDiagnostic(known.problem)] : [])),
    pulumi.output(conflictDiagnostics(args)),
    checkClaims(undefined, expiryDiagnostics),
    checkClaims(args.signer, signerDiagnostics),
    checkClaims(systemAccountKey(args.systemAccount), systemKeyDiagnostics),
    ...(isDecidedByJwt(args) ? [checkClaims(undefined, missingSystemAccountDiagnostics)] : []),
  ];
}

function invalidJwtDiagnostic(problem: string): Diagnostic {
  const remedy = "Copy the whole JWT of the operator.";
  return { code: "NA4008", path: "jwt", problem: `is not a valid operator JWT: it ${problem}`, remedy };
}

function conflictDiagnostics({ seed, signer, ...more }: GivenOperator): Diagnostic[] {
  const info = OPERATOR_INFO.names.filter((term) => more[term] !== undefined);
  return [
    ...info.map((path): Diagnostic => ({
      code: "NA4007",
      path,
      problem: "conflicts with `jwt`, which contains this claim",
      remedy: "Remove it, or have the JWT signed again with the new value.",
    })),
    ...(seed === undefined ? [] : [SEED_CONFLICT]),
    ...(signer === undefined ? [MISSING_SIGNER] : []),
  ];
}

const SEED_CONFLICT: Diagnostic = {
  code: "NA4007",
  path: "seed",
  problem: "conflicts with `jwt`, which is deployed unchanged",
  remedy: "Remove it: the seed in `signer` signs the accounts.",
};

const MISSING_SIGNER: Diagnostic = {
  code: "NA4010",
  path: "signer",
  problem: "is missing; it is required to sign the accounts",
  remedy: "Set `signer` to the seed of a signing key that the JWT lists.",
};

/** Returns the additional claims of an operator whose JWT is given. */
export function givenInfo(given: GivenJwt): OperatorInfo {
  if ("problem" in given) {
    return {};
  }
  const { accountServerUrl, serviceUrls, assertServerVersion, tags } = given.claims;
  return omitUndefined<OperatorInfo>({ accountServerUrl, serviceUrls, assertServerVersion, tags });
}

function expiryDiagnostics({ expires }: ReadOperator): Diagnostic[] {
  const remedy = "Have it signed again where the operator's identity key is managed.";
  return expires === undefined || expires > nowInSeconds()
    ? []
    : [{ code: "NA4008", path: "jwt", problem: "has expired", remedy }];
}

/** The identity key signs accounts only if the JWT does not set `strict_signing_key_usage`. */
function signerDiagnostics(operator: ReadOperator, signer: string | undefined): Diagnostic[] {
  if (signer === undefined || seedProblem("operator", signer) !== undefined) {
    return seedDiagnostics("signer", "operator", signer);
  }
  const trusted = getAccountSigners(operator);
  const key = keyPairFromSeed("operator", signer).getPublicKey();
  const problem = `is the seed of ${key}; the operator's JWT trusts accounts signed by ${joinKeys(trusted)}`;
  const remedy = "Use the seed of one of these keys.";
  return trusted.includes(key) ? [] : [{ code: "NA4011", path: "signer", value: "(secret)", problem, remedy }];
}

function joinKeys(keys: readonly string[]): string {
  return keys.length === 0 ? "no key" : keys.join(", ");
}

/** Returns the public key that the system account's arguments set, if any. */
function systemAccountKey(systemAccount: AccountSettings | undefined): pulumi.Output<string | undefined> {
  const { key, seed, publicKey }: AccountSettings = isRecord(systemAccount) ? systemAccount : {};
  return pulumi
    .all([key?.id, seed, publicKey])
    .apply(([id, seedText, keyText]) => id ?? keyText ?? (seedText === undefined ? undefined : publicKeyOf(seedText)));
}

function publicKeyOf(seed: string): string | undefined {
  return seedProblem("account", seed) === undefined ? keyPairFromSeed("account", seed).getPublicKey() : undefined;
}

function systemKeyDiagnostics({ systemAccount }: ReadOperator, key: string | undefined): Diagnostic[] {
  if (key === undefined || systemAccount === undefined || key === systemAccount) {
    return [];
  }
  const problem = `has the public key ${display(key)}; the operator's JWT names ${systemAccount} as the system account`;
  const remedy = "Remove the key arguments of `systemAccount`: its public key is taken from the JWT.";
  return [{ code: "NA4012", path: "systemAccount", problem, remedy }];
}

/** Returns true if the system account takes its key from a JWT that is an output. */
function isDecidedByJwt({ jwt, systemAccount }: GivenOperator): boolean {
  const { key, seed, publicKey } = isRecord(systemAccount) ? systemAccount : {};
  return typeof jwt !== "string" && key === undefined && seed === undefined && publicKey === undefined;
}

function missingSystemAccountDiagnostics({ systemAccount }: ReadOperator): Diagnostic[] {
  const problem = "does not name a system account, so its public key is unknown";
  const remedy = "Set `publicKey`, `seed` or `key` of `systemAccount`, or pass the JWT as a plain string.";
  return systemAccount === undefined ? [{ code: "NA4013", path: "jwt", problem, remedy }] : [];
}
