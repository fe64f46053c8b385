import * as pulumi from "@pulumi/pulumi";
import { shown, type Diagnostic } from "../../model/form/diagnostics";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { defined } from "../../model/form/order";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import { readOperator, type ReadOperator } from "../../read/operator";
import { Unreadable } from "../../read/unreadable";
import { nowInSeconds } from "../../resources/dynamic";
import { seedDiagnostics } from "../../resources/nkey";
import type { OperatorInfoArgs } from "../../resources/operator-claims";
import type { AccountSettings } from "../account/account-args";

/** An operator's JWT that a program gives: what it says, or why it cannot be read. */
export type GivenJwt = { readonly jwt: string; readonly says: ReadOperator } | { readonly problem: string };

/** Reads the JWT that a program gives, if it gives one. */
export function givenJwt(jwt: unknown): GivenJwt | undefined {
  if (jwt === undefined) {
    return undefined;
  }
  try {
    return typeof jwt === "string" ? { jwt, says: readOperator(jwt, "the JWT") } : { problem: "it is not a text" };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { problem: error.problem };
    }
    throw error;
  }
}

/** The arguments by which a program brings an operator with it. */
interface GivenOperator extends OperatorInfoArgs {
  readonly seed?: pulumi.Input<string>;
  readonly signer?: pulumi.Input<string>;
  readonly systemAccount?: AccountSettings;
}

/** All that is wrong with an operator whose JWT is given; paths start at the operator's arguments. */
export function givenJwtDiagnostics(given: GivenJwt, args: GivenOperator): pulumi.Output<readonly Diagnostic[]>[] {
  if ("problem" in given) {
    const problem = `is no JWT of an operator: ${given.problem}`;
    return [pulumi.output([{ path: "jwt", problem, remedy: "Give the JWT as it is." }])];
  }
  const { says } = given;
  return [
    pulumi.output([...besideDiagnostics(args), ...expiryDiagnostics(says)]),
    pulumi.output(args.signer).apply((signer) => signerDiagnostics(signer, says)),
    systemKey(args.systemAccount).apply((key) => systemDiagnostics(key, says)),
  ];
}

function besideDiagnostics({ seed, signer, ...more }: GivenOperator): Diagnostic[] {
  const remedy = "Give the seed of a signing key that the JWT lists as `signer`.";
  const info = OPERATOR_INFO.names.filter((term) => more[term] !== undefined);
  return [
    ...info.map((path) => ({
      path,
      problem: "stands beside a JWT, which says itself what it says",
      remedy: LEAVE_OUT,
    })),
    ...(seed === undefined
      ? []
      : [{ path: "seed", problem: "stands beside a JWT, which stays as it is and needs none", remedy }]),
    ...(signer === undefined ? [{ path: "signer", problem: "is missing: nobody could sign accounts", remedy }] : []),
  ];
}

const LEAVE_OUT = "Leave it out, or have it said where the JWT is signed.";

/** What a JWT that a program gives tells tools and servers. */
export function keptInfo(given: GivenJwt): OperatorInfo {
  if ("problem" in given) {
    return {};
  }
  const { accountServerUrl, serviceUrls, serverVersion: assertServerVersion, tags } = given.says;
  return defined<OperatorInfo>({ accountServerUrl, serviceUrls, assertServerVersion, tags });
}

function expiryDiagnostics({ expires }: ReadOperator): Diagnostic[] {
  return expires === undefined || expires > nowInSeconds()
    ? []
    : [{ path: "jwt", problem: "has expired", remedy: "Have it signed again where its key is." }];
}

/** Servers trust accounts that the operator signed itself only where it does not ask for signing keys. */
function signerDiagnostics(signer: string | undefined, { publicKey, signingKeys, strict }: ReadOperator): Diagnostic[] {
  if (signer === undefined || seedProblem("operator", signer) !== undefined) {
    return seedDiagnostics("signer", "operator", signer);
  }
  const trusted = strict ? signingKeys : [publicKey, ...signingKeys];
  const key = keyPairFromSeed("operator", signer).getPublicKey();
  const problem = `is the seed of ${key}, and servers trust accounts signed by ${listed(trusted)}`;
  const remedy = "Give the seed of one of these keys.";
  return trusted.includes(key) ? [] : [{ path: "signer", value: "(secret)", problem, remedy }];
}

function listed(keys: readonly string[]): string {
  return keys.length === 0 ? "nobody" : keys.join(", ");
}

/** The public key that the system account's settings give, if they give one. */
function systemKey({ key, seed, publicKey }: AccountSettings = {}): pulumi.Output<string | undefined> {
  return pulumi
    .all([key?.id, seed, publicKey])
    .apply(([id, own, alone]) => id ?? alone ?? (own === undefined ? undefined : publicKeyOf(own)));
}

function publicKeyOf(seed: string): string | undefined {
  return seedProblem("account", seed) === undefined ? keyPairFromSeed("account", seed).getPublicKey() : undefined;
}

function systemDiagnostics(key: string | undefined, { systemAccount }: ReadOperator): Diagnostic[] {
  if (key === undefined || systemAccount === undefined || key === systemAccount) {
    return [];
  }
  const problem = `has the key ${shown(key)}, and the operator's JWT names ${systemAccount} as the system account`;
  return [{ path: "systemAccount", problem, remedy: "Leave its key out: it is the one that the JWT names." }];
}
